"""Every technique of the catalogue in the smallest account in which it works, and in accounts in which it must not."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from srtui.account import Account
from srtui.escalation.catalogue import Technique
from srtui.escalation.escalation import Escalation, escalate
from tests.escalation.scenes import (
    ADMIN,
    CATALOGUE,
    EVERYTHING,
    NOTHING,
    OTHER_SERVICE,
    Scene,
    scene,
    service_trust,
    statement,
)
from tests.escalation.small import simple, trusting
from tests.responsibility.recorded import ACCOUNT, inline, role

WORKING = [
    one
    for one in CATALOGUE.techniques
    if one.gain not in ("none", "data") and one.caller not in ("account", "anyone", "federated")
]
EACH = pytest.mark.parametrize("technique", WORKING, ids=[one.id for one in WORKING])
#: Ways in from outside, which are entries and no paths of a principal.
OUTSIDE = [one for one in CATALOGUE.techniques if one.caller in ("account", "anyone", "federated")]
#: What gains nothing by itself, or data only.
GAINLESS = [one for one in CATALOGUE.techniques if one.gain in ("none", "data")]


def test_no_technique_goes_without_an_account_and_a_near_miss() -> None:
    tried = [one.id for one in (*WORKING, *OUTSIDE, *GAINLESS)]
    assert sorted(tried) == sorted(one.id for one in CATALOGUE.techniques)


_GITHUB = "token.actions.githubusercontent.com"
_PROVIDER = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{_GITHUB}"}
_AUDIENCE = {"StringEquals": {f"{_GITHUB}:aud": "sts.amazonaws.com"}}
_SUBJECT = {**_AUDIENCE, "StringLike": {f"{_GITHUB}:sub": "repo:acme/app:*"}}
#: For each of them a trust by which it works, and one by which it must not.
TRUSTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "sts-002": (trusting({"AWS": "999999999999"}), trusting({"AWS": ACCOUNT})),
    "sts-003": (trusting("*"), trusting("*", StringEquals={"aws:PrincipalAccount": ACCOUNT})),
    "sts-webidentity-open": (trusting(_PROVIDER, **_AUDIENCE), trusting(_PROVIDER, **_SUBJECT)),
}


@pytest.mark.parametrize("technique", OUTSIDE, ids=[one.id for one in OUTSIDE])
def test_a_way_in_from_outside_is_an_entry_as_long_as_the_trust_says_so(technique: Technique) -> None:
    open_trust, closed_trust = TRUSTS[technique.id]
    for document, expected_there in ((open_trust, True), (closed_trust, False)):
        made = simple(roles=[role("prize", document, RolePolicyList=[inline(EVERYTHING)])])
        assert (technique.id in {entry.technique for entry in made.entries}) is expected_there


@pytest.mark.parametrize("technique", GAINLESS, ids=[one.id for one in GAINLESS])
def test_what_gains_nothing_makes_nobody_administrator(technique: Technique) -> None:
    made = scene(technique)
    assert found(made.account(), made.caller) == (False, set())


def found(account: Account, caller: str) -> tuple[Any, set[str]]:
    """The caller's verdict, and the techniques on its paths to administrator."""
    escalation = escalate(account)
    return escalation.starts[caller].admin, techniques(escalation, caller)


def techniques(escalation: Escalation, caller: str) -> set[str]:
    routes = escalation.paths(caller, tier="conditional")
    return {id for route in routes for step in route.steps for id in (step.technique, *step.others)}


def expected(technique: Technique) -> Any:
    """The scenes' role may do everything, and so all that could make a condition true."""
    return "conditional" if (technique.condition and not technique.met_by) or technique.shell else True


@EACH
def test_it_works_with_just_what_it_needs(technique: Technique) -> None:
    made = scene(technique)
    admin, used = found(made.account(), made.caller)
    assert technique.id in used
    assert admin == expected(technique)


@EACH
def test_without_any_one_permission_it_does_not(technique: Technique) -> None:
    made = scene(technique)
    for place, one in enumerate(made.statements):
        if one["Effect"] == "Allow" and one["Action"] != "*" and len(made.statements) > 1:
            rest = [other for number, other in enumerate(made.statements) if number != place]
            _, used = found(made.but(statements=rest).account(), made.caller)
            assert technique.id not in used or _superfluous(technique, one), one["Action"]


def _superfluous(technique: Technique, one: dict[str, Any]) -> bool:
    """A second role for EMR may be there without our knowing: without one that can be passed it is conditional."""
    return bool(technique.helper_service) and "helper" in str(one["Resource"])


@EACH
def test_a_deny_of_any_one_permission_stops_it(technique: Technique) -> None:
    made = scene(technique)
    for action in {one.action for one in technique.allow}:
        deny = {"Effect": "Deny", "Action": action, "Resource": "*"}
        _, used = found(made.but(statements=[*made.statements, deny]).account(), made.caller)
        assert technique.id not in used, action


@EACH
def test_on_other_resources_it_does_not_work(technique: Technique) -> None:
    made = scene(technique)
    if technique.gain.startswith("self-without") or technique.gain == "role":
        return  # these are about a second policy that allows everything, or about the trust of a role
    if technique.id in (
        "iam-create-admin-role",
        "iam-create-admin-user",
        "autoscaling-existing-launch-config",
    ):
        return  # a new user, role or group may have any name
    elsewhere = []
    for one in made.statements:
        moved = copy.deepcopy(one)
        if one["Resource"] != "*":
            moved["Resource"] = f"{one['Resource'].rstrip('*')}-elsewhere"
        elsewhere.append(moved)
    if elsewhere != made.statements:
        _, used = found(made.but(statements=elsewhere).account(), made.caller)
        assert technique.id not in used


@EACH
def test_a_boundary_without_the_permissions_stops_it(technique: Technique) -> None:
    made = scene(technique)
    if made.boundary is None and technique.gain != "role":  # a user whom a trust names is not limited by it
        _, used = found(made.but(boundary=NOTHING).account(), made.caller)
        assert technique.id not in used


@EACH
def test_a_condition_that_cannot_hold_stops_it_and_an_open_one_is_named(technique: Technique) -> None:
    made = scene(technique)
    if not made.statements or made.statements[0]["Action"] == "*" or technique.gain == "role":
        return

    def conditioned(condition: dict[str, Any]) -> Scene:
        statements = copy.deepcopy(made.statements)
        for one in statements:
            if one["Effect"] == "Allow":
                one.setdefault("Condition", {}).update(condition)
        return made.but(statements=statements)

    impossible = {"StringLike": {"aws:PrincipalAccount": "999999999999"}}
    _, used = found(conditioned(impossible).account(), made.caller)
    assert technique.id not in used
    with_mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    escalation = escalate(conditioned(with_mfa).account())
    assert escalation.starts[made.caller].admin == "conditional"
    (route, *_) = (
        route
        for route in escalation.paths(made.caller)
        if any(technique.id in (step.technique, *step.others) for step in route.steps)
    )
    assert any("MultiFactorAuthPresent" in text for step in route.steps for text in step.conditions)


@EACH
def test_a_target_that_gains_nothing_makes_nobody_administrator(technique: Technique) -> None:
    made = scene(technique)
    if technique.gain in (
        "passed",
        "resource-role",
        "role",
        "role-by-trust",
        "roles-of-provider",
        "role-unbounded",
    ):
        weak = made.but(prize=NOTHING)
        for one in weak.roles:
            one["RolePolicyList"] = []
    elif technique.gain == "user":
        weak = made.but()
        weak.users[0]["UserPolicyList"] = []
    elif technique.gain == "join-group":
        weak = made.but()
        weak.groups[0]["GroupPolicyList"] = []
    else:
        return
    admin, used = found(weak.account(), made.caller)
    assert admin is False
    assert not used


@EACH
def test_a_role_that_does_not_trust_the_service_is_out_of_reach(technique: Technique) -> None:
    made = scene(technique)
    if technique.gain != "passed" or technique.enter:
        return
    other = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/nobody"},
        "Action": "sts:AssumeRole",
    }
    trusted = [other] if technique.any_service else [service_trust(OTHER_SERVICE)]
    _, used = found(made.but(trusted=trusted, roles=[]).account(), made.caller)
    assert technique.id not in used


@EACH
def test_without_the_resource_it_needs_a_target(technique: Technique) -> None:
    made = scene(technique)
    if not technique.needs or technique.gain not in ("passed", "resource-role"):
        return
    if technique.needs == "assigned-group":
        return
    escalation = escalate(made.but(resources=[]).account())
    assert technique.id not in techniques(escalation, made.caller)
    lacking = {edge.technique.id for edge in escalation.graph.edges if edge.missing}
    assert technique.id in lacking
    assert escalation.starts[made.caller].admin in ("needs-target", "conditional")


def test_admin_policies_may_be_kept_from_being_attached() -> None:
    made = scene(CATALOGUE.technique("iam-008"))
    harmless = {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}
    statements = [{**made.statements[0], "Condition": harmless}]
    assert found(made.but(statements=statements).account(), made.caller)[0] is False
    powerful = {"ArnEquals": {"iam:PolicyARN": ADMIN}}
    statements = [{**made.statements[0], "Condition": powerful}]
    assert found(made.but(statements=statements).account(), made.caller)[0] is True


def test_self_service_with_the_own_name_reaches_nobody_else() -> None:
    made = scene(CATALOGUE.technique("iam-002"))
    own = f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"
    made.statements = [statement("iam:CreateAccessKey", own)]
    assert found(made.account(), made.caller) == (False, set())
