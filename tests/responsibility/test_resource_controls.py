"""Storage, network, compute, logging and detection controls, through evidence of AWS's shape."""

from __future__ import annotations

import json
from typing import Any

import pytest

from srtui.account import Account
from srtui.evidence import Evidence
from srtui.responsibility.controls import CONTROLS
from srtui.responsibility.status import matrix_status
from tests.responsibility.recorded import ACCOUNT, NOW, REGION, account, check, evidence, statuses

PUBLIC = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    ],
}
ALL_USERS = {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "READ"}
ON = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)


def bucket(
    *,
    policy: Any = None,
    public: bool | None = False,
    grants: Any = (),
    block: Any = None,
    account_block: Any = None,
    ownership: str = "ObjectWriter",
    deny: str = "",
) -> Account:
    asked = {"Bucket": "b"}
    answers = {
        "GetBucketPolicy": {"Policy": json.dumps(policy)} if policy else "NoSuchBucketPolicy",
        "GetBucketPolicyStatus": "AccessDenied" if public is None else {"PolicyStatus": {"IsPublic": public}},
        "GetBucketAcl": {"Grants": list(grants)},
        "GetPublicAccessBlock": {"PublicAccessBlockConfiguration": block}
        if block
        else "NoSuchPublicAccessBlockConfiguration",
        "GetBucketOwnershipControls": {"OwnershipControls": {"Rules": [{"ObjectOwnership": ownership}]}},
    }
    found: list[Evidence] = [
        evidence("s3", "ListBuckets", {"Buckets": [{"Name": "b", "BucketRegion": REGION}]})
    ]
    for operation, answer in answers.items():
        if operation == deny:
            found.append(evidence("s3", operation, error="AccessDenied", params=asked))
        elif isinstance(answer, str):
            found.append(evidence("s3", operation, error=answer, params=asked))
        else:
            found.append(evidence("s3", operation, answer, params=asked))
    of_account = {"PublicAccessBlockConfiguration": account_block} if account_block else {}
    found.append(evidence("s3control", "GetPublicAccessBlock", of_account, params={"AccountId": ACCOUNT}))
    return account(*found)


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (bucket(), "pass"),
        (bucket(policy=PUBLIC, public=True), "fail"),
        (bucket(policy=PUBLIC, public=None), "fail"),
        (bucket(policy=PUBLIC, public=True, block=ON), "pass"),
        (bucket(policy=PUBLIC, public=True, account_block=ON), "pass"),
        (bucket(policy=PUBLIC, public=True, block={**ON, "RestrictPublicBuckets": False}), "fail"),
        (bucket(grants=[ALL_USERS]), "fail"),
        (bucket(grants=[ALL_USERS], ownership="BucketOwnerEnforced"), "pass"),
        (bucket(grants=[ALL_USERS], block={"IgnorePublicAcls": True}), "pass"),
        (bucket(grants=[ALL_USERS], block={"BlockPublicAcls": True}), "fail"),
        (bucket(policy=PUBLIC, public=True, deny="GetPublicAccessBlock"), "unknown"),
        (bucket(deny="GetBucketAcl"), "unknown"),
        (bucket(deny="GetBucketAcl", ownership="BucketOwnerEnforced"), "pass"),
        (bucket(deny="GetPublicAccessBlock"), "pass"),
        (bucket(deny="GetBucketOwnershipControls", grants=[ALL_USERS]), "unknown"),
    ],
)
def test_public_is_policy_and_acl_minus_the_block(made: Account, status: str) -> None:
    assert statuses("s3-bucket-public", made) == {"b": status}


def test_a_denied_bucket_call_is_named() -> None:
    (result,) = check("s3-bucket-public", bucket(deny="GetBucketAcl"))
    assert result.reason == f"s3:GetBucketAcl failed in {REGION}: AccessDenied"


def test_writing_needs_a_writing_grant() -> None:
    assert statuses("s3-public-write", bucket(policy=PUBLIC, public=True)) == {"b": "pass"}
    write = {**ALL_USERS, "Permission": "WRITE"}
    assert statuses("s3-public-write", bucket(grants=[write])) == {"b": "fail"}


def group(name: str, *rules: dict[str, Any]) -> dict[str, Any]:
    return {"GroupId": f"sg-{name}", "GroupName": name, "VpcId": "vpc-1", "IpPermissions": list(rules)}


def rule(protocol: str, first: int | None, last: int | None, v4: str = "", v6: str = "") -> dict[str, Any]:
    return {
        "IpProtocol": protocol,
        "FromPort": first,
        "ToPort": last,
        "IpRanges": [{"CidrIp": v4}] if v4 else [],
        "Ipv6Ranges": [{"CidrIpv6": v6}] if v6 else [],
    }


def test_security_groups_over_both_families() -> None:
    made = account(
        evidence(
            "ec2",
            "DescribeSecurityGroups",
            {
                "SecurityGroups": [
                    group("ssh4", rule("tcp", 22, 22, "0.0.0.0/0")),
                    group("range6", rule("tcp", 20, 4000, v6="::/0")),
                    group("all", rule("-1", None, None, "0.0.0.0/0")),
                    group("web", rule("tcp", 443, 443, "0.0.0.0/0", "::/0")),
                    group("halves", rule("tcp", 3389, 3389, "128.0.0.0/1")),
                    group("udp", rule("udp", 0, 65535, "0.0.0.0/0")),
                    group("default"),
                ]
            },
        )
    )
    assert statuses("sg-admin-v4", made) == {
        "sg-ssh4": "fail",
        "sg-range6": "pass",
        "sg-all": "fail",
        "sg-web": "pass",
        "sg-halves": "fail",
        "sg-udp": "pass",
        "sg-default": "pass",
    }
    assert statuses("sg-admin-v6", made)["sg-range6"] == "fail"
    assert [name for name, status in statuses("sg-all-ports", made).items() if status == "fail"] == [
        "sg-all",
        "sg-udp",
    ]
    assert statuses("sg-data-ports", made)["sg-range6"] == "fail"
    assert statuses("sg-default-closed", made) == {"sg-default": "pass"}


def _trail(**more: Any) -> dict[str, Any]:
    arn = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main"
    return {
        "TrailARN": arn,
        "Name": "main",
        "HomeRegion": REGION,
        "IsMultiRegionTrail": True,
        "S3BucketName": "b",
        **more,
    }


@pytest.mark.parametrize(
    ("trail", "logging", "selector", "status"),
    [
        ({}, {"IsLogging": True}, {"IncludeManagementEvents": True, "ReadWriteType": "All"}, "pass"),
        ({}, {"IsLogging": False}, {"IncludeManagementEvents": True, "ReadWriteType": "All"}, "fail"),
        ({}, {"IsLogging": True}, {"IncludeManagementEvents": True, "ReadWriteType": "WriteOnly"}, "fail"),
        ({"IsMultiRegionTrail": False}, {"IsLogging": True}, {"ReadWriteType": "All"}, "fail"),
        ({}, None, {"ReadWriteType": "All"}, "unknown"),
        ({}, {"IsLogging": True}, None, "unknown"),
    ],
)
def test_a_multi_region_trail(trail: Any, logging: Any, selector: Any, status: str) -> None:
    entry = _trail(**trail)
    found = [
        evidence(
            "cloudtrail", "DescribeTrails", {"trailList": [entry]}, params={"includeShadowTrails": False}
        )
    ]
    if logging is not None:
        found.append(evidence("cloudtrail", "GetTrailStatus", logging, params={"Name": entry["TrailARN"]}))
    if selector is not None:
        answer = {"EventSelectors": [selector]}
        found.append(
            evidence("cloudtrail", "GetEventSelectors", answer, params={"TrailName": entry["TrailARN"]})
        )
    assert statuses("trail-multi-region", account(*found)) == {"root": status}


def test_guardduty_needs_an_enabled_detector() -> None:
    listed = evidence("guardduty", "ListDetectors", {"DetectorIds": ["d1"]})
    assert [one.status for one in check("guardduty-on", account())] == ["fail"]
    assert [one.status for one in check("guardduty-on", account(listed))] == ["unknown"]
    enabled = evidence("guardduty", "GetDetector", {"Status": "ENABLED"}, params={"DetectorId": "d1"})
    assert [one.status for one in check("guardduty-on", account(listed, enabled))] == ["pass"]


def test_runtimes_by_date() -> None:
    def function(name: str, runtime: str) -> dict[str, Any]:
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
        return {"FunctionArn": arn, "FunctionName": name, "Runtime": runtime}

    functions = [function("old", "python3.8"), function("new", "python3.13"), function("odd", "new-cobol")]
    made = account(evidence("lambda", "ListFunctions", {"Functions": functions}))
    assert statuses("lambda-runtime", made) == {"old": "fail", "new": "pass", "odd": "unknown"}


def test_key_policies_and_rotation() -> None:
    arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k1"
    listed = evidence("kms", "ListKeys", {"Keys": [{"KeyId": "k1", "KeyArn": arn}]})
    metadata = {
        "KeyManager": "CUSTOMER",
        "KeyState": "Enabled",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "Origin": "AWS_KMS",
    }
    described = evidence("kms", "DescribeKey", {"KeyMetadata": metadata}, params={"KeyId": "k1"})
    opened = {
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]
    }
    policy = evidence(
        "kms", "GetKeyPolicy", {"Policy": json.dumps(opened)}, params={"KeyId": "k1", "PolicyName": "default"}
    )
    assert statuses("kms-public", account(listed, described)) == {"k1": "unknown"}
    assert statuses("kms-public", account(listed, described, policy)) == {"k1": "fail"}
    assert statuses("kms-rotation", account(listed, described)) == {"k1": "unknown"}
    rotated = evidence("kms", "GetKeyRotationStatus", {"KeyRotationEnabled": True}, params={"KeyId": "k1"})
    assert statuses("kms-rotation", account(listed, described, rotated)) == {"k1": "pass"}


def test_an_aws_row_shows_what_is_inherited_and_what_is_left() -> None:
    database = {
        "DBInstanceArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:one",
        "DBInstanceIdentifier": "one",
        "Engine": "postgres",
        "PubliclyAccessible": True,
    }
    made = account(evidence("rds", "DescribeDBInstances", {"DBInstances": [database]}))
    results = [one for id in ("rds-public", "rds-encrypted", "rds-auto-minor") for one in check(id, made)]
    chosen = {id: CONTROLS[id] for id in ("rds-public", "rds-encrypted", "rds-auto-minor")}
    row = matrix_status(results, chosen, made)[6]
    assert row.number == 7
    assert row.status == "fail"
    assert row.worst == "critical"
    assert row.inherited is not None
    assert [(use.detail, use.region, use.count) for use in row.inherited.in_use] == [("postgres", REGION, 1)]
    assert row.inherited.attestation
    assert row.share_evaluated == 1.0
    assert NOW.year == 2026
