"""AWS Direct Connect: lines into AWS, where they end and whether they are encrypted."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.provider import DirectLine
from srtui.services.declare import Answer, Service

DIRECT_CONNECT = Service("directconnect", title="Direct Connect")


@DIRECT_CONNECT.call("DescribeConnections", page_size=100)
def connections(account: Account, answer: Answer) -> None:
    """Connections."""
    for entry in answer.response.get("connections") or ():
        name = entry.get("connectionId") or ""
        arn = f"arn:{account.partition}:directconnect:{answer.region}:{account.id}:dxcon/{name}"
        account.table(DirectLine)[arn] = DirectLine(
            arn=arn,
            name=entry.get("connectionName") or name,
            region=answer.region,
            location=entry.get("location") or "",
            device=entry.get("awsDeviceV2") or entry.get("awsDevice") or "",
            state=entry.get("connectionState") or "",
            macsec_capable=bool(entry.get("macSecCapable")),
            encryption=entry.get("encryptionMode") or "",
            hosted=bool(entry.get("partnerName")) and bool(entry.get("vlan")),
        )
