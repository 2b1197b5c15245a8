"""AWS Outposts: racks and servers of AWS at the customer's sites."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.provider import Premises
from srtui.services.declare import Answer, Service

OUTPOSTS = Service(
    "outposts", title="Outposts", partitions=frozenset({"aws", "aws-us-gov", "aws-iso", "aws-iso-b"})
)


@OUTPOSTS.call("ListOutposts")
def outposts(account: Account, answer: Answer) -> None:
    """Outposts."""
    for entry in answer.response.get("Outposts") or ():
        account.table(Premises)[entry["OutpostArn"]] = Premises(
            arn=entry["OutpostArn"],
            name=entry.get("Name") or entry.get("OutpostId") or "",
            region=answer.region,
            kind=f"Outposts {(entry.get('SupportedHardwareType') or 'rack').lower()}",
            state=entry.get("LifeCycleStatus") or "",
        )
