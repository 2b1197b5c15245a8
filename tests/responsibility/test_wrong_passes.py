"""Accounts made to look safe: what a control must not pass however the open door is spelled."""

from __future__ import annotations

import json
from typing import Any

import pytest

from srtui.responsibility.openness import keeps_strangers_out, leaves_open
from srtui.responsibility.ranges import internet, is_wide
from tests.responsibility.recorded import ACCOUNT, REGION, account, check, evidence, statuses
from tests.responsibility.test_resource_controls import group, rule


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws:PrincipalOrgID", "o-*"),
        ("aws:PrincipalOrgPaths", "o-*/r-ab12/*"),
        ("aws:PrincipalAccount", "????????????"),
        ("aws:SourceAccount", "4*"),
        ("kms:CallerAccount", "42004200420?"),
        ("aws:PrincipalArn", "arn:aws:iam::????????????:role/deploy"),
        ("aws:SourceArn", "arn:aws:s3:::*"),
        ("aws:SourceArn", "arn:aws:s3:::?*"),
        ("aws:SourceVpce", "vpce-*"),
        ("aws:userid", "AIDA*"),
        ("aws:userid", "*:alice"),
        ("aws:SourceIp", "0.0.0.0/0"),
        ("aws:SourceIp", "::/0"),
        ("aws:SourceIp", "2000::/3"),
        ("aws:SourceIp", "64.0.0.0/2"),
    ],
)
def test_conditions_that_strangers_meet(key: str, value: str) -> None:
    operator = "IpAddress" if key == "aws:SourceIp" else "StringLike"
    assert not keeps_strangers_out({operator: {key: value}})
    assert leaves_open(key.lower(), (value,))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws:PrincipalOrgID", "o-exampleorgid"),
        ("aws:PrincipalOrgPaths", "o-exampleorgid/r-ab12/*"),
        ("aws:PrincipalAccount", "420042004200"),
        ("aws:SourceArn", "arn:aws:s3:::acme-uploads"),
        ("aws:SourceArn", "arn:aws:sns:eu-west-1:420042004200:*"),
        ("aws:userid", "AROAEXAMPLEEXAMPLE123:*"),
        ("aws:SourceIp", "203.0.113.0/24"),
        ("aws:SourceIp", "10.0.0.0/8"),
        ("aws:SourceIp", "2001:db8::/32"),
    ],
)
def test_conditions_that_keep_strangers_out(key: str, value: str) -> None:
    operator = "IpAddress" if key == "aws:SourceIp" else "StringLike"
    assert keeps_strangers_out({operator: {key: value}})


def test_operators_that_a_missing_key_meets() -> None:
    for operator in ("StringEqualsIfExists", "ForAllValues:StringEquals", "StringNotEquals"):
        assert not keeps_strangers_out({operator: {"aws:PrincipalOrgID": "o-exampleorgid"}})


def test_ranges_that_stand_for_the_internet() -> None:
    assert is_wide("0.0.0.0/0")
    assert is_wide("no range")
    assert not is_wide("fc00::/7")
    assert internet(["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"])
    assert internet([f"{first}.0.0.0/8" for first in range(11, 100)])
    assert not internet(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"])
    assert not internet(["17.0.0.0/8"])


def _groups(*rules: dict[str, Any], **more: Any) -> Any:
    return evidence("ec2", "DescribeSecurityGroups", {"SecurityGroups": [group("one", *rules)]}, **more)


@pytest.mark.parametrize(
    ("control", "rules"),
    [
        ("sg-admin-v4", [rule("tcp", 22, 22, "0.0.0.0/2")]),
        ("sg-admin-v4", [rule("6", 22, 22, "0.0.0.0/0")]),
        ("sg-admin-v4", [rule("-1", -1, -1, "0.0.0.0/0")]),
        ("sg-admin-v6", [rule("tcp", 22, 22, v6="2000::/3")]),
        ("sg-admin-v6", [rule("-1", None, None, v6="::/0")]),
        ("sg-all-ports", [rule("tcp", 0, 32767, "0.0.0.0/0"), rule("tcp", 32768, 65535, "0.0.0.0/0")]),
        ("sg-all-ports", [rule("tcp", 23, 65535, "0.0.0.0/0")]),
        ("sg-data-ports", [rule("tcp", 5439, 5439, "0.0.0.0/0")]),
        (
            "sg-admin-v4",
            [rule("tcp", 22, 22, f"{first}.0.0.0/8") for first in range(11, 100)],
        ),
    ],
)
def test_rules_that_open_to_the_internet(control: str, rules: list[dict[str, Any]]) -> None:
    assert statuses(control, account(_groups(*rules))) == {"sg-one": "fail"}


def test_a_prefix_list_may_hold_the_internet() -> None:
    by_list = {**rule("tcp", 22, 22), "PrefixListIds": [{"PrefixListId": "pl-1"}]}
    listed = evidence(
        "ec2",
        "DescribeManagedPrefixLists",
        {"PrefixLists": [{"PrefixListId": "pl-1", "OwnerId": ACCOUNT}]},
    )
    asked = {"PrefixListId": "pl-1"}
    wide = evidence("ec2", "GetManagedPrefixListEntries", {"Entries": [{"Cidr": "0.0.0.0/0"}]}, params=asked)
    narrow = evidence(
        "ec2", "GetManagedPrefixListEntries", {"Entries": [{"Cidr": "203.0.113.0/24"}]}, params=asked
    )
    denied = evidence("ec2", "GetManagedPrefixListEntries", error="UnauthorizedOperation", params=asked)
    begun = evidence(
        "ec2",
        "GetManagedPrefixListEntries",
        {"Entries": [{"Cidr": "203.0.113.0/24"}], "NextToken": "more"},
        params=asked,
        more=True,
    )
    for given, status in (
        ((), "unknown"),
        ((listed,), "unknown"),
        ((listed, denied), "unknown"),
        ((listed, begun), "unknown"),
        ((listed, wide), "fail"),
        ((listed, narrow), "pass"),
    ):
        assert statuses("sg-admin-v4", account(_groups(by_list), *given)) == {"sg-one": status}
    own = evidence(
        "ec2", "DescribeManagedPrefixLists", {"PrefixLists": [{"PrefixListId": "pl-1", "OwnerId": "AWS"}]}
    )
    assert statuses("sg-admin-v4", account(_groups(by_list), own)) == {"sg-one": "pass"}


_REGIONS = {
    "Regions": [{"RegionName": name, "OptInStatus": "opt-in-not-required"} for name in (REGION, "us-east-1")]
}


@pytest.mark.parametrize("how", ["denied", "never", "half"])
def test_a_region_that_did_not_answer(how: str) -> None:
    """What was seen in one region says nothing of another, and nothing of the account."""
    regions = evidence("ec2", "DescribeRegions", _REGIONS, params={"AllRegions": True})
    here = _groups(rule("tcp", 443, 443, "0.0.0.0/0"))
    there = {
        "denied": [
            evidence("ec2", "DescribeSecurityGroups", error="UnauthorizedOperation", region="us-east-1")
        ],
        "never": [],
        "half": [_groups(region="us-east-1", more=True)],
    }[how]
    found = check("sg-admin-v4", account(regions, here, *there))
    assert {one.status for one in found if one.region == REGION} == {"pass"}
    assert {one.status for one in found if one.region == "us-east-1"} == {"unknown"}


def _queue(document: Any) -> Any:
    url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/q"
    return account(
        evidence("sqs", "ListQueues", {"QueueUrls": [url]}),
        evidence(
            "sqs",
            "GetQueueAttributes",
            {"Attributes": {"QueueArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", "Policy": document}},
            params={"QueueUrl": url, "AttributeNames": ["All"]},
        ),
    )


@pytest.mark.parametrize(
    "who",
    [
        {"Principal": "*"},
        {"Principal": ["*"]},
        {"Principal": {"AWS": "*"}},
        {"Principal": {"AWS": ["*"]}},
        {"Principal": {"*": "*"}},
        {"Principal": {"AWS": ["arn:aws:iam::111122223333:root", "*"]}},
        {"NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}},
    ],
)
def test_spellings_of_everyone(who: dict[str, Any]) -> None:
    statement = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*", **who}
    assert statuses("sqs-public", _queue(json.dumps({"Statement": statement}))) == {"q": "fail"}


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "[]",
        "{}",
        '{"Statement": []}',
        '{"Statement": ["Allow"]}',
        '{"Statement": [{"Effect": "allow"}]}',
    ],
)
def test_a_policy_that_cannot_be_read_passes_nothing(document: str) -> None:
    assert statuses("sqs-public", _queue(document)) == {"q": "unknown"}


def test_a_listing_of_urls_holds_those_of_aliases() -> None:
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
    listed = evidence("lambda", "ListFunctions", {"Functions": [{"FunctionArn": arn, "FunctionName": "f"}]})
    asked = {"FunctionName": "f"}

    def urls(*kinds: str) -> Any:
        entries = [
            {
                "FunctionUrl": "https://x",
                "FunctionArn": arn,
                "CreationTime": "",
                "LastModifiedTime": "",
                "AuthType": kind,
            }
            for kind in kinds
        ]
        return evidence("lambda", "ListFunctionUrlConfigs", {"FunctionUrlConfigs": entries}, params=asked)

    assert statuses("lambda-url-noauth", account(listed)) == {"f": "unknown"}
    assert statuses("lambda-url-noauth", account(listed, urls())) == {"f": "pass"}
    assert statuses("lambda-url-noauth", account(listed, urls("AWS_IAM", "NONE"))) == {"f": "fail"}


def _policy(*statements: dict[str, Any]) -> Any:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    arn = f"arn:aws:iam::{ACCOUNT}:policy/p"
    answer = {
        "Policies": [
            {
                "PolicyName": "p",
                "Arn": arn,
                "AttachmentCount": 1,
                "DefaultVersionId": "v1",
                "PolicyVersionList": [
                    {"VersionId": "v1", "IsDefaultVersion": True, "Document": json.dumps(document)}
                ],
            }
        ]
    }
    return account(
        *(
            evidence(
                "iam",
                "GetAccountAuthorizationDetails",
                answer if kind == "LocalManagedPolicy" else {},
                params={"Filter": [kind]},
            )
            for kind in ("User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy")
        )
    )


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"Resource": f"arn:aws:iam::{ACCOUNT}:role/*"}, "fail"),
        ({"Resource": "arn:aws:iam::*:role/*"}, "fail"),
        ({"Resource": "arn:aws:iam::*:*"}, "fail"),
        ({"Resource": f"arn:aws:iam::{ACCOUNT}:role/app-*"}, "pass"),
        ({"NotResource": f"arn:aws:iam::{ACCOUNT}:role/admin"}, "fail"),
        (
            {"Resource": "*", "Condition": {"StringLike": {"iam:PassedToService": "*.amazonaws.com"}}},
            "fail",
        ),
        (
            {"Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}},
            "pass",
        ),
    ],
)
def test_every_role_by_another_name(more: dict[str, Any], status: str) -> None:
    made = _policy({"Effect": "Allow", "Action": "iam:PassRole", **more})
    assert statuses("passrole-star", made)["p"] == status


def test_evidence_names_the_region_it_is_from() -> None:
    """Of a bucket its own; of a verdict on the account none, where several regions answered."""
    regions = evidence("ec2", "DescribeRegions", _REGIONS, params={"AllRegions": True})
    listed = [
        evidence("s3", "ListBuckets", {"Buckets": [{"Name": "a", "BucketRegion": "us-east-1"}, {"Name": "b", "BucketRegion": REGION}]}),
        evidence("s3", "GetBucketVersioning", {}, params={"Bucket": "a"}, region="us-east-1"),
        evidence("s3", "GetBucketVersioning", {}, params={"Bucket": "b"}, region=REGION),
    ]  # fmt: skip
    for result in check("s3-versioning", account(regions, *listed)):
        told = {source.operation: source.region for source in result.sources}
        assert told["GetBucketVersioning"] == result.region
    trails = [
        evidence("cloudtrail", "DescribeTrails", {}, params={"includeShadowTrails": False}, region=name)
        for name in (REGION, "us-east-1")
    ]
    (result,) = check("trail-multi-region", account(regions, *trails))
    assert (result.status, result.region) == ("fail", "")
    assert {source.region for source in result.sources if source.operation == "DescribeTrails"} == {""}


@pytest.mark.parametrize(
    ("conditions", "status"),
    [
        ({"ArnLike": {"aws:PrincipalArn": "*"}}, "fail"),
        ({"StringLikeIfExists": {"aws:PrincipalTag/team": "*"}}, "fail"),
        ({"Bool": {"aws:SecureTransport": "true"}}, "fail"),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, "fail"),
        ({"StringLike": {"aws:PrincipalTag/team": "*"}}, "pass"),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, "pass"),
    ],
)
def test_everything_under_a_condition_that_holds_for_everyone(conditions: Any, status: str) -> None:
    made = _policy({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": conditions})
    assert statuses("admin-policy-customer", made)["p"] == status


def test_a_canonical_user_id_may_be_anybody() -> None:
    document = {
        "Statement": [
            {"Effect": "Allow", "Principal": {"CanonicalUser": "79a5"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
        ]
    }  # fmt: skip
    listed = evidence("s3", "ListBuckets", {"Buckets": [{"Name": "b", "BucketRegion": REGION}]})
    policy = evidence("s3", "GetBucketPolicy", {"Policy": json.dumps(document)}, params={"Bucket": "b"})
    assert statuses("s3-cross-account", account(listed, policy)) == {"b": "unknown"}


@pytest.mark.parametrize(
    ("cidrs", "status"),
    [(["0.0.0.0/0"], "fail"), (["0.0.0.0/2"], "fail"), ([], "fail"), (["203.0.113.0/24"], "pass")],
)
def test_the_api_of_a_cluster(cidrs: list[str], status: str) -> None:
    details = {
        "cluster": {
            "name": "c",
            "arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/c",
            "resourcesVpcConfig": {"endpointPublicAccess": True, "publicAccessCidrs": cidrs},
        }
    }
    made = account(
        evidence("eks", "ListClusters", {"clusters": ["c"]}),
        evidence("eks", "DescribeCluster", details, params={"name": "c"}),
    )
    assert statuses("eks-endpoint-public", made) == {"c": status}


def test_instances_that_are_on_the_internet_by_ipv6_only() -> None:
    from srtui.services import apply
    from tests.responsibility.recorded import trust

    profile = f"arn:aws:iam::{ACCOUNT}:instance-profile/p"
    role = {
        "RoleName": "r",
        "RoleId": "AROAEXAMPLE",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/r",
        "Path": "/",
        "AssumeRolePolicyDocument": json.dumps(
            trust(
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
            )
        ),
        "RolePolicyList": [
            {
                "PolicyName": "all",
                "PolicyDocument": json.dumps(trust({"Effect": "Allow", "Action": "*", "Resource": "*"})),
            }
        ],
        "InstanceProfileList": [
            {"InstanceProfileName": "p", "InstanceProfileId": "AIPA", "Arn": profile, "Path": "/"}
        ],
    }
    machine = {
        "InstanceId": "i-1",
        "State": {"Name": "running"},
        "SecurityGroups": [{"GroupId": "sg-one"}],
        "IamInstanceProfile": {"Arn": profile},
        "NetworkInterfaces": [{"Ipv6Addresses": [{"Ipv6Address": "2001:db8::1"}]}],
    }
    made = account(_groups(rule("tcp", 443, 443, v6="::/0")))
    for kind in ("User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy"):
        answer = {"RoleDetailList": [role]} if kind == "Role" else {}
        apply(made, evidence("iam", "GetAccountAuthorizationDetails", answer, params={"Filter": [kind]}))
    apply(made, evidence("ec2", "DescribeInstances", {"Reservations": [{"Instances": [machine]}]}))
    assert statuses("internet-instance-admin-role", made) == {"i-1": "fail"}
