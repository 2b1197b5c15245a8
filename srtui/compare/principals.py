"""Principals then and now: who came and went, and what each gained and lost."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

import msgspec

from srtui.account import UNREAD, Account
from srtui.account.model import Principal, Role, User
from srtui.analysis import Analysis
from srtui.compare.policies import lists_completely
from srtui.policy.catalogue import load_catalogue
from srtui.policy.effective import EffectivePermissions

How = Literal["added", "removed", "changed"]
Kind = Literal["user", "role", "group"]
#: How GetAccountAuthorizationDetails names them in its Filter.
FILTERS: Mapping[Kind, str] = {"user": "User", "role": "Role", "group": "Group"}


class PrincipalChange(msgspec.Struct, frozen=True, kw_only=True):
    """One principal that came, went or changed. Sets of actions are ints, as in `srtui.policy.catalogue`.

    `gained` and `lost`: allowed on something, now or before. `widened` and `narrowed`: allowed both times, on every
    resource without a condition only now or only before. `admin`: as in `EffectivePermissions`. `what`: the changes
    of the principal itself, in words. `unread`: documents that one of the sides lacks, so that gains and losses are
    not certain.
    """

    how: How
    arn: str
    name: str
    kind: Kind
    gained: int = 0
    lost: int = 0
    widened: int = 0
    narrowed: int = 0
    admin_before: str | None = None
    admin_after: str | None = None
    what: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def admin_changed(self) -> bool:
        return self.admin_before != self.admin_after


def by_level(bits: int) -> dict[str, list[str]]:
    """The names of the actions in a set by access level, the most dangerous level first."""
    catalogue = load_catalogue()
    found = {str(level): bits & mask for level, mask in catalogue.level_bits.items()}
    return {level: catalogue.actions(some) for level, some in found.items() if some}


def read_kinds(account: Account) -> set[Kind]:
    """Whose listing is complete: only then does an absence mean anything."""
    return {kind for kind, name in FILTERS.items() if lists_completely(account, name)}


def compare_principals(
    old: Analysis, new: Analysis, changed_policies: Collection[str]
) -> Iterator[PrincipalChange]:
    """Users, then roles, then groups, each by ARN; those without any change are left out."""
    known = read_kinds(old.account) & read_kinds(new.account)
    for kind in FILTERS:
        before, after = _table(old.account, kind), _table(new.account, kind)
        for arn in sorted(before.keys() | after.keys()):
            one, other = before.get(arn), after.get(arn)
            if one is not None and other is not None:
                change = _changed(old, new, kind, one, other, changed_policies)
                if change is not None:
                    yield change
            elif kind in known:
                named = other or one
                if named is not None:
                    yield _came_or_went(old, new, kind, named, came=one is None)


def _table(account: Account, kind: Kind) -> Mapping[str, Principal]:
    tables: dict[Kind, Mapping[str, Principal]] = {
        "user": account.users,
        "role": account.roles,
        "group": account.groups,
    }
    return tables[kind]


def _came_or_went(
    old: Analysis, new: Analysis, kind: Kind, principal: Principal, *, came: bool
) -> PrincipalChange:
    allowed = (new if came else old).permissions.get(principal.arn)
    bits, admin = (allowed.actions, allowed.admin) if allowed else (0, None)
    return PrincipalChange(
        how="added" if came else "removed",
        arn=principal.arn,
        name=principal.name,
        kind=kind,
        gained=bits if came else 0,
        lost=0 if came else bits,
        admin_before=None if came else admin,
        admin_after=admin if came else None,
        unread=allowed.unreadable if allowed else (),
    )


def _changed(
    old: Analysis,
    new: Analysis,
    kind: Kind,
    one: Principal,
    other: Principal,
    changed_policies: Collection[str],
) -> PrincipalChange | None:
    before, after = old.permissions.get(one.arn), new.permissions.get(one.arn)
    what = tuple(_what(old.account, new.account, one, other, changed_policies))
    if before is None or after is None:
        return None
    same = (before.actions, before.unlimited, before.admin) == (after.actions, after.unlimited, after.admin)
    if same and not what:
        return None
    both = before.actions & after.actions
    return PrincipalChange(
        how="changed",
        arn=one.arn,
        name=one.name,
        kind=kind,
        gained=after.actions & ~before.actions,
        lost=before.actions & ~after.actions,
        widened=both & after.unlimited & ~before.unlimited,
        narrowed=both & before.unlimited & ~after.unlimited,
        admin_before=before.admin,
        admin_after=after.admin,
        what=what,
        unread=_unread(before, after),
    )


def _unread(before: EffectivePermissions, after: EffectivePermissions) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*before.unreadable, *after.unreadable)))


# --- what changed, in words -------------------------------------------------------------------------------


def _what(
    old: Account, new: Account, one: Principal, other: Principal, changed_policies: Collection[str]
) -> Iterator[str]:
    if one.unique_id and other.unique_id and one.unique_id != other.unique_id:
        yield "deleted and made again under the same name"
    yield from _listed("policy {} attached", "policy {} detached", one.attached, other.attached)
    before = {inline.name: inline.document for inline in one.inline}
    after = {inline.name: inline.document for inline in other.inline}
    yield from _listed("inline policy {} added", "inline policy {} removed", before, after)
    for name in sorted(before.keys() & after.keys()):
        if before[name] != after[name]:
            yield f"inline policy {name} changed"
    yield from (f"policy {_name(arn)} changed" for arn in other.attached if arn in changed_policies)
    if one.boundary != other.boundary:
        named = _name(other.boundary or one.boundary or "")
        yield f"permissions boundary {named} {'set' if other.boundary else 'removed'}"
    elif other.boundary is not None and other.boundary in changed_policies:
        yield f"permissions boundary {_name(other.boundary)} changed"
    if isinstance(one, User) and isinstance(other, User):
        yield from _listed("joined group {}", "left group {}", one.groups, other.groups)
        yield from _credentials(old, new, one, other)
    if isinstance(one, Role) and isinstance(other, Role) and one.trust != other.trust:
        yield "trust policy changed"


def _listed(came: str, went: str, before: Collection[str], after: Collection[str]) -> Iterator[str]:
    yield from (came.format(_name(one)) for one in sorted(set(after) - set(before)))
    yield from (went.format(_name(one)) for one in sorted(set(before) - set(after)))


def _name(arn: str) -> str:
    return arn.rsplit("/", 1)[-1] if arn.startswith("arn:") else arn


def _credentials(old: Account, new: Account, one: User, other: User) -> Iterator[str]:
    before, after = old.credentials_of(one), new.credentials_of(other)
    if before is UNREAD or after is UNREAD:
        return
    pairs: list[tuple[str, Any, Any]] = [
        ("console password", before.password_enabled, after.password_enabled),
        ("MFA", before.mfa_active, after.mfa_active),
    ]
    for name, was, now in pairs:
        if was is not None and now is not None and was != now:
            yield f"{name} {'on' if now else 'off'}"
    was, now = len(before.active_keys), len(after.active_keys)
    if was != now:
        yield f"active access keys: {was} → {now}"
    rotated = {key.slot: key.rotated for key in before.active_keys}
    for key in after.active_keys:
        if key.slot in rotated and key.rotated != rotated[key.slot]:
            yield f"access key {key.slot} replaced"
