"""AWS Well-Architected Tool: reviewed workloads and their open risks."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.compliance import ReviewedWorkload
from srtui.services.declare import Answer, Service

WELL_ARCHITECTED = Service(
    "wellarchitected", title="Well-Architected Tool", partitions=frozenset({"aws", "aws-us-gov"})
)


@WELL_ARCHITECTED.call("ListWorkloads", page_size=50)
def workloads(account: Account, answer: Answer) -> None:
    """Workloads, and the risks that their reviews found."""
    for entry in answer.response.get("WorkloadSummaries") or ():
        account.table(ReviewedWorkload)[entry["WorkloadArn"]] = ReviewedWorkload(
            arn=entry["WorkloadArn"],
            name=entry.get("WorkloadName") or "",
            region=answer.region,
            risks={str(level): int(count) for level, count in (entry.get("RiskCounts") or {}).items()},
            improvement=entry.get("ImprovementStatus") or "",
        )
