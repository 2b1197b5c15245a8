"""Small accounts written as an adversary would: what looks harmless and is not, and what looks dangerous and is not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.escalation.scenes import EVERYTHING, NOTHING, bounded, group, policy, service_trust
from tests.escalation.small import ROOT, admin, boss, lambda_role, principal, simple, trusting
from tests.responsibility.recorded import ACCOUNT, inline, role, trust, user


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def may(actions: Any, resource: Any = "*", **condition: Any) -> dict[str, Any]:
    more = {"Condition": condition} if condition else {}
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def never(actions: Any, resource: Any = "*", **condition: Any) -> dict[str, Any]:
    return {**may(actions, resource, **condition), "Effect": "Deny"}


def dev(*statements: dict[str, Any], **members: Any) -> dict[str, Any]:
    return user("dev", UserPolicyList=[inline(document(*statements))], **members)


def prize(who: Any, **condition: Any) -> dict[str, Any]:
    return role("prize", trusting(who, **condition), RolePolicyList=[inline(EVERYTHING)])


def tagged(team: str) -> dict[str, Any]:
    return {"Tags": [{"Key": "team", "Value": team}]}


FUNCTIONS = may(["lambda:CreateFunction", "lambda:InvokeFunction"])
PASS = may("iam:PassRole", principal("fn", "role"))
ASSUME = may("sts:AssumeRole")
SAME_TEAM = {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}
LAMBDA = "lambda.amazonaws.com"
EDGE = f"arn:aws:iam::{ACCOUNT}:policy/edge"
NEW = f"arn:aws:iam::{ACCOUNT}:user/new/*"
TEAM = f"arn:aws:iam::{ACCOUNT}:group/team"


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([PASS, FUNCTIONS], True),
        (
            [may("iam:PassRole", "*", StringEquals={"iam:PassedToService": "ec2.amazonaws.com"}), FUNCTIONS],
            False,
        ),
        ([may("iam:PassRole", "*", StringEquals={"iam:PassedToService": LAMBDA}), FUNCTIONS], True),
        ([may("iam:PassRole", "*", StringLike={"iam:PassedToService": "lambda*"}), FUNCTIONS], True),
        ([may("iam:PassRole", "*", StringNotEquals={"iam:PassedToService": LAMBDA}), FUNCTIONS], False),
        (
            [PASS, FUNCTIONS, never("iam:PassRole", "*", StringEquals={"iam:PassedToService": [LAMBDA]})],
            False,
        ),
        ([may("iam:PassRole", principal("other", "role")), FUNCTIONS], False),
        (
            [
                PASS,
                may("lambda:CreateFunction", f"arn:aws:lambda:*:{ACCOUNT}:function:a-*"),
                may("lambda:InvokeFunction", f"arn:aws:lambda:*:{ACCOUNT}:function:b-*"),
            ],
            False,
        ),
        ([PASS, FUNCTIONS, {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}], False),
        ([PASS, FUNCTIONS, {"Effect": "Deny", "NotAction": ["iam:*", "lambda:*"], "Resource": "*"}], True),
    ],
)
def test_a_role_is_passed_or_not(statements: list[dict[str, Any]], verdict: Any) -> None:
    assert admin(simple(dev(*statements), roles=[lambda_role()]), "dev") == verdict


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([may("iam:PutUserPolicy", principal("dev"))], True),
        ([may("iam:PutUserPolicy", f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}")], True),
        ([may("IAM:putuserPOLICY")], True),
        ([may("iam:PutUse?Policy")], True),
        ([may("iam:PutUserPolicy", "arn:aws:iam::999999999999:user/dev")], False),
        ([may("iam:PutUserPolicy", f"arn:aws-cn:iam::{ACCOUNT}:user/dev")], False),
        ([may("iam:PutUserPolicy", "*", IpAddress={"aws:SourceIp": "10.0.0.0/8"})], "conditional"),
        ([may("iam:PutUserPolicy", "*", Null={"aws:PrincipalArn": "true"})], False),
        (
            [
                may("iam:PutUserPolicy"),
                {"Effect": "Deny", "Action": "iam:*", "NotResource": principal("other")},
            ],
            False,
        ),
        ([may("iam:*"), never("iam:*")], False),
        ([may("iam:*"), never(["iam:PutUserPolicy", "iam:AttachUserPolicy"], principal("dev"))], True),
        ([{"Effect": "Allow", "NotAction": ["organizations:*"], "Resource": "*"}, never("s3:*")], True),
        (
            [
                may(
                    "iam:AttachUserPolicy",
                    "*",
                    ArnEquals={"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
                )
            ],
            False,
        ),
        ([may("iam:CreatePolicyVersion", EDGE)], False),
    ],
)
def test_it_changes_its_own_permissions_or_not(statements: list[dict[str, Any]], verdict: Any) -> None:
    found = simple(dev(*statements), user("other"), Policies=[policy("edge", NOTHING)])
    assert admin(found, "dev") == verdict


@pytest.mark.parametrize(
    ("statement", "mine", "theirs", "verdict"),
    [
        (may("iam:CreateAccessKey", principal("boss")), {}, {}, True),
        (may("iam:CreateAccessKey", principal("staff/boss")), {}, {}, False),
        (may("iam:CreateAccessKey", "*", StringEquals={"aws:ResourceTag/team": "x"}), {}, {}, False),
        (may("iam:CreateAccessKey", "*", StringEquals={"aws:ResourceTag/team": "x"}), {}, tagged("x"), True),
        (may("iam:CreateAccessKey", "*", StringEquals={"iam:ResourceTag/team": "x"}), {}, tagged("x"), True),
        (may("iam:CreateAccessKey", "*", StringEquals={"iam:ResourceTag/team": "x"}), {}, tagged("y"), False),
        (may("iam:CreateAccessKey", "*", **SAME_TEAM), tagged("x"), tagged("x"), True),
        (may("iam:CreateAccessKey", "*", **SAME_TEAM), {}, tagged("x"), False),
        (may("iam:CreateAccessKey", "*", Bool={"aws:MultiFactorAuthPresent": "true"}), {}, {}, "conditional"),
    ],
)
def test_it_takes_over_an_administrator_or_not(
    statement: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any], verdict: Any
) -> None:
    assert admin(simple(dev(statement, **mine), {**boss(), **theirs}), "dev") == verdict


@pytest.mark.parametrize(
    ("statement", "member", "of_group", "verdict"),
    [
        (may("iam:AttachGroupPolicy", TEAM), True, NOTHING, True),
        (may("iam:AttachGroupPolicy", TEAM), False, NOTHING, False),
        (may("iam:AddUserToGroup", TEAM), False, EVERYTHING, True),
        (may("iam:AddUserToGroup", TEAM), False, NOTHING, False),
        (may("s3:GetObject"), True, document(may("iam:PutGroupPolicy")), True),
        (may("iam:AddUserToGroup", f"{TEAM}-b"), False, EVERYTHING, False),
    ],
)
def test_groups(statement: dict[str, Any], member: bool, of_group: dict[str, Any], verdict: Any) -> None:
    person = dev(statement, GroupList=["team"] if member else [])
    assert admin(simple(person, GroupDetailList=[group("team", of_group)]), "dev") == verdict


@pytest.mark.parametrize(
    ("own", "trusted", "condition", "verdict"),
    [
        (ASSUME, ROOT, {}, True),
        (ASSUME, ROOT, {"StringEquals": {"sts:ExternalId": "x"}}, "conditional"),
        (ASSUME, ROOT, {"StringLike": {"sts:SourceIdentity": "*"}}, "conditional"),
        (ASSUME, ROOT, {"StringLike": {"sts:RoleSessionName": "${aws:username}"}}, "conditional"),
        (ASSUME, {"AWS": "AIDAABCDEFGHIJKLMNOPQ"}, {}, False),
        (ASSUME, {"AWS": "AROAABCDEFGHIJKLMNOPQ"}, {}, False),
        (ASSUME, {"AWS": "arn:aws:iam::999999999999:root"}, {}, False),
        (ASSUME, ROOT, {"ArnEquals": {"aws:PrincipalArn": principal("other")}}, False),
        (ASSUME, "*", {"ArnLike": {"aws:PrincipalArn": principal("dev")}}, True),
        (ASSUME, "*", {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, True),
        (ASSUME, "*", {"StringEquals": {"aws:PrincipalAccount": "999999999999"}}, False),
        (ASSUME, ROOT, {"StringEquals": {"aws:PrincipalTag/team": "x"}}, True),
        (ASSUME, ROOT, {"StringEquals": {"aws:PrincipalTag/team": "y"}}, False),
        (never("sts:AssumeRole"), {"AWS": principal("dev")}, {}, False),
        (ASSUME, {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/x"}, {}, False),
    ],
)
def test_trusts(own: dict[str, Any], trusted: Any, condition: dict[str, Any], verdict: Any) -> None:
    assert admin(simple(dev(own, **tagged("x")), roles=[prize(trusted, **condition)]), "dev") == verdict


def test_a_deny_in_the_trust_wins() -> None:
    given = {"Effect": "Allow", "Principal": ROOT, "Action": "sts:AssumeRole"}
    denied = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}
    guarded = role("prize", trust(given, denied), RolePolicyList=[inline(EVERYTHING)])
    assert admin(simple(dev(ASSUME), roles=[guarded]), "dev") is False


def test_service_linked_roles_can_neither_be_rewritten_nor_passed() -> None:
    linked = role("AWSServiceRoleForX", trust(service_trust(LAMBDA)), RolePolicyList=[inline(EVERYTHING)])
    linked |= {
        "Path": "/aws-service-role/x.amazonaws.com/",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
    }
    may_all = dev(may(["iam:UpdateAssumeRolePolicy", "iam:PassRole"]), ASSUME, FUNCTIONS)
    assert admin(simple(may_all, roles=[linked]), "dev") == "needs-target"


# --- boundaries ------------------------------------------------------------------------------------------------

PRESCRIBED = {"StringEquals": {"iam:PermissionsBoundary": EDGE}}


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([may(["iam:CreateUser", "iam:AttachUserPolicy", "iam:CreateAccessKey"], NEW)], True),
        (
            [
                may(["iam:CreateUser", "iam:AttachUserPolicy"], "*", **PRESCRIBED),
                may("iam:CreateAccessKey", NEW),
            ],
            False,
        ),
        (
            [
                may(["iam:CreateUser", "iam:AttachUserPolicy"], "*", **PRESCRIBED),
                may(["iam:CreateAccessKey", "iam:DeleteUserPermissionsBoundary"], NEW),
            ],
            True,
        ),
        (
            [
                may(["iam:CreateUser", "iam:AttachUserPolicy"], NEW, **PRESCRIBED),
                may("iam:CreateAccessKey", NEW),
                may("iam:DeleteUserPermissionsBoundary", principal("old/*")),
            ],
            False,
        ),
        (
            [
                may(["iam:CreateUser", "iam:AttachUserPolicy"], NEW, **PRESCRIBED),
                may(["iam:CreateAccessKey", "iam:DeleteUserPermissionsBoundary"], NEW),
                never("iam:DeleteUserPermissionsBoundary"),
            ],
            False,
        ),
        (
            [
                may(
                    ["iam:CreateRole", "iam:AttachRolePolicy"],
                    "*",
                    StringLike={"iam:PermissionsBoundary": "arn:aws:iam::*:policy/edge*"},
                ),
                may(["iam:DeleteRolePermissionsBoundary", "sts:AssumeRole"]),
            ],
            True,
        ),
    ],
)
def test_a_prescribed_boundary_holds_unless_it_can_be_taken_off(
    statements: list[dict[str, Any]], verdict: Any
) -> None:
    found = simple(dev(*statements), Policies=[policy("edge", document(may("s3:*")))])
    assert admin(found, "dev") == verdict


def test_the_commands_set_the_prescribed_boundary_and_take_it_off() -> None:
    made = may(["iam:CreateUser", "iam:AttachUserPolicy"], "*", **PRESCRIBED)
    after = may(["iam:CreateAccessKey", "iam:DeleteUserPermissionsBoundary"], NEW)
    found = simple(dev(made, after), Policies=[policy("edge", document(may("s3:*")))])
    (route,) = found.paths(principal("dev"))
    commands = route.steps[0].commands
    assert f"--permissions-boundary {EDGE}" in commands[0]
    assert commands[-1] == "aws iam delete-user-permissions-boundary --user-name new"
    assert any(one.startswith("iam:DeleteUserPermissionsBoundary") for one in route.steps[0].permissions)


@pytest.mark.parametrize(
    ("own", "boundary", "roles", "verdict"),
    [
        ([PASS, FUNCTIONS], [may(["s3:*", "iam:*"])], [lambda_role()], False),
        ([may("iam:PutUserPolicy", principal("dev"))], [may(["s3:*", "iam:PutUserPolicy"])], [], False),
        ([may(["iam:PutUserPolicy", "iam:CreatePolicyVersion"])], [may("iam:*")], [], True),
        ([may(["iam:PutUserPolicy", "iam:DeleteUserPermissionsBoundary"])], [may("iam:*")], [], True),
        ([may("s3:*")], [may("s3:*")], [prize({"AWS": principal("dev")})], True),
        ([ASSUME], [may("s3:*")], [prize(ROOT)], False),
    ],
)
def test_a_boundary_of_its_own(
    own: list[dict[str, Any]], boundary: list[dict[str, Any]], roles: list[dict[str, Any]], verdict: Any
) -> None:
    found = simple(dev(*own, **bounded("edge")), roles=roles, Policies=[policy("edge", document(*boundary))])
    assert admin(found, "dev") == verdict


@pytest.mark.parametrize(
    ("own", "target", "verdict"),
    [
        ([ASSUME], prize(ROOT), False),
        ([may("iam:PassRole"), FUNCTIONS], lambda_role(), False),
        ([may(["iam:DeleteRolePermissionsBoundary", "sts:AssumeRole"])], prize(ROOT), True),
    ],
)
def test_a_boundary_of_the_role_that_is_entered(
    own: list[dict[str, Any]], target: dict[str, Any], verdict: Any
) -> None:
    edge = policy("edge", document(may("s3:*")))
    assert admin(simple(dev(*own), roles=[{**target, **bounded("edge")}], Policies=[edge]), "dev") == verdict


@pytest.mark.parametrize(
    ("condition", "seen"),
    [
        ({}, ("sts-003", True)),
        ({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, None),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}, ("", False)),
        ({"StringEquals": {"aws:PrincipalAccount": "999999999999"}}, ("", False)),
        ({"StringEquals": {"sts:ExternalId": "x"}}, ("sts-003", True)),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-abcdefghij"}}, ("sts-003", True)),
        ({"StringLike": {"aws:PrincipalOrgID": "*"}}, ("sts-003", True)),
    ],
)
def test_anyone_is_open_to_strangers_only_where_no_condition_keeps_them_out(
    condition: dict[str, Any], seen: tuple[str, bool] | None
) -> None:
    found = [(entry.technique, entry.open) for entry in simple(roles=[prize("*", **condition)]).entries]
    assert found == ([] if seen is None else [seen])
