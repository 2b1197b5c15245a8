"""Amazon CloudWatch: alarms, read in regions where a metric filter could feed one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from srtui.account import Account
from srtui.account.monitoring import Alarm
from srtui.services.declare import Answer, Service
from srtui.services.logs import metric_filters

CLOUDWATCH = Service("cloudwatch", title="CloudWatch")


def _topics(response: Mapping[str, Any]) -> Iterator[str]:
    """The SNS topics that alarms notify, each once."""
    found: dict[str, None] = {}
    for member in ("MetricAlarms", "CompositeAlarms"):
        for entry in response.get(member) or ():
            if entry.get("ActionsEnabled", True):
                found |= dict.fromkeys(arn for arn in entry.get("AlarmActions") or () if ":sns:" in arn)
    yield from found


@CLOUDWATCH.call(
    "DescribeAlarms",
    for_each=metric_filters,
    params=lambda _filter, _context: {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]},
    items=_topics,
    page_size=100,
)
def alarms(account: Account, answer: Answer) -> None:
    """Alarms, and what they do when they go off."""
    for member in ("MetricAlarms", "CompositeAlarms"):
        for entry in answer.response.get(member) or ():
            account.table(Alarm)[entry["AlarmArn"]] = Alarm(
                arn=entry["AlarmArn"],
                name=entry.get("AlarmName") or "",
                region=answer.region,
                metrics=tuple(_metrics(entry)),
                actions=tuple(entry.get("AlarmActions") or ()) if entry.get("ActionsEnabled", True) else (),
                threshold=f"{entry.get('ComparisonOperator', '')} {entry.get('Threshold', '')}".strip(),
                rule=entry.get("AlarmRule") or "",
            )


def _metrics(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if entry.get("MetricName"):
        yield entry.get("Namespace") or "", entry["MetricName"]
    for query in entry.get("Metrics") or ():
        metric = (query.get("MetricStat") or {}).get("Metric")
        if metric:
            yield metric.get("Namespace") or "", metric.get("MetricName") or ""
