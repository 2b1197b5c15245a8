"""Amazon EC2: what instances are made from and run on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srtui.account import Account
from srtui.account.machines import (
    DedicatedHost,
    Image,
    InstanceImage,
    InstanceType,
    PublicSnapshot,
    Volume,
    Zone,
)
from srtui.evidence import moment
from srtui.services.declare import Answer
from srtui.services.ec2 import EC2, instances, tags
from srtui.services.ec2_network import ec2_arn


@EC2.call("DescribeVolumes", variants=[{"IncludeManagedResources": True}], page_size=500)
def volumes(account: Account, answer: Answer) -> None:
    """Volumes."""
    for entry in answer.response.get("Volumes") or ():
        arn = ec2_arn(account, answer.region, "volume", entry["VolumeId"])
        account.table(Volume)[arn] = Volume(
            arn=arn,
            name=entry["VolumeId"],
            region=answer.region,
            tags=tags(entry),
            encrypted=bool(entry.get("Encrypted")),
            state=entry.get("State") or "",
            size=entry.get("Size") or 0,
            instances=tuple(
                one["InstanceId"] for one in entry.get("Attachments") or () if one.get("InstanceId")
            ),
        )


# One call a region tells which of the account's snapshots are public; asking each of them would take thousands.
@EC2.call(
    "DescribeSnapshots", variants=[{"OwnerIds": ["self"], "RestorableByUserIds": ["all"]}], page_size=500
)
def public_snapshots(account: Account, answer: Answer) -> None:
    """EBS snapshots that everyone may restore."""
    for entry in answer.response.get("Snapshots") or ():
        if entry.get("OwnerId", account.id) != account.id:
            continue
        arn = f"arn:{account.partition}:ec2:{answer.region}::snapshot/{entry['SnapshotId']}"
        account.table(PublicSnapshot)[arn] = PublicSnapshot(
            arn=arn,
            name=entry["SnapshotId"],
            region=answer.region,
            tags=tags(entry),
            volume=entry.get("VolumeId") or "",
            encrypted=bool(entry.get("Encrypted")),
            started=moment(entry.get("StartTime")),
            description=entry.get("Description") or "",
        )


@EC2.call("DescribeImages", variants=[{"Owners": ["self"]}], items="Images", page_size=200)
def images(account: Account, answer: Answer) -> None:
    """Images that the account owns."""
    for entry in answer.response.get("Images") or ():
        arn = f"arn:{account.partition}:ec2:{answer.region}::image/{entry['ImageId']}"
        account.table(Image)[arn] = Image(
            arn=arn,
            name=entry["ImageId"],
            region=answer.region,
            tags=tags(entry),
            title=entry.get("Name") or "",
            public=bool(entry.get("Public")),
            created=moment(entry.get("CreationDate")),
            state=entry.get("State") or "",
        )


@EC2.call(
    "DescribeImageAttribute",
    for_each=images,
    params=lambda image, _: {"ImageId": image["ImageId"], "Attribute": "launchPermission"},
    absent=["InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"],
)
def image_permissions(account: Account, answer: Answer) -> None:
    """Whom an image is shared with."""
    arn = f"arn:{account.partition}:ec2:{answer.region}::image/{answer.params['ImageId']}"
    image = account.table(Image).get(arn)
    if image is not None and not answer.absent:
        image.shared_with = tuple(
            one.get("UserId")
            or one.get("Group")
            or one.get("OrganizationArn")
            or one.get("OrganizationalUnitArn")
            or ""
            for one in answer.response.get("LaunchPermissions") or ()
        )


@EC2.call("DescribeInstanceImageMetadata", page_size=500)
def instance_images(account: Account, answer: Answer) -> None:
    """The images that instances were started from."""
    for entry in answer.response.get("InstanceImageMetadata") or ():
        arn = ec2_arn(account, answer.region, "instance", entry["InstanceId"])
        metadata = entry.get("ImageMetadata") or {}
        account.table(InstanceImage)[arn] = InstanceImage(
            arn=arn,
            name=metadata.get("ImageId") or "",
            region=answer.region,
            title=metadata.get("Name") or "",
            owner=metadata.get("OwnerId") or "",
            owner_alias=metadata.get("ImageOwnerAlias") or "",
            state=metadata.get("State") or "",
            created=moment(metadata.get("CreationDate")),
            deprecated=moment(metadata.get("DeprecationTime")),
            public=bool(metadata.get("IsPublic")),
        )


def _exists(instance: Mapping[str, Any]) -> bool:
    return (instance.get("State") or {}).get("Name") not in ("terminated", "shutting-down")


@EC2.call(
    "DescribeInstanceAttribute",
    for_each=instances,
    only_if=_exists,
    params=lambda instance, _: {"InstanceId": instance["InstanceId"], "Attribute": "userData"},
    absent=["InvalidInstanceID.NotFound"],
)
def user_data(account: Account, answer: Answer) -> None:
    """User data of an instance, redacted: only whether a secret is in it is kept."""
    arn = ec2_arn(account, answer.region, "instance", answer.params["InstanceId"])
    instance = account.instances.get(arn)
    if instance is not None and not answer.absent:
        instance.user_data = (answer.response.get("UserData") or {}).get("Value")


# Equal questions are asked once, so this is one call for each type in use.
@EC2.call(
    "DescribeInstanceTypes",
    for_each=instances,
    only_if=_exists,
    params=lambda instance, _: {"InstanceTypes": [instance["InstanceType"]]},
    absent=["InvalidInstanceType"],
)
def instance_types(account: Account, answer: Answer) -> None:
    """The hypervisor below an instance type."""
    for entry in answer.response.get("InstanceTypes") or ():
        arn = f"arn:{account.partition}:ec2:{answer.region}::instance-type/{entry['InstanceType']}"
        account.table(InstanceType)[arn] = InstanceType(
            arn=arn,
            name=entry["InstanceType"],
            region=answer.region,
            hypervisor=entry.get("Hypervisor") or "",
            bare_metal=bool(entry.get("BareMetal")),
        )


@EC2.call("DescribeHosts", page_size=100)
def hosts(account: Account, answer: Answer) -> None:
    """Dedicated hosts."""
    for entry in answer.response.get("Hosts") or ():
        arn = ec2_arn(account, answer.region, "dedicated-host", entry["HostId"])
        properties = entry.get("HostProperties") or {}
        account.table(DedicatedHost)[arn] = DedicatedHost(
            arn=arn,
            name=entry["HostId"],
            region=answer.region,
            tags=tags(entry),
            zone=entry.get("AvailabilityZone") or "",
            state=entry.get("State") or "",
            instance_family=properties.get("InstanceFamily") or properties.get("InstanceType") or "",
            recovery=entry.get("HostRecovery") == "on",
            instances=tuple(one["InstanceId"] for one in entry.get("Instances") or ()),
        )


@EC2.call("DescribeAvailabilityZones")
def zones(account: Account, answer: Answer) -> None:
    """Availability zones."""
    for entry in answer.response.get("AvailabilityZones") or ():
        arn = f"arn:{account.partition}:ec2:{answer.region}::zone/{entry['ZoneName']}"
        account.table(Zone)[arn] = Zone(
            arn=arn,
            name=entry["ZoneName"],
            region=answer.region,
            zone_id=entry.get("ZoneId") or "",
            kind=entry.get("ZoneType") or "availability-zone",
            state=entry.get("State") or "",
        )
