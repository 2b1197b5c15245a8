"""What trails are good for: who reads them, how far they reach, and whether they record access to data."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from srtui.account import UNREAD
from srtui.account.model import DataEvents
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.places import is_member, own_trails
from srtui.services.cloudtrail import event_selectors, insight_selectors, trail_status, trails
from srtui.services.organizations import organization
from srtui.services.s3 import bucket_logging, buckets

_LOGS = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/send-cloudtrail-events-to-cloudwatch-logs.html"
_DATA = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html"


@control(
    "trail-cloudwatch",
    title="A trail delivers to CloudWatch Logs",
    problem="Trail feeds no log group",
    rows=[1],
    severity="low",
    topic="trails",
    needs=[trails, trail_status],
    why="Files in a bucket are read after the fact; alarms and live searches need the events in a log group.",
    fix="Let the trail deliver to a log group, with a role that may write to it.",
    command="aws cloudtrail update-trail --region {region} --name {name} --cloud-watch-logs-log-group-arn LOG_GROUP --cloud-watch-logs-role-arn ROLE",
    references=[_LOGS],
    insecure_default=True,
)
def trail_cloudwatch(check: Check) -> Iterator[Result]:
    for trail in own_trails(check.account):
        if not trail.log_group:
            yield check.failed(trail.arn, Fact("log group", "none"), region=trail.region, name=trail.name)
            continue
        where = Fact("log group", trail.log_group)
        if trail.log_group_delivery is UNREAD:
            yield check.unknown(trail.arn, trail_status, region=trail.region)
            continue
        hours = None if trail.log_group_delivery is None else check.now - trail.log_group_delivery
        last = Fact(
            "last delivery", "never" if hours is None else f"{hours.total_seconds() / 3600:.0f} hours ago"
        )
        if hours is not None and hours.total_seconds() <= 24 * 3600:
            yield check.passed(trail.arn, where, last, region=trail.region)
        else:
            error = [Fact("error", trail.log_group_error)] if trail.log_group_error else []
            yield check.failed(trail.arn, where, last, *error, region=trail.region, name=trail.name)


@control(
    "trail-bucket-logging",
    title="Trail buckets log who reads them",
    problem="Trail bucket logs no access",
    rows=[1],
    severity="low",
    topic="trails",
    needs=[trails, buckets, bucket_logging],
    why="Whoever reads or deletes log files should leave a trace somewhere else.",
    fix="Switch server access logging of the bucket on, into another bucket.",
    command="aws s3api put-bucket-logging --bucket {bucket} --bucket-logging-status file://logging.json",
    references=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html"],
    insecure_default=True,
    frameworks={"cis-3.0": ["3.4"], "cis-5.0": ["3.4"]},
)
def trail_bucket_logging(check: Check) -> Iterator[Result]:
    account = check.account
    for trail in own_trails(account):
        bucket = account.buckets.get(f"arn:{account.partition}:s3:::{trail.bucket}")
        if bucket is None:
            reason = f"bucket {trail.bucket} is not in this account, or buckets were not read"
            yield check.unknown(trail.arn, region=trail.region, reason=reason)
        elif bucket.logging_target is UNREAD:
            yield check.unknown(bucket.arn, bucket_logging, region=trail.region)
        elif bucket.logging_target:
            yield check.passed(trail.arn, Fact("logs to", bucket.logging_target), region=trail.region)
        else:
            fact = Fact("bucket", f"{bucket.name}, access is not logged")
            yield check.failed(trail.arn, fact, region=trail.region, bucket=bucket.name)


@control(
    "trail-insights",
    title="A trail looks for unusual activity",
    problem="CloudTrail Insights is off",
    rows=[1],
    severity="low",
    topic="trails",
    needs=[trails, trail_status, insight_selectors],
    why="Insights notices bursts of calls and of errors, which is how automated misuse looks.",
    fix="Switch Insights on for the rate of calls and of errors.",
    command="aws cloudtrail put-insight-selectors --region {region} --trail-name {name} --insight-selectors InsightType=ApiCallRateInsight InsightType=ApiErrorRateInsight",
    references=[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-insights-events-with-cloudtrail.html"
    ],
    insecure_default=True,
)
def trail_insights(check: Check) -> Iterator[Result]:
    account = check.account
    logging = [trail for trail in account.trails.values() if trail.logging is not False]
    for trail in logging:
        if trail.insights is not UNREAD and trail.insights and trail.logging is True:
            facts = Fact("trail", trail.arn), Fact("insights", ", ".join(trail.insights))
            yield check.passed(account.root_arn, *facts, region=trail.region)
            return
    if any(trail.insights is UNREAD or (trail.insights and trail.logging is UNREAD) for trail in logging):
        yield check.unknown(account.root_arn, insight_selectors, trail_status)
    elif logging and check.answered(trails):
        first = logging[0]
        yield check.failed(
            account.root_arn, Fact("trails with insights", "none"), region=first.region, name=first.name
        )


@control(
    "trail-org",
    title="The organisation's trail records the account",
    problem="No trail of the organisation",
    rows=[1, 9],
    severity="low",
    topic="trails",
    needs=[trails, trail_status, organization],
    why="An administrator of the account can stop its own trails, but not the one of the organisation.",
    fix="Create an organisation trail in the management account or a delegated administrator.",
    command="aws cloudtrail create-trail --name NAME --s3-bucket-name BUCKET --is-organization-trail --is-multi-region-trail",
    references=[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html"
    ],
    insecure_default=True,
)
def trail_org(check: Check) -> Iterator[Result]:
    account = check.account
    if account.organization is UNREAD:
        return
    if account.organization is None:
        yield check.not_applicable("the account belongs to no organisation")
        return
    found = [trail for trail in account.trails.values() if trail.organization]
    for trail in found:
        if trail.logging is True:
            owner = "this account" if not is_member(account) else f"account {trail.arn.split(':')[4]}"
            facts = Fact("trail", trail.arn), Fact("kept by", owner)
            yield check.passed(account.root_arn, *facts, region=trail.region)
            return
    if any(trail.logging is UNREAD for trail in found):
        yield check.unknown(account.root_arn, trail_status)
    elif check.answered(trails):
        text = "stopped" if found else "none"
        yield check.failed(account.root_arn, Fact("organisation trail", text))


def _recorded(check: Check, kind: str, wanted: Callable[[DataEvents], bool]) -> Iterator[Result]:
    """Whether one logging trail records the wanted data events of every resource of a kind."""
    account = check.account
    partly, uncertain = [], False
    for trail in account.trails.values():
        if trail.logging is False:
            continue
        if trail.data_events is UNREAD:
            uncertain = True
            continue
        found = [one for one in trail.data_events if one.kind == kind and wanted(one)]
        if any(one.everything for one in found) and trail.logging is True:
            yield check.passed(account.root_arn, Fact("recorded by", trail.arn), region=trail.region)
            return
        if any(one.everything for one in found):
            uncertain = True
        elif found:
            partly.append(trail.name)
    if uncertain:
        yield check.unknown(account.root_arn, event_selectors, trail_status)
    elif check.answered(trails):
        text = f"for some resources only, by {', '.join(partly)}" if partly else "by no trail"
        yield check.failed(account.root_arn, Fact("recorded", text))


@control(
    "s3-data-events-write",
    title="A trail records writes to S3 objects",
    problem="Writes to S3 objects are not recorded",
    rows=[2],
    severity="low",
    topic="trails",
    needs=[trails, trail_status, event_selectors],
    why="Management events do not show who overwrote or deleted an object.",
    fix="Record the write data events of all buckets.",
    command="aws cloudtrail put-event-selectors --trail-name TRAIL --advanced-event-selectors file://selectors.json",
    references=[_DATA],
    insecure_default=True,
    frameworks={"cis-3.0": ["3.8"], "cis-5.0": ["3.8"]},
)
def s3_data_events_write(check: Check) -> Iterator[Result]:
    yield from _recorded(check, "AWS::S3::Object", lambda one: one.write)


@control(
    "s3-data-events-read",
    title="A trail records reads of S3 objects",
    problem="Reads of S3 objects are not recorded",
    rows=[2],
    severity="low",
    topic="trails",
    needs=[trails, trail_status, event_selectors],
    why="After a leak the first question is who read what; management events do not tell.",
    fix="Record the read data events of the buckets that matter, or of all.",
    command="aws cloudtrail put-event-selectors --trail-name TRAIL --advanced-event-selectors file://selectors.json",
    references=[_DATA],
    insecure_default=True,
    frameworks={"cis-3.0": ["3.9"], "cis-5.0": ["3.9"]},
)
def s3_data_events_read(check: Check) -> Iterator[Result]:
    yield from _recorded(check, "AWS::S3::Object", lambda one: one.read)


@control(
    "lambda-data-events",
    title="A trail records calls of functions",
    problem="Calls of functions are not recorded",
    rows=[2],
    severity="low",
    topic="trails",
    needs=[trails, trail_status, event_selectors],
    why="Who invoked a function, and with which identity, shows in data events only.",
    fix="Record the data events of all Lambda functions.",
    command="aws cloudtrail put-event-selectors --trail-name TRAIL --advanced-event-selectors file://selectors.json",
    references=[_DATA],
    insecure_default=True,
)
def lambda_data_events(check: Check) -> Iterator[Result]:
    yield from _recorded(check, "AWS::Lambda::Function", lambda one: one.write)
