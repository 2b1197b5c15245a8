"""Amazon S3 Control: Block Public Access of the whole account, and access points."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.model import AccessPoint
from srtui.services.declare import Answer, Service
from srtui.services.s3 import public_access_block as read_block

S3CONTROL = Service("s3control", title="S3 Control", prefix="s3")


@S3CONTROL.call(
    "GetPublicAccessBlock",
    scope="global",
    params=lambda _, context: {"AccountId": context.account},
    actions=["s3:GetAccountPublicAccessBlock"],
    absent=["NoSuchPublicAccessBlockConfiguration"],
)
def account_public_access_block(account: Account, answer: Answer) -> None:
    """Block Public Access of the account."""
    configuration = answer.response.get("PublicAccessBlockConfiguration")
    account.account_public_access_block = read_block(configuration) if configuration else None


@S3CONTROL.call("ListAccessPoints", params=lambda _, context: {"AccountId": context.account})
def access_points(account: Account, answer: Answer) -> None:
    """Access points."""
    for entry in answer.response.get("AccessPointList") or ():
        arn = entry.get("AccessPointArn") or (
            f"arn:{account.partition}:s3:{answer.region}:{account.id}:accesspoint/{entry['Name']}"
        )
        account.access_points[arn] = AccessPoint(
            arn=arn,
            name=entry["Name"],
            region=answer.region,
            bucket=entry.get("Bucket", ""),
            network_origin=entry.get("NetworkOrigin", ""),
        )
