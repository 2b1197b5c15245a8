"""Root, credentials, access and trust controls, through evidence of AWS's shape."""

from __future__ import annotations

from typing import Any

import pytest

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

GITHUB = "token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    ("control", "summary", "status"),
    [
        ("root-mfa", {"AccountMFAEnabled": 1}, "pass"),
        ("root-mfa", {"AccountMFAEnabled": 0}, "fail"),
        ("root-mfa", {}, "unknown"),
        ("root-access-key", {"AccountAccessKeysPresent": 1}, "fail"),
        ("root-access-key", {"AccountAccessKeysPresent": 0}, "pass"),
        ("root-signing-cert", {"AccountSigningCertificatesPresent": 0}, "pass"),
    ],
)
def test_root_from_the_account_summary(control: str, summary: dict[str, int], status: str) -> None:
    made = account(evidence("iam", "GetAccountSummary", {"SummaryMap": summary}))
    assert statuses(control, made) == {"root": status}


def test_a_virtual_device_of_root_fails() -> None:
    device = {"SerialNumber": "arn:aws:iam::1:mfa/root", "User": {"Arn": f"arn:aws:iam::{ACCOUNT}:root"}}
    made = account(
        evidence("iam", "GetAccountSummary", {"SummaryMap": {"AccountMFAEnabled": 1}}),
        evidence(
            "iam",
            "ListVirtualMFADevices",
            {"VirtualMFADevices": [device]},
            params={"AssignmentStatus": "Assigned"},
        ),
    )
    assert statuses("root-mfa-hardware", made) == {"root": "fail"}


def test_credentials_from_the_report() -> None:
    old, new = "2026-01-01T00:00:00+00:00", "2026-11-20T00:00:00+00:00"
    made = account(
        details(UserDetailList=[user("ann"), user("bob"), user("bot"), user("new"), user("idle")]),
        report(
            ("<root_account>", "not_supported", new, "not_supported", "true"),
            ("ann", "true", new, new, "true"),
            ("bob", "true", "no_information", old, "false"),
            ("bot", "false", "N/A", "N/A", "false", "true", old, "N/A", "true", new, new),
            ("idle", "true", "N/A", old, "true", "true", new, new),
        ),
    )
    assert statuses("user-console-mfa", made) == {
        "new": "unknown",
        "ann": "pass",
        "bob": "fail",
        "idle": "pass",
    }
    assert statuses("key-rotation-90", made) == {"new": "unknown", "bot": "fail", "idle": "pass"}
    assert statuses("key-unused-45", made) == {"new": "unknown", "bot": "fail", "idle": "pass"}
    assert statuses("password-unused-45", made) == {
        "new": "unknown",
        "ann": "pass",
        "bob": "unknown",
        "idle": "fail",
    }
    assert statuses("two-active-keys", made) == {"new": "unknown", "bot": "fail", "idle": "pass"}
    assert statuses("human-with-keys", made)["idle"] == "fail"
    assert statuses("root-recent-use", made) == {"root": "fail"}


def test_admin_mfa_sees_groups_inline_and_self_grant() -> None:
    everything = allow("*")
    made = account(
        details(
            UserDetailList=[
                user("direct", UserPolicyList=[inline(everything)]),
                user("grouped", GroupList=["admins"]),
                user("selfish", UserPolicyList=[inline(allow("iam:Put*"))]),
                user("reader", UserPolicyList=[inline(allow("s3:Get*"))]),
                user("lost", GroupList=["gone"]),
            ],
            GroupDetailList=[
                {
                    "Arn": f"arn:aws:iam::{ACCOUNT}:group/admins",
                    "GroupName": "admins",
                    "GroupPolicyList": [inline(everything)],
                    "AttachedManagedPolicies": [],
                }
            ],
        ),
        report(
            *(
                (name, "true", "N/A", "N/A", "false")
                for name in ("direct", "grouped", "selfish", "reader", "lost")
            )
        ),
    )
    assert statuses("admin-mfa", made) == {
        "direct": "fail",
        "grouped": "fail",
        "selfish": "fail",
        "lost": "unknown",
    }


@pytest.mark.parametrize(
    ("control", "document", "status"),
    [
        ("passrole-star", allow("iam:PassRole"), "fail"),
        ("passrole-star", allow("iam:Pass*"), "fail"),
        ("passrole-star", allow(["ec2:RunInstances", "IAM:PASSROLE"], ["*"]), "fail"),
        ("passrole-star", allow("iam:PassRole", "arn:aws:iam::1:role/x"), "pass"),
        (
            "passrole-star",
            allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}),
            "pass",
        ),
        (
            "passrole-star",
            allow(
                "iam:PassRole",
                Condition={"StringEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}},
            ),
            "fail",
        ),
        (
            "passrole-star",
            allow("iam:PassRole", Condition={"StringLike": {"iam:PassedToService": "*"}}),
            "fail",
        ),
        (
            "passrole-star",
            {"Statement": {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}, "Version": "2012-10-17"},
            "fail",
        ),
        ("passrole-star", {"Nonsense": 1}, "unknown"),
        ("admin-policy-inline", allow("*:*"), "fail"),
        ("admin-policy-inline", allow("*", "arn:aws:s3:::x"), "pass"),
        ("full-kms", allow("kms:*"), "fail"),
        ("full-kms", allow("kms:Decrypt"), "pass"),
        ("assume-role-star", allow("sts:*"), "fail"),
        (
            "notaction-allow",
            {
                "Statement": [{"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"}],
                "Version": "2012-10-17",
            },
            "fail",
        ),
        ("notaction-allow", allow("s3:*"), "pass"),
    ],
)
def test_what_a_document_gives(control: str, document: dict[str, Any], status: str) -> None:
    made = account(details(RoleDetailList=[role("r", trust(), RolePolicyList=[inline(document)])]))
    assert statuses(control, made) == {"r": status}


def _oidc(conditions: Any, issuer: str = GITHUB) -> dict[str, Any]:
    return trust(
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": conditions,
        }
    )


@pytest.mark.parametrize(
    ("subject", "operator", "status"),
    [
        ("repo:acme/app:ref:refs/heads/main", "StringEquals", "pass"),
        ("repo:acme/*", "StringLike", "pass"),
        (["repo:acme/app:*", "repo:other*"], "StringLike", "fail"),
        ("repo:*", "StringLike", "fail"),
        ("repo:acme*/app:*", "StringLike", "fail"),
        ("*", "StringLike", "fail"),
        ("*:ref:refs/heads/main", "StringLike", "fail"),
        ("repo:acme/app:*", "ForAllValues:StringLike", "fail"),
        ("repo:acme/app:*", "StringLikeIfExists", "fail"),
        ("repo:acme/app:*", "StringNotLike", "fail"),
        ("repo:acme/app:*", "ForAnyValue:StringLike", "pass"),
    ],
)
def test_github_trust(subject: Any, operator: str, status: str) -> None:
    conditions = {
        operator: {f"{GITHUB}:sub": subject},
        "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
    }
    if operator == "StringEquals":
        conditions = {operator: {f"{GITHUB}:sub": subject}}
    made = account(details(RoleDetailList=[role("ci", _oidc(conditions))]))
    assert statuses("trust-oidc-open", made) == {"ci": status}


def test_audience_alone_is_open_and_a_private_issuer_needs_a_subject() -> None:
    audience = {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}
    eks = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
    made = account(
        details(
            RoleDetailList=[
                role("ci", _oidc(audience)),
                role("irsa", _oidc({"StringEquals": {f"{eks}:sub": "system:serviceaccount:a:b"}}, eks)),
                role("any-pod", _oidc({"StringLike": {f"{eks}:sub": "*"}}, eks)),
            ]
        )
    )
    assert statuses("trust-oidc-open", made) == {"ci": "fail"}
    assert statuses("trust-oidc-no-sub", made) == {"irsa": "pass", "any-pod": "fail"}


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ({"Principal": "*"}, "fail"),
        ({"Principal": {"AWS": ["arn:aws:iam::1:root", "*"]}}, "fail"),
        ({"NotPrincipal": {"AWS": "arn:aws:iam::1:root"}}, "fail"),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, "pass"),
        ({"Principal": "*", "Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}}, "fail"),
        ({"Principal": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "*"}}}, "fail"),
        ({"Principal": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}, "fail"),
        ({"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}, "fail"),
        ({"Principal": "*", "Condition": {"StringEquals": {"sts:ExternalId": "42"}}}, "fail"),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "x"}}}, "fail"),
        ({"Principal": {"Service": "ec2.amazonaws.com"}}, "pass"),
    ],
)
def test_trust_in_anyone(statement: dict[str, Any], status: str) -> None:
    document = trust({"Effect": "Allow", "Action": "sts:AssumeRole", **statement})
    assert statuses("trust-public", account(details(RoleDetailList=[role("r", document)]))) == {"r": status}


def test_external_trust_asks_for_an_external_id() -> None:
    def third(**condition: Any) -> dict[str, Any]:
        return trust(
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}, **condition}
        )

    own = trust(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    )
    made = account(
        details(
            RoleDetailList=[
                role("open", third()),
                role("bound", third(Condition={"StringEquals": {"sts:ExternalId": "42"}})),
                role("vacuous", third(Condition={"StringLike": {"sts:ExternalId": "*"}})),
                role("own", own),
            ]
        )
    )
    assert statuses("trust-no-externalid", made) == {"open": "fail", "bound": "pass", "vacuous": "fail"}


def test_an_administrator_role_trusting_a_service_fails() -> None:
    service = trust(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
    )
    made = account(details(RoleDetailList=[role("boss", service, RolePolicyList=[inline(allow("*"))])]))
    (result,) = check("admin-role-trust", made)
    assert result.status == "fail"
    assert any("ec2.amazonaws.com" in fact.value for fact in result.facts)


def test_the_fix_command_quotes_hostile_names() -> None:
    from srtui.responsibility.controls import CONTROLS

    made = account(
        details(UserDetailList=[user("a; rm -rf ~")]),
        report(("a; rm -rf ~", "true", "N/A", "N/A", "false")),
    )
    (result,) = [one for one in check("user-console-mfa", made) if one.status == "fail"]
    assert CONTROLS["user-console-mfa"].command_for(result).endswith("--user-name 'a; rm -rf ~'")
