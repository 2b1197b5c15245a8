"""CloudTrail: whether what happens in the account is recorded, completely and where nobody can change it."""

from __future__ import annotations

from collections.abc import Iterator

from srtui.account import UNREAD
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.controls.storage import Exposure, exposure
from srtui.responsibility.places import own_trails
from srtui.services.cloudtrail import event_selectors, trail_status, trails
from srtui.services.s3 import (
    bucket_acl,
    bucket_ownership,
    bucket_policy,
    bucket_policy_status,
    bucket_public_access_block,
    buckets,
)
from srtui.services.s3control import account_public_access_block

_TRAILS = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html"


@control(
    "trail-multi-region",
    title="A trail records every region",
    problem="No trail records every region",
    rows=[1, 2, 9],
    severity="critical",
    topic="trails",
    needs=[trails, trail_status, event_selectors],
    why="Without a trail nothing tells what a taken-over identity did; attackers go where nobody records.",
    fix="Create a multi-region trail that logs all management events, and start it.",
    command="aws cloudtrail create-trail --name NAME --s3-bucket-name BUCKET --is-multi-region-trail --enable-log-file-validation",
    references=[_TRAILS],
    insecure_default=True,
    frameworks={"cis-3.0": ["3.1"], "cis-5.0": ["3.1"]},
)
def trail_multi_region(check: Check) -> Iterator[Result]:
    account = check.account
    uncertain = []
    for trail in account.trails.values():
        if not trail.multi_region or trail.logging is False:
            continue
        if trail.logging is UNREAD or trail.management_read is UNREAD or trail.management_write is UNREAD:
            uncertain.append(trail)
        elif trail.management_read and trail.management_write:
            facts = (
                Fact("trail", trail.arn),
                Fact("logging", "yes"),
                Fact("management events", "read and write"),
            )
            yield check.passed(account.root_arn, *facts, region=trail.region)
            return
    if uncertain:
        yield check.unknown(account.root_arn, trail_status, event_selectors)
    elif check.answered(trails):
        yield check.failed(
            account.root_arn,
            Fact("trails", f"{len(account.trails)}, none of them multi-region, logging and complete"),
        )


@control(
    "trail-mgmt-rw",
    title="Trails record all management events",
    problem="Trail misses management events",
    rows=[1, 2],
    severity="high",
    topic="trails",
    needs=[trails, event_selectors],
    why="A trail that leaves out reads, or KMS, hides reconnaissance and decryption.",
    fix="Let one trail record read and write management events without exclusions.",
    command="aws cloudtrail put-event-selectors --region {region} --trail-name {name} --event-selectors ReadWriteType=All,IncludeManagementEvents=true",
    references=[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html"
    ],
)
def trail_mgmt_rw(check: Check) -> Iterator[Result]:
    for trail in own_trails(check.account):
        read, write = trail.management_read, trail.management_write
        if read is UNREAD or write is UNREAD:
            yield check.unknown(trail.arn, event_selectors, region=trail.region)
            continue
        facts = (
            Fact("read events", "yes" if read else "no"),
            Fact("write events", "yes" if write else "no"),
            Fact("excluded sources", "some" if trail.excludes_management_sources else "none"),
        )
        if read and write and not trail.excludes_management_sources:
            yield check.passed(trail.arn, *facts, region=trail.region)
        else:
            yield check.failed(trail.arn, *facts, region=trail.region, name=trail.name)


@control(
    "trail-logging",
    title="Every trail is logging and delivers",
    problem="Trail does not log or deliver",
    rows=[1, 2],
    severity="high",
    topic="trails",
    needs=[trails, trail_status],
    why="A stopped trail looks like a trail in every list; stopping it is the first thing an intruder does.",
    fix="Find out who stopped it, then start it again.",
    command="aws cloudtrail start-logging --region {region} --name {name}",
    references=[_TRAILS],
)
def trail_logging(check: Check) -> Iterator[Result]:
    for trail in own_trails(check.account):
        if trail.logging is UNREAD:
            yield check.unknown(trail.arn, trail_status, region=trail.region)
            continue
        facts = (
            Fact("logging", "yes" if trail.logging else "no"),
            Fact("delivery error", trail.latest_delivery_error or "none"),
        )
        if trail.logging and not trail.latest_delivery_error:
            yield check.passed(trail.arn, *facts, region=trail.region)
        else:
            yield check.failed(trail.arn, *facts, region=trail.region, name=trail.name)


@control(
    "trail-validation",
    title="Trails validate their log files",
    problem="Trail does not validate log files",
    rows=[1, 9],
    severity="medium",
    topic="trails",
    needs=[trails],
    why="Without digests nobody can prove that log files were not changed.",
    fix="Switch log file validation on.",
    command="aws cloudtrail update-trail --region {region} --name {name} --enable-log-file-validation",
    references=[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html"
    ],
    insecure_default=True,
    frameworks={"cis-3.0": ["3.2"], "cis-5.0": ["3.2"]},
)
def trail_validation(check: Check) -> Iterator[Result]:
    for trail in own_trails(check.account):
        fact = Fact("log file validation", "on" if trail.validation else "off")
        if trail.validation:
            yield check.passed(trail.arn, fact, region=trail.region)
        else:
            yield check.failed(trail.arn, fact, region=trail.region, name=trail.name)


@control(
    "trail-kms",
    title="Trails are encrypted with a customer key",
    problem="Trail without a customer key",
    rows=[1, 12],
    severity="medium",
    topic="trails",
    needs=[trails],
    why="With a key of your own, reading logs takes a permission on the key besides one on the bucket.",
    fix="Encrypt the trail with a KMS key whose policy allows CloudTrail.",
    command="aws cloudtrail update-trail --region {region} --name {name} --kms-key-id KEY",
    references=[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html"
    ],
    insecure_default=True,
    frameworks={"cis-3.0": ["3.5"], "cis-5.0": ["3.5"]},
)
def trail_kms(check: Check) -> Iterator[Result]:
    for trail in own_trails(check.account):
        fact = Fact("KMS key", trail.kms_key or "none")
        if trail.kms_key:
            yield check.passed(trail.arn, fact, region=trail.region)
        else:
            yield check.failed(trail.arn, fact, region=trail.region, name=trail.name)


@control(
    "trail-bucket-public",
    title="No trail delivers to a public bucket",
    problem="Trail delivers to a public bucket",
    rows=[1, 11],
    severity="critical",
    topic="trails",
    needs=[
        trails,
        buckets,
        bucket_policy,
        bucket_policy_status,
        bucket_acl,
        bucket_ownership,
        bucket_public_access_block,
        account_public_access_block,
    ],
    why="Public logs tell an attacker who may do what, and whether anybody looks.",
    fix="Switch Block Public Access of the bucket on.",
    command="aws s3api put-public-access-block --bucket {bucket} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
    references=[_TRAILS],
)
def trail_bucket_public(check: Check) -> Iterator[Result]:
    account = check.account
    for trail in own_trails(account):
        bucket = account.buckets.get(f"arn:{account.partition}:s3:::{trail.bucket}")
        if bucket is None:
            reason = f"bucket {trail.bucket} is not in this account, or buckets were not read"
            yield check.unknown(trail.arn, region=trail.region, reason=reason)
            continue
        found: Exposure = exposure(account, bucket)
        if found.public:
            yield check.failed(trail.arn, *found.facts, region=trail.region, bucket=bucket.name)
        elif found.unread:
            yield check.unknown(bucket.arn, *found.unread, region=trail.region)
        else:
            yield check.passed(trail.arn, Fact("bucket", trail.bucket), *found.facts, region=trail.region)
