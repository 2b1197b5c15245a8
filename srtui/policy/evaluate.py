"""Requests as JSON and their decisions: the machine interface, version 1.

A request is an object with `id`, `principal`, `action`, `resource`, `resource_account` and, all optional, `context`,
`wildcard_only_action`, `identity_policies`, `groups`, `boundary`, `session_policies`, `scps`, `rcps`,
`resource_policy` and `endpoint_policies`. The answer has `id`, `decision` (allow, explicit_deny, implicit_deny or
error), `blocked_by` for a denial, `explain`, and `error` in words for a request that cannot be understood.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from srtui.policy.decide import decide, needs_nothing, read_action
from srtui.policy.document import Document, count_key_marks, has_duplicate_keys, read_json
from srtui.policy.errors import PolicyError, RequestError
from srtui.policy.principal import check_account, parse_caller
from srtui.policy.request import Decision, Hit, Request, Source
from srtui.policy.target import Kind, Target

_Raws = list[msgspec.Raw]
_ABSENT: Final = msgspec.Raw(b"null")


class _Group(msgspec.Struct):
    name: str
    policies: _Raws


class _RequestJson(msgspec.Struct):
    """A request. Policies stay text until it is known that they take part."""

    id: str
    principal: str
    action: str
    resource: str
    resource_account: str
    context: dict[str, str | list[str]] | UnsetType = UNSET
    wildcard_only_action: bool | UnsetType = UNSET
    identity_policies: _Raws | UnsetType = UNSET
    groups: list[_Group] | UnsetType = UNSET
    boundary: _Raws | UnsetType | None = UNSET
    session_policies: _Raws | UnsetType | None = UNSET
    scps: list[_Raws] | UnsetType = UNSET
    rcps: list[_Raws] | UnsetType = UNSET
    resource_policy: msgspec.Raw = _ABSENT
    endpoint_policies: _Raws | UnsetType | None = UNSET


_decoder = msgspec.json.Decoder(_RequestJson)
_encoder = msgspec.json.Encoder()


def evaluate_request(request: Mapping[str, Any]) -> dict[str, Any]:
    """Decide one request; never raises on a bad request, whose answer has the decision `error`."""
    try:
        line = _encoder.encode(request)
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        # UnicodeEncodeError, for text that is no Unicode, is a ValueError.
        return _error(
            request.get("id") if isinstance(request, Mapping) else None, f"the request is not JSON: {error}"
        )
    return evaluate_json(line)


def evaluate_json(line: bytes) -> dict[str, Any]:
    """Decide one request given as JSON text; never raises on a bad request."""
    try:
        if not line.isascii():
            line.decode()
        raw = _decoder.decode(line)
    except UnicodeDecodeError as error:
        return _error(None, f"the request is not UTF-8: {error.reason} at byte {error.start + 1}")
    except msgspec.ValidationError as error:
        return _error(_id_of(line), f"the request cannot be understood: {error}")
    except (msgspec.DecodeError, RecursionError) as error:
        return _error(_id_of(line), f"the request is not JSON: {error}")
    try:
        return _answer(raw.id, decide(_request(raw, line)))
    except (RequestError, PolicyError, RecursionError) as error:
        return _error(raw.id, str(error))


def _id_of(line: bytes) -> object:
    """The id of a line that is not a request, as far as it can be read."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found.get("id") if isinstance(found, dict) else None


def _error(given: object, text: str) -> dict[str, Any]:
    return {"id": given if isinstance(given, str) else None, "decision": "error", "error": text}


# --- from JSON to a request -------------------------------------------------------------------------------


def _request(raw: _RequestJson, line: bytes) -> Request:
    action = read_action(raw.action)
    context: dict[str, str | Sequence[str]] = {}
    if raw.context:
        context = {key.lower(): value for key, value in raw.context.items()}
        if len(context) != len(raw.context):
            raise RequestError("context has the same key twice, in different letter case")
    principal_arn = context.get("aws:principalarn")
    caller = parse_caller(raw.principal, action, principal_arn if isinstance(principal_arn, str) else None)
    target = Target(raw.resource, raw.wildcard_only_action is True)
    account = check_account(raw.resource_account, "resource_account")
    reader = _Reader()
    request = Request(caller, action, target, account, context)
    if not needs_nothing(caller, action):
        _read_policies(request, raw, reader)
    # Text of policies that do not take part was not counted, which only costs the second look.
    if count_key_marks(line) != reader.keys + _count_keys(raw) and has_duplicate_keys(line):
        raise RequestError("the request holds the same key twice in one object")
    return request


def _read_policies(request: Request, raw: _RequestJson, reader: _Reader) -> None:
    """The policies that take part: a service has no identity policies, nobody anonymous has SCPs."""
    caller = request.caller
    if caller.is_iam:
        request.identity = _identity(raw, reader)
        if raw.boundary:
            request.boundary = reader.layer("boundary", "boundary", raw.boundary)
        if raw.session_policies:
            request.session = reader.layer("session", "session_policies", raw.session_policies)
    if raw.scps and caller.bound_by_scps:
        request.scps = _levels("scp", "scps", raw.scps, reader)
    if raw.rcps and not caller.service_linked:
        request.rcps = _levels("rcp", "rcps", raw.rcps, reader)
    if raw.endpoint_policies:
        request.endpoint = reader.layer("endpoint", "endpoint_policies", raw.endpoint_policies)
    request.resource_policy = _resource_policy(raw, reader)


def _count_keys(raw: _RequestJson) -> int:
    """How many keys the request holds outside of its policies."""
    count = 6 + len(raw.context or ()) + 2 * len(raw.groups or ())
    if raw.resource_policy is _ABSENT:
        count -= 1
    optional = (
        raw.context,
        raw.wildcard_only_action,
        raw.identity_policies,
        raw.groups,
        raw.boundary,
        raw.session_policies,
        raw.scps,
        raw.rcps,
        raw.endpoint_policies,
    )
    for value in optional:
        if value is not UNSET:
            count += 1
    return count


def _identity(raw: _RequestJson, reader: _Reader) -> list[Source]:
    found = reader.layer("identity", "identity_policies", raw.identity_policies or ())
    for group in raw.groups or ():
        found += reader.layer("identity", f"group {group.name}", group.policies)
    return found


def _levels(kind: Kind, name: str, levels: list[_Raws], reader: _Reader) -> list[list[Source]]:
    return [reader.layer(kind, f"{name}[{level}]", policies) for level, policies in enumerate(levels)]


def _resource_policy(raw: _RequestJson, reader: _Reader) -> Source | None:
    text = bytes(raw.resource_policy)
    return None if text == b"null" else ("resource_policy", reader.document("resource", text))


class _Reader:
    """Reads the policies of one request and counts their JSON keys."""

    __slots__ = ("keys",)

    def __init__(self) -> None:
        self.keys = 0

    def layer(self, kind: Kind, name: str, policies: Sequence[msgspec.Raw]) -> list[Source]:
        """The policies of a layer, named by their place in the request. Raises PolicyError."""
        return [
            (f"{name}[{index}]", self.document(kind, bytes(policy))) for index, policy in enumerate(policies)
        ]

    def document(self, kind: Kind, text: bytes) -> Document:
        found = _kept.get((kind, text))
        if found is None:
            found = read_json(text, kind)
            _keep(kind, text, found)
        self.keys += found.keys
        return found


#: Policies that came up before, by kind and text: the same few policies tend to be in many requests.
_kept: dict[tuple[Kind, bytes], Document] = {}
_kept_size = 0
_MOST_KEPT: Final = 2_000_000  # bytes of policy text
_LARGEST_KEPT: Final = 32_768


def _keep(kind: Kind, text: bytes, document: Document) -> None:
    global _kept_size
    if len(text) > _LARGEST_KEPT:
        return
    if _kept_size + len(text) > _MOST_KEPT:
        _kept.clear()
        _kept_size = 0
    _kept[kind, text] = document
    _kept_size += len(text)


# --- from a decision to JSON ------------------------------------------------------------------------------


def _answer(identifier: str, decision: Decision) -> dict[str, Any]:
    outcome = decision.outcome
    if outcome == "allow":
        granting = [_hit(hit) for hit in decision.allows if hit.kind in ("identity", "resource")]
        return {"id": identifier, "decision": outcome, "explain": granting or ["needs no permission"]}
    answer: dict[str, Any] = {"id": identifier, "decision": outcome, "blocked_by": decision.failed}
    if outcome == "explicit_deny":
        answer["explain"] = [_hit(hit) for hit in decision.denies]
    else:
        answer["explain"] = [_missing(kind, decision) for kind in decision.failed]
    return answer


def _hit(hit: Hit) -> str:
    effect = "Allow" if hit.statement is not None and hit.statement.allow else "Deny"
    return f"{effect} by {hit.label}"


def _missing(kind: Kind, decision: Decision) -> str:
    if kind == "scp" and decision.level is not None:
        return f"no Allow in scps[{decision.level}]"
    return f"no Allow in {_WORDS[kind]}"


_WORDS: Final[dict[Kind, str]] = {
    "identity": "the identity policies",
    "resource": "the resource policy",
    "boundary": "the permissions boundary",
    "session": "the session policies",
    "scp": "the SCPs",
    "rcp": "the RCPs",
    "endpoint": "the endpoint policies",
}
