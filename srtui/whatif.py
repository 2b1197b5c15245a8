"""What if: an account in which something was changed, in memory only, and what a principal gains or loses by it.

    change = Drop(policy_arn, "deploy", 2)              # or Bound(policy_arn), Forbid(("s3:*",), "*"), Detach(…)
    compared = compare(account, principal_arn, [change])
    load_catalogue().actions(compared.lost)

The changed account is a plain account: whatever is computed from one (permissions, access, paths) can be computed again.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from srtui.account import UNREAD, Account
from srtui.account.model import Group, InlinePolicy, ManagedPolicy, Principal, Role, User
from srtui.permissions import principal_permissions
from srtui.policy.effective import EffectivePermissions, as_list


class Drop(msgspec.Struct, frozen=True):
    """Take a statement out of a policy. `arn`: of the managed policy, or of whom the inline policy `name` is in."""

    arn: str
    name: str
    statement: int  # place in the document, counted from 0

    @property
    def text(self) -> str:
        return f"without statement {self.statement + 1} of {self.name}"


class Bound(msgspec.Struct, frozen=True):
    """Set a permissions boundary."""

    arn: str

    @property
    def text(self) -> str:
        return f"inside the boundary {self.arn.rpartition('/')[2]}"


class Forbid(msgspec.Struct, frozen=True):
    """Add a Deny."""

    actions: tuple[str, ...]
    resource: str = "*"

    @property
    def text(self) -> str:
        return f"with a Deny of {', '.join(self.actions)} on {self.resource}"


class Detach(msgspec.Struct, frozen=True):
    """Take a managed policy off a user, role or group."""

    arn: str  # of the policy
    carrier: str  # ARN of whom it is attached to

    @property
    def text(self) -> str:
        return f"without {self.arn.rpartition('/')[2]} on {self.carrier.rpartition('/')[2]}"


class Instead(msgspec.Struct, frozen=True):
    """Give these policies in place of all that it has, its groups' included. Boundaries stay."""

    documents: tuple[Mapping[str, Any], ...]

    @property
    def text(self) -> str:
        return f"with {len(self.documents)} other {'policy' if len(self.documents) == 1 else 'policies'} only"


Change = Drop | Bound | Forbid | Detach | Instead


class Comparison(msgspec.Struct, frozen=True):
    """Effective permissions before and after. Sets of actions are ints (see `policy.catalogue`).

    `narrowed`: still allowed, but no longer everywhere. `widened`: the other way round. `others`: how many other
    principals carry a policy that was changed, so that the change is theirs, too.
    """

    before: EffectivePermissions
    after: EffectivePermissions
    others: int

    @property
    def lost(self) -> int:
        return self.before.actions & ~self.after.actions

    @property
    def gained(self) -> int:
        return self.after.actions & ~self.before.actions

    @property
    def narrowed(self) -> int:
        return self.before.unlimited & ~self.after.unlimited & self.after.actions

    @property
    def widened(self) -> int:
        return self.after.unlimited & ~self.before.unlimited & self.before.actions


def compare(account: Account, arn: str, changes: Sequence[Change]) -> Comparison:
    """What the changes do to a user, role or group. Raises KeyError if there is none with this ARN."""
    principal = account.principal(arn)
    if principal is None:
        raise KeyError(arn)
    changed = account_with(account, arn, changes)
    after = changed.principal(arn)
    if after is None:
        raise KeyError(arn)
    return Comparison(
        before=principal_permissions(account, principal),
        after=principal_permissions(changed, after),
        others=_others(account, principal, changes),
    )


def account_with(account: Account, arn: str, changes: Iterable[Change]) -> Account:
    """The account with the changes made; the given one stays as it is."""
    changed = copy.copy(account)
    changed.users, changed.roles = dict(account.users), dict(account.roles)
    changed.groups, changed.policies = dict(account.groups), dict(account.policies)
    for change in changes:
        match change:
            case Drop():
                _drop(changed, change)
            case Bound(boundary):
                _replace(changed, arn, boundary=boundary)
            case Detach(policy, carrier):
                held = changed.principal(carrier)
                if held is not None:
                    _replace(changed, carrier, attached=tuple(one for one in held.attached if one != policy))
            case Instead(documents):
                _replace(changed, arn, **_instead(documents, isinstance(account.principal(arn), User)))
            case Forbid(actions, resource):
                principal = changed.principal(arn)
                if principal is not None:
                    _replace(changed, arn, inline=(*principal.inline, _deny(principal, actions, resource)))
    return changed


def _instead(documents: Sequence[Mapping[str, Any]], user: bool) -> dict[str, Any]:
    inline = tuple(
        InlinePolicy(name=f"instead {number}", document=dict(document))
        for number, document in enumerate(documents, 1)
    )
    values: dict[str, Any] = {"inline": inline, "attached": ()}
    return {**values, "groups": ()} if user else values


def _deny(principal: Principal, actions: tuple[str, ...], resource: str) -> InlinePolicy:
    statement = {"Effect": "Deny", "Action": list(actions), "Resource": resource}
    return InlinePolicy(
        name=f"what if {len(principal.inline) + 1}",
        document={"Version": "2012-10-17", "Statement": [statement]},
    )


def _replace(account: Account, arn: str, **values: Any) -> None:
    for table in (account.users, account.roles, account.groups):
        if arn in table:
            table[arn] = msgspec.structs.replace(table[arn], **values)  # type: ignore[assignment]


def _drop(account: Account, change: Drop) -> None:
    policy = account.policies.get(change.arn)
    if policy is not None:
        account.policies[change.arn] = _policy_without(policy, change.statement)
        return
    owner = account.principal(change.arn)
    if owner is not None:
        inline = tuple(
            InlinePolicy(name=one.name, document=_without(one.document, change.statement))
            if one.name == change.name
            else one
            for one in owner.inline
        )
        _replace(account, change.arn, inline=inline)


def _policy_without(policy: ManagedPolicy, statement: int) -> ManagedPolicy:
    versions = tuple(
        msgspec.structs.replace(version, document=_without(version.document, statement))
        if version.default
        else version
        for version in policy.versions
    )
    return msgspec.structs.replace(policy, versions=versions)


#: What is left of a policy without statements: AWS would not save it, so it says that it allows nothing.
_NOTHING = {"Effect": "Deny", "Action": "none:none", "Resource": "*"}


def _without(document: dict[str, Any], statement: int) -> dict[str, Any]:
    statements = as_list(document.get("Statement"))
    # A placeholder, not a gap: the other statements keep their numbers.
    kept = [_NOTHING if index == statement else one for index, one in enumerate(statements)]
    return {**document, "Statement": kept}


def _others(account: Account, principal: Principal, changes: Sequence[Change]) -> int:
    touched = {change.arn for change in changes if isinstance(change, Drop)}
    shared = {arn for arn in touched if arn in account.policies}
    touched |= {change.carrier for change in changes if isinstance(change, Detach)}
    groups = {account.groups[arn].name for arn in touched if arn in account.groups}
    count = 0
    for one in account.principals():
        if one.arn == principal.arn:
            continue
        held = set(one.attached)
        names = set(one.groups) if isinstance(one, User) else set()
        for name in names:
            group = account.group_named(name)
            held |= set(group.attached) if isinstance(group, Group) else set()
        count += bool(held & shared or names & groups)
    return count


def known_use(account: Account, principal: Principal) -> dict[str, datetime]:
    """Service prefixes that the principal is known to have used, with the time: what the credential report tells.

    It is far from complete; a service that is not in it may be used all the same.
    """
    found: dict[str, datetime] = {}
    if isinstance(principal, User):
        credentials = account.credentials_of(principal)
        if credentials is not UNREAD:
            for key in credentials.keys:
                if key.last_used_service and key.last_used is not None:
                    found[key.last_used_service] = max(
                        key.last_used, found.get(key.last_used_service, key.last_used)
                    )
    return found


def last_used(account: Account, principal: Principal) -> datetime | None:
    """When a role was last used, whatever for; None for others, and if it is not known."""
    return principal.last_used if isinstance(principal, Role) else None
