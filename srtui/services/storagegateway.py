"""AWS Storage Gateway: appliances on the customer's hardware."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.provider import Premises
from srtui.evidence import moment
from srtui.services.declare import Answer, Service

STORAGE_GATEWAY = Service("storagegateway", title="Storage Gateway")


@STORAGE_GATEWAY.call("ListGateways", page_size=100)
def gateways(account: Account, answer: Answer) -> None:
    """Storage gateways outside of EC2."""
    for entry in answer.response.get("Gateways") or ():
        if entry.get("HostEnvironment") == "EC2" or entry.get("Ec2InstanceId"):
            continue
        account.table(Premises)[entry["GatewayARN"]] = Premises(
            arn=entry["GatewayARN"],
            name=entry.get("GatewayName") or entry.get("GatewayId") or "",
            region=answer.region,
            kind=f"storage gateway on {entry.get('HostEnvironment') or 'hardware of yours'}",
            state=entry.get("GatewayOperationalState") or "",
            ends=moment(entry.get("DeprecationDate")),
        )
