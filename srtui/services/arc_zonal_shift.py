"""Amazon Application Recovery Controller: what can be shifted away from a failing zone, and whether AWS may do it."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.continuity import ShiftableResource
from srtui.services.declare import Answer, Service

ZONAL_SHIFT = Service("arc-zonal-shift", title="ARC zonal shift")


@ZONAL_SHIFT.call("ListManagedResources", page_size=100)
def shiftable(account: Account, answer: Answer) -> None:
    """Load balancers, Auto Scaling groups and clusters that zonal shift knows."""
    for entry in answer.response.get("items") or ():
        arn = (
            entry.get("arn")
            or f"arn:{account.partition}:arc-zonal-shift:{answer.region}::{entry.get('name', '')}"
        )
        account.table(ShiftableResource)[arn] = ShiftableResource(
            arn=arn,
            name=entry.get("name") or arn.rsplit("/", 1)[-1],
            region=answer.region,
            autoshift=entry.get("zonalAutoshiftStatus") == "ENABLED",
            zones=len(entry.get("availabilityZones") or ()),
        )
