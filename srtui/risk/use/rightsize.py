"""Right-sizing: the policies of a principal cut down to what it used, proved by the evaluator to take nothing else away.

What is not counted by AWS may be used, so it stays. Resources, conditions and Deny statements stay as they are. The
proposal is text to copy; nothing is changed anywhere.
"""

from __future__ import annotations

import copy
import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from srtui.access import VERDICTS, AccessIndex
from srtui.account import Account
from srtui.account.model import Group, InlinePolicy, Principal, Role, User
from srtui.permissions import Carried, carried_by, permissions_of
from srtui.policy.catalogue import load_catalogue
from srtui.policy.effective import EffectivePermissions, as_list
from srtui.policy.grants import Grant, NamedDocument, read_policy
from srtui.risk.use.compress import patterns_for
from srtui.risk.use.usage import NO_CALL, Usage

#: Characters of a managed policy, white space not counted (IAM quotas).
POLICY_LIMIT: Final = 6144
_Statement = dict[str, Any]
#: So many used actions are asked about one by one in the proof.
_MOST_ASKED: Final = 200
#: So many services or actions are named in a note.
_MOST_NAMED: Final = 6


class Proof(msgspec.Struct, frozen=True):
    """What the evaluator says of a proposal. Sets of actions are ints.

    `lost`: used, or perhaps used, and no longer allowed; `narrowed`: still allowed, but not everywhere; `gained`: allowed
    only by the proposal; `worse`: used actions whose answer is less sure. With any of these it must not be used.
    """

    removed: int
    lost: int = 0
    narrowed: int = 0
    gained: int = 0
    worse: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing is lost and nothing gained."""
        return not (self.lost or self.narrowed or self.gained or self.worse)


class Proposal(msgspec.Struct, frozen=True):
    """Policies that allow what a principal used. `documents` fit a managed policy each, if statements let them.

    `diff`: lines of a unified diff of all its policies of today against the proposal. `removed`: actions that it no
    longer allows. `notes`: what to know before using it.
    """

    arn: str
    documents: tuple[Mapping[str, Any], ...]
    diff: tuple[str, ...]
    removed: tuple[str, ...]
    proof: Proof
    notes: tuple[str, ...]

    @property
    def text(self) -> str:
        """The policies, one after another, as JSON."""
        return "\n".join(json.dumps(document, indent=2, ensure_ascii=False) for document in self.documents)


def right_sized(
    account: Account, principal: Principal, permissions: EffectivePermissions, usage: Usage
) -> Proposal | None:
    """The policies cut down to what was used; None without last-accessed data, or if a policy cannot be read."""
    carried = carried_by(account, principal)
    if not usage.read or permissions.unreadable or isinstance(principal, Group):
        return None
    statements = list(_statements(carried, usage.kept))
    documents = tuple(_documents(statements))
    proof = _proof(account, principal, permissions, usage, carried, documents)
    return Proposal(
        arn=principal.arn,
        documents=documents,
        diff=tuple(_diff(carried, documents)),
        removed=tuple(load_catalogue().actions(proof.removed)),
        proof=proof,
        notes=tuple(_notes(account, principal, usage, documents)),
    )


# --- the text -----------------------------------------------------------------------------------------------


def _statements(carried: Carried, kept: int) -> Iterator[_Statement]:
    for named in carried.identity:
        written = as_list(named.document.get("Statement"))
        for grant in read_policy(named).grants:
            statement = dict(written[grant.statement])
            if not grant.allow:
                yield statement
                continue
            cut = _cut(statement, grant, kept)
            if cut is not None:
                yield cut


def _cut(statement: _Statement, grant: Grant, kept: int) -> _Statement | None:
    """An Allow statement with the actions that are kept; None if none are left."""
    wanted = grant.actions & kept
    written = [str(one) for one in as_list(statement.get("Action"))]
    catalogue = load_catalogue()
    # What AWS does not document cannot be told to be unused.
    unknown = [one for one in written if not catalogue.expand(one)]
    if not wanted and not unknown:
        return None
    if wanted == grant.actions and "Action" in statement:
        return statement
    found: _Statement = {}
    actions = [*patterns_for(wanted, written), *unknown]
    for key, value in statement.items():
        if key in ("Action", "NotAction"):
            found["Action"] = actions[0] if len(actions) == 1 else actions
        else:
            found[key] = value
    return found


def _documents(statements: Sequence[_Statement]) -> Iterator[Mapping[str, Any]]:
    """The statements in as few policies as fit the limit."""
    page: list[_Statement] = []
    size = 0
    for statement in _unlike(statements):
        length = len(json.dumps(statement, separators=(",", ":")))
        if page and size + length > POLICY_LIMIT - 100:
            yield {"Version": "2012-10-17", "Statement": page}
            page, size = [], 0
        page.append(statement)
        size += length + 1
    yield {"Version": "2012-10-17", "Statement": page or [_NOTHING]}


#: What a policy says that allows nothing: AWS takes none without statements.
_NOTHING: Final[_Statement] = {"Sid": "NothingUsed", "Effect": "Deny", "Action": "*", "Resource": "*"}


def _unlike(statements: Sequence[_Statement]) -> Iterator[_Statement]:
    """Without repetitions, and with Sids that are told apart: several policies may have used the same."""
    seen: set[str] = set()
    sids: set[str] = set()
    for statement in statements:
        text = json.dumps({**statement, "Sid": ""}, sort_keys=True)
        if text in seen:
            continue
        seen.add(text)
        sid = str(statement.get("Sid") or "")
        while sid and sid in sids:
            sid += "x"
        sids.add(sid)
        yield {**statement, "Sid": sid} if sid else statement


def _diff(carried: Carried, documents: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    today = [
        line
        for named in carried.identity
        for line in json.dumps({"Statement": as_list(named.document.get("Statement"))}, indent=2).splitlines()
    ]
    then = [
        line
        for document in documents
        for line in json.dumps({"Statement": document["Statement"]}, indent=2).splitlines()
    ]
    yield from difflib.unified_diff(today, then, "today", "right-sized", lineterm="", n=2)


def _notes(
    account: Account, principal: Principal, usage: Usage, documents: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    if usage.young:
        yield "it is younger than the window: what it will use may not have been used yet"
    if isinstance(principal, User) and principal.groups:
        groups = len(principal.groups)
        where = (
            "its group, too: take the user out of it"
            if groups == 1
            else f"{groups} groups: take the user out of them"
        )
        yield f"it replaces the policies of {where}"
    yield from _kept_notes(usage)
    longest = max(len(json.dumps(one, separators=(",", ":"))) for one in documents)
    if longest > POLICY_LIMIT:
        yield f"a statement is longer than the {POLICY_LIMIT:,} characters that a managed policy may have"
    if len(documents) > 1:
        yield f"it takes {len(documents)} policies, because one may have {POLICY_LIMIT:,} characters"


def _kept_notes(usage: Usage) -> Iterator[str]:
    """Why more stays than was counted."""
    by_key = [one.service for one in usage.services if one.by_key]
    if by_key:
        yield f"its access key was used for {_named(by_key)}, of which the report does not know: all of that stays"
    uncounted = [
        one.service for one in usage.services if one.uncounted and one.state == "used" and not one.by_key
    ]
    if uncounted:
        yield f"AWS does not count every action of {_named(uncounted)}: these stay"
    untold = [one.service for one in usage.services if one.state == "uncounted"]
    if untold:
        yield f"the report does not tell of {_named(untold)}: these stay"
    silent = [
        action
        for service in usage.services
        if service.uncounted and service.state in ("unused", "never")
        for action in load_catalogue().actions(
            usage.granted
            & load_catalogue().service_bits(service.service)
            & load_catalogue().expand_all(NO_CALL)
        )
    ]
    if silent:
        yield f"{_named(silent)} come with other calls and are not counted by themselves: these stay"


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


# --- the proof ----------------------------------------------------------------------------------------------


def _proof(
    account: Account,
    principal: Principal,
    before: EffectivePermissions,
    usage: Usage,
    carried: Carried,
    documents: Sequence[Mapping[str, Any]],
) -> Proof:
    """What the evaluator says of the principal with these policies in place of all it has."""
    named = [
        NamedDocument(f"right-sized {number + 1}", "inline", principal.arn, document)
        for number, document in enumerate(documents)
    ]
    then = Carried(
        identity=named,
        boundary=carried.boundary,
        boundary_missing=carried.boundary_missing,
        key=[id(document) for document in documents],
    )
    after = permissions_of(account, principal, then)
    kept = usage.kept & before.actions
    return Proof(
        removed=before.actions & ~after.actions,
        lost=kept & ~after.actions,
        narrowed=kept & before.unlimited & ~after.unlimited & after.actions,
        gained=(after.actions & ~before.actions) | (after.unlimited & ~before.unlimited),
        worse=tuple(_worse(account, principal, usage.used, documents)),
    )


def _worse(
    account: Account, principal: Principal, used: int, documents: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """Used actions that the truth engine answers less surely than before, each asked about some resource."""
    if not isinstance(principal, User | Role):
        return
    inline = tuple(
        InlinePolicy(name=f"right-sized {number + 1}", document=dict(document))
        for number, document in enumerate(documents)
    )
    more: dict[str, Any] = {"inline": inline, "attached": ()}
    if isinstance(principal, User):
        more["groups"] = ()
    today, then = _alone(account, principal), _alone(account, msgspec.structs.replace(principal, **more))
    catalogue = load_catalogue()
    for action in catalogue.actions(used)[:_MOST_ASKED]:
        was, is_now = today.can(principal.arn, action).verdict, then.can(principal.arn, action).verdict
        if VERDICTS.index(is_now) > VERDICTS.index(was):
            yield f"{action}: {was} today, {is_now} then"


def _alone(account: Account, principal: User | Role) -> AccessIndex:
    """The index of an account that has no other identity, which is quickly made."""
    alone = copy.copy(account)
    alone.users = {principal.arn: principal} if isinstance(principal, User) else {}
    alone.roles = {principal.arn: principal} if isinstance(principal, Role) else {}
    return AccessIndex(alone)
