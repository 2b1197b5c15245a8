"""Policy documents: from JSON as AWS stores it to statements that can be matched. The only parser of policies here.

Nothing is guessed: a document that AWS would not have accepted, or that holds an element this code does not
know, raises PolicyError with a sentence that names the element.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, Literal
from urllib.parse import unquote

import msgspec
from msgspec import UNSET, UnsetType

from srtui.policy.condition import Condition, parse_conditions
from srtui.policy.errors import PolicyError
from srtui.policy.match import ARN_SEGMENTS, Variable, action_matches, is_everything, variables_of
from srtui.policy.principal import PrincipalElement, parse_principal
from srtui.policy.target import Kind, literal_start, resource_tokens

VERSION_2012: Final = "2012-10-17"
#: Every kind of policy, in the order in which answers list them.
KINDS: Final[tuple[Kind, ...]] = ("identity", "resource", "boundary", "session", "scp", "rcp", "endpoint")
_WITH_PRINCIPAL: Final[frozenset[Kind]] = frozenset({"resource", "rcp", "endpoint"})

_Texts = str | list[str]
_Value = str | bool | int | float
_Conditions = dict[str, dict[str, _Value | list[_Value]]]


class _StatementJson(msgspec.Struct, forbid_unknown_fields=True):
    """The shape of a statement (IAM JSON policy language grammar)."""

    Effect: Literal["Allow", "Deny"]
    Sid: str | UnsetType = UNSET
    Principal: str | dict[str, _Texts] | UnsetType = UNSET
    NotPrincipal: str | dict[str, _Texts] | UnsetType = UNSET
    Action: _Texts | UnsetType = UNSET
    NotAction: _Texts | UnsetType = UNSET
    Resource: _Texts | UnsetType = UNSET
    NotResource: _Texts | UnsetType = UNSET
    Condition: _Conditions | UnsetType = UNSET


class _PolicyJson(msgspec.Struct, forbid_unknown_fields=True):
    """The shape of a policy."""

    Statement: _StatementJson | list[_StatementJson]
    Version: Literal["2008-10-17", "2012-10-17"] | UnsetType = UNSET
    Id: str | UnsetType = UNSET


_decoder = msgspec.json.Decoder(_PolicyJson)


class Statement:
    """One statement of a policy."""

    __slots__ = (
        "_starts",
        "actions",
        "allow",
        "any_action",
        "any_resource",
        "conditions",
        "exact_actions",
        "index",
        "kind",
        "not_action",
        "not_principal",
        "not_resource",
        "other_actions",
        "prefix_actions",
        "principal",
        "resources",
        "sid",
        "variables",
        "with_variables",
    )

    def __init__(self, raw: _StatementJson, index: int, kind: Kind, variables: bool) -> None:
        """Raises PolicyError. `variables`: whether the policy's version knows policy variables."""
        self.index = index
        self.kind = kind
        self.sid: str = raw.Sid or ""
        self.allow = raw.Effect == "Allow"
        self.not_action = raw.NotAction is not UNSET
        self._read_actions(_one_of(raw.Action, raw.NotAction, "Action", index))
        self.not_resource = raw.NotResource is not UNSET
        self.resources: tuple[str, ...] | None = None
        """None: no Resource element, the statement is about the resource it is attached to."""
        self._starts: tuple[str, ...] | None = None
        self.any_resource = False
        self.with_variables = False
        """Whether a Resource value or a condition value holds a policy variable."""
        self.variables: tuple[Variable, ...] = ()
        """The variables in the Resource values."""
        if raw.Resource is not UNSET or self.not_resource:
            self._read_resources(_one_of(raw.Resource, raw.NotResource, "Resource", index), variables)
        elif kind != "resource":
            raise PolicyError(f"{_where(index)} has neither Resource nor NotResource")
        self.not_principal = raw.NotPrincipal is not UNSET
        self.principal = _principal(raw, kind, index)
        self.conditions: tuple[Condition, ...] = ()
        if raw.Condition is not UNSET:
            self.conditions = parse_conditions(raw.Condition, variables)
            self.with_variables = self.with_variables or any(c.variables for c in self.conditions)

    def _read_actions(self, actions: list[str]) -> None:
        self.actions = tuple(actions)
        exact, prefixes, other = [], [], []
        self.any_action = False
        # Where a match takes access away, patterns that AWS would not have saved count as what they look like.
        loose = self.allow == self.not_action
        for pattern in map(str.lower, actions):
            star = pattern.find("*")
            if pattern in ("*", "*:*"):
                self.any_action = True
            elif star < 0 and "?" not in pattern:
                exact.append(pattern)
            elif star == len(pattern) - 1 and "?" not in pattern and (loose or ":" in pattern):
                prefixes.append(pattern[:-1])
            else:
                other.append(pattern)
        self.exact_actions = tuple(exact)
        self.prefix_actions = tuple(prefixes)
        self.other_actions = tuple(other)

    def _read_resources(self, resources: list[str], variables: bool) -> None:
        self.resources = tuple(resources)
        for text in resources:
            if is_everything(text):
                self.any_resource = True
            elif self.kind in ("scp", "rcp") and text.count(":") < ARN_SEGMENTS - 1:
                raise PolicyError(f"Resource {text!r} of {_where(self.index)} is no whole ARN")
            elif variables and "${" in text:
                self.variables += variables_of(resource_tokens(text))
                self.with_variables = True

    def resource_starts(self) -> tuple[str, ...]:
        """What each Resource value surely begins with, to tell quickly that none fits."""
        if self._starts is None:
            self._starts = tuple([literal_start(text) for text in self.resources or ()])
        return self._starts

    @property
    def label(self) -> str:
        """The Sid, or the place in the document counted from 1."""
        return self.sid or f"statement {self.index + 1}"

    def covers_action(self, action: str) -> bool:
        """Whether Action or NotAction covers a lower-case `service:action`."""
        return self.matches_action(action) != self.not_action

    def matches_action(self, action: str) -> bool:
        """Whether a value of the Action or NotAction element matches a lower-case `service:action`."""
        if self.any_action or action in self.exact_actions or action.startswith(self.prefix_actions):
            return True
        loose = self.allow == self.not_action
        return any(action_matches(pattern, action, loose=loose) for pattern in self.other_actions)


def _where(index: int) -> str:
    return f"statement {index + 1}"


def _one_of(value: _Texts | UnsetType, negated: _Texts | UnsetType, name: str, index: int) -> list[str]:
    if value is UNSET:
        if negated is UNSET:
            raise PolicyError(f"{_where(index)} has neither {name} nor Not{name}")
        value, name = negated, f"Not{name}"
    elif negated is not UNSET:
        raise PolicyError(f"{_where(index)} has both {name} and Not{name}")
    values = [value] if isinstance(value, str) else value
    if not values:
        raise PolicyError(f"{name} of {_where(index)} is empty")
    return values


def _principal(raw: _StatementJson, kind: Kind, index: int) -> PrincipalElement | None:
    value, name = raw.Principal, "Principal"
    if value is UNSET:
        value, name = raw.NotPrincipal, "NotPrincipal"
    elif raw.NotPrincipal is not UNSET:
        raise PolicyError(f"{_where(index)} has both Principal and NotPrincipal")
    if value is UNSET:
        return None
    if kind not in _WITH_PRINCIPAL:
        raise PolicyError(f"{_where(index)} names a principal, which a policy of this kind ({kind}) cannot")
    return parse_principal(value, name, _where(index))


class Document:
    """A policy that was read. `keys` is how many JSON keys it holds, each counted once."""

    __slots__ = ("keys", "kind", "statements", "version")

    def __init__(self, raw: _PolicyJson, kind: Kind) -> None:
        """Raises PolicyError."""
        self.kind: Kind = kind
        self.version: str = raw.Version or "2008-10-17"
        listed = raw.Statement if isinstance(raw.Statement, list) else [raw.Statement]
        variables = self.version == VERSION_2012
        self.statements = tuple([Statement(one, index, kind, variables) for index, one in enumerate(listed)])
        self.keys = 0


def parse_document(document: Mapping[str, Any] | str | bytes, kind: Kind = "identity") -> Document:
    """Read a policy document, an object or JSON text (URL-encoded or not); raises PolicyError."""
    if isinstance(document, bytes):
        return _from_json(document, kind)
    if isinstance(document, str):
        text = unquote(document) if document.lstrip().startswith("%7B") else document
        return _from_json(text.encode(errors="surrogatepass"), kind)
    try:
        return Document(msgspec.convert(document, _PolicyJson), kind)
    except msgspec.ValidationError as error:
        raise PolicyError(_sentence(error)) from error
    except RecursionError as error:
        raise PolicyError("the policy is nested too deeply") from error


def _from_json(text: bytes, kind: Kind) -> Document:
    document = read_json(text, kind)
    if count_key_marks(text) != document.keys and has_duplicate_keys(text):
        raise PolicyError("the policy holds the same key twice in one object")
    return document


def read_json(text: bytes, kind: Kind) -> Document:
    """Read a policy from JSON text; raises PolicyError. Leaves it to the caller to look for a key that comes twice."""
    try:
        raw = _decoder.decode(text)
    except msgspec.ValidationError as error:
        raise PolicyError(_sentence(error)) from error
    except msgspec.DecodeError as error:
        raise PolicyError(f"the policy is not JSON: {error}") from error
    except RecursionError as error:
        raise PolicyError("the policy is nested too deeply") from error
    document = Document(raw, kind)
    document.keys = _count_keys(raw)
    return document


_PLACE = re.compile(r" - at `(?:key in )?\$\.?([^`]*)`\Z")


def _sentence(error: msgspec.ValidationError) -> str:
    """The error in words for whoever wrote the policy."""
    text = str(error)
    found = _PLACE.search(text)
    if found is None:
        return f"the policy cannot be read: {text}"
    place = re.sub(r"\[(\d+)\]", lambda index: f" {int(index.group(1)) + 1}", found.group(1))
    what = text[: found.start()]
    return f"the policy cannot be read: {what}, in {place}" if place else f"the policy cannot be read: {what}"


# --- the same key twice -----------------------------------------------------------------------------------

_KEY_MARK = re.compile(rb'"[ \t\r\n]*:')


def count_key_marks(text: bytes) -> int:
    """A quotation mark and a colon: as often as there are keys, or more often if strings hold such a pair."""
    if b" :" in text or b"\t:" in text or b"\r:" in text or b"\n:" in text:
        return len(_KEY_MARK.findall(text))
    return text.count(b'":')


def _count_keys(raw: _PolicyJson) -> int:
    count = 1 + (raw.Version is not UNSET) + (raw.Id is not UNSET)
    for one in raw.Statement if isinstance(raw.Statement, list) else (raw.Statement,):
        # Effect, one of Action and NotAction (a document with both was refused), and whatever else there is.
        count += 2 + (one.Sid is not UNSET) + (one.Resource is not UNSET) + (one.NotResource is not UNSET)
        for who in (one.Principal, one.NotPrincipal):
            if who is not UNSET:
                count += 1 + (len(who) if isinstance(who, dict) else 0)
        if one.Condition is not UNSET:
            count += 1 + len(one.Condition) + sum(map(len, one.Condition.values()))
    return count


def has_duplicate_keys(text: bytes) -> bool:
    """Whether some object in a valid JSON text has a key twice, which readers take to mean different things."""
    found = False

    def look(pairs: list[tuple[str, Any]]) -> None:
        nonlocal found
        found = found or len({key for key, _ in pairs}) != len(pairs)

    json.loads(text, object_pairs_hook=look, parse_int=str, parse_float=str)
    return found
