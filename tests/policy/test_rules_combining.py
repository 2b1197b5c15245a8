"""How policy types combine: rules 1 to 21 of how AWS decides.

Tested elsewhere: 14 (removing a boundary) with the escalation paths, 18 (feature set and policy types of the
organisation) in tests/test_access.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.policy.ask import (
    ANA,
    APP,
    APP_SESSION,
    EVERYTHING,
    FEDERATED,
    KEY,
    NOTHING,
    OTHER,
    OTHER_ROOT,
    OWN,
    ROLE,
    ROOT,
    allow,
    answer,
    ask,
    blocked,
    deny,
    policy,
)

DENY_ALL = policy(deny("*"))
RESOURCE_DENY = policy(allow(Principal="*"), deny("*", Principal="*"))


@pytest.mark.parametrize(
    ("layer", "fields"),
    [
        ("identity", {"identity_policies": [EVERYTHING, DENY_ALL]}),
        ("identity", {"groups": [{"name": "g", "policies": [DENY_ALL]}]}),
        ("resource", {"resource_policy": RESOURCE_DENY}),
        ("boundary", {"boundary": [EVERYTHING, DENY_ALL]}),
        ("session", {"session_policies": [EVERYTHING, DENY_ALL]}),
        ("scp", {"scps": [[EVERYTHING], [EVERYTHING, DENY_ALL]]}),
        ("rcp", {"rcps": [[], [policy(deny("*", Principal="*"))]]}),
        ("endpoint", {"endpoint_policies": [RESOURCE_DENY]}),
    ],
)
def test_rule_01_an_explicit_deny_in_any_policy_wins(layer: str, fields: dict[str, Any]) -> None:
    direct = {"resource_policy": policy(allow(Principal={"AWS": ANA}))}
    assert blocked(EVERYTHING, **(direct | {"identity_policies": [EVERYTHING]} | fields)) == (
        "explicit_deny",
        [layer],
    )


def test_rule_01_every_layer_that_denies_is_named() -> None:
    found = answer(EVERYTHING, DENY_ALL, scps=[[DENY_ALL]], boundary=[DENY_ALL])
    assert found["blocked_by"] == ["identity", "boundary", "scp"]


def test_rule_02_same_account_either_side_suffices() -> None:
    named = policy(allow(Principal={"AWS": APP}))
    assert ask(allow()) == "allow"
    assert ask(principal=APP_SESSION, resource_policy=named) == "allow"
    assert blocked() == ("implicit_deny", ["identity"])
    assert ask(allow(), resource_policy=policy(allow(Principal={"AWS": OTHER_ROOT}))) == "allow"


def test_rule_02_cross_account_both_sides_must_allow() -> None:
    there = {"resource_account": OTHER, "resource_policy": policy(allow(Principal={"AWS": ANA}))}
    assert ask(allow(), **there) == "allow"
    assert blocked(**there) == ("implicit_deny", ["identity"])
    assert blocked(allow(), resource_account=OTHER) == ("implicit_deny", ["resource"])
    silent = policy(allow("s3:PutObject", Principal="*"))
    assert blocked(allow(), resource_account=OTHER, resource_policy=silent) == ("implicit_deny", ["resource"])
    assert blocked(resource_account=OTHER) == ("implicit_deny", ["identity", "resource"])


def test_rule_02_cross_account_each_account_has_its_own_guardrails() -> None:
    there: dict[str, Any] = {
        "resource_account": OTHER,
        "resource_policy": policy(allow(Principal={"AWS": ANA})),
    }
    assert blocked(allow(), **there, boundary=[NOTHING]) == ("implicit_deny", ["boundary"])
    assert blocked(allow(), **there, session_policies=[NOTHING]) == ("implicit_deny", ["session"])
    assert blocked(allow(), **there, scps=[[NOTHING]]) == ("implicit_deny", ["scp"])
    assert ask(allow(), **there, rcps=[[policy(deny("sqs:*", Principal="*"))]]) == "allow"
    assert ask(allow(), **there, rcps=[[policy(deny(Principal="*"))]]) == "explicit_deny"


def test_rule_03_a_user_named_in_the_resource_policy_is_not_limited_by_implicit_denies() -> None:
    named = policy(allow(Principal={"AWS": ANA}))
    assert ask(resource_policy=named, boundary=[NOTHING]) == "allow"
    assert (
        ask(allow("sqs:*"), resource_policy=named, boundary=[NOTHING], session_policies=[NOTHING]) == "allow"
    )


def test_rule_04_a_role_named_in_the_resource_policy_is_limited_by_boundary_and_session() -> None:
    named = policy(allow(Principal={"AWS": APP}))
    for caller in (APP, APP_SESSION):
        ask_role = {"principal": caller, "resource_policy": named}
        assert ask(**ask_role) == "allow"
        assert blocked(**ask_role, boundary=[NOTHING]) == ("implicit_deny", ["boundary"])
        assert blocked(**ask_role, session_policies=[NOTHING]) == ("implicit_deny", ["session"])
        assert ask(**ask_role, boundary=[EVERYTHING], session_policies=[EVERYTHING]) == "allow"


def test_rule_04_a_role_with_a_path_is_known_by_its_principal_arn() -> None:
    deep = f"arn:aws:iam::{OWN}:role/team/x/app"
    named = policy(allow(Principal={"AWS": deep}))
    assert ask(principal=APP_SESSION, resource_policy=named, context={"aws:PrincipalArn": deep}) == "allow"
    assert ask(principal=APP_SESSION, resource_policy=named) == "implicit_deny"
    plain = policy(allow(Principal={"AWS": APP}))
    assert (
        ask(principal=APP_SESSION, resource_policy=plain, context={"aws:PrincipalArn": deep})
        == "implicit_deny"
    )
    # A PrincipalArn of another role or account does not make the session another one.
    stranger = {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/team/x/app"}
    assert ask(principal=APP_SESSION, resource_policy=plain, context=stranger) == "allow"


def test_rule_05_a_session_named_in_the_resource_policy_is_not_limited() -> None:
    named = policy(allow(Principal={"AWS": APP_SESSION}))
    limits = {"boundary": [NOTHING], "session_policies": [NOTHING]}
    assert ask(principal=APP_SESSION, resource_policy=named, **limits) == "allow"
    other_session = f"arn:aws:sts::{OWN}:assumed-role/app/s2"
    assert ask(principal=other_session, resource_policy=named) == "implicit_deny"
    # Of a role without a session name it is not known that it is this session.
    assert ask(principal=APP, resource_policy=named) == "implicit_deny"


def test_rule_06_federated_user_sessions() -> None:
    limits = {"boundary": [NOTHING], "session_policies": [NOTHING]}
    named = policy(allow(Principal={"AWS": FEDERATED}))
    assert ask(principal=FEDERATED, resource_policy=named, **limits) == "allow"
    parent = policy(allow(Principal={"AWS": ANA}))
    behind = {"principal": FEDERATED, "resource_policy": parent, "context": {"aws:PrincipalArn": ANA}}
    assert ask(**behind, session_policies=[EVERYTHING]) == "allow"
    assert blocked(**behind, session_policies=[EVERYTHING], boundary=[NOTHING]) == (
        "implicit_deny",
        ["boundary"],
    )
    assert blocked(**behind, session_policies=[NOTHING]) == ("implicit_deny", ["session"])


def test_rule_06_a_federated_user_session_without_session_policy_has_no_permissions_of_its_own() -> None:
    assert ask(allow(), principal=FEDERATED, session_policies=[EVERYTHING]) == "allow"
    assert blocked(allow(), principal=FEDERATED) == ("implicit_deny", ["session"])
    assert blocked(allow(), principal=FEDERATED, session_policies=[]) == ("implicit_deny", ["session"])
    named = policy(allow(Principal={"AWS": FEDERATED}))
    assert ask(principal=FEDERATED, resource_policy=named) == "allow"


def test_rule_07_everyone_narrowed_by_principal_arn_is_not_limited() -> None:
    limits: dict[str, Any] = {"boundary": [NOTHING], "session_policies": [NOTHING]}
    for operator in ("ArnEquals", "ArnLike", "StringEquals", "StringLike"):
        narrowed = policy(allow(Principal="*", Condition={operator: {"aws:PrincipalArn": APP}}))
        found = ask(
            principal=APP_SESSION, resource_policy=narrowed, context={"aws:PrincipalArn": APP}, **limits
        )
        assert found == "allow"
    for condition in (
        {},
        {"StringLike": {"aws:PrincipalArn": "*"}},
        {"ArnNotEquals": {"aws:PrincipalArn": ANA}},
        {"ArnEqualsIfExists": {"aws:PrincipalArn": APP}},
        {"ForAllValues:ArnEquals": {"aws:PrincipalArn": APP}},
        {"StringEquals": {"aws:PrincipalAccount": OWN}},
    ):
        wide = policy(allow(Principal="*", Condition=condition))
        context = {"aws:PrincipalArn": APP, "aws:PrincipalAccount": OWN}
        assert ask(principal=APP_SESSION, resource_policy=wide, context=context) == "allow"
        assert ask(principal=APP_SESSION, resource_policy=wide, context=context, **limits) == "implicit_deny"


@pytest.mark.parametrize("principal", [ANA, APP_SESSION, FEDERATED])
def test_rule_08_explicit_denies_and_scps_are_never_bypassed(principal: str) -> None:
    named = {"principal": principal, "resource_policy": policy(allow(Principal={"AWS": principal}))}
    assert ask(**named) == "allow"
    assert ask(**named, boundary=[EVERYTHING, DENY_ALL]) == "explicit_deny"
    assert ask(**named, session_policies=[EVERYTHING, DENY_ALL]) == "explicit_deny"
    assert ask(deny(), **named) == "explicit_deny"
    assert blocked(**named, scps=[[NOTHING]]) == ("implicit_deny", ["scp"])
    assert ask(**named, rcps=[[policy(deny(Principal="*"))]]) == "explicit_deny"


@pytest.mark.parametrize("account", [OWN, ROOT])
def test_rule_09_naming_the_account_delegates_to_it(account: str) -> None:
    delegated = policy(allow(Principal={"AWS": account}))
    assert blocked(resource_policy=delegated) == ("implicit_deny", ["identity", "resource"])
    assert ask(allow(), resource_policy=delegated) == "allow"
    assert ask(allow(), resource_policy=delegated, boundary=[NOTHING]) == "implicit_deny"
    # The root user is the account.
    assert ask(principal=ROOT, resource_policy=delegated) == "allow"
    assert ask(allow(), resource_account=OTHER, resource_policy=delegated) == "allow"
    # A Deny for the account means everyone in it.
    assert ask(allow(), resource_policy=policy(deny(Principal={"AWS": account}))) == "explicit_deny"


def test_rule_10_session_policies_are_an_intersection_and_among_each_other_a_union() -> None:
    assert blocked(principal=APP_SESSION, session_policies=[EVERYTHING]) == ("implicit_deny", ["identity"])
    assert blocked(allow(), principal=APP_SESSION, session_policies=[NOTHING]) == (
        "implicit_deny",
        ["session"],
    )
    assert ask(allow(), principal=APP_SESSION, session_policies=[NOTHING, EVERYTHING]) == "allow"
    assert ask(allow(), principal=APP_SESSION, session_policies=None) == "allow"
    assert ask(allow(), principal=APP_SESSION, session_policies=[]) == "allow"


def test_rule_11_a_group_is_no_principal() -> None:
    group = f"arn:aws:iam::{OWN}:group/admins"
    members = {"groups": [{"name": "admins", "policies": []}]}
    assert ask(resource_policy=policy(allow(Principal={"AWS": group})), **members) == "implicit_deny"
    assert answer(principal=group)["decision"] == "error"
    assert ask(groups=[{"name": "admins", "policies": [policy(allow())]}]) == "allow"


def test_rule_11_a_deny_on_the_group_does_not_bind_actions_on_its_members() -> None:
    group_deny = deny("iam:*", f"arn:aws:iam::{OWN}:group/admins")
    on_user = {"action": "iam:CreateAccessKey", "resource": f"arn:aws:iam::{OWN}:user/ana"}
    assert ask(allow("iam:*"), group_deny, **on_user) == "allow"


def test_rule_12_get_caller_identity_is_beyond_policies() -> None:
    call: dict[str, Any] = {"action": "sts:GetCallerIdentity", "resource": "*", "wildcard_only_action": True}
    assert ask(**call) == "allow"
    assert (
        ask(deny("*"), **call, scps=[[DENY_ALL]], boundary=[DENY_ALL], session_policies=[DENY_ALL]) == "allow"
    )
    assert ask({"Statement": "broken"}, **call) == "allow"
    for caller in (ROOT, APP, FEDERATED, "ec2.amazonaws.com"):
        assert ask(principal=caller, **call) == "allow"
    assert ask(principal="anonymous", **call) == "implicit_deny"


def test_rule_12_get_session_token_needs_no_permission() -> None:
    call = {"action": "sts:GetSessionToken", "resource": "*", "wildcard_only_action": True}
    assert ask(**call) == "allow"
    assert ask(principal=APP_SESSION, **call) == "implicit_deny"
    assert ask(deny("sts:*"), **call) == "explicit_deny"


def test_rule_13_a_boundary_does_not_limit_who_may_assume_a_role() -> None:
    # The boundary of the role that is assumed is no part of the request; that of the caller is.
    trust = policy(allow("sts:AssumeRole", None, Principal={"AWS": ANA}))
    call = {"action": "sts:AssumeRole", "resource": ROLE, "resource_policy": trust}
    assert ask(**call) == "allow"
    by_role = policy(allow("sts:AssumeRole", None, Principal={"AWS": APP}))
    assert ask(principal=APP, boundary=[NOTHING], **(call | {"resource_policy": by_role})) == "implicit_deny"
    # A service has no boundary at all.
    service = policy(allow("sts:AssumeRole", None, Principal={"Service": "ec2.amazonaws.com"}))
    found = ask(principal="ec2.amazonaws.com", boundary=[NOTHING], **(call | {"resource_policy": service}))
    assert found == "allow"


def test_rule_15_every_scp_level_must_allow() -> None:
    s3 = policy(allow("s3:*"))
    assert ask(allow(), scps=[[EVERYTHING], [s3], [EVERYTHING]]) == "allow"
    assert ask(allow(), scps=[[EVERYTHING], [NOTHING, s3], [EVERYTHING]]) == "allow"
    assert blocked(allow(), scps=[[EVERYTHING], [NOTHING], [EVERYTHING]]) == ("implicit_deny", ["scp"])
    assert "scps[1]" in answer(allow(), scps=[[EVERYTHING], [NOTHING], [EVERYTHING]])["explain"][0]
    # FullAWSAccess detached at one level, and nothing else attached there.
    assert blocked(allow(), scps=[[EVERYTHING], [], [EVERYTHING]]) == ("implicit_deny", ["scp"])
    assert ask(allow(), scps=[]) == "allow"


def test_rule_16_scps_bind_root_and_identity_center_roles_but_no_service_linked_roles() -> None:
    nothing: dict[str, Any] = {"scps": [[EVERYTHING], [NOTHING]]}
    assert blocked(principal=ROOT, **nothing) == ("implicit_deny", ["scp"])
    assert ask(principal=ROOT, scps=[[EVERYTHING]]) == "allow"
    reserved = f"arn:aws:iam::{OWN}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef"
    assert ask(allow(), principal=reserved, **nothing) == "implicit_deny"
    linked = f"arn:aws:iam::{OWN}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
    assert ask(allow(), principal=linked, **nothing) == "allow"
    assert ask(allow(), principal=linked, scps=[[DENY_ALL]]) == "allow"
    session = f"arn:aws:sts::{OWN}:assumed-role/AWSServiceRoleForX/s"
    assert ask(allow(), principal=session, **nothing) == "implicit_deny"
    assert ask(allow(), principal=session, context={"aws:PrincipalArn": linked}, **nothing) == "allow"
    # A user cannot make himself a service-linked role by his name.
    user = f"arn:aws:iam::{OWN}:user/:role/aws-service-role/ana"
    assert ask(allow(), principal=user, **nothing) == "implicit_deny"


def test_rule_16_scps_bind_neither_services_nor_strangers() -> None:
    public: dict[str, Any] = {"resource_policy": policy(allow(Principal="*")), "scps": [[DENY_ALL]]}
    assert ask(principal="anonymous", **public) == "allow"
    assert ask(principal="logs.amazonaws.com", **public) == "allow"


def test_rule_17_an_scp_grants_nothing_and_may_be_limited() -> None:
    assert blocked(scps=[[EVERYTHING]]) == ("implicit_deny", ["identity"])
    own_bucket = policy(allow("*", "arn:aws:s3:::shop/*"))
    assert ask(allow(), scps=[[own_bucket]]) == "allow"
    assert ask(allow(), resource="arn:aws:s3:::elsewhere/key", scps=[[own_bucket]]) == "implicit_deny"
    conditional = policy(allow("*", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}))
    assert ask(allow(), scps=[[conditional]], context={"aws:RequestedRegion": "eu-west-1"}) == "allow"
    assert ask(allow(), scps=[[conditional]]) == "implicit_deny"
    assert ask(allow(), scps=[[policy(allow(NotAction="iam:*"))]]) == "allow"
    assert ask(allow(), scps=[[policy(allow("*", NotResource="arn:aws:s3:::shop/*"))]]) == "implicit_deny"


def test_rule_17_scps_are_those_of_the_callers_account() -> None:
    there: dict[str, Any] = {
        "resource_account": OTHER,
        "resource_policy": policy(allow(Principal={"AWS": OWN})),
    }
    assert ask(allow(), **there, scps=[[NOTHING]]) == "implicit_deny"


def test_rule_19_rcps_only_deny_and_reach_everyone() -> None:
    closed = [[policy(deny("s3:*", Principal="*"))]]
    public = policy(allow(Principal="*"))
    for caller in (ANA, APP, ROOT, OTHER_ROOT, "anonymous", "logs.amazonaws.com"):
        there = {"principal": caller, "resource_policy": public}
        assert ask(allow(), **there, rcps=[[], []]) == "allow"
        assert blocked(allow(), **there, rcps=closed) == ("explicit_deny", ["rcp"])
    # An Allow in an RCP neither grants nor is it needed.
    assert ask(allow(), rcps=[[policy(allow("sqs:*", Principal="*"))]]) == "allow"
    assert ask(rcps=[[policy(allow(Principal="*"))]]) == "implicit_deny"


def test_rule_20_rcps_do_not_reach_service_linked_roles_nor_retiring_grants() -> None:
    closed = [[policy(deny("*", Principal="*"))]]
    linked = f"arn:aws:iam::{OWN}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
    assert ask(allow(), principal=linked, rcps=closed) == "allow"
    on_key = {"resource": KEY, "resource_policy": policy(allow("kms:*", Principal={"AWS": ANA}))}
    assert ask(action="kms:RetireGrant", rcps=closed, **on_key) == "allow"
    assert ask(action="kms:Decrypt", rcps=closed, **on_key) == "explicit_deny"


def test_rule_21_rcps_count_for_whatever_service_they_are_sent_for() -> None:
    call = {"action": "iam:GetUser", "resource": f"arn:aws:iam::{OWN}:user/ana"}
    assert ask(allow("*"), rcps=[[policy(deny("iam:*", Principal="*"))]], **call) == "explicit_deny"


def test_the_root_user_may_do_everything_inside_the_guardrails() -> None:
    assert ask(principal=ROOT) == "allow"
    assert ask(principal=ROOT, resource_policy=policy(deny(Principal="*"))) == "explicit_deny"
    assert ask(principal=ROOT, resource_policy=policy(deny(Principal={"AWS": OWN}))) == "explicit_deny"
    assert ask(principal=OTHER_ROOT) == "implicit_deny"
    assert ask(principal=OTHER_ROOT, resource_policy=policy(allow(Principal={"AWS": OTHER}))) == "allow"


def test_endpoint_policies_must_allow_as_well() -> None:
    wide = policy(allow("*", Principal="*"))
    assert ask(allow(), endpoint_policies=[wide]) == "allow"
    assert ask(allow(), endpoint_policies=None) == "allow"
    narrow = policy(allow("s3:PutObject", Principal="*"))
    assert blocked(allow(), endpoint_policies=[narrow]) == ("implicit_deny", ["endpoint"])
    assert ask(allow(), endpoint_policies=[narrow, wide]) == "allow"
    by_arn = policy(allow("*", Principal="*", Condition={"ArnEquals": {"aws:PrincipalArn": APP}}))
    assert ask(allow(), endpoint_policies=[by_arn], context={"aws:PrincipalArn": ANA}) == "implicit_deny"
    # It grants nothing.
    assert ask(endpoint_policies=[wide]) == "implicit_deny"
    public = {"principal": "anonymous", "resource_policy": policy(allow(Principal="*"))}
    assert ask(**public, endpoint_policies=[narrow]) == "implicit_deny"
