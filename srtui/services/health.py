"""AWS Health: open and upcoming events, where the support plan includes the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from srtui.account import UNREAD, Account
from srtui.account.continuity import HealthAccess, HealthEvent
from srtui.evidence import moment
from srtui.services.declare import Answer, Service

HEALTH = Service("health", title="Health", scope="global", concurrency=1, home={"aws-cn": "cn-northwest-1"})

#: Types of events by which AWS says that credentials leaked or that resources are misused.
RISKS: Final = ("AWS_RISK_", "AWS_ABUSE_")


def _worth_asking(response: Mapping[str, Any]) -> Iterator[list[str]]:
    """ARNs of events whose entities matter, at most ten at a time (Health API Reference, EntityFilter)."""
    found = [
        event["arn"]
        for event in response.get("events") or ()
        if event.get("eventTypeCategory") == "scheduledChange"
        or str(event.get("eventTypeCode") or "").startswith(RISKS)
    ]
    for start in range(0, len(found), 10):
        yield found[start : start + 10]


@HEALTH.call(
    "DescribeEvents",
    variants=[{"filter": {"eventStatusCodes": ["open", "upcoming"]}}],
    absent=["SubscriptionRequiredException"],
    items=_worth_asking,
    page_size=100,
)
def health_events(account: Account, answer: Answer) -> None:
    """Open and upcoming events."""
    account.table(HealthAccess)[account.root_arn] = HealthAccess(
        arn=account.root_arn, name="AWS Health", included=not answer.absent
    )
    for entry in answer.response.get("events") or ():
        known = account.table(HealthEvent).get(entry["arn"])
        account.table(HealthEvent)[entry["arn"]] = HealthEvent(
            arn=entry["arn"],
            name=entry.get("eventTypeCode") or "",
            region="" if entry.get("region") == "global" else entry.get("region") or "",
            service=entry.get("service") or "",
            category=entry.get("eventTypeCategory") or "",
            status=entry.get("statusCode") or "",
            scope=entry.get("eventScopeCode") or "",
            start=moment(entry.get("startTime")),
            personas=tuple(entry.get("personas") or ()),
            entities=known.entities if known else UNREAD,
        )


@HEALTH.call(
    "DescribeAffectedEntities",
    for_each=health_events,
    params=lambda arns, _: {"filter": {"eventArns": arns}},
    page_size=100,
)
def affected_entities(account: Account, answer: Answer) -> None:
    """What an event touches."""
    by_event: dict[str, list[str]] = {arn: [] for arn in answer.params["filter"]["eventArns"]}
    for entry in answer.response.get("entities") or ():
        by_event.setdefault(entry.get("eventArn") or "", []).append(entry.get("entityValue") or "")
    for arn, values in by_event.items():
        if event := account.table(HealthEvent).get(arn):
            known = event.entities if isinstance(event.entities, tuple) and answer.evidence.page else ()
            event.entities = (*known, *values)
