"""AWS Security Incident Response: memberships."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.continuity import IncidentMembership
from srtui.services.declare import Answer, Service

SECURITY_IR = Service("security-ir", title="Security Incident Response", partitions=frozenset({"aws"}))


@SECURITY_IR.call("ListMemberships", absent=["SecurityIncidentResponseNotActiveException"])
def memberships(account: Account, answer: Answer) -> None:
    """Memberships of AWS Security Incident Response."""
    for entry in answer.response.get("items") or ():
        name = entry["membershipId"]
        arn = entry.get("membershipArn") or (
            f"arn:{account.partition}:security-ir:{answer.region}:{account.id}:membership/{name}"
        )
        account.table(IncidentMembership)[arn] = IncidentMembership(
            arn=arn,
            name=name,
            region=entry.get("region") or answer.region,
            status=entry.get("membershipStatus") or "",
        )
