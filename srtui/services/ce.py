"""AWS Cost Anomaly Detection: asked only where no budget notifies, because each request costs a cent."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.continuity import AnomalySubscription
from srtui.services.budgets import budgets
from srtui.services.declare import Answer, Service

COST_EXPLORER = Service(
    "ce",
    title="Cost Explorer",
    scope="global",
    concurrency=1,
    home={"aws-cn": "cn-northwest-1"},
    partitions=frozenset({"aws", "aws-cn"}),
)


@COST_EXPLORER.call("GetAnomalySubscriptions", for_each=budgets, page_size=100, max_pages=1)
def anomaly_subscriptions(account: Account, answer: Answer) -> None:
    """Who is told of anomalies in spending."""
    for entry in answer.response.get("AnomalySubscriptions") or ():
        arn = entry["SubscriptionArn"]
        account.table(AnomalySubscription)[arn] = AnomalySubscription(
            arn=arn,
            name=entry.get("SubscriptionName") or "",
            monitors=len(entry.get("MonitorArnList") or ()),
            subscribers=sum(one.get("Status") != "DECLINED" for one in entry.get("Subscribers") or ()),
        )
