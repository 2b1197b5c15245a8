"""AWS Cost Anomaly Detection: asked only where there is no budget, because each request costs a cent."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.continuity import AnomalyMonitor
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


@COST_EXPLORER.call("GetAnomalyMonitors", for_each=budgets, page_size=100, max_pages=1)
def anomaly_monitors(account: Account, answer: Answer) -> None:
    """Cost anomaly monitors."""
    for entry in answer.response.get("AnomalyMonitors") or ():
        arn = entry["MonitorArn"]
        account.table(AnomalyMonitor)[arn] = AnomalyMonitor(
            arn=arn, name=entry.get("MonitorName") or "", kind=entry.get("MonitorType") or ""
        )
