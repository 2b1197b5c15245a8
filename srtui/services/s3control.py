"""Amazon S3 Control: Block Public Access of the whole account, and access points."""

from __future__ import annotations

from typing import Any

from srtui.account import Account
from srtui.account.model import AccessPoint
from srtui.services.declare import Answer, CallContext, Service
from srtui.services.documents import json_document
from srtui.services.s3 import public_access_block as read_block

S3CONTROL = Service("s3control", title="S3 Control", prefix="s3")
#: Access points over several regions are managed in one region only.
MULTI_REGION = Service(
    "s3control",
    title="S3 Control",
    prefix="s3",
    scope="global",
    home={"aws": "us-west-2"},
    partitions=frozenset({"aws"}),
)


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


@S3CONTROL.call(
    "ListAccessPoints",
    params=lambda _, context: {"AccountId": context.account},
    items="AccessPointList",
)
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


def _of_point(point: Any, context: CallContext) -> dict[str, str]:
    return {"AccountId": context.account, "Name": point["Name"]}


def _point(account: Account, answer: Answer) -> AccessPoint | None:
    name = answer.params["Name"]
    return account.access_points.get(
        f"arn:{account.partition}:s3:{answer.region}:{account.id}:accesspoint/{name}"
    )


@S3CONTROL.call("GetAccessPoint", for_each=access_points, params=_of_point, absent=["NoSuchAccessPoint"])
def access_point_block(account: Account, answer: Answer) -> None:
    """Block Public Access of an access point."""
    point = _point(account, answer)
    if point is not None and not answer.absent:
        configuration = answer.response.get("PublicAccessBlockConfiguration")
        point.public_access_block = read_block(configuration) if configuration else None


@S3CONTROL.call(
    "GetAccessPointPolicy",
    for_each=access_points,
    params=_of_point,
    absent=["NoSuchAccessPointPolicy", "NoSuchAccessPoint"],
)
def access_point_policy(account: Account, answer: Answer) -> None:
    """Policy of an access point."""
    if point := _point(account, answer):
        point.policy = None if answer.absent else json_document(answer.response.get("Policy"))


@MULTI_REGION.call(
    "ListMultiRegionAccessPoints",
    params=lambda _, context: {"AccountId": context.account},
    items="AccessPoints",
)
def multi_region_points(account: Account, answer: Answer) -> None:
    """Access points over buckets in several regions."""
    for entry in answer.response.get("AccessPoints") or ():
        arn = f"arn:{account.partition}:s3::{account.id}:accesspoint/{entry.get('Alias') or entry['Name']}"
        block = entry.get("PublicAccessBlock")
        account.access_points[arn] = AccessPoint(
            arn=arn,
            name=entry["Name"],
            bucket=", ".join(one.get("Bucket") or "" for one in entry.get("Regions") or ()),
            network_origin="Internet",
            public_access_block=read_block(block) if block else None,
        )


@MULTI_REGION.call(
    "GetMultiRegionAccessPointPolicy",
    for_each=multi_region_points,
    params=_of_point,
    absent=["NoSuchMultiRegionAccessPoint", "NoSuchAccessPointPolicy"],
)
def multi_region_policy(account: Account, answer: Answer) -> None:
    """Policy of an access point over several regions."""
    text = ((answer.response.get("Policy") or {}).get("Established") or {}).get("Policy")
    for point in account.access_points.values():
        if point.name == answer.params["Name"] and not point.region:
            point.policy = json_document(text) if text else None
