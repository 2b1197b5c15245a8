"""What a change does to the ways to administrator: two graphs of one account, before and after."""

from __future__ import annotations

from typing import Final

import msgspec

from srtui.escalation.escalation import Escalation
from srtui.escalation.explain import Route

#: How many ways of one principal are compared.
MOST_WAYS: Final = 100


class Ways(msgspec.Struct, frozen=True):
    """Ways to administrator of one principal before and after, and how many others become able to or unable.

    `already`: whether it is administrator as it is, before and after; it then needs no way. `capped`: there are more.
    """

    before: int
    after: int
    gone: tuple[Route, ...] = ()
    come: tuple[Route, ...] = ()
    already: tuple[bool, bool] = (False, False)
    others_fewer: int = 0
    others_more: int = 0
    capped: bool = False


def ways_changed(before: Escalation, after: Escalation, arn: str) -> Ways:
    """Compare the ways of a user, role or group. A group takes no way itself: only others are counted for it."""
    was, now = _ways(before, arn), _ways(after, arn)
    fewer = more = 0
    for other, start in before.starts.items():
        if other != arn and other in after.starts:
            able, able_now = start.tier is not None, after.starts[other].tier is not None
            fewer += able and not able_now
            more += able_now and not able
    return Ways(
        before=len(was),
        after=len(now),
        # Of a list that was cut off nothing can be said about what is not in it.
        gone=tuple(route for key, route in was.items() if key not in now) if len(now) < MOST_WAYS else (),
        come=tuple(route for key, route in now.items() if key not in was) if len(was) < MOST_WAYS else (),
        already=(_already(before, arn), _already(after, arn)),
        others_fewer=fewer,
        others_more=more,
        capped=MOST_WAYS in (len(was), len(now)),
    )


def _already(escalation: Escalation, arn: str) -> bool:
    start = escalation.starts.get(arn)
    return start is not None and start.already


def _ways(escalation: Escalation, arn: str) -> dict[tuple[str, ...], Route]:
    if arn not in escalation.starts or _already(escalation, arn):
        return {}
    routes = escalation.paths(arn, most=MOST_WAYS)
    return {tuple(f"{step.target} {step.technique}" for step in route.steps): route for route in routes}
