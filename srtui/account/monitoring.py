"""Logs and alarms: log groups, the metric filters on them, the alarms on those, and who is told."""

from __future__ import annotations

from srtui.account.model import UNREAD, Document, Record, Unread


class LogGroup(Record):
    """A CloudWatch Logs log group. Without `retention_days` it keeps its events for ever."""

    retention_days: int | None = None
    kms_key: str = ""


class MetricFilter(Record):
    """A metric filter; `metrics` are the (namespace, name) pairs that it counts into."""

    log_group: str = ""
    pattern: str = ""
    metrics: tuple[tuple[str, str], ...] = ()


class Alarm(Record):
    """A CloudWatch alarm on metrics, or a composite one with a `rule` over other alarms."""

    metrics: tuple[tuple[str, str], ...] = ()
    actions: tuple[str, ...] = ()  # ARNs, only if the alarm's actions are enabled
    threshold: str = ""  # "GreaterThanOrEqualToThreshold 1"
    rule: str = ""


class TopicSubscribers(Record):
    """How many endpoints an SNS topic reaches; who has not confirmed does not count."""

    confirmed: int = 0
    pending: int = 0


class LogResourcePolicy(Record):
    """A resource policy of CloudWatch Logs, which lets services or accounts write to log groups."""

    document: Document | Unread = UNREAD
