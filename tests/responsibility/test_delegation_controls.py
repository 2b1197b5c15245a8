"""Long-lived credentials, delegated rights and what the organisation decides, through evidence of AWS's shape."""

from __future__ import annotations

import json
from typing import Any

import pytest

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

NEW, OLD = "2026-11-20T00:00:00+00:00", "2025-01-01T00:10:00+00:00"
EVERYTHING = allow("*")


def deny_without_mfa(operator: str = "BoolIfExists", value: str = "false", **more: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Deny",
        "NotAction": ["iam:ListMFADevices", "sts:GetSessionToken"],
        "Resource": "*",
        "Condition": {operator: {"aws:MultiFactorAuthPresent": value}},
        **more,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        (None, "fail"),
        (deny_without_mfa(), "pass"),
        (deny_without_mfa("Null", "true"), "pass"),
        # A key brings no such member, so a plain Bool never sees it.
        (deny_without_mfa("Bool"), "fail"),
        (deny_without_mfa(Resource="arn:aws:s3:::one/*"), "fail"),
        (deny_without_mfa(NotAction=["iam:*", "s3:*"]), "fail"),
        (
            deny_without_mfa(
                Condition={
                    "BoolIfExists": {"aws:MultiFactorAuthPresent": "false"},
                    "IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
                }
            ),
            "fail",
        ),
    ],
)
def test_keys_of_administrators(policy: Any, status: str) -> None:
    policies = [inline(EVERYTHING), *([inline(policy, "mfa")] if policy else [])]
    made = account(
        details(
            UserDetailList=[
                user("ann", UserPolicyList=policies),
                user("reader", UserPolicyList=[inline(allow("s3:Get*"))]),
                user("keyless", UserPolicyList=[inline(EVERYTHING)]),
                user("new", UserPolicyList=[inline(EVERYTHING)]),
                user("lost", GroupList=["gone"]),
            ]
        ),
        report(
            ("ann", "false", "N/A", "N/A", "false", "true", NEW, NEW),
            ("reader", "false", "N/A", "N/A", "false", "true", NEW, NEW),
            ("keyless", "true", NEW, NEW, "true"),
            ("lost", "false", "N/A", "N/A", "false", "true", NEW, NEW),
        ),
    )
    expected = {"ann": status, "new": "unknown", "lost": "unknown"}
    assert statuses("keys-no-mfa-condition", made) == expected


def test_keys_from_the_report() -> None:
    made = account(
        details(UserDetailList=[user("ann"), user("bob"), user("bot"), user("idle"), user("new")]),
        report(
            ("ann", "true", NEW, NEW, "true", "true", OLD, "N/A"),
            ("bob", "true", NEW, NEW, "true", "true", NEW, NEW),
            ("bot", "false", "N/A", "N/A", "false", "true", OLD, NEW),
            ("idle", "false", "N/A", "N/A", "false"),
        ),
    )
    assert statuses("key-at-creation", made) == {"new": "unknown", "ann": "fail", "bob": "pass"}
    assert statuses("long-lived-nonhuman", made) == {"new": "unknown", "bot": "fail", "idle": "pass"}


def test_signing_certificates() -> None:
    columns = "user,arn,password_enabled,mfa_active,cert_1_active,cert_2_active"
    rows = [
        f"{name},arn:aws:iam::{ACCOUNT}:user/{name},false,false,{active},false"
        for name, active in (("ann", "true"), ("bob", "false"))
    ]
    content = {"Content": "\n".join([columns, *rows]), "GeneratedTime": "2026-11-24T11:00:00Z"}
    made = account(
        details(UserDetailList=[user("ann"), user("bob"), user("new")]),
        evidence("iam", "GetCredentialReport", content),
    )
    assert statuses("signing-certificates", made) == {"ann": "fail", "bob": "pass", "new": "unknown"}


def test_service_credentials() -> None:
    def credential(user: str, **more: Any) -> dict[str, Any]:
        return {
            "UserName": user,
            "Status": "Active",
            "ServiceName": "bedrock.amazonaws.com",
            "ServiceSpecificCredentialId": f"ACCA{user}",
            "CreateDate": "2026-01-01T00:00:00Z",
            **more,
        }

    found = [
        credential("forever"),
        credential("decades", ExpirationDate="2046-01-01T00:00:00Z"),
        credential("month", ExpirationDate="2026-12-01T00:00:00Z"),
        credential("off", Status="Inactive"),
        credential("over", ExpirationDate="2026-02-01T00:00:00Z"),
    ]
    listed = evidence(
        "iam",
        "ListServiceSpecificCredentials",
        {"ServiceSpecificCredentials": found},
        params={"AllUsers": True},
    )
    assert statuses("service-specific-creds", account(listed)) == {
        "forever": "fail",
        "decades": "fail",
        "month": "pass",
        "off": "pass",
        "over": "pass",
    }


SAML = evidence(
    "iam", "ListSAMLProviders", {"SAMLProviderList": [{"Arn": f"arn:aws:iam::{ACCOUNT}:saml-provider/idp"}]}
)


@pytest.mark.parametrize(
    ("people", "saml", "status"),
    [
        (0, True, "pass"),
        (2, True, "pass"),
        (3, True, "fail"),
        (1, False, "fail"),
    ],
)
def test_federation(people: int, saml: bool, status: str) -> None:
    names = [f"u{number}" for number in range(people)]
    made = account(
        details(UserDetailList=[user(name) for name in names]),
        report(*((name, "true", NEW, NEW, "true") for name in names)),
        *([SAML] if saml else []),
    )
    assert statuses("federation-in-use", made) == {"root": status}


def test_federation_is_unknown_where_users_were_not_read() -> None:
    made = account(details(UserDetailList=[user("new")]), SAML)
    assert statuses("federation-in-use", made) == {"root": "unknown"}


def test_auditors() -> None:
    policy = {"PolicyName": "SecurityAudit", "PolicyArn": "arn:aws:iam::aws:policy/SecurityAudit"}
    found = role("audit", trust(), AttachedManagedPolicies=[policy])
    assert statuses("securityaudit-role", account(details(RoleDetailList=[found]))) == {"root": "pass"}
    assert statuses("securityaudit-role", account()) == {"root": "fail"}


def test_sessions_of_administrators() -> None:
    people = trust(
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    )
    machine = trust(
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    )
    admin = {"RolePolicyList": [inline(EVERYTHING)]}
    arn = f"arn:aws:iam::{ACCOUNT}:role/"
    made = account(
        details(
            RoleDetailList=[
                role("long", people, **admin),
                role("short", people, **admin),
                role("untold", people, **admin),
                role("machine", machine, **admin),
                role("reader", people, RolePolicyList=[inline(allow("s3:Get*"))]),
            ]
        ),
        evidence(
            "iam",
            "ListRoles",
            {
                "Roles": [
                    {"Arn": f"{arn}long", "MaxSessionDuration": 43200},
                    {"Arn": f"{arn}short", "MaxSessionDuration": 3600},
                    {"Arn": f"{arn}machine", "MaxSessionDuration": 43200},
                ]
            },
        ),
    )
    assert statuses("session-duration", made) == {"long": "fail", "short": "pass", "untold": "unknown"}


def group(name: str, *policies: dict[str, Any]) -> dict[str, Any]:
    return {
        "Arn": f"arn:aws:iam::{ACCOUNT}:group/{name}",
        "GroupName": name,
        "GroupPolicyList": list(policies),
        "AttachedManagedPolicies": [],
    }


def test_groups() -> None:
    crowd = [user(f"a{number}", GroupList=["admins"]) for number in range(4)]
    lost = {"PolicyName": "gone", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/gone"}
    made = account(
        details(
            UserDetailList=[*crowd, user("few", GroupList=["small"]), user("orphan")],
            GroupDetailList=[
                group("admins", inline(EVERYTHING)),
                group("small", inline(EVERYTHING)),
                group("readers", inline(allow("s3:Get*"))),
                {**group("unread"), "AttachedManagedPolicies": [lost]},
            ],
        )
    )
    assert statuses("admin-group", made) == {"admins": "fail", "small": "pass", "unread": "unknown"}
    found = statuses("group-empty-user-orphan", made)
    assert {name for name, status in found.items() if status == "fail"} == {"orphan", "readers", "unread"}


BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/Boundary"
MAKING = ["iam:CreateRole", "iam:AttachRolePolicy", "iam:PutRolePolicy"]


@pytest.mark.parametrize(
    ("policies", "status"),
    [
        ([allow(MAKING)], "fail"),
        ([allow(MAKING, Condition={"StringEquals": {"iam:PermissionsBoundary": BOUNDARY}})], "pass"),
        ([allow(MAKING, Condition={"StringLike": {"iam:PermissionsBoundary": "*"}})], "fail"),
        (
            [
                allow(MAKING),
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Deny",
                            "Action": "iam:*",
                            "Resource": "*",
                            "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": BOUNDARY}},
                        }
                    ],
                },
            ],
            "pass",
        ),
        ([allow(["iam:CreateRole", "iam:PassRole"])], None),
        ([EVERYTHING], None),
    ],
)
def test_delegated_administrators_are_bounded(policies: list[Any], status: str | None) -> None:
    carried = [inline(policy, f"p{number}") for number, policy in enumerate(policies)]
    found = statuses(
        "boundary-delegated-admin", account(details(UserDetailList=[user("lead", UserPolicyList=carried)]))
    )
    assert found == ({"lead": status} if status else {"root": "not_applicable"})


# --- the organisation -----------------------------------------------------------------------------------------


def organization(manager: str) -> Evidence:
    return evidence(
        "organizations",
        "DescribeOrganization",
        {"Organization": {"Id": "o-1", "MasterAccountId": manager, "FeatureSet": "ALL"}},
    )


MANAGER, MEMBER = organization(ACCOUNT), organization("111122223333")


def test_root_of_the_organisation_seen_by_its_manager() -> None:
    both = {"OrganizationId": "o-1", "EnabledFeatures": ["RootCredentialsManagement", "RootSessions"]}
    features = evidence("iam", "ListOrganizationsFeatures", both)
    assert statuses("org-root-centralised", account(MANAGER, features)) == {"root": "pass"}
    half = evidence("iam", "ListOrganizationsFeatures", {**both, "EnabledFeatures": ["RootSessions"]})
    assert statuses("org-root-centralised", account(MANAGER, half)) == {"root": "fail"}
    off = evidence("iam", "ListOrganizationsFeatures", error="ServiceAccessNotEnabledException")
    assert statuses("org-root-centralised", account(MANAGER, off)) == {"root": "fail"}
    denied = evidence("iam", "ListOrganizationsFeatures", error="AccessDenied")
    assert statuses("org-root-centralised", account(MANAGER, denied)) == {"root": "unknown"}


def test_root_of_a_member_has_no_credentials() -> None:
    def summary(password: int) -> Evidence:
        found = {"AccountPasswordPresent": password, "AccountAccessKeysPresent": 0}
        return evidence("iam", "GetAccountSummary", {"SummaryMap": found})

    assert statuses("org-root-centralised", account(MEMBER, summary(0))) == {"root": "pass"}
    assert statuses("org-root-centralised", account(MEMBER, summary(1))) == {"root": "fail"}
    assert statuses("org-root-centralised", account(MEMBER)) == {"root": "unknown"}
    assert statuses("org-root-centralised", account(summary(1))) == {"root": "not_applicable"}


def test_delegated_administrators() -> None:
    def delegated(name: str, joined: str, state: str = "ACTIVE") -> dict[str, Any]:
        arn = f"arn:aws:organizations::{ACCOUNT}:account/o-1/{name}"
        return {"Id": name, "Arn": arn, "State": state, "JoinedMethod": joined}

    found = [delegated("1", "CREATED"), delegated("2", "INVITED"), delegated("3", "CREATED", "SUSPENDED")]
    listed = evidence("organizations", "ListDelegatedAdministrators", {"DelegatedAdministrators": found})
    assert statuses("org-delegated-admins", account(MANAGER, listed)) == {
        "1": "pass",
        "2": "fail",
        "3": "fail",
    }
    none = evidence("organizations", "ListDelegatedAdministrators", {"DelegatedAdministrators": []})
    assert statuses("org-delegated-admins", account(MANAGER, none)) == {"root": "pass"}
    assert statuses("org-delegated-admins", account(MANAGER)) == {"root": "unknown"}
    assert statuses("org-delegated-admins", account(MEMBER)) == {"root": "not_applicable"}


def effective(kind: str, content: Any = None, error: str = "") -> Evidence:
    policy = {"EffectivePolicy": {"PolicyContent": json.dumps(content), "PolicyType": kind}}
    return evidence(
        "organizations",
        "DescribeEffectivePolicy",
        None if error else policy,
        params={"PolicyType": kind},
        error=error,
    )


TAGS = effective("TAG_POLICY", {"tags": {"owner": {"tag_key": "Owner"}}})


@pytest.mark.parametrize(
    ("services", "status"),
    [
        ({"default": {"opt_out_policy": "optOut"}}, "pass"),
        ({"default": {"opt_out_policy": "optIn"}}, "fail"),
        ({"lex": {"opt_out_policy": "optOut"}}, "fail"),
        ({"default": {"opt_out_policy": "optOut"}, "lex": {"opt_out_policy": "optIn"}}, "fail"),
    ],
)
def test_ai_opt_out(services: dict[str, Any], status: str) -> None:
    made = account(MEMBER, TAGS, effective("AISERVICES_OPT_OUT_POLICY", {"services": services}))
    assert statuses("ai-opt-out", made) == {"root": status}
    assert statuses("tag-policy", made) == {"root": "pass"}


def test_effective_policies_that_are_none_or_unread() -> None:
    none = effective("TAG_POLICY", error="EffectivePolicyNotFoundException")
    ai = effective("AISERVICES_OPT_OUT_POLICY", error="EffectivePolicyNotFoundException")
    assert statuses("tag-policy", account(MEMBER, none, ai)) == {"root": "fail"}
    broken = evidence(
        "organizations",
        "DescribeEffectivePolicy",
        {"EffectivePolicy": {"PolicyContent": "{", "PolicyType": "TAG_POLICY"}},
        params={"PolicyType": "TAG_POLICY"},
    )
    assert statuses("tag-policy", account(MEMBER, broken, ai)) == {"root": "unknown"}
    assert [one.status for one in check("tag-policy", account(none, ai))] == ["not_applicable"]
