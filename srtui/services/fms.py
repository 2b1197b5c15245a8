"""AWS Firewall Manager: its policies and who violates them, which only its administrator sees."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.compliance import FirewallPolicy
from srtui.services.declare import Answer, Service

FIREWALL_MANAGER = Service(
    "fms", title="Firewall Manager", partitions=frozenset({"aws", "aws-cn", "aws-us-gov"})
)

#: How Firewall Manager answers accounts that do not administer it.
_NO_ADMINISTRATOR = [
    "AccessDeniedException: No default admin could be found",
    "AccessDeniedException: is not a Firewall Manager admin",
    "InvalidOperationException",
    "ResourceNotFoundException",
]


@FIREWALL_MANAGER.call("ListPolicies", items="PolicyList", absent=_NO_ADMINISTRATOR, page_size=100)
def firewall_policies(account: Account, answer: Answer) -> None:
    """Policies that Firewall Manager holds accounts to."""
    for entry in answer.response.get("PolicyList") or ():
        account.table(FirewallPolicy)[entry["PolicyArn"]] = FirewallPolicy(
            arn=entry["PolicyArn"],
            name=entry.get("PolicyName") or "",
            region=answer.region,
            kind=entry.get("SecurityServiceType") or "",
            remediates=bool(entry.get("RemediationEnabled")),
        )


@FIREWALL_MANAGER.call(
    "ListComplianceStatus",
    for_each=firewall_policies,
    params=lambda policy, _: {"PolicyId": policy["PolicyId"]},
    page_size=100,
)
def firewall_compliance(account: Account, answer: Answer) -> None:
    """Accounts that do not comply with a policy of Firewall Manager."""
    found = tuple(
        entry.get("MemberAccount") or ""
        for entry in answer.response.get("PolicyComplianceStatusList") or ()
        if any(one.get("ComplianceStatus") == "NON_COMPLIANT" for one in entry.get("EvaluationResults") or ())
    )
    for policy in account.table(FirewallPolicy).values():
        if policy.arn.endswith(f"/{answer.params['PolicyId']}"):
            known = policy.violators if isinstance(policy.violators, tuple) and answer.evidence.page else ()
            policy.violators = (*known, *found)
