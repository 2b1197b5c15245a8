"""What is unknown, and why: the controls without a complete verdict, the calls to blame, and what to grant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

import msgspec

from srtui.account import Account, Outcome
from srtui.responsibility.control import Control
from srtui.responsibility.status import ControlStatus
from srtui.responsibility.verdict import SEVERITIES, Result
from srtui.services.declare import Call
from srtui.services.missing import bar

State = Literal["denied", "failed", "left out", "never asked", "being read"]
STATES: Final[tuple[State, ...]] = ("denied", "failed", "left out", "never asked", "being read")


class BlamedCall(msgspec.Struct, frozen=True):
    """A call that would have told more. `regions` are those without an answer; `code` is AWS's for a failure.

    `actions`: what to grant; empty where no permission of the role helps, which `hindrance` then explains.
    """

    call: Call
    state: State
    code: str
    regions: tuple[str, ...]
    actions: tuple[str, ...]
    hindrance: str = ""


class UnknownControl(msgspec.Struct, frozen=True):
    """A control with unknown verdicts: the reasons, each with its subjects (ARNs), and the calls to blame."""

    control: Control
    failed: int  # subjects that fail in spite of it
    reasons: tuple[tuple[str, tuple[str, ...]], ...]
    calls: tuple[BlamedCall, ...]

    @property
    def actions(self) -> tuple[str, ...]:
        """The IAM actions that would let the denied calls through."""
        return tuple(sorted({action for one in self.calls for action in one.actions}))


def unknown_controls(
    statuses: Iterable[ControlStatus], results: Iterable[Result], account: Account
) -> list[UnknownControl]:
    """The controls that cannot be told completely, the most severe first."""
    found = {one.control.id: one for one in statuses if one.counts.get("unknown")}
    reasons: dict[str, dict[str, dict[str, None]]] = {}
    for result in results:
        if result.status == "unknown" and result.control in found:
            reasons.setdefault(result.control, {}).setdefault(result.reason, {})[result.subject] = None
    calls: dict[Call, tuple[BlamedCall, ...]] = {}
    unknown = []
    for id, status in found.items():
        blamed: list[BlamedCall] = []
        for call in status.control.needs:
            if call not in calls:
                calls[call] = tuple(_blamed(call, account))
            blamed += calls[call]
        told = tuple((reason, tuple(subjects)) for reason, subjects in reasons.get(id, {}).items())
        unknown.append(
            UnknownControl(status.control, status.counts.get("fail", 0), told, tuple(_worst_first(blamed)))
        )
    return sorted(unknown, key=lambda one: (SEVERITIES.index(one.control.severity), one.control.id))


def _worst_first(calls: Iterable[BlamedCall]) -> list[BlamedCall]:
    return sorted(calls, key=lambda one: STATES.index(one.state))


def _blamed(call: Call, account: Account) -> Iterator[BlamedCall]:
    outcomes = account.outcomes_of(*call.id)
    by_error: dict[tuple[str, str], list[Outcome]] = {}
    for one in outcomes:
        if one.error is not None:
            by_error.setdefault((one.error.kind, one.error.code), []).append(one)
    for (kind, code), some in sorted(by_error.items()):
        regions = tuple(sorted({one.region for one in some}))
        hindrance = next((text for one in some if one.error and (text := bar(one.error))), "")
        denied = kind == "denied"
        state: State = "denied" if denied else "left out" if kind == "left-out" else "failed"
        actions = call.actions if denied and not hindrance else ()
        yield BlamedCall(call, state, code, regions, actions, hindrance)
    unread = tuple(sorted({one.region for one in outcomes if one.error is None and not one.complete}))
    if unread:
        yield BlamedCall(call, "being read", "", unread, ())
    if call.for_each is None and call.offered_in(account.partition):
        due = set(account.regions) if call.scope == "regional" else set()
        missing = tuple(sorted(due - {one.region for one in outcomes}))
        if missing or not outcomes:
            yield BlamedCall(call, "never asked", "", missing, call.actions)
