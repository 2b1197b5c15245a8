"""Controls on excessive privilege, on policies that do not do what they look like, and on who decides about whom."""

from __future__ import annotations

from typing import Any

import pytest

from srtui.account import Account
from srtui.evidence import Evidence
from tests.responsibility.recorded import (
    ACCOUNT,
    account,
    allow,
    check,
    details,
    evidence,
    inline,
    report,
    role,
    statuses,
    trust,
    user,
)

OLD, NEW = "2026-01-01T00:00:00+00:00", "2026-11-20T00:00:00+00:00"
ROOT = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}


def one(*statements: dict[str, Any], version: str = "2012-10-17", **more: Any) -> Account:
    """An account with one user, ana, who has these statements."""
    policy = {"Version": version, "Statement": list(statements)}
    return account(details(UserDetailList=[user("ana", UserPolicyList=[inline(policy)], **more)]))


def let(actions: Any, resources: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions: Any, resources: Any = "*", **more: Any) -> dict[str, Any]:
    return {**let(actions, resources, **more), "Effect": "Deny"}


BUCKET = "arn:aws:s3:::shop/*"
EXCESS: list[tuple[str, dict[str, Any], str]] = [
    ("admin-notaction", {"Effect": "Allow", "NotAction": ["organizations:*"], "Resource": "*"}, "fail"),
    ("admin-notaction", {"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"}, "pass"),
    ("admin-notaction", {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::x"}, ""),
    ("service-wildcard", let(["secretsmanager:*", "sqs:*"]), "fail"),
    ("service-wildcard", let("secretsmanager:Get*"), "pass"),
    ("service-wildcard", let("s3:*", BUCKET), "pass"),
    ("data-read-wide", let(["s3:GetObject", "kms:Decrypt"]), "fail"),
    ("data-read-wide", let("s3:GetObject", BUCKET), "pass"),
    ("data-read-wide", let("s3:GetObject", Condition={"StringEquals": {"aws:ResourceTag/a": "b"}}), "pass"),
    ("credentials-exposure-actions", let("ec2:GetPasswordData"), "fail"),
    ("credentials-exposure-actions", let("ec2:DescribeInstances"), "pass"),
    ("resource-exposure-actions", let("s3:PutBucketPolicy"), "fail"),
    ("resource-exposure-actions", let("s3:PutBucketPolicy", "arn:aws:s3:::shop"), "pass"),
    ("infra-modify-unrestricted", let(["ec2:*", "rds:*"]), "fail"),
    ("infra-modify-unrestricted", let("sqs:SendMessage"), "pass"),
]  # fmt: skip


@pytest.mark.parametrize(("control", "statement", "status"), EXCESS)
def test_what_one_statement_gives(control: str, statement: dict[str, Any], status: str) -> None:
    found = statuses(control, one(statement))
    assert found.get("ana", "") == status


def test_administrators_and_unread_policies() -> None:
    assert "ana" not in statuses("data-read-wide", one(let("*")))
    gone = [{"PolicyName": "Gone", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/Gone"}]
    assert statuses("data-read-wide", one(let("sqs:*"), AttachedManagedPolicies=gone)) == {"ana": "unknown"}
    assert statuses("service-wildcard", one({"Effect": "Maybe"})) == {"ana": "unknown"}


# --- use --------------------------------------------------------------------------------------------------


def used(*services: dict[str, Any], **more: Any) -> Account:
    arn = f"arn:aws:iam::{ACCOUNT}:user/ana"
    job = "1" * 36
    found: list[Evidence] = [
        details(
            UserDetailList=[
                user("ana", UserPolicyList=[inline(allow(["sqs:*", "sns:Publish"]))], **more),
                user("bo"),
            ]
        ),
        evidence(
            "iam",
            "GenerateServiceLastAccessedDetails",
            {"JobId": job},
            params={"Arn": arn, "Granularity": "ACTION_LEVEL"},
            region="us-east-1",
        ),
        evidence(
            "iam",
            "GetServiceLastAccessedDetails",
            {
                "JobStatus": "COMPLETED",
                "ServicesLastAccessed": list(services),
                "JobCreationDate": NEW,
                "JobCompletionDate": NEW,
            },
            params={"JobId": job},
            region="us-east-1",
        ),
    ]
    return account(*found)


def service(name: str, last: str = "", *actions: tuple[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"ServiceName": name, "ServiceNamespace": name}
    if last:
        found["LastAuthenticated"] = last
    if actions:
        found["TrackedActionsLastAccessed"] = [
            {"ActionName": action, **({"LastAccessedTime": when} if when else {})} for action, when in actions
        ]
    return found


def test_services_and_actions_that_are_not_used() -> None:
    made = used(service("sqs", NEW, ("SendMessage", NEW), ("DeleteQueue", OLD)), service("sns", OLD))
    assert statuses("unused-service", made) == {"ana": "fail", "root": "unknown"}
    assert statuses("unused-action", made) == {"ana": "fail", "root": "unknown"}
    (found,) = [result for result in check("unused-action", made) if result.status == "fail"]
    assert "1 actions of services in use: sqs" in found.facts[0].value
    busy = used(service("sqs", NEW), service("sns", NEW))
    assert statuses("unused-service", busy)["ana"] == "pass"
    assert statuses("unused-action", busy)["ana"] == "pass"


def test_young_identities_are_not_judged() -> None:
    made = used(service("sqs"), service("sns"), CreateDate=NEW)
    assert statuses("unused-service", made)["ana"] == "unknown"


def test_users_that_nobody_uses() -> None:
    people = [user("idle"), user("busy"), user("untracked"), user("newer", CreateDate=NEW)]
    rows = (
        ("idle", "true", OLD, OLD, "true"),
        ("busy", "true", NEW, NEW, "true"),
        ("untracked", "true", "no_information", NEW, "true"),
    )
    assert statuses("unused-user", account(details(UserDetailList=people), report(*rows))) == {
        "idle": "fail", "busy": "pass", "untracked": "unknown", "newer": "unknown",
    }  # fmt: skip


# --- policies that do not do what they look like ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}, "fail"),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}, "Null": {"aws:TagKeys": "false"}}, "pass"),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, "fail"),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, "pass"),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, "fail"),
        ({"StringEqualsIfExists": {"ec2:InstanceType": "t3.micro"}}, "pass"),
        ({"StringLike": {"aws:PrincipalTag/team": "*"}}, "fail"),
        ({"StringLike": {"aws:PrincipalTag/team": "ops-*"}}, "pass"),
        ({"StringLike": {"aws:PrincipalTag/team": "*"}, "StringEquals": {"aws:PrincipalTag/team": "ops"}}, "pass"),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}}, "pass"),
    ],
)  # fmt: skip
def test_conditions_that_keep_nobody_out(condition: dict[str, Any], status: str) -> None:
    assert statuses("vacuous-condition", one(let("s3:*", Condition=condition))) == {"ana": status}
    assert set(statuses("vacuous-condition", one(let("s3:*"))).values()) == {"not_applicable"}


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        (deny("iam:DeleteUser", f"arn:aws:iam::{ACCOUNT}:group/ops"), "fail"),
        (deny("iam:DeleteUser", f"arn:aws:iam::{ACCOUNT}:user/ops"), "pass"),
        (deny("ec2:DescribeInstances", "arn:aws:ec2:*:*:instance/*"), "fail"),
        (deny("s3:GetObject", "arn:aws:s3:::shop"), "fail"),
        (deny("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}), "fail"),
        (deny("*", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}), "pass"),
        (deny("*"), "pass"),
    ],
)  # fmt: skip
def test_denies_without_effect(statement: dict[str, Any], status: str) -> None:
    assert statuses("deny-noeffect", one(let("s3:*"), statement)) == {"ana": status}


def test_variables_of_an_old_version_are_text() -> None:
    own = deny("s3:*", "arn:aws:s3:::home/${aws:username}/*")
    assert statuses("deny-noeffect", one(own, version="2008-10-17")) == {"ana": "fail"}
    assert statuses("deny-noeffect", one(own)) == {"ana": "pass"}


def test_broad_and_idle_policies() -> None:
    power = [{"PolicyName": "PowerUserAccess", "PolicyArn": "arn:aws:iam::aws:policy/PowerUserAccess"}]
    assert statuses("aws-managed-broad", one(let("s3:*"), AttachedManagedPolicies=power)) == {"ana": "fail"}
    assert statuses("aws-managed-broad", one(let("s3:*"))) == {"ana": "pass"}

    def policy(name: str, attachments: int) -> dict[str, Any]:
        return {
            "PolicyName": name,
            "Arn": f"arn:aws:iam::{ACCOUNT}:policy/{name}",
            "AttachmentCount": attachments,
            "PermissionsBoundaryUsageCount": 0,
            "PolicyVersionList": [{"Document": allow("s3:*"), "VersionId": "v1", "IsDefaultVersion": True}],
        }

    made = account(details(Policies=[policy("used", 1), policy("idle", 0)]))
    assert statuses("unattached-policy", made) == {"used": "pass", "idle": "fail"}


# --- trust and tags ---------------------------------------------------------------------------------------


def roles(
    *trusted: dict[str, Any],
    people: tuple[dict[str, Any], ...] = (),
    policy: Any = "*",
    rows: tuple[Any, ...] = (),
) -> Account:
    made = role("admin", trust(*trusted), RolePolicyList=[inline(allow(policy))])
    given = [details(RoleDetailList=[made], UserDetailList=list(people))]
    return account(*given, report(*rows)) if rows else account(*given)


ANA = user("ana", UserPolicyList=[inline(allow("sts:AssumeRole"))])
PASSWORD = (("ana", "true", NEW, NEW, "false"),)
MFA = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}


def test_privileged_roles_that_trust_the_account() -> None:
    assert statuses("account-root-trust", roles(ROOT)) == {"admin": "fail"}
    assert statuses("account-root-trust", roles({**ROOT, **MFA})) == {"admin": "pass"}
    named = {**ROOT, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/ana"}}
    assert statuses("account-root-trust", roles(named)) == {"admin": "pass"}
    assert set(statuses("account-root-trust", roles(ROOT, policy="s3:GetObject")).values()) == {
        "not_applicable"
    }


def test_people_who_take_privileged_roles_without_mfa() -> None:
    id = "no-mfa-human-role"
    assert statuses(id, roles(ROOT, people=(ANA,), rows=PASSWORD)) == {"admin": "fail"}
    assert statuses(id, roles({**ROOT, **MFA}, people=(ANA,), rows=PASSWORD)) == {"admin": "pass"}
    machine = (("ana", "false", "N/A", "N/A", "false", "true", NEW, NEW),)
    assert statuses(id, roles(ROOT, people=(ANA,), rows=machine)) == {"admin": "pass"}
    own = user(
        "ana",
        UserPolicyList=[
            inline(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        let("sts:AssumeRole"),
                        deny("*", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}),
                    ],
                }
            )
        ],
    )
    assert statuses(id, roles(ROOT, people=(own,), rows=PASSWORD)) == {"admin": "pass"}


def test_identities_that_are_gone() -> None:
    gone = {**ROOT, "Principal": {"AWS": ["AIDAEXAMPLEEXAMPLE123", f"arn:aws:iam::{ACCOUNT}:root"]}}
    assert statuses("orphan-principal", roles(gone)) == {"admin": "fail"}
    assert statuses("orphan-principal", roles(ROOT)) == {"admin": "pass"}


@pytest.mark.parametrize(
    ("statements", "status"),
    [
        ([let(["iam:CreateRole", "iam:AttachRolePolicy"], f"arn:aws:iam::{ACCOUNT}:role/app/*")], "fail"),
        ([let(["iam:CreateRole"], f"arn:aws:iam::{ACCOUNT}:role/app/*")], "pass"),
        (
            [
                let("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/app/*", Condition={"StringEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/b"}}),
                let("iam:AttachRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/app/*"),
            ],
            "pass",
        ),
        ([let("s3:*")], ""),
    ],
)  # fmt: skip
def test_creating_identities_without_a_boundary(statements: list[dict[str, Any]], status: str) -> None:
    assert statuses("boundary-missing-delegated", one(*statements)).get("ana", "") == status


def test_tags_that_their_holder_sets() -> None:
    by_tag = let("s3:*", Condition={"StringEquals": {"aws:PrincipalTag/team": "ops"}})
    assert statuses("tag-editable-abac", one(by_tag, let("iam:TagUser"))) == {"ana": "fail"}
    assert statuses("tag-editable-abac", one(by_tag)) == {"ana": "pass"}
    other = let("iam:TagUser", f"arn:aws:iam::{ACCOUNT}:user/bo")
    assert statuses("tag-editable-abac", one(by_tag, other)) == {"ana": "pass"}
    protected = deny("iam:TagUser", Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": "team"}})
    assert statuses("tag-editable-abac", one(by_tag, let("iam:TagUser"), protected)) == {"ana": "pass"}
