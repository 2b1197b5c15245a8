"""Service Quotas: whether AWS tells, or raises a quota, before it is used up."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.continuity import QuotaManagement
from srtui.services.declare import Answer, Service

SERVICE_QUOTAS = Service("service-quotas", title="Service Quotas", prefix="servicequotas")


@SERVICE_QUOTAS.call("GetAutoManagementConfiguration", absent=["NoSuchResourceException"])
def quota_management(account: Account, answer: Answer) -> None:
    """Automatic management of quotas."""
    arn = f"arn:{account.partition}:servicequotas:{answer.region}:{account.id}:auto-management"
    account.table(QuotaManagement)[arn] = QuotaManagement(
        arn=arn,
        name="auto-management",
        region=answer.region,
        enabled=answer.response.get("OptInStatus") == "ENABLED",
        kind=answer.response.get("OptInType") or "",
    )
