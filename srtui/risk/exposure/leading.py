"""Where the roles lead on that someone outside may become: to administrator, and to which data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from srtui.access import members
from srtui.escalation.edges import Tier
from srtui.escalation.escalation import Escalation
from srtui.risk.exposure.exfiltration import Exfiltration
from srtui.risk.exposure.exposures import Exposure


class Leading(msgspec.Struct, frozen=True):
    """What a role reaches. `tier` None: no way to administrator is known; `already`: it is administrator as it is.

    `stores`: how many stores of data it can read by itself.
    """

    tier: Tier | None
    already: bool
    stores: int

    @property
    def on(self) -> bool:
        """Whether it leads on at all: to data or, perhaps, to administrator."""
        return self.tier is not None or self.stores > 0

    @property
    def admin(self) -> bool:
        """Whether it surely is administrator or becomes one."""
        return self.already or self.tier == "confirmed"


def leading(
    exposures: Iterable[Exposure], escalation: Escalation, exfiltration: Exfiltration
) -> Mapping[str, Leading]:
    """By ARN, every role that someone outside may become."""
    numbers = {
        escalation.numbers[one.arn]: one.arn
        for one in exposures
        if "become" in one.how and one.arn in escalation.starts
    }
    mask = sum(1 << number for number in numbers)
    stores = dict.fromkeys(numbers, 0)
    for store in exfiltration.stores:
        for number in members(store.who["read"] & mask):
            stores[number] += 1
    found = {}
    for number, arn in numbers.items():
        start = escalation.starts[arn]
        found[arn] = Leading(start.tier, start.already, stores[number])
    return found
