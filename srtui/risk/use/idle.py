"""Identities that nobody uses, and whose last-accessed data is worth asking for first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from srtui.account import UNREAD, Account
from srtui.account.last_access import LastAccess
from srtui.account.model import Role, User
from srtui.policy.effective import EffectivePermissions
from srtui.principals import last_use
from srtui.risk.use.usage import WINDOW_DAYS, privileged_actions

#: So many reports are asked for in the background.
MOST_ASKED: Final = 25


class Zombie(msgspec.Struct, frozen=True):
    """A user or role that nothing was done with for a long time. `last` None: never, as far back as AWS keeps it."""

    arn: str
    last: datetime | None
    days: int
    admin: bool
    actions: int
    privileged: int


class Idle(msgspec.Struct, frozen=True):
    """Who is not used, and of whom that could not be told."""

    zombies: tuple[Zombie, ...]
    unread: tuple[str, ...]


def idle(
    account: Account,
    permissions: Mapping[str, EffectivePermissions],
    now: datetime,
    window: int = WINDOW_DAYS,
) -> Idle:
    """Every identity without use in the window, administrators and those with most privileges first.

    The newest of all traces counts: sign-in, keys, a role's last use, last-accessed data where it was asked for.
    """
    zombies, unread = [], []
    privileged = privileged_actions()
    for principal in account.principals():
        if isinstance(principal, Role) and principal.service_linked:
            continue
        last, known = _last(account, principal)
        if not known:
            unread.append(principal.arn)
            continue
        since = last or principal.created
        if since is None:
            unread.append(principal.arn)
            continue
        days = (now - since).days
        if days <= window:
            continue
        held = permissions.get(principal.arn)
        bits = held.actions if held is not None else 0
        zombies.append(
            Zombie(
                arn=principal.arn,
                last=last,
                days=days,
                admin=held is not None and held.admin is not None,
                actions=bits.bit_count(),
                privileged=(bits & privileged).bit_count(),
            )
        )
    zombies.sort(key=lambda one: (not one.admin, -one.privileged, -one.days, one.arn))
    return Idle(tuple(zombies), tuple(unread))


def _last(account: Account, principal: User | Role) -> tuple[datetime | None, bool]:
    """When a principal was last active by any trace, and whether that is known."""
    last, known = last_use(account, principal)
    found = account.table(LastAccess).get(principal.arn)
    if found is not None and found.services is not UNREAD:
        times = [one.last for one in found.services if one.last is not None]
        last = max([*times, *([last] if last is not None else [])], default=None)
        known = known or bool(times)
    return last, known


def wanted(
    account: Account,
    permissions: Mapping[str, EffectivePermissions],
    weight: Callable[[str], int],
    most: int = MOST_ASKED,
) -> tuple[str, ...]:
    """Whose report to ask for next, the worst first: who holds most privileges and has none yet.

    Nobody's once AWS has said that it tells nothing. `weight` of an ARN puts some before others, such as those who become administrator.
    """
    outcomes = account.outcomes_of("iam", "GenerateServiceLastAccessedDetails")
    if any(one.error is not None and one.error.kind == "denied" for one in outcomes):
        return ()
    privileged = privileged_actions()
    candidates = []
    for principal in account.principals():
        known = account.table(LastAccess).get(principal.arn)
        asked = known is not None and (known.services is not UNREAD or known.problem)
        if asked or (isinstance(principal, Role) and principal.service_linked):
            continue
        held = permissions.get(principal.arn)
        exposed = (held.actions & privileged).bit_count() if held is not None else 0
        if exposed:
            candidates.append((-weight(principal.arn), -exposed, principal.arn))
    candidates.sort()
    return tuple(arn for *_, arn in candidates[:most])
