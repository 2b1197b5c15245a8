"""Controls on exposure and on sign-in from elsewhere, through evidence of AWS's shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from srtui.account import Account
from srtui.evidence import Evidence
from srtui.permissions import account_permissions
from srtui.responsibility.control import Context, Result, evaluate
from srtui.responsibility.controls import CONTROLS
from srtui.risk.settings import RiskSettings, load_settings
from tests.responsibility.recorded import (
    ACCOUNT,
    NOW,
    REGION,
    account,
    allow,
    check,
    details,
    evidence,
    inline,
    role,
    statuses,
    trust,
    user,
)

OTHER = "111122223333"
QUEUE = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/jobs"
ORGANIZATION = evidence(
    "organizations",
    "DescribeOrganization",
    {
        "Organization": {
            "Id": "o-abcdefghij",
            "MasterAccountId": OTHER,
            "FeatureSet": "ALL",
            "Arn": f"arn:aws:organizations::{OTHER}:organization/o-abcdefghij",
        }
    },
    region="us-east-1",
)


def queue(principal: Any, **conditions: Any) -> list[Evidence]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Resource": "*"}
    if conditions:
        statement["Condition"] = conditions
    params = {"QueueUrl": QUEUE, "AttributeNames": ["Policy", "KmsMasterKeyId", "SqsManagedSseEnabled"]}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return [
        evidence("sqs", "ListQueues", {"QueueUrls": [QUEUE]}),
        evidence("sqs", "GetQueueAttributes", {"Attributes": {"Policy": text}}, params=params),
    ]


def checked(control: str, made: Account, settings: RiskSettings) -> list[Result]:
    context = Context(
        account=made, now=NOW, permissions=account_permissions(made), cache={"risk settings": settings}
    )
    return evaluate(CONTROLS[control], context)


def none_in_an_organization() -> Evidence:
    return evidence(
        "organizations", "DescribeOrganization", error="AWSOrganizationsNotInUseException", region="us-east-1"
    )


def test_known_and_unknown_accounts(tmp_path: Path) -> None:
    made = account(*queue({"AWS": "555566667777"}), none_in_an_organization())
    assert statuses("external-account-unknown", made) == {"jobs": "fail"}
    assert set(statuses("external-account-known", made).values()) == {"not_applicable"}
    (tmp_path / "known-accounts.toml").write_text('[accounts]\n"555566667777" = "vendor"\n')
    settings = load_settings(tmp_path)
    assert [one.status for one in checked("external-account-unknown", made, settings)] == ["pass"]
    (known,) = checked("external-account-known", made, settings)
    assert (known.status, known.facts[0].label) == ("fail", "vendor (555566667777)")


def test_a_policy_that_was_not_read_leaves_it_open() -> None:
    made = account(queue("*")[0], none_in_an_organization())
    assert statuses("external-account-unknown", made) == {"jobs": "unknown"}
    assert statuses("org-wide-share", made) == {"root": "unknown"}


def test_the_management_account_is_no_stranger() -> None:
    made = account(*queue({"AWS": OTHER}), ORGANIZATION)
    assert statuses("external-account-unknown", made) == {"root": "pass"}


def test_the_whole_organisation() -> None:
    made = account(*queue("*", StringEquals={"aws:PrincipalOrgID": "o-abcdefghij"}), ORGANIZATION)
    assert statuses("org-wide-share", made) == {"jobs": "fail"}
    assert statuses("external-account-unknown", made) == {"root": "pass"}
    assert statuses("org-wide-share", account(*queue({"AWS": ACCOUNT}), ORGANIZATION)) == {"root": "pass"}


def test_services_for_anyone() -> None:
    service = {"Service": "sns.amazonaws.com"}
    assert statuses("confused-deputy", account(*queue(service))) == {"jobs": "fail"}
    limited = account(*queue(service, StringEquals={"aws:SourceAccount": ACCOUNT}))
    assert statuses("confused-deputy", limited) == {"jobs": "pass"}


def test_roles_of_unknown_accounts() -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "555566667777"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "x"}},
    }
    made = account(
        details(
            RoleDetailList=[
                role("vendor", trust(statement)),
                role("own", trust({**statement, "Principal": {"AWS": ACCOUNT}})),
            ]
        ),
        none_in_an_organization(),
    )
    (found,) = check("trust-external-unknown", made)
    assert (found.status, found.subject.rsplit("/", 1)[-1]) == ("fail", "vendor")
    assert any(fact.label == "certainty" for fact in found.facts)


def test_grants_of_keys() -> None:
    id = "11111111-2222-3333-4444-555555555555"
    given = [
        evidence(
            "kms", "ListKeys", {"Keys": [{"KeyId": id, "KeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{id}"}]}
        ),
        evidence(
            "kms",
            "DescribeKey",
            {"KeyMetadata": {"KeyId": id, "KeyManager": "CUSTOMER"}},
            params={"KeyId": id},
        ),
    ]

    def grants(principal: str) -> Evidence:
        found = [{"GrantId": "g" * 64, "GranteePrincipal": principal, "Operations": ["Decrypt"]}]
        return evidence("kms", "ListGrants", {"Grants": found if principal else []}, params={"KeyId": id})

    assert statuses("kms-grant-external", account(*given, grants(f"arn:aws:iam::{OTHER}:role/x"))) == {
        id: "fail"
    }
    assert statuses("kms-grant-external", account(*given, grants(f"arn:aws:iam::{ACCOUNT}:role/x"))) == {
        id: "pass"
    }
    assert statuses("kms-grant-external", account(*given, grants(""))) == {id: "pass"}
    assert statuses("kms-grant-external", account(*given)) == {id: "unknown"}


def bucket(statement: dict[str, Any] | None = None, replicates: str = "") -> list[Evidence]:
    params = {"Bucket": "shop"}
    policy = (
        evidence(
            "s3",
            "GetBucketPolicy",
            {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})},
            params=params,
        )
        if statement
        else evidence("s3", "GetBucketPolicy", error="NoSuchBucketPolicy", params=params)
    )
    rule = {"Status": "Enabled", "Destination": {"Bucket": f"arn:aws:s3:::{replicates}"}}
    replication = (
        evidence(
            "s3",
            "GetBucketReplication",
            {"ReplicationConfiguration": {"Role": "arn:aws:iam::1:role/r", "Rules": [rule]}},
            params=params,
        )
        if replicates
        else evidence(
            "s3", "GetBucketReplication", error="ReplicationConfigurationNotFoundError", params=params
        )
    )
    return [
        evidence(
            "s3", "ListBuckets", {"Buckets": [{"Name": "shop", "BucketRegion": REGION}]}, region="us-east-1"
        ),
        policy,
        replication,
    ]


def test_delegation_to_access_points() -> None:
    def by(owner: str) -> dict[str, Any]:
        return {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "*",
            "Resource": ["arn:aws:s3:::shop", "arn:aws:s3:::shop/*"],
            "Condition": {"StringEquals": {"s3:DataAccessPointAccount": owner}},
        }

    assert statuses("s3-ap-delegation", account(*bucket(by(OTHER)))) == {"shop": "fail"}
    assert statuses("s3-ap-delegation", account(*bucket(by(ACCOUNT)))) == {"shop": "pass"}
    assert set(statuses("s3-ap-delegation", account(*bucket())).values()) == {"not_applicable"}


def test_replication_to_elsewhere() -> None:
    assert statuses("replication-external", account(*bucket(replicates="theirs"))) == {"shop": "fail"}
    assert statuses("replication-external", account(*bucket(replicates="shop"))) == {"root": "pass"}
    assert statuses("replication-external", account(bucket()[0])) == {"shop": "unknown"}


def test_ways_out() -> None:
    both = user("both", UserPolicyList=[inline(allow(["s3:GetObject", "s3:PutObject"]))])
    reads = user("reads", UserPolicyList=[inline(allow("s3:GetObject"))])
    admin = user("admin", UserPolicyList=[inline(allow("*"))])
    assert statuses("exfil-path", account(details(UserDetailList=[both, reads, admin]), *bucket())) == {
        "both": "fail"
    }
    assert statuses("exfil-path", account(details(UserDetailList=[reads, admin]), *bucket())) == {
        "root": "pass"
    }
    assert statuses("exfil-path", account(details(UserDetailList=[reads]), bucket()[0])) == {
        "shop": "unknown"
    }
    gone = {"PolicyName": "Gone", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/Gone"}
    unread = user("late", AttachedManagedPolicies=[gone])
    assert statuses("exfil-path", account(details(UserDetailList=[unread, reads]), *bucket())) == {
        "late": "unknown"
    }


# --- sign-in ----------------------------------------------------------------------------------------------

GITHUB = "token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"


def web(host: str, operator: str = "StringLike", **claims: str) -> dict[str, Any]:
    conditions = {operator: {f"{host}:{claim}": value for claim, value in claims.items()}}
    provider = host if host == "accounts.google.com" else f"arn:aws:iam::{ACCOUNT}:oidc-provider/{host}"
    found: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    return {**found, "Condition": conditions} if claims else found


def service(name: str, **conditions: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": name},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    }
    return {**found, "Condition": conditions} if conditions else found


def saml(**conditions: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/Corp"},
        "Action": "sts:AssumeRoleWithSAML",
    }
    return {**found, "Condition": conditions} if conditions else found


AUD = {"aud": "sts.amazonaws.com"}
EKS = "oidc.eks.eu-west-1.amazonaws.com/id/ab"
SIGN_IN: list[tuple[str, dict[str, Any], str]] = [
    ("oidc-org-wide", web(GITHUB, sub="repo:acme/*", **AUD), "fail"),
    ("oidc-org-wide", web(GITHUB, sub="repo:acme/web:*", **AUD), "pass"),
    ("oidc-any-branch", web(GITHUB, sub="repo:acme/web:*", **AUD), "fail"),
    ("oidc-any-branch", web(GITHUB, sub="repo:acme/web:ref:refs/heads/main", **AUD), "pass"),
    ("oidc-mutable-name", web(GITHUB, sub="repo:acme/web:ref:refs/heads/main", **AUD), "fail"),
    ("oidc-mutable-name", web(GITHUB, sub="repo:acme/web:ref:refs/heads/main", repository_id="7", **AUD), "pass"),
    ("oidc-no-aud", web(GITHUB, sub="repo:acme/web:ref:refs/heads/main"), "fail"),
    ("oidc-no-aud", web(GITHUB, sub="repo:acme/web:ref:refs/heads/main", **AUD), "pass"),
    ("oidc-setop-vacuous", web(GITHUB, "ForAllValues:StringLike", sub="repo:acme/web:*"), "fail"),
    ("oidc-setop-vacuous", web(GITHUB, sub="repo:acme/web:*"), "pass"),
    ("gcp-sub", web("accounts.google.com", aud="115"), "fail"),
    ("gcp-sub", web("accounts.google.com", aud="115", sub="115"), "pass"),
    ("saml-no-aud", saml(), "fail"),
    ("saml-no-aud", saml(StringEquals={"SAML:aud": "https://signin.aws.amazon.com/saml"}), "pass"),
    ("rolesanywhere-broad", service("rolesanywhere.amazonaws.com"), "pass"),  # no profile lists the role
    ("irsa-sub-wild", web(EKS, sub="system:serviceaccount:shop:*"), "fail"),
    ("irsa-sub-wild", web(EKS, sub="system:serviceaccount:shop:api"), "pass"),
    ("podidentity-any", service("pods.eks.amazonaws.com"), "fail"),
    ("podidentity-any", service("pods.eks.amazonaws.com", StringEquals={"aws:RequestTag/kubernetes-namespace": "shop"}), "pass"),
]  # fmt: skip


@pytest.mark.parametrize(("control", "statement", "status"), SIGN_IN)
def test_sign_in(control: str, statement: dict[str, Any], status: str) -> None:
    made = account(details(RoleDetailList=[role("r", trust(statement))]))
    assert statuses(control, made) == {"r": status}


def test_a_trust_that_cannot_be_read_is_unknown() -> None:
    broken = {**web(GITHUB, sub="repo:acme/web:*"), "Surprise": 1}
    assert statuses("oidc-any-branch", account(details(RoleDetailList=[role("r", trust(broken))]))) == {
        "r": "unknown"
    }


def test_certificates_where_a_profile_lists_the_role() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/r"
    profile = {
        "profileId": "p",
        "profileArn": f"arn:aws:rolesanywhere:{REGION}:{ACCOUNT}:profile/p",
        "name": "p",
        "enabled": True,
        "roleArns": [arn],
    }
    anchor = {
        "trustAnchorId": "a",
        "trustAnchorArn": f"arn:aws:rolesanywhere:{REGION}:{ACCOUNT}:trust-anchor/a",
        "name": "a",
        "enabled": True,
    }
    given = [
        evidence("rolesanywhere", "ListProfiles", {"profiles": [profile]}),
        evidence("rolesanywhere", "ListTrustAnchors", {"trustAnchors": [anchor]}),
    ]
    wide = details(RoleDetailList=[role("r", trust(service("rolesanywhere.amazonaws.com")))])
    assert statuses("rolesanywhere-broad", account(wide, *given)) == {"r": "fail"}


def test_tenants_that_are_not_known(tmp_path: Path) -> None:
    made = account(details(RoleDetailList=[role("r", trust(web(GITHUB, sub="repo:acme/web:*", **AUD)))]))
    assert statuses("azure-tenant", made) == {"r": "pass"}
    (tmp_path / "known-accounts.toml").write_text('tenants = ["other"]\n')
    (found,) = checked("azure-tenant", made, load_settings(tmp_path))
    assert found.status == "fail"


def test_providers_themselves() -> None:
    listed = evidence(
        "iam",
        "ListOpenIDConnectProviders",
        {"OpenIDConnectProviderList": [{"Arn": PROVIDER}]},
        region="us-east-1",
    )

    def audiences(*names: str) -> Evidence:
        return evidence(
            "iam",
            "GetOpenIDConnectProvider",
            {"Url": GITHUB, "ClientIDList": list(names)},
            params={"OpenIDConnectProviderArn": PROVIDER},
            region="us-east-1",
        )

    used = details(RoleDetailList=[role("r", trust(web(GITHUB, sub="repo:acme/web:*")))])
    assert statuses("oidc-provider-stale", account(listed)) == {GITHUB: "fail"}
    assert statuses("oidc-provider-stale", account(listed, used)) == {GITHUB: "pass"}
    assert statuses("oidc-clientid-broad", account(listed)) == {GITHUB: "unknown"}
    assert statuses("oidc-clientid-broad", account(listed, audiences("a", "b"))) == {GITHUB: "fail"}
    assert statuses("oidc-clientid-broad", account(listed, audiences("a"))) == {GITHUB: "pass"}
    assert statuses("oidc-no-aud", account(listed, audiences("sts.amazonaws.com"), used)) == {"r": "pass"}
