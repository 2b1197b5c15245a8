"""Verdicts and paths: trust, tiers, and principals changed on the way."""

from __future__ import annotations

from typing import Any

import pytest

from srtui.escalation.edges import TIERS
from srtui.escalation.graph import edge_tier
from tests.escalation.scenes import (
    EVERYTHING,
    NOTHING,
    bounded,
    group,
    policy,
    service_trust,
    statement,
)
from tests.escalation.small import ROOT, admin, boss, escalation, lambda_role, principal, simple, trusting
from tests.responsibility.recorded import (
    ACCOUNT,
    allow,
    evidence,
    inline,
    role,
    trust,
    user,
)

# --- role assumption ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trusted", "own", "verdict"),
    [
        ({"AWS": principal("dev")}, NOTHING, True),
        ({"AWS": principal("other")}, allow("sts:AssumeRole"), False),
        (ROOT, NOTHING, False),
        (ROOT, allow("sts:AssumeRole"), True),
        ({"AWS": ACCOUNT}, allow("sts:*", principal("prize", "role")), True),
        (ROOT, allow("sts:AssumeRole", principal("prize-ro", "role")), False),
        ("*", allow("s3:GetObject"), True),
        ({"Service": "lambda.amazonaws.com"}, allow("sts:AssumeRole"), False),
    ],
)
def test_trust_and_caller_are_taken_together(trusted: Any, own: dict[str, Any], verdict: Any) -> None:
    found = simple(
        user("dev", UserPolicyList=[inline(own)]),
        user("other"),
        roles=[role("prize", trusting(trusted), RolePolicyList=[inline(EVERYTHING)])],
    )
    assert admin(found, "dev") == verdict


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"StringEquals": {"sts:ExternalId": "x"}},
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    ],
)
def test_a_conditioned_trust_is_conditional_and_names_the_condition(condition: dict[str, Any]) -> None:
    trusted = trusting(ROOT, **condition)
    found = simple(
        user("dev", UserPolicyList=[inline(allow("sts:AssumeRole"))]),
        roles=[role("prize", trusted, RolePolicyList=[inline(EVERYTHING)])],
    )
    assert admin(found, "dev") == "conditional"
    (route,) = found.paths(principal("dev"))
    (key,) = next(iter(condition.values()))
    assert key.lower() in route.steps[0].conditions[0].lower()


def test_chains_are_followed_and_the_shortest_way_comes_first() -> None:
    def hop(name: str, to: str) -> dict[str, Any]:
        document = allow("sts:AssumeRole", principal(to, "role"))
        return role(name, trusting(ROOT), RolePolicyList=[inline(document)])

    found = simple(
        user(
            "dev",
            UserPolicyList=[
                inline(allow("sts:AssumeRole", [principal("a", "role"), principal("c", "role")]))
            ],
        ),
        roles=[
            hop("a", "b"),
            hop("b", "c"),
            hop("c", "prize"),
            role("prize", trusting(ROOT), RolePolicyList=[inline(EVERYTHING)]),
        ],
    )
    assert admin(found, "dev") is True
    routes = found.paths(principal("dev"))
    assert [route.hops for route in routes] == [2, 4]
    assert [step.target for step in routes[0].steps] == [principal("c", "role"), principal("prize", "role")]
    assert routes[0].end == principal("prize", "role")
    assert found.starts[principal("dev")].hops == 2
    assert set(found.who_reaches(principal("c", "role"))) == {
        principal("dev"),
        principal("a", "role"),
        principal("b", "role"),
    }
    (into, *_) = found.paths_in(principal("prize", "role"))
    assert (into.start, into.hops) == (principal("c", "role"), 1)


def test_who_is_administrator_already_has_no_path_and_counts() -> None:
    found = simple(boss(), user("dev"))
    start = found.starts[principal("boss")]
    assert (start.admin, start.already, start.hops) == (True, True, 0)
    assert found.paths(principal("boss"))[0].steps == ()
    assert admin(found, "dev") is False


# --- what the tiers mean --------------------------------------------------------------------------------------

_CODE = allow(["lambda:UpdateFunctionCode", "lambda:InvokeFunction"])


def test_what_was_not_read_is_unknown_and_names_the_call() -> None:
    found = escalation(
        UserDetailList=[user("dev", UserPolicyList=[inline(_CODE)])],
        RoleDetailList=[lambda_role()],
        rest=False,
    )
    assert admin(found, "dev") == "unknown"
    (route,) = found.paths(principal("dev"))
    assert any("lambda:ListFunctions" in text for step in route.steps for text in step.needs)
    weak = escalation(
        UserDetailList=[user("dev", UserPolicyList=[inline(_CODE)])],
        RoleDetailList=[lambda_role(NOTHING)],
        rest=False,
    )
    assert admin(weak, "dev") is False


def test_a_denied_listing_is_unknown_too() -> None:
    denied = evidence("lambda", "ListFunctions", error="AccessDeniedException")
    found = escalation(
        denied, UserDetailList=[user("dev", UserPolicyList=[inline(_CODE)])], RoleDetailList=[lambda_role()]
    )
    assert admin(found, "dev") == "unknown"


def test_without_any_function_a_target_is_needed() -> None:
    found = simple(user("dev", UserPolicyList=[inline(_CODE)]), roles=[lambda_role()])
    assert admin(found, "dev") == "needs-target"


def test_a_policy_that_cannot_be_read_makes_its_carriers_unknown() -> None:
    attached = [{"PolicyName": "gone", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/gone"}]
    found = simple(
        user("dev", AttachedManagedPolicies=attached),
        roles=[role("prize", trusting(ROOT), RolePolicyList=[inline(EVERYTHING)])],
    )
    assert admin(found, "dev") == "unknown"


# --- principals changed on the way ----------------------------------------------------------------------------


def test_a_boundary_caps_what_one_grants_oneself() -> None:
    put = allow(["iam:PutUserPolicy", "s3:*"])
    capped = user("dev", UserPolicyList=[inline(put)], **bounded("cap"))
    assert admin(simple(capped, Policies=[policy("cap", put)]), "dev") is False


def test_a_boundary_that_can_be_shed_afterwards_caps_nothing() -> None:
    cap = allow(["iam:PutUserPolicy", "iam:DeleteUserPermissionsBoundary", "s3:*"])
    dev = user("dev", UserPolicyList=[inline(allow("iam:PutUserPolicy"))], **bounded("cap"))
    found = simple(dev, Policies=[policy("cap", cap)])
    assert admin(found, "dev") is True
    (route, *_) = found.paths(principal("dev"))
    assert [step.technique for step in route.steps] == ["iam-007", "iam-022"]


def test_a_boundary_that_allows_new_administrators_caps_nothing() -> None:
    cap = {
        "Version": "2012-10-17",
        "Statement": [
            statement("*", "*"),
            {"Effect": "Deny", "Action": "iam:*PermissionsBoundary", "Resource": "*"},
        ],
    }
    dev = user("dev", UserPolicyList=[inline(allow("iam:PutUserPolicy"))], **bounded("cap"))
    found = simple(dev, Policies=[policy("cap", cap)])
    assert admin(found, "dev") is True


def test_new_users_without_the_prescribed_boundary_are_refused() -> None:
    prescribed = {"StringEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/cap"}}
    document = allow(["iam:CreateUser", "iam:AttachUserPolicy", "iam:CreateAccessKey"], Condition=prescribed)
    found = simple(user("dev", UserPolicyList=[inline(document)]))
    assert admin(found, "dev") is False


def test_joining_a_group_adds_to_what_one_has() -> None:
    member = user(
        "dev",
        UserPolicyList=[
            inline(allow(["iam:AddUserToGroup", "lambda:CreateFunction", "lambda:InvokeFunction"]))
        ],
    )
    found = simple(member, roles=[lambda_role()], GroupDetailList=[group("passers", allow("iam:PassRole"))])
    assert admin(found, "dev") is True
    (route, *_) = found.paths(principal("dev"))
    assert [step.technique for step in route.steps] == ["iam-013", "lambda-001"]


def test_mfa_of_a_user_stands_between_a_new_password_and_an_attacker() -> None:
    from tests.responsibility.recorded import report

    document = allow("iam:UpdateLoginProfile")
    rows = [("boss", "true", "N/A", "N/A", "true", "false", "N/A", "N/A", "false", "N/A", "N/A")]
    without = escalation(
        report(*rows), UserDetailList=[boss(), user("dev", UserPolicyList=[inline(document)])]
    )
    assert admin(without, "dev") == "conditional"
    both = allow(["iam:UpdateLoginProfile", "iam:DeactivateMFADevice"])
    able = escalation(report(*rows), UserDetailList=[boss(), user("dev", UserPolicyList=[inline(both)])])
    assert admin(able, "dev") is True


def test_signed_functions_take_no_other_code() -> None:
    function = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:app"
    config = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:code-signing-config:csc-1"
    listed = evidence(
        "lambda",
        "ListFunctions",
        {"Functions": [{"FunctionName": "app", "FunctionArn": function, "Role": principal("fn", "role")}]},
    )
    signing = {
        "CodeSigningConfigArn": config,
        "CodeSigningConfigId": "csc-1",
        "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Enforce"},
    }
    given = [
        evidence("lambda", "ListCodeSigningConfigs", {"CodeSigningConfigs": [signing]}),
        evidence(
            "lambda",
            "ListFunctionsByCodeSigningConfig",
            {"FunctionArns": [function]},
            params={"CodeSigningConfigArn": config},
        ),
    ]
    dev = user("dev", UserPolicyList=[inline(_CODE)])
    assert admin(escalation(listed, UserDetailList=[dev], RoleDetailList=[lambda_role()]), "dev") is True
    signed = escalation(listed, *given, UserDetailList=[dev], RoleDetailList=[lambda_role()])
    assert admin(signed, "dev") is False


# --- one resource for several permissions ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("create", "invoke", "verdict"),
    [
        ("function:*", "function:*", True),
        ("function:dev-*", "function:prod-*", False),
        ("function:dev-*", "function:*-api", True),
        ("function:dev-*", "function:dev-a", True),
        ("function:${aws:username}-*", "function:dev-*", True),
        ("function:${aws:username}-*", "function:ops-*", False),
    ],
)
def test_a_new_function_must_be_one_that_may_be_invoked(create: str, invoke: str, verdict: bool) -> None:
    prefix = f"arn:aws:lambda:*:{ACCOUNT}:"
    document = {
        "Version": "2012-10-17",
        "Statement": [
            statement("iam:PassRole", "*"),
            statement("lambda:CreateFunction", prefix + create),
            statement("lambda:InvokeFunction", prefix + invoke),
        ],
    }
    found = simple(user("dev", UserPolicyList=[inline(document)]), roles=[lambda_role()])
    assert admin(found, "dev") is verdict


def test_a_role_that_gets_into_a_user_can_make_it_join() -> None:
    document = allow(["iam:AddUserToGroup", "iam:CreateAccessKey"])
    helper = role("helper", trusting(ROOT), RolePolicyList=[inline(document)])
    groups = [group("admins", EVERYTHING)]
    assert admin(simple(user("pawn"), roles=[helper], GroupDetailList=groups), "helper", "role") is True
    assert admin(simple(roles=[helper], GroupDetailList=groups), "helper", "role") == "needs-target"


def test_commands_are_run_by_documents_that_take_any_command() -> None:
    instance = f"arn:aws:ec2:*:{ACCOUNT}:instance/*"
    given = [
        evidence(
            "ec2",
            "DescribeInstances",
            {
                "Reservations": [
                    {
                        "Instances": [
                            {
                                "InstanceId": "i-1",
                                "State": {"Name": "running"},
                                "IamInstanceProfile": {"Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/p"},
                                "Tags": [{"Key": "team", "Value": "web"}],
                            }
                        ]
                    }
                ]
            },
        ),
        evidence("ssm", "DescribeInstanceInformation", {"InstanceInformationList": [{"InstanceId": "i-1"}]}),
    ]
    profile = {
        "Path": "/",
        "InstanceProfileName": "p",
        "InstanceProfileId": "AIPA",
        "Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/p",
        "CreateDate": "2026-01-01T00:00:00Z",
        "Roles": [],
    }
    machine = role(
        "machine",
        trust(service_trust("ec2.amazonaws.com")),
        RolePolicyList=[inline(EVERYTHING)],
        InstanceProfileList=[profile],
    )

    def verdict(resources: list[str], **condition: Any) -> Any:
        document = allow("ssm:SendCommand", resources, **condition)
        if condition:
            document["Statement"].append(statement("ssm:SendCommand", "arn:aws:ssm:*:*:document/AWS-*"))
        dev = user("dev", UserPolicyList=[inline(document)])
        return admin(escalation(*given, UserDetailList=[dev], RoleDetailList=[machine]), "dev")

    assert verdict([instance, "arn:aws:ssm:*:*:document/AWS-RunShellScript"]) is True
    assert verdict([instance, f"arn:aws:ssm:*:{ACCOUNT}:document/deploy-app"]) is False
    assert verdict(["arn:aws:ssm:*:*:document/AWS-RunShellScript"]) is False
    tagged = {"StringEquals": {"ssm:resourceTag/team": "web"}}
    assert verdict([instance], Condition=tagged) is True
    assert verdict([instance], Condition={"StringEquals": {"ssm:resourceTag/team": "data"}}) is False


def test_a_hop_names_each_further_technique_once_and_the_most_certain_first() -> None:
    """Whoever may do everything with identities has thousands of edges to administrator."""
    found = simple(
        user("dev", UserPolicyList=[inline(allow("iam:*"))]),
        *(user(f"u{number}") for number in range(40)),
        *(user(f"boss{number}", UserPolicyList=[inline(EVERYTHING)]) for number in range(3)),
    )
    for route in found.paths(principal("dev")):
        for hop, step in zip(route.path.hops, route.steps, strict=True):
            assert len(set(step.others)) == len(step.others)
            assert step.technique not in step.others
            tiers = [edge_tier(edge, hop.source) for edge in (hop.edge, *hop.others)]
            assert tiers == sorted(tiers, key=lambda tier: TIERS.index(tier or "unknown"))
