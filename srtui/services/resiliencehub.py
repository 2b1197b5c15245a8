"""AWS Resilience Hub: applications, and whether they were found to meet their targets."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.continuity import ResilienceApp
from srtui.evidence import moment
from srtui.services.declare import Answer, Service

RESILIENCE_HUB = Service("resiliencehub", title="Resilience Hub", partitions=frozenset({"aws", "aws-us-gov"}))


@RESILIENCE_HUB.call("ListApps")
def apps(account: Account, answer: Answer) -> None:
    """Applications of Resilience Hub."""
    for entry in answer.response.get("appSummaries") or ():
        account.table(ResilienceApp)[entry["appArn"]] = ResilienceApp(
            arn=entry["appArn"],
            name=entry.get("name") or "",
            region=answer.region,
            compliance=entry.get("complianceStatus") or "",
            drift=entry.get("driftStatus") or "",
            assessed=moment(entry.get("lastAppComplianceEvaluationTime")),
        )
