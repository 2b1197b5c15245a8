"""AWS Support: whether the plan includes its API, which is what tells a Business plan from a lesser one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from srtui.account import Account
from srtui.account.continuity import SupportPlan
from srtui.services.declare import Answer, Service

SUPPORT = Service("support", title="Support", scope="global", concurrency=1)


def _included(response: Mapping[str, Any]) -> Iterator[str]:
    """One item where the plan includes what comes with the API."""
    if response.get("severityLevels"):
        yield "included"


@SUPPORT.call(
    "DescribeSeverityLevels",
    variants=[{"language": "en"}],
    absent=["SubscriptionRequiredException"],
    items=_included,
)
def severity_levels(account: Account, answer: Answer) -> None:
    """Which severity a support case may have under the plan."""
    account.table(SupportPlan)[account.root_arn] = SupportPlan(
        arn=account.root_arn,
        name="support plan",
        included=not answer.absent,
        levels=tuple(one.get("code") or "" for one in answer.response.get("severityLevels") or ()),
    )
