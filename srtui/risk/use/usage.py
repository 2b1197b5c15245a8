"""Granted against used: per principal, service and access level, from IAM's last-accessed data.

    usage = risk.usage(arn)                             # `read` False: the report was not asked for (see `wanted`)
    usage.services                                      # one line a service, the most excess first
    usage.share                                         # of what is granted, the part that is known to be unused
    usage.exposed                                       # privileged permissions that are held and not used

AWS keeps count of services for all, and of actions for some services and not for what is done with data. What is not
counted may be used: it is never called unused. Attempts count, denied ones too; the newest four hours are missing.
What the credential report says of an access key goes before it: a service that a key was used for later is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, Literal

import msgspec

from srtui.account import UNREAD, Account
from srtui.account.last_access import LastAccess, ServiceAccess
from srtui.account.model import Principal
from srtui.escalation.catalogue import load_techniques
from srtui.escalation.edges import actions_of
from srtui.policy.catalogue import AccessLevel, load_catalogue
from srtui.policy.effective import EffectivePermissions
from srtui.whatif import known_use

#: After so many days without use a permission counts as unused, a principal as one that nobody needs.
WINDOW_DAYS: Final = 90
#: Permissions that are looked at along with another call and make none themselves, so that AWS cannot count them.
NO_CALL: Final = ("iam:PassRole", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext")
#: What credential reports call services that policies call otherwise.
_PREFIX: Final = {"monitoring": "cloudwatch", "email": "ses"}
#: used: in the window; unused: not in the window; never: not in the time that AWS keeps; uncounted: AWS does not tell.
ServiceState = Literal["used", "unused", "never", "uncounted"]


class ServiceUsage(msgspec.Struct, frozen=True):
    """One service of a principal. `unused` holds what is surely not used, `uncounted` what AWS keeps no count of.

    `by_key`: that it is used, and when, is told by an access key, and not by last-accessed data.
    """

    service: str
    state: ServiceState
    last: datetime | None
    granted: int
    used: int
    unused: int
    uncounted: int
    levels: Mapping[AccessLevel, tuple[int, int]]  # access level → (granted, surely not used)
    by_key: bool = False

    @property
    def share(self) -> float:
        """The part of what is granted that is surely not used, 0 to 1."""
        return self.unused / self.granted if self.granted else 0.0


class Usage(msgspec.Struct, frozen=True):
    """A principal's permissions against their use. Sets of actions are ints (see `policy.catalogue`).

    `young`: younger than the window, so that little use says little. `problem`: why there is no report.
    """

    arn: str
    read: bool
    at: datetime | None
    granted: int
    used: int
    unused: int
    services: tuple[ServiceUsage, ...] = ()
    young: bool = False
    problem: str = ""

    @property
    def kept(self) -> int:
        """What is used, or may be."""
        return self.granted & ~self.unused

    @property
    def share(self) -> float:
        """The part of what is granted that is surely not used, 0 to 1."""
        return self.unused.bit_count() / self.granted.bit_count() if self.granted else 0.0

    @property
    def exposed(self) -> int:
        """Privileged permissions that are held and surely not used: what an intruder gains and nobody would miss."""
        return self.unused & privileged_actions()

    def levels(self) -> dict[AccessLevel, tuple[int, int]]:
        """Access level → (granted, surely not used), the most dangerous first."""
        catalogue = load_catalogue()
        return {
            level: ((self.granted & bits).bit_count(), (self.unused & bits).bit_count())
            for level, bits in catalogue.level_bits.items()
            if self.granted & bits
        }


@lru_cache(maxsize=1)
def privileged_actions() -> int:
    """Actions that change permissions, and those by which someone escalates."""
    catalogue = load_catalogue()
    names = {
        action
        for technique in load_techniques().techniques
        for action in actions_of(technique.permissions)
        if technique.gain != "data"
    }
    return catalogue.level_bits["Permissions management"] | catalogue.expand_all(names)


def usage_of(
    account: Account,
    principal: Principal,
    permissions: EffectivePermissions | None,
    now: datetime,
    window: int = WINDOW_DAYS,
) -> Usage:
    """What a principal may do against what it has done in so many days."""
    granted = permissions.actions if permissions is not None else 0
    young = principal.created is not None and now - principal.created < timedelta(days=window)
    found = account.table(LastAccess).get(principal.arn)
    if found is None or found.services is UNREAD:
        problem = found.problem if found is not None else ""
        return Usage(principal.arn, False, None, granted, 0, 0, young=young, problem=problem)
    since = now - timedelta(days=window)
    by_name: dict[str, list[ServiceAccess]] = {}
    for one in found.services:
        by_name.setdefault(one.service, []).append(one)
    keys = {_PREFIX.get(name, name): last for name, last in known_use(account, principal).items()}
    lines = []
    used = unused = 0
    for service in load_catalogue().services:
        held = granted & load_catalogue().service_bits(service)
        if held:
            line, its_used, its_unused = _service(
                service, held, by_name.get(service, []), since, keys.get(service)
            )
            lines.append(line)
            used, unused = used | its_used, unused | its_unused
    lines.sort(key=lambda one: (-one.unused, one.service))
    return Usage(principal.arn, True, found.completed, granted, used, unused, tuple(lines), young)


def _service(
    service: str, held: int, found: list[ServiceAccess], since: datetime, key: datetime | None
) -> tuple[ServiceUsage, int, int]:
    """One service: its line, what of it is surely used, and what surely is not."""
    last = max((one.last for one in found if one.last is not None), default=None)
    used = unused = 0
    countable = held & ~load_catalogue().expand_all(NO_CALL)
    by_key = key is not None and key >= since and (last is None or key > last)
    if by_key:
        # The key did something there that the report does not know of, whatever it was.
        state: ServiceState = "used"
        last = key
    elif not found:
        # AWS tells of all services that a policy allows but a few, of which nothing follows.
        state = "uncounted"
    elif last is None or last < since:
        state, unused = ("never" if last is None else "unused"), countable
    else:
        state = "used"
        used, counted = _actions(service, found, since)
        used, unused = used & held, counted & countable & ~used
    levels = {
        level: ((held & bits).bit_count(), (unused & bits).bit_count())
        for level, bits in load_catalogue().level_bits.items()
        if held & bits
    }
    counts = (held.bit_count(), used.bit_count(), unused.bit_count(), (held & ~used & ~unused).bit_count())
    return ServiceUsage(service, state, last, *counts, levels, by_key), used, unused


def _actions(service: str, found: list[ServiceAccess], since: datetime) -> tuple[int, int]:
    """The actions used since, and all that AWS keeps count of."""
    catalogue = load_catalogue()
    used = counted = 0
    for one in found:
        for action in one.actions or ():
            bits = catalogue.expand(f"{service}:{action.name}")
            counted |= bits
            if action.last is not None and action.last >= since:
                used |= bits
    return used, counted
