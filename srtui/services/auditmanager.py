"""AWS Audit Manager: assessments that collect evidence."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.compliance import AuditAssessment
from srtui.services.declare import Answer, Service

AUDIT_MANAGER = Service("auditmanager", title="Audit Manager", partitions=frozenset({"aws"}))


@AUDIT_MANAGER.call(
    "GetAccountStatus", items=lambda answer: [answer] if answer.get("status") == "ACTIVE" else []
)
def audit_status(account: Account, answer: Answer) -> None:
    """Whether Audit Manager is set up in a region."""


@AUDIT_MANAGER.call("ListAssessments", for_each=audit_status, variants=[{"status": "ACTIVE"}])
def assessments(account: Account, answer: Answer) -> None:
    """Active assessments."""
    for entry in answer.response.get("assessmentMetadata") or ():
        name = entry.get("id") or ""
        arn = f"arn:{account.partition}:auditmanager:{answer.region}:{account.id}:assessment/{name}"
        account.table(AuditAssessment)[arn] = AuditAssessment(
            arn=arn,
            name=entry.get("name") or name,
            region=answer.region,
            framework=entry.get("complianceType") or "",
        )
