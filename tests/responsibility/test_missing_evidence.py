"""Less evidence, same verdict or none: the recorded account again, with calls denied, never made or not needed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from functools import cache

import pytest
from msgspec.structs import replace

from srtui.account import Account
from srtui.bundle import read_bundle
from srtui.evidence import CallError, Evidence
from srtui.permissions import account_permissions
from srtui.responsibility.control import Context, Control, Result, evaluate
from srtui.responsibility.controls import CONTROLS
from srtui.services import build_account, call_named
from srtui.services.declare import Call
from srtui.source import demo_bundle

CallName = tuple[str, str]
Place = tuple[str, str]
_DENIED = CallError("AccessDenied", "not authorized", "denied")
_WORST_FIRST = ("fail", "unknown", "pass", "not_applicable")
_WHO_AND_WHERE = {("sts", "GetCallerIdentity"), ("ec2", "DescribeRegions")}
#: A way of one hop that cannot be seen any more shows as the longer way that is there as well.
_LONGER_WAYS = {"escalation-chains"}
_RECORDED: tuple[Evidence, ...] = tuple(read_bundle(demo_bundle()).evidence)
_NOW = max(one.at for one in _RECORDED)


def name_of(one: Evidence) -> CallName:
    return one.service, one.operation


def ancestors(call: Call | None) -> Iterator[CallName]:
    """A call, and those whose answers it is made for."""
    while call is not None:
        yield call.id
        call = call.for_each


def needed(control: Control) -> set[CallName]:
    return {name for call in control.needs for name in ancestors(call)}


_BY_CALL: dict[CallName, list[Control]] = {}
for _control in CONTROLS.values():
    for _name in needed(_control):
        _BY_CALL.setdefault(_name, []).append(_control)
_CALLS = sorted({name_of(one) for one in _RECORDED} & _BY_CALL.keys() - _WHO_AND_WHERE)


def context(evidence: Iterable[Evidence]) -> Context:
    made: Account = build_account(evidence)
    return Context(account=made, now=_NOW, permissions=account_permissions(made))


def statuses(results: Iterable[Result]) -> dict[Place, str]:
    """The worst status of each subject and region."""
    found: dict[Place, set[str]] = {}
    for one in results:
        found.setdefault((one.subject, one.region), set()).add(one.status)
    return {place: next(one for one in _WORST_FIRST if one in some) for place, some in found.items()}


@cache
def whole() -> dict[str, dict[Place, str]]:
    """What is said of the account with all its evidence, by control."""
    everything = context(_RECORDED)
    return {id: statuses(evaluate(control, everything)) for id, control in CONTROLS.items()}


def wrong(control: Control, less: Context) -> list[str]:
    """What a control says with less evidence that it must not say."""
    before, after = whole()[control.id], statuses(evaluate(control, less))
    silent = "unknown" not in after.values()
    return [
        f"{control.id}: {' '.join(place)}: {before.get(place)} became {after.get(place)}"
        for place in before.keys() | after.keys()
        if (now := after.get(place)) != before.get(place) and now != "unknown" and (now or silent)
    ]


def denied(call: CallName, region: str = "") -> list[Evidence]:
    """The evidence with one call denied, everywhere or in one region, and without what would follow from it."""
    found = []
    for one in _RECORDED:
        here = not region or one.region == region
        if name_of(one) == call and here:
            if one.page == 0:
                found.append(replace(one, more=False, response=None, error=_DENIED))
        elif not here or call not in ancestors(call_named(*name_of(one))):
            found.append(one)
    return found


@pytest.mark.parametrize("call", _CALLS, ids=":".join)
def test_a_denied_call_changes_no_verdict_but_to_unknown(call: CallName) -> None:
    places = sorted({one.region for one in _RECORDED if name_of(one) == call})
    # Where most was answered there is most to miss.
    fullest = max(places, key=lambda place: sum(len(str(one.response)) for one in _in(call, place)))
    for region in ("", fullest) if len(places) > 1 else ("",):
        less = context(denied(call, region))
        assert not [text for control in _BY_CALL[call] for text in wrong(control, less)], region


def _in(call: CallName, region: str) -> Iterator[Evidence]:
    return (one for one in _RECORDED if name_of(one) == call and one.region == region)


@pytest.mark.parametrize("call", _CALLS, ids=":".join)
def test_a_call_that_was_never_made_changes_no_verdict_but_to_unknown(call: CallName) -> None:
    # As when collection broke off, or an older version recorded the account.
    less = context(one for one in _RECORDED if call not in ancestors(call_named(*name_of(one))))
    assert not [text for control in _BY_CALL[call] for text in wrong(control, less)]


@pytest.mark.parametrize("control", CONTROLS.values(), ids=list(CONTROLS))
def test_a_control_rests_on_no_call_that_it_does_not_need(control: Control) -> None:
    rests_on = needed(control) | _WHO_AND_WHERE
    less = context(one for one in _RECORDED if name_of(one) in rests_on)
    found = wrong(control, less)
    assert not found or control.id in _LONGER_WAYS, found


def depth(call: Call | None) -> int:
    """How many calls are made before a call can be, because it is made for their items or waits for them."""
    return 0 if call is None else 1 + depth(call.for_each or call.after)


def test_the_order_of_answers_changes_no_verdict() -> None:
    first = [one for one in _RECORDED if name_of(one) in _WHO_AND_WHERE]
    rest = [one for one in _RECORDED if name_of(one) not in _WHO_AND_WHERE]
    for seed in range(3):
        calls = sorted({one.key for one in rest})
        random.Random(seed).shuffle(calls)
        calls.sort(key=lambda key: depth(call_named(*key[:2])))
        order = {key: number for number, key in enumerate(calls)}
        other = context([*first, *sorted(rest, key=lambda one: order[one.key])])
        for control in CONTROLS.values():
            assert statuses(evaluate(control, other)) == whole()[control.id], control.id


def test_calls_for_single_items_need_the_listing_that_they_follow_from() -> None:
    # Prefix lists are told by the security groups that name them.
    elsewhere = {("ec2", "GetManagedPrefixListEntries")}
    for control in CONTROLS.values():
        named = {call.id for call in control.needs}
        for call in control.needs:
            if call.id not in elsewhere:
                assert set(ancestors(call)) <= named, control.id


@pytest.mark.parametrize("id", ["escalation-resources", "escalation-lateral", "escalation-chains"])
def test_ways_over_resources_that_were_not_listed_are_unknown(id: str) -> None:
    less = context(denied(("ec2", "DescribeInstances")))
    reasons = [one.reason for one in evaluate(CONTROLS[id], less) if one.status == "unknown"]
    assert any("ec2:DescribeInstances failed" in reason for reason in reasons)
