"""Amazon EC2: regions, instances, networks, and what a region's account settings allow by default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srtui.account import Account
from srtui.account.fleets import LaunchTemplate
from srtui.account.model import FlowLog, Instance, NetworkPermission, SecurityGroup, Vpc
from srtui.evidence import moment
from srtui.services.declare import Answer, Service

EC2 = Service("ec2", title="EC2", concurrency=8)


def tags(entry: Mapping[str, Any]) -> dict[str, str]:
    """Tags as most services list them."""
    return {str(tag.get("Key", "")): str(tag.get("Value", "")) for tag in entry.get("Tags") or ()}


def _arn(account: Account, region: str, kind: str, name: str) -> str:
    return f"arn:{account.partition}:ec2:{region}:{account.id}:{kind}/{name}"


@EC2.call("DescribeRegions", scope="global", variants=[{"AllRegions": True}])
def regions(account: Account, answer: Answer) -> None:
    """Regions and whether they are switched on."""
    entries = answer.response.get("Regions") or ()
    status = {entry["RegionName"]: entry.get("OptInStatus", "") for entry in entries}
    account.disabled_regions = tuple(sorted(name for name, text in status.items() if text == "not-opted-in"))
    # A run limited to some regions asks for those only (RegionNames), so these are the ones that are due.
    account.regions = {name: text for name, text in sorted(status.items()) if text != "not-opted-in"}


@EC2.call("DescribeInstances", items="Reservations[].Instances[]", page_size=200)
def instances(account: Account, answer: Answer) -> None:
    """Instances."""
    for reservation in answer.response.get("Reservations") or ():
        for entry in reservation.get("Instances") or ():
            metadata = entry.get("MetadataOptions") or {}
            placement = entry.get("Placement") or {}
            arn = _arn(account, answer.region, "instance", entry["InstanceId"])
            account.instances[arn] = Instance(
                arn=arn,
                name=entry["InstanceId"],
                region=answer.region,
                tags=tags(entry),
                state=(entry.get("State") or {}).get("Name", ""),
                instance_type=entry.get("InstanceType", ""),
                image=entry.get("ImageId", ""),
                launched=moment(entry.get("LaunchTime")),
                public_ip=entry.get("PublicIpAddress") or _public_ip(entry),
                ipv6=tuple(
                    one["Ipv6Address"]
                    for interface in entry.get("NetworkInterfaces") or ()
                    for one in interface.get("Ipv6Addresses") or ()
                ),
                private_ip=entry.get("PrivateIpAddress") or "",
                vpc=entry.get("VpcId") or "",
                security_groups=tuple(group["GroupId"] for group in entry.get("SecurityGroups") or ()),
                instance_profile=(entry.get("IamInstanceProfile") or {}).get("Arn", ""),
                imdsv2_required=metadata.get("HttpTokens") == "required",
                metadata_enabled=metadata.get("HttpEndpoint", "enabled") == "enabled",
                hop_limit=metadata.get("HttpPutResponseHopLimit") or 1,
                platform=entry.get("PlatformDetails") or "",
                zone=placement.get("AvailabilityZone") or "",
                tenancy=placement.get("Tenancy") or "default",
                host=placement.get("HostId") or "",
            )


def _public_ip(instance: Mapping[str, Any]) -> str:
    """A public address of any of its interfaces: the instance itself names that of the first only."""
    for interface in instance.get("NetworkInterfaces") or ():
        for one in (interface, *(interface.get("PrivateIpAddresses") or ())):
            if address := (one.get("Association") or {}).get("PublicIp"):
                return str(address)
    return ""


def _permissions(entries: Any) -> tuple[NetworkPermission, ...]:
    return tuple(
        NetworkPermission(
            protocol=str(entry.get("IpProtocol", "-1")),
            from_port=entry.get("FromPort"),
            to_port=entry.get("ToPort"),
            cidrs=tuple(
                [cidr["CidrIp"] for cidr in entry.get("IpRanges") or ()]
                + [cidr["CidrIpv6"] for cidr in entry.get("Ipv6Ranges") or ()]
            ),
            groups=tuple(pair.get("GroupId", "") for pair in entry.get("UserIdGroupPairs") or ()),
            prefix_lists=tuple(item.get("PrefixListId", "") for item in entry.get("PrefixListIds") or ()),
        )
        for entry in entries or ()
    )


@EC2.call("DescribeSecurityGroups", page_size=500)
def security_groups(account: Account, answer: Answer) -> None:
    """Security groups and their rules."""
    for entry in answer.response.get("SecurityGroups") or ():
        arn = _arn(account, answer.region, "security-group", entry["GroupId"])
        account.security_groups[arn] = SecurityGroup(
            arn=arn,
            name=entry.get("GroupName", ""),
            region=answer.region,
            tags=tags(entry),
            vpc=entry.get("VpcId", ""),
            description=entry.get("Description", ""),
            ingress=_permissions(entry.get("IpPermissions")),
            egress=_permissions(entry.get("IpPermissionsEgress")),
        )


@EC2.call("DescribeVpcs")
def vpcs(account: Account, answer: Answer) -> None:
    """Virtual private clouds."""
    for entry in answer.response.get("Vpcs") or ():
        arn = _arn(account, answer.region, "vpc", entry["VpcId"])
        account.vpcs[arn] = Vpc(
            arn=arn,
            name=entry["VpcId"],
            region=answer.region,
            tags=tags(entry),
            cidr=entry.get("CidrBlock", ""),
            default=bool(entry.get("IsDefault")),
        )


@EC2.call("DescribeFlowLogs")
def flow_logs(account: Account, answer: Answer) -> None:
    """Flow logs."""
    for entry in answer.response.get("FlowLogs") or ():
        arn = _arn(account, answer.region, "vpc-flow-log", entry["FlowLogId"])
        account.flow_logs[arn] = FlowLog(
            arn=arn,
            name=entry["FlowLogId"],
            region=answer.region,
            resource=entry.get("ResourceId", ""),
            status=entry.get("FlowLogStatus", ""),
            delivery_failed=entry.get("DeliverLogsStatus") == "FAILED",
        )


@EC2.call("GetEbsEncryptionByDefault")
def ebs_encryption(account: Account, answer: Answer) -> None:
    """EBS encryption by default."""
    if (enabled := answer.response.get("EbsEncryptionByDefault")) is not None:
        account.settings(answer.region).ebs_encryption = bool(enabled)


@EC2.call("GetInstanceMetadataDefaults")
def metadata_defaults(account: Account, answer: Answer) -> None:
    """Instance metadata defaults of the account."""
    level = answer.response.get("AccountLevel") or {}
    account.settings(answer.region).metadata_tokens = level.get("HttpTokens") or "no-preference"


@EC2.call("GetImageBlockPublicAccessState")
def image_public_access(account: Account, answer: Answer) -> None:
    """Whether images may be made public."""
    account.settings(answer.region).image_public_access = (
        answer.response.get("ImageBlockPublicAccessState") or ""
    )


@EC2.call("GetSnapshotBlockPublicAccessState")
def snapshot_public_access(account: Account, answer: Answer) -> None:
    """Whether snapshots may be made public."""
    account.settings(answer.region).snapshot_public_access = answer.response.get("State") or ""


@EC2.call("GetSerialConsoleAccessStatus")
def serial_console(account: Account, answer: Answer) -> None:
    """EC2 serial console."""
    if (enabled := answer.response.get("SerialConsoleAccessEnabled")) is not None:
        account.settings(answer.region).serial_console = bool(enabled)


@EC2.call("DescribeLaunchTemplates", items="LaunchTemplates", page_size=200)
def launch_templates(account: Account, answer: Answer) -> None:
    """Launch templates."""
    for entry in answer.response.get("LaunchTemplates") or ():
        arn = _arn(account, answer.region, "launch-template", entry["LaunchTemplateId"])
        found = account.table(LaunchTemplate).setdefault(
            arn, LaunchTemplate(arn=arn, name=entry.get("LaunchTemplateName") or "", region=answer.region)
        )
        found.tags = tags(entry)
        found.default_version = entry.get("DefaultVersionNumber") or 0
        found.latest_version = entry.get("LatestVersionNumber") or 0


@EC2.call(
    "DescribeLaunchTemplateVersions",
    for_each=launch_templates,
    params=lambda template, _: {
        "LaunchTemplateId": template["LaunchTemplateId"],
        "Versions": ["$Default", "$Latest"],
    },
)
def launch_template_versions(account: Account, answer: Answer) -> None:
    """What instances of a launch template get."""
    template = account.table(LaunchTemplate).get(
        _arn(account, answer.region, "launch-template", answer.params["LaunchTemplateId"])
    )
    if template is None:
        return
    profiles = dict(template.instance_profiles) if isinstance(template.instance_profiles, dict) else {}
    for entry in answer.response.get("LaunchTemplateVersions") or ():
        data = entry.get("LaunchTemplateData") or {}
        profile = data.get("IamInstanceProfile") or {}
        profiles[entry["VersionNumber"]] = profile.get("Arn") or profile.get("Name") or ""
        if entry["VersionNumber"] == template.latest_version:
            tokens = (data.get("MetadataOptions") or {}).get("HttpTokens")
            template.imdsv2_required = tokens == "required" if tokens else None
            interfaces = data.get("NetworkInterfaces") or ()
            template.public_ip = any(one.get("AssociatePublicIpAddress") for one in interfaces)
            template.user_data = data.get("UserData") or ""
    template.instance_profiles = profiles
