"""Every control over a large account, on one core; and the calls that each control costs there.

Run: python -m tests.benchmarks.bench_controls            the figures
     python -m tests.benchmarks.bench_controls calls      the table of docs/calls.md
"""

from __future__ import annotations

import gc
import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from srtui.account import Account
from srtui.analysis import analyse, uncollected
from srtui.evidence import CallError, Evidence
from srtui.permissions import account_permissions
from srtui.responsibility.control import Context, evaluate
from srtui.responsibility.controls import CONTROLS
from srtui.services import build_account, declared_calls
from srtui.services.declare import CallContext, home_region
from srtui.services.s3 import buckets
from tests.benchmarks.table import Figure, print_table
from tests.synthetic import ACCOUNT, authorization_details

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PRINCIPALS, BUCKETS, INSTANCES, GROUPS = 5_000, 2_000, 5_000, 3_000
REGIONS: Final = (
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
    "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1",
    "us-east-2", "us-west-1", "us-west-2",
)  # fmt: skip
_HOME: Final = "us-east-1"
_SLOWEST: Final = 10


def _said(service: str, operation: str, region: str, response: Any, **params: Any) -> Evidence:
    return Evidence(
        service=service,
        operation=operation,
        region=region,
        account=ACCOUNT,
        at=NOW,
        params=params,
        response=response,
    )


def _absent(service: str, operation: str, region: str, code: str, **params: Any) -> Evidence:
    error = CallError(code, "", "other")
    return Evidence(
        service=service,
        operation=operation,
        region=region,
        account=ACCOUNT,
        at=NOW,
        params=params,
        error=error,
    )


def evidence(scale: float = 1.0) -> Iterator[Evidence]:
    """The answers of an account of this size; what is not in it was answered with nothing."""
    chance = random.Random(17)
    counts = [int(one * scale) for one in (PRINCIPALS, BUCKETS, INSTANCES, GROUPS)]
    given = {
        "DescribeRegions", "GetAccountAuthorizationDetails", "ListBuckets", "DescribeInstances",
        "DescribeSecurityGroups", "GetCallerIdentity",
    }  # fmt: skip
    status = [{"RegionName": name, "OptInStatus": "opt-in-not-required"} for name in REGIONS]
    yield _said("ec2", "DescribeRegions", _HOME, {"Regions": status}, AllRegions=True)
    for call in declared_calls():
        if call.for_each is None and not call.on_demand and call.operation not in given:
            for region in REGIONS if call.scope == "regional" else (home_region(call.service, "aws"),):
                for variant in call.due_variants(CallContext(ACCOUNT, "aws", region)):
                    yield _said(*call.id, region, {}, **variant)
    details = authorization_details(counts[0])
    for kind, member in (
        ("User", "UserDetailList"),
        ("Group", "GroupDetailList"),
        ("Role", "RoleDetailList"),
    ):
        yield _said("iam", "GetAccountAuthorizationDetails", _HOME, {member: details[member]}, Filter=[kind])
    for kind in ("LocalManagedPolicy", "AWSManagedPolicy"):
        some = [one for one in details["Policies"] if (":aws:policy" in one["Arn"]) == (kind[0] == "A")]
        yield _said("iam", "GetAccountAuthorizationDetails", _HOME, {"Policies": some}, Filter=[kind])
    yield from _buckets(counts[1], chance)
    yield from _machines(counts[2], counts[3], chance)


def _buckets(count: int, chance: random.Random) -> Iterator[Evidence]:
    names = [(f"team-{number:05}", chance.choice(REGIONS)) for number in range(count)]
    listed = [{"Name": name, "BucketRegion": region} for name, region in names]
    yield _said("s3", "ListBuckets", _HOME, {"Buckets": listed})
    for name, region in names:
        statement = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        block = dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        )
        answers: dict[str, Any] = {
            "GetBucketPolicyStatus": {"PolicyStatus": {"IsPublic": False}},
            "GetBucketAcl": {"Grants": []},
            "GetPublicAccessBlock": {"PublicAccessBlockConfiguration": block},
            "GetBucketOwnershipControls": {
                "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
            },
            "GetBucketVersioning": {"Status": chance.choice(["Enabled", "Suspended"])},
            "GetBucketLogging": {},
        }
        if chance.random() < 0.5:
            answers["GetBucketPolicy"] = {"Policy": document}
        else:
            yield _absent("s3", "GetBucketPolicy", region, "NoSuchBucketPolicy", Bucket=name)
        for operation, answer in answers.items():
            yield _said("s3", operation, region, answer, Bucket=name)
        for call in declared_calls():
            if call.for_each is buckets and call.operation not in (*answers, "GetBucketPolicy"):
                code = _ABSENT.get(call.operation)
                if code:
                    yield _absent(*call.id, region, code, Bucket=name)
                else:
                    yield _said(*call.id, region, {}, Bucket=name)


_ABSENT: Final = {
    "GetBucketWebsite": "NoSuchWebsiteConfiguration",
    "GetBucketReplication": "ReplicationConfigurationNotFoundError",
    "GetBucketLifecycleConfiguration": "NoSuchLifecycleConfiguration",
    "GetObjectLockConfiguration": "ObjectLockConfigurationNotFoundError",
}


def _machines(instances: int, groups: int, chance: random.Random) -> Iterator[Evidence]:
    for place, region in enumerate(REGIONS):
        named = [f"sg-{place:02}{number:06}" for number in range(groups // len(REGIONS) + 1)]
        yield _said(
            "ec2",
            "DescribeSecurityGroups",
            region,
            {"SecurityGroups": [_group(one, chance) for one in named]},
        )
        machines = [
            {
                "InstanceId": f"i-{place:02}{number:015}",
                "State": {"Name": "running"},
                "InstanceType": "m7g.large",
                "ImageId": f"ami-{number % 40:017}",
                "VpcId": f"vpc-{place:017}",
                "SecurityGroups": [{"GroupId": one} for one in chance.sample(named, 2)],
                "MetadataOptions": {"HttpTokens": chance.choice(["required", "optional"])},
                "PublicIpAddress": "203.0.113.9" if chance.random() < 0.1 else "",
                "Tags": [{"Key": "Name", "Value": f"web-{number}"}],
            }
            for number in range(instances // len(REGIONS) + 1)
        ]
        yield _said("ec2", "DescribeInstances", region, {"Reservations": [{"Instances": machines}]})
        for machine in machines:
            asked = {"InstanceId": machine["InstanceId"], "Attribute": "userData"}
            yield _said("ec2", "DescribeInstanceAttribute", region, {}, **asked)


def _group(name: str, chance: random.Random) -> dict[str, Any]:
    def rule() -> dict[str, Any]:
        port = chance.choice([22, 80, 443, 443, 443, 5432, 8080])
        cidr = chance.choice(["0.0.0.0/0", "10.0.0.0/8", "192.168.0.0/16", "203.0.113.0/24"])
        return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": cidr}]}

    return {
        "GroupId": name,
        "GroupName": name,
        "VpcId": "vpc-1",
        "IpPermissions": [rule() for _ in range(chance.randint(1, 6))],
        "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    }


def large_account(scale: float = 1.0) -> Account:
    """The account of the figures."""
    return build_account(evidence(scale))


def seconds(account: Account) -> tuple[float, float, dict[str, float]]:
    """CPU seconds of all controls with what they share, of a whole analysis, and of each control."""
    gc.collect()
    each: dict[str, float] = {}
    with uncollected():
        started = time.process_time()
        context = Context(account=account, now=NOW, permissions=account_permissions(account))
        for control in CONTROLS.values():
            before = time.process_time()
            evaluate(control, context)
            each[control.id] = time.process_time() - before
        controls = time.process_time() - started
    started = time.process_time()
    analyse(account, NOW)
    return controls, time.process_time() - started, each


def main() -> None:
    analyse(large_account(0.02), NOW)  # loads the catalogue and every module
    account = large_account()
    controls, whole, each = min((seconds(account) for _ in range(3)), key=lambda one: one[0])
    slowest = sorted(each, key=each.__getitem__, reverse=True)[:_SLOWEST]
    print_table(
        f"{len(CONTROLS)} controls: {PRINCIPALS:,} principals, {BUCKETS:,} buckets, {INSTANCES:,} instances, "
        f"{GROUPS:,} security groups, {len(REGIONS)} regions, {len(account.outcomes):,} calls",
        [
            Figure(
                "all controls, with the permissions they share", f"{controls:.2f} s", "≤ 3 s", controls <= 3
            ),
            Figure("a whole analysis", f"{whole:.2f} s"),
            *(Figure(f"  {one}", f"{each[one] * 1000:.0f} ms") for one in slowest),
        ],
    )


# --- what each control costs in calls ------------------------------------------------------------------------

_HEAD = """# Calls per control

Made by `python -m tests.benchmarks.bench_controls calls`; do not edit. The account of the figures: {about}.
*calls* are those that the control looks at; *alone* are those that no other control looks at, so that they would not be
made without it; *a region* are those that a region without resources costs.

| control | calls | alone | a region |
|:--|--:|--:|--:|"""


def calls_markdown() -> str:
    """docs/calls.md: the most expensive controls first."""
    account = large_account()
    made = {call.id: len(account.outcomes_of(*call.id)) for call in declared_calls()}
    users: dict[tuple[str, str], int] = {}
    for control in CONTROLS.values():
        for id in {call.id for call in control.needs}:
            users[id] = users.get(id, 0) + 1
    rows = []
    for control in CONTROLS.values():
        needs = {call.id: call for call in control.needs}
        total = sum(made[id] for id in needs)
        alone = sum(made[id] for id in needs if users[id] == 1)
        listings = [
            len(call.due_variants(CallContext(ACCOUNT, "aws", "eu-west-1")))
            for call in needs.values()
            if call.scope == "regional" and call.for_each is None
        ]
        rows.append((alone, total, control.id, sum(listings)))
    rows.sort(key=lambda row: (-row[0], -row[1], row[2]))
    about = (
        f"{PRINCIPALS:,} principals, {BUCKETS:,} buckets, {INSTANCES:,} instances, {GROUPS:,} security groups, "
        f"{len(REGIONS)} regions, {sum(made.values()):,} calls in all"
    )
    unused = sorted(f"`{service}:{name}`" for service, name in made if (service, name) not in users)
    lines = [_HEAD.format(about=about)]
    lines += [f"| {id} | {total:,} | {alone:,} | {region} |" for alone, total, id, region in rows]
    lines += ["", "## Calls that no control looks at", ""]
    lines += [
        "They tell who and where, what the interface shows, or what escalation needs.",
        "",
        ", ".join(unused) + ".",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:] == ["calls"]:
        print(calls_markdown(), end="")
    else:
        main()
