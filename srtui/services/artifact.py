"""AWS Artifact: the reports by which AWS's side is attested, and the agreements that were accepted."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.provider import Agreement, AttestationReport
from srtui.evidence import moment
from srtui.services.declare import Answer, Service

ARTIFACT = Service("artifact", title="Artifact", scope="global", concurrency=1, partitions=frozenset({"aws"}))


@ARTIFACT.call("ListReports", page_size=300)
def reports(account: Account, answer: Answer) -> None:
    """Reports of AWS's auditors."""
    for entry in answer.response.get("reports") or ():
        if entry.get("state", "PUBLISHED") == "PUBLISHED" and entry.get("companyName", "AWS") == "AWS":
            account.table(AttestationReport)[entry["arn"]] = AttestationReport(
                arn=entry["arn"],
                name=entry.get("name") or "",
                category=entry.get("category") or "",
                series=entry.get("series") or "",
                period_start=moment(entry.get("periodStart")),
                period_end=moment(entry.get("periodEnd")),
            )


@ARTIFACT.call("ListCustomerAgreements")
def agreements(account: Account, answer: Answer) -> None:
    """Agreements with AWS that were accepted."""
    for entry in answer.response.get("customerAgreements") or ():
        account.table(Agreement)[entry["arn"]] = Agreement(
            arn=entry["arn"],
            name=entry.get("name") or "",
            state=entry.get("state") or "",
            since=moment(entry.get("effectiveStart")),
        )
