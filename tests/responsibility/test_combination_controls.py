"""Toxic combinations: each with both facts, with one of them only, and with what was not read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from srtui.account import Account
from srtui.evidence import Evidence
from srtui.permissions import account_permissions
from srtui.responsibility.control import Context
from srtui.responsibility.controls.at_risk import risk_of
from srtui.risk.risk import Risk
from srtui.services import apply
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
    report,
    role,
    statuses,
    trust,
    user,
)

GITHUB = "token.actions.githubusercontent.com"
OTHER = "111122223333"
EC2 = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
LAMBDA = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
ADMIN = [inline(allow("*"))]
ESCALATES = [inline(allow("iam:PutRolePolicy"))]
OLD, NEW = "2025-10-01T00:00:00+00:00", "2026-11-20T00:00:00+00:00"


def risk_at(of: Account) -> Risk:
    return risk_of(Context(account=of, now=NOW, permissions=account_permissions(of)))


# --- compute ----------------------------------------------------------------------------------------------


def instance(policies: list[Any], cidr: str = "0.0.0.0/0", *, groups: bool = True, **more: Any) -> Account:
    profile = f"arn:aws:iam::{ACCOUNT}:instance-profile/web"
    made = role(
        "web",
        trust(EC2),
        RolePolicyList=policies,
        InstanceProfileList=[{"Arn": profile, "InstanceProfileName": "web"}],
    )
    one = {
        "InstanceId": "i-1",
        "State": {"Name": "running"},
        "PublicIpAddress": "198.51.100.7",
        "SecurityGroups": [{"GroupId": "sg-1"}],
        "IamInstanceProfile": {"Arn": profile},
        "MetadataOptions": {"HttpTokens": "optional", "HttpEndpoint": "enabled"},
        **more,
    }
    group = {
        "GroupId": "sg-1",
        "IpPermissions": [
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": cidr}]}
        ],
    }
    found = [
        details(RoleDetailList=[made]),
        evidence("ec2", "DescribeInstances", {"Reservations": [{"Instances": [one]}]}),
        evidence("ec2", "DescribeSecurityGroups", {"SecurityGroups": [group] if groups else []}),
    ]
    return account(*found)


def test_an_exposed_instance_that_becomes_administrator() -> None:
    id = "tox-public-compute-priv-role"
    assert statuses(id, instance(ESCALATES)) == {"i-1": "fail"}
    (found,) = check(id, instance(ESCALATES))
    assert any("IMDSv1" in fact.value for fact in found.facts)
    assert statuses(id, instance(ESCALATES, "10.0.0.0/8")) == {"root": "pass"}
    assert statuses(id, instance([inline(allow("s3:GetObject"))])) == {"root": "pass"}
    assert statuses(id, instance(ADMIN)) == {"root": "pass"}  # internet-instance-admin-role says so
    assert statuses(id, instance(ESCALATES, groups=False)) == {"i-1": "unknown"}
    assert set(statuses(id, instance(ESCALATES, PublicIpAddress="")).values()) == {"not_applicable"}


def function(policies: list[Any], *, policy: dict[str, Any] | None = None, read: bool = True) -> Account:
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
    open_to_all = {"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction", "Resource": arn}
    found = [
        details(RoleDetailList=[role("fn", trust(LAMBDA), RolePolicyList=policies)]),
        evidence(
            "lambda",
            "ListFunctions",
            {
                "Functions": [
                    {
                        "FunctionName": "f",
                        "FunctionArn": arn,
                        "Role": f"arn:aws:iam::{ACCOUNT}:role/fn",
                        "Runtime": "python3.12",
                    }
                ]
            },
        ),
    ]
    if read:
        document = {"Version": "2012-10-17", "Statement": [policy or open_to_all]}
        found.append(
            evidence("lambda", "GetPolicy", {"Policy": json.dumps(document)}, params={"FunctionName": "f"})
        )
        found.append(
            evidence(
                "lambda",
                "ListFunctionUrlConfigs",
                error="ResourceNotFoundException",
                params={"FunctionName": "f"},
            )
        )
    return account(*found)


def test_a_function_that_anyone_runs() -> None:
    id = "tox-public-function-admin-role"
    assert statuses(id, function(ADMIN)) == {"f": "fail"}
    assert statuses(id, function(ESCALATES)) == {"f": "fail"}
    assert statuses(id, function([inline(allow("s3:GetObject"))])) == {"root": "pass"}
    own = {
        "Effect": "Allow",
        "Principal": {"AWS": ACCOUNT},
        "Action": "lambda:InvokeFunction",
        "Resource": "*",
    }
    assert statuses(id, function(ADMIN, policy=own)) == {"root": "pass"}
    assert statuses(id, function(ADMIN, read=False)) == {"f": "unknown"}


# --- from outside -----------------------------------------------------------------------------------------


def github(subject: str, policies: list[Any]) -> Evidence:
    conditions = {
        "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
        "StringLike": {f"{GITHUB}:sub": subject},
    }
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": conditions,
    }
    return details(RoleDetailList=[role("ci", trust(statement), RolePolicyList=policies)])


def test_sign_in_that_is_open_to_strangers() -> None:
    id = "tox-oidc-open-admin"
    assert statuses(id, account(github("*", ADMIN))) == {"ci": "fail"}
    assert statuses(id, account(github("*", ESCALATES))) == {"ci": "fail"}
    assert statuses(id, account(github("*", []))) == {"root": "pass"}
    assert statuses(id, account(github("repo:acme/web:*", ADMIN))) == {"root": "pass"}


@pytest.mark.parametrize(("policies", "status"), [(ADMIN, "fail"), (ESCALATES, "fail"), ([], "pass")])
def test_roles_of_third_parties(policies: list[Any], status: str) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "sts:AssumeRole"}
    made = account(details(RoleDetailList=[role("vendor", trust(statement), RolePolicyList=policies)]))
    found = statuses("tox-third-party-escalation", made)
    assert found == ({"vendor": "fail"} if status == "fail" else {"root": "pass"})


def test_pipelines_and_production_data() -> None:
    id = "tox-ci-role-prod-data"
    buckets = evidence(
        "s3",
        "ListBuckets",
        {
            "Buckets": [
                {"Name": "acme-prod-data", "BucketRegion": REGION},
                {"Name": "acme-dev", "BucketRegion": REGION},
            ]
        },
        region="us-east-1",
    )
    none = [
        evidence("s3", "GetBucketPolicy", error="NoSuchBucketPolicy", params={"Bucket": name})
        for name in ("acme-prod-data", "acme-dev")
    ]
    reads = [inline(allow("s3:GetObject", "arn:aws:s3:::acme-prod-data/*"))]
    dev = [inline(allow("s3:GetObject", "arn:aws:s3:::acme-dev/*"))]
    subject = "repo:acme/web:ref:refs/heads/main"
    assert statuses(id, account(github(subject, reads), buckets, *none)) == {"ci": "fail"}
    assert statuses(id, account(github(subject, dev), buckets, *none)) == {"root": "pass"}
    assert statuses(id, account(github(subject, dev), buckets)) == {"ci": "unknown"}


# --- administrators ---------------------------------------------------------------------------------------


def admin(*cells: str) -> Account:
    return account(details(UserDetailList=[user("ana", UserPolicyList=ADMIN)]), report(("ana", *cells)))


def test_careless_administrators() -> None:
    id = "tox-admin-no-mfa-old-key"
    assert statuses(id, admin("false", "N/A", "N/A", "false", "true", OLD, NEW)) == {"ana": "fail"}
    assert statuses(id, admin("false", "N/A", "N/A", "true", "true", OLD, NEW)) == {"root": "pass"}
    assert statuses(id, admin("false", "N/A", "N/A", "false", "true", NEW, NEW)) == {"root": "pass"}
    newer = account(details(UserDetailList=[user("ana", UserPolicyList=ADMIN)]), report(("bo", "false")))
    assert statuses(id, newer) == {"ana": "unknown"}


def test_administrators_that_nobody_uses() -> None:
    id = "tox-unused-admin"
    assert statuses(id, admin("true", OLD, OLD, "true")) == {"ana": "fail"}
    assert statuses(id, admin("true", NEW, NEW, "true")) == {"root": "pass"}
    untold = admin("true", "no_information", NEW, "true")
    assert statuses(id, untold) == {"ana": "unknown"}
    ana = f"arn:aws:iam::{ACCOUNT}:user/ana"
    assert risk_at(untold).untold_of(ana) == (("unused-admin", "when it was last used"),)
    assert risk_at(untold).combinations_of(ana) == ()


def test_a_stored_key_of_an_administrator() -> None:
    id = "tox-secret-is-admin-key"
    arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:ana-access-key-AbCdEf"
    reader = user("bo", UserPolicyList=[inline(allow("secretsmanager:GetSecretValue"))])
    people = [user("ana", UserPolicyList=ADMIN), reader]
    key = report(("ana", "false", "N/A", "N/A", "true", "true", NEW, NEW), ("bo", "false"))
    found = evidence(
        "secretsmanager", "ListSecrets", {"SecretList": [{"ARN": arn, "Name": "ana-access-key"}]}
    )
    policy = evidence("secretsmanager", "GetResourcePolicy", {}, params={"SecretId": arn})
    (result,) = check(id, account(details(UserDetailList=people), key, found, policy))
    assert (result.status, result.subject) == ("fail", arn)
    assert any(fact.label == "certainty" for fact in result.facts)
    risk = risk_at(account(details(UserDetailList=people), key, found, policy))
    for name in ("ana", "bo"):
        ((combination, one),) = risk.combinations_of(f"arn:aws:iam::{ACCOUNT}:user/{name}")
        assert (combination, one.subject) == ("secret-is-admin-key", arn)
    alone = account(details(UserDetailList=people[:1]), key, found, policy)
    assert statuses(id, alone) == {"root": "pass"}
    assert set(statuses(id, account(details(UserDetailList=people), key, found)).values()) == {"unknown"}


def test_changes_while_nothing_logs() -> None:
    id = "tox-log-off-admin-activity"
    event = {
        "EventId": "e-1",
        "EventName": "CreateUser",
        "EventTime": "2026-11-24T09:00:00Z",
        "Username": "ana",
        "CloudTrailEvent": "{}",
    }
    params = {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "CreateUser"}]}
    events = evidence("cloudtrail", "LookupEvents", {"Events": [event]}, params=params)
    made = account(rest=True)
    assert set(statuses(id, made).values()) == {"not_applicable"}
    apply(made, events)
    assert "fail" in statuses(id, made).values()


# --- data -------------------------------------------------------------------------------------------------


def bucket(name: str, statement: dict[str, Any] | None, *, read: bool = True) -> Account:
    given = [
        evidence(
            "s3", "ListBuckets", {"Buckets": [{"Name": name, "BucketRegion": REGION}]}, region="us-east-1"
        )
    ]
    if read:
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]}) if statement else ""
        params = {"Bucket": name}
        given += [
            evidence("s3", "GetBucketPolicy", {"Policy": document}, params=params)
            if statement
            else evidence("s3", "GetBucketPolicy", error="NoSuchBucketPolicy", params=params),
            evidence("s3", "GetBucketAcl", {"Grants": []}, params=params),
            evidence(
                "s3", "GetPublicAccessBlock", error="NoSuchPublicAccessBlockConfiguration", params=params
            ),
            evidence(
                "s3control",
                "GetPublicAccessBlock",
                error="NoSuchPublicAccessBlockConfiguration",
                params={"AccountId": ACCOUNT},
            ),
        ]
    return account(*given)


def test_strangers_who_write_where_code_comes_from() -> None:
    id = "tox-public-bucket-artifacts"
    writes = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::acme-artifacts/*",
    }
    assert statuses(id, bucket("acme-artifacts", writes)) == {"acme-artifacts": "fail"}
    assert statuses(id, bucket("acme-artifacts", {**writes, "Action": "s3:GetObject"})) == {"root": "pass"}
    assert statuses(id, bucket("acme-inbox", {**writes, "Resource": "arn:aws:s3:::acme-inbox/*"})) == {
        "root": "pass"
    }
    assert statuses(id, bucket("acme-artifacts", None, read=False)) == {"acme-artifacts": "unknown"}


@pytest.mark.parametrize(
    ("encrypted", "shared", "status"),
    [(False, ["all"], "fail"), (True, ["all"], "pass"), (False, [], "pass"), (False, None, "unknown")],
)
def test_unencrypted_snapshots_that_are_shared(
    encrypted: bool, shared: list[str] | None, status: str
) -> None:
    snapshot = {
        "DBSnapshotIdentifier": "s",
        "DBSnapshotArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:snapshot:s",
        "Encrypted": encrypted,
        "SnapshotType": "manual",
    }
    given = [
        evidence("rds", "DescribeDBSnapshots", {"DBSnapshots": [snapshot]}, params={"SnapshotType": "manual"})
    ]
    if shared is not None:
        attributes = {
            "DBSnapshotAttributesResult": {
                "DBSnapshotIdentifier": "s",
                "DBSnapshotAttributes": [{"AttributeName": "restore", "AttributeValues": shared}],
            }
        }
        given.append(
            evidence("rds", "DescribeDBSnapshotAttributes", attributes, params={"DBSnapshotIdentifier": "s"})
        )
    found = statuses("tox-snapshot-shared-unencrypted", account(*given))
    assert found == {"pass": {"root": "pass"}}.get(status, {"s": status})
