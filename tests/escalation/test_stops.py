"""Changes that stop paths: what is said holds when the account is changed and everything is worked out again."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import pytest

from srtui.escalation.escalation import Escalation, escalate
from srtui.escalation.stops import Stop
from srtui.whatif import Drop, account_with
from tests.escalation.scenes import EVERYTHING, group, service_trust
from tests.escalation.small import ROOT, lambda_role, principal, simple, trusting
from tests.responsibility.recorded import allow, inline, role, trust, user

_LAMBDA = ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]


def tier_without(found: Escalation, arn: str, stops: Iterable[Stop]) -> str | None:
    """How certainly somebody becomes administrator after the changes, worked out anew."""
    account = account_with(
        found.account,
        arn,
        [Drop(one.policy, one.name, one.statement) for one in stops if one.kind == "statement"],
    )
    for one in stops:
        if one.kind == "trust":
            changed = copy.copy(account.roles[one.policy])
            changed.trust = trust(service_trust("none.amazonaws.com"))
            account.roles = {**account.roles, one.policy: changed}
        if one.kind == "membership":
            person = copy.copy(account.users[arn])
            account.users = {**account.users, arn: person}
            person.groups = tuple(name for name in person.groups if name != one.name)
    return escalate(account).starts[arn].tier


def test_one_statement_stops_a_path_and_is_all_of_it() -> None:
    found = simple(user("dev", UserPolicyList=[inline(allow(_LAMBDA))]), roles=[lambda_role()])
    (route,) = found.paths(principal("dev"))
    (stop,) = found.stops(route)
    assert (stop.kind, stop.policy, stop.statement, stop.others, stop.ends_all) == (
        "statement",
        principal("dev"),
        0,
        0,
        True,
    )
    assert found.stops_all(principal("dev")) == (stop,)
    assert tier_without(found, principal("dev"), [stop]) is None


def test_two_ways_need_two_changes_and_none_can_be_left_out() -> None:
    prize = role("prize", trusting({"AWS": principal("dev")}), RolePolicyList=[inline(EVERYTHING)])
    found = simple(user("dev", UserPolicyList=[inline(allow(_LAMBDA))]), roles=[lambda_role(), prize])
    stops = found.stops_all(principal("dev"))
    assert sorted(one.kind for one in stops) == ["statement", "trust"]
    assert not any(one.ends_all for one in stops)
    assert tier_without(found, principal("dev"), stops) is None
    for left_out in stops:
        assert (
            tier_without(found, principal("dev"), [one for one in stops if one is not left_out])
            == "confirmed"
        )


def test_statements_that_back_each_other_up_are_no_single_change() -> None:
    twice = [inline(allow(_LAMBDA), name="one"), inline(allow(_LAMBDA), name="two")]
    found = simple(user("dev", UserPolicyList=twice), roles=[lambda_role()])
    (route,) = found.paths(principal("dev"))
    assert found.stops(route) == ()
    assert [one.name for one in found.stops_all(principal("dev"))] == ["one", "two"]


def test_a_group_can_be_left_unless_it_also_denies() -> None:
    def account(*documents: dict[str, Any]) -> Escalation:
        team = group("team", *documents)
        return simple(
            user("dev", GroupList=["team"]),
            user("ann", GroupList=["team"]),
            roles=[lambda_role()],
            GroupDetailList=[team],
        )

    found = account(allow(_LAMBDA))
    (route,) = found.paths(principal("dev"))
    assert [(one.kind, one.others) for one in found.stops(route)] == [("membership", 0), ("statement", 1)]
    (leaving,) = found.stops_all(principal("dev"))
    assert leaving.label == "dev leaves the group team"
    assert tier_without(found, principal("dev"), [leaving]) is None
    denying = account(
        allow(_LAMBDA),
        {**allow("s3:*"), "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]},
    )
    (route,) = denying.paths(principal("dev"))
    assert [one.kind for one in denying.stops(route)] == ["statement"]


def test_the_last_hop_of_a_chain_may_be_the_one_to_cut() -> None:
    middle = role("middle", trusting(ROOT), RolePolicyList=[inline(allow(_LAMBDA))])
    first = user("dev", UserPolicyList=[inline(allow("sts:AssumeRole", principal("middle", "role")))])
    found = simple(first, roles=[middle, lambda_role()])
    (route,) = found.paths(principal("dev"))
    assert {(one.kind, one.policy) for one in found.stops(route)} == {
        ("statement", principal("dev")),
        ("statement", principal("middle", "role")),
        ("trust", principal("middle", "role")),
    }
    for one in found.stops(route):
        assert tier_without(found, principal("dev"), [one]) is None


@pytest.mark.parametrize("own", [allow("s3:GetObject"), EVERYTHING])
def test_who_has_no_way_or_needs_none_has_nothing_to_stop(own: dict[str, Any]) -> None:
    found = simple(user("dev", UserPolicyList=[inline(own)]))
    assert found.stops_all(principal("dev")) == ()


def test_what_is_said_of_the_demo_holds_when_it_is_worked_out_anew(demo_escalation: Escalation) -> None:
    said = 0
    for arn, start in demo_escalation.starts.items():
        stops = demo_escalation.stops_all(arn)
        if start.already or start.tier not in ("confirmed", "conditional") or not stops:
            continue
        said += 1
        assert tier_without(demo_escalation, arn, stops) not in ("confirmed", "conditional"), arn
    assert said > 10


@pytest.fixture(scope="module")
def demo_escalation() -> Escalation:
    from srtui.engine import AccountBuilder
    from srtui.source import open_source

    builder = AccountBuilder()
    for item in open_source("demo").evidence:
        builder.apply(item)
    return escalate(builder.account)


def test_the_service_is_not_trusted_any_more() -> None:
    """A trust of a service is no trust of principals: it is not named as what to take back."""
    found = simple(
        user("dev", UserPolicyList=[inline(allow(_LAMBDA))]),
        roles=[role("fn", trust(service_trust("lambda.amazonaws.com")), RolePolicyList=[inline(EVERYTHING)])],
    )
    (route,) = found.paths(principal("dev"))
    assert [one.kind for one in found.stops(route)] == ["statement"]
