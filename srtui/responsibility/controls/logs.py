"""Log groups: who may write to them, how long they keep what they hold, and with which key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from srtui.account.monitoring import LogGroup, LogResourcePolicy
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.judging import each, not_open
from srtui.responsibility.places import by_region, own_trails
from srtui.services.cloudtrail import trails
from srtui.services.logs import log_group_name, log_groups, resource_policies

_POLICIES = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html"
_GROUPS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html"
#: Attackers stay unnoticed for months: what is younger than this is asked for in an investigation.
_LONG_ENOUGH: Final = 365


@control(
    "loggroup-public",
    title="Log resource policies name who may write",
    problem="Log policy lets anyone in",
    rows=[11],
    severity="medium",
    topic="logs",
    needs=[resource_policies],
    why="Who may write into a log group can bury evidence under noise, and may read it if the policy says so.",
    fix="Name the service and limit it with aws:SourceArn or aws:SourceAccount.",
    command="aws logs put-resource-policy --region {region} --policy-name {name} --policy-document file://policy.json",
    references=[_POLICIES],
)
def loggroup_public(check: Check) -> Iterator[Result]:
    yield from each(
        check,
        check.account.table(LogResourcePolicy).values(),
        lambda policy: not_open(policy.document, resource_policies),
    )


@control(
    "log-retention",
    title="Log groups keep their events for a year",
    problem="Log groups forget within a year",
    rows=[9],
    severity="low",
    topic="logs",
    needs=[log_groups],
    why="An intrusion is found after months; logs that are gone by then tell nothing.",
    fix="Set the retention to 365 days or more for logs that an investigation would need.",
    command="aws logs put-retention-policy --region {region} --log-group-name {group} --retention-in-days 365",
    references=[_GROUPS],
)
def log_retention(check: Check) -> Iterator[Result]:
    root = check.account.root_arn
    for region, groups in by_region(check, log_groups, check.account.table(LogGroup).values()):
        short = [
            one for one in groups if one.retention_days is not None and one.retention_days < _LONG_ENOUGH
        ]
        if short:
            short.sort(key=lambda one: (one.retention_days or 0, one.name))
            shown = [Fact(one.name, f"{one.retention_days} days") for one in short[:10]]
            count = Fact("log groups", f"{len(short)} of {len(groups)} keep less than {_LONG_ENOUGH} days")
            yield check.failed(root, count, *shown, region=region, group=short[0].name)
        elif groups:
            yield check.passed(root, Fact("log groups", f"{len(groups)}, all keep enough"), region=region)


@control(
    "loggroup-kms",
    title="Log groups of trails use a customer key",
    problem="Trail log group without a customer key",
    rows=[12],
    severity="low",
    topic="logs",
    needs=[trails, log_groups],
    why="With a key of your own, reading the trail's events takes a permission on the key besides one on the logs.",
    fix="Associate a KMS key whose policy allows CloudWatch Logs.",
    command="aws logs associate-kms-key --region {region} --log-group-name {group} --kms-key-id KEY",
    references=["https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"],
    insecure_default=True,
)
def loggroup_kms(check: Check) -> Iterator[Result]:
    account = check.account
    fed = {log_group_name(trail.log_group): trail for trail in own_trails(account) if trail.log_group}
    for name, trail in fed.items():
        group = account.table(LogGroup).get(trail.log_group.removesuffix(":*"))
        if group is None:
            reason = f"log group {name} is not in this account, or was not read"
            yield check.unknown(trail.arn, log_groups, region=trail.region, reason=reason)
        elif group.kms_key:
            yield check.passed(group.arn, Fact("KMS key", group.kms_key), region=group.region)
        else:
            yield check.failed(group.arn, Fact("KMS key", "none"), region=group.region, group=group.name)
