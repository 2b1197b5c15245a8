"""Amazon CloudWatch Logs: log groups, metric filters and resource policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from srtui.account import Account
from srtui.account.monitoring import LogGroup, LogResourcePolicy, MetricFilter
from srtui.services.declare import Answer, Service
from srtui.services.documents import json_document

LOGS = Service("logs", title="CloudWatch Logs")


def _arn(account: Account, answer: Answer, rest: str) -> str:
    return f"arn:{account.partition}:logs:{answer.region}:{account.id}:{rest}"


def log_group_name(arn: str) -> str:
    """The name in the ARN of a log group, which may end in `:*`."""
    return arn.partition(":log-group:")[2].removesuffix(":*")


@LOGS.call("DescribeLogGroups", page_size=50)
def log_groups(account: Account, answer: Answer) -> None:
    """Log groups."""
    for entry in answer.response.get("logGroups") or ():
        name = entry["logGroupName"]
        arn = _arn(account, answer, f"log-group:{name}")
        account.table(LogGroup)[arn] = LogGroup(
            arn=arn,
            name=name,
            region=answer.region,
            retention_days=entry.get("retentionInDays"),
            kms_key=entry.get("kmsKeyId") or "",
        )


def _on_json(response: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The filters that look into JSON, as those on CloudTrail's events do: alarms are read only where there is one."""
    for entry in response.get("metricFilters") or ():
        if (entry.get("filterPattern") or "").lstrip().startswith("{"):
            yield entry


@LOGS.call("DescribeMetricFilters", items=_on_json, page_size=50)
def metric_filters(account: Account, answer: Answer) -> None:
    """Metric filters."""
    for entry in answer.response.get("metricFilters") or ():
        group, name = entry.get("logGroupName") or "", entry.get("filterName") or ""
        arn = _arn(account, answer, f"log-group:{group}:metric-filter:{name}")
        account.table(MetricFilter)[arn] = MetricFilter(
            arn=arn,
            name=name,
            region=answer.region,
            log_group=group,
            pattern=entry.get("filterPattern") or "",
            metrics=tuple(
                (one.get("metricNamespace") or "", one.get("metricName") or "")
                for one in entry.get("metricTransformations") or ()
            ),
        )


@LOGS.call("DescribeResourcePolicies", page_size=50)
def resource_policies(account: Account, answer: Answer) -> None:
    """Resource policies: who else may write logs here."""
    for entry in answer.response.get("resourcePolicies") or ():
        name = entry.get("policyName") or ""
        arn = _arn(account, answer, f"resource-policy:{name}")
        account.table(LogResourcePolicy)[arn] = LogResourcePolicy(
            arn=arn, name=name, region=answer.region, document=json_document(entry.get("policyDocument"))
        )
