"""Amazon EC2: what VPCs are made of, how they reach the internet and each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from srtui.account import UNREAD, Account
from srtui.account.networks import (
    AclEntry,
    ElasticAddress,
    EndpointService,
    NetworkAcl,
    NetworkInterface,
    PeeringSide,
    PrefixList,
    Route,
    RouteTable,
    Subnet,
    TransitGateway,
    VpcEndpoint,
    VpcPeering,
    VpnConnection,
    VpnTunnel,
)
from srtui.services.declare import Answer
from srtui.services.documents import json_document
from srtui.services.ec2 import EC2, tags


def ec2_arn(account: Account, region: str, kind: str, name: str) -> str:
    """The ARN of an EC2 resource of this account."""
    return f"arn:{account.partition}:ec2:{region}:{account.id}:{kind}/{name}"


# Interfaces of managed resources are hidden by default, but they use security groups and addresses, too.
@EC2.call("DescribeNetworkInterfaces", variants=[{"IncludeManagedResources": True}], page_size=500)
def network_interfaces(account: Account, answer: Answer) -> None:
    """Network interfaces."""
    for entry in answer.response.get("NetworkInterfaces") or ():
        name = entry["NetworkInterfaceId"]
        arn = ec2_arn(account, answer.region, "network-interface", name)
        associations = [entry.get("Association") or {}]
        associations += [one.get("Association") or {} for one in entry.get("PrivateIpAddresses") or ()]
        public = dict.fromkeys(one["PublicIp"] for one in associations if one.get("PublicIp"))
        account.table(NetworkInterface)[arn] = NetworkInterface(
            arn=arn,
            name=name,
            region=answer.region,
            kind=entry.get("InterfaceType") or "",
            vpc=entry.get("VpcId") or "",
            subnet=entry.get("SubnetId") or "",
            security_groups=tuple(group["GroupId"] for group in entry.get("Groups") or ()),
            public_ips=tuple(public),
            ipv6=tuple(one["Ipv6Address"] for one in entry.get("Ipv6Addresses") or ()),
            instance=(entry.get("Attachment") or {}).get("InstanceId") or "",
        )


@EC2.call("DescribeAddresses")
def addresses(account: Account, answer: Answer) -> None:
    """Elastic IP addresses."""
    for entry in answer.response.get("Addresses") or ():
        name = entry.get("PublicIp") or entry.get("CarrierIp") or ""
        arn = ec2_arn(account, answer.region, "elastic-ip", entry.get("AllocationId") or name)
        account.table(ElasticAddress)[arn] = ElasticAddress(
            arn=arn,
            name=name,
            region=answer.region,
            tags=tags(entry),
            interface=entry.get("NetworkInterfaceId") or "",
            instance=entry.get("InstanceId") or "",
        )


@EC2.call("DescribeNetworkAcls", page_size=500)
def network_acls(account: Account, answer: Answer) -> None:
    """Network access control lists."""
    for entry in answer.response.get("NetworkAcls") or ():
        arn = ec2_arn(account, answer.region, "network-acl", entry["NetworkAclId"])
        account.table(NetworkAcl)[arn] = NetworkAcl(
            arn=arn,
            name=entry["NetworkAclId"],
            region=answer.region,
            tags=tags(entry),
            vpc=entry.get("VpcId") or "",
            default=bool(entry.get("IsDefault")),
            subnets=tuple(one["SubnetId"] for one in entry.get("Associations") or ()),
            entries=tuple(_acl_entry(one) for one in entry.get("Entries") or ()),
        )


def _acl_entry(entry: Mapping[str, Any]) -> AclEntry:
    ports = entry.get("PortRange") or {}
    return AclEntry(
        number=entry["RuleNumber"],
        egress=bool(entry.get("Egress")),
        allow=entry.get("RuleAction") == "allow",
        protocol=str(entry.get("Protocol", "-1")),
        cidr=entry.get("CidrBlock") or entry.get("Ipv6CidrBlock") or "",
        from_port=ports.get("From"),
        to_port=ports.get("To"),
    )


@EC2.call("DescribeManagedPrefixLists", items="PrefixLists", page_size=100)
def prefix_lists(account: Account, answer: Answer) -> None:
    """Prefix lists."""
    for entry in answer.response.get("PrefixLists") or ():
        name = entry["PrefixListId"]
        owner = entry.get("OwnerId") or ""
        account.table(PrefixList)[f"{answer.region}/{name}"] = PrefixList(
            arn=entry.get("PrefixListArn") or ec2_arn(account, answer.region, "prefix-list", name),
            name=name,
            region=answer.region,
            tags=tags(entry),
            owner=owner,
            ranges=() if owner == "AWS" else UNREAD,
        )


@EC2.call(
    "GetManagedPrefixListEntries",
    for_each=prefix_lists,
    only_if=lambda entry: entry.get("OwnerId") != "AWS",
    params=lambda entry, _: {"PrefixListId": entry["PrefixListId"]},
    page_size=100,
)
def prefix_list_entries(account: Account, answer: Answer) -> None:
    """Ranges of a prefix list of the account."""
    found = account.table(PrefixList).get(f"{answer.region}/{answer.params['PrefixListId']}")
    if found is not None:
        # Pages of one answer follow each other; a list of which not all was read stays unread.
        known = () if found.ranges is UNREAD or not answer.evidence.page else found.ranges
        found.ranges = (*known, *(entry["Cidr"] for entry in answer.response.get("Entries") or ()))


@EC2.call("DescribeSubnets", page_size=500)
def subnets(account: Account, answer: Answer) -> None:
    """Subnets."""
    for entry in answer.response.get("Subnets") or ():
        arn = entry.get("SubnetArn") or ec2_arn(account, answer.region, "subnet", entry["SubnetId"])
        account.table(Subnet)[arn] = Subnet(
            arn=arn,
            name=entry["SubnetId"],
            region=answer.region,
            tags=tags(entry),
            vpc=entry.get("VpcId") or "",
            zone=entry.get("AvailabilityZone") or "",
            zone_id=entry.get("AvailabilityZoneId") or "",
            cidr=entry.get("CidrBlock") or "",
            public_by_default=bool(entry.get("MapPublicIpOnLaunch")),
            default=bool(entry.get("DefaultForAz")),
        )


_TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId",
    "LocalGatewayId",
    "CarrierGatewayId",
    "CoreNetworkArn",
    "OdbNetworkArn",
    "NetworkInterfaceId",
    "InstanceId",
)


def _routes(entries: Any) -> Iterator[Route]:
    for entry in entries or ():
        destination = (
            entry.get("DestinationCidrBlock")
            or entry.get("DestinationIpv6CidrBlock")
            or entry.get("DestinationPrefixListId")
            or ""
        )
        target = next((entry[name] for name in _TARGETS if entry.get(name)), "")
        yield Route(destination=destination, target=target, active=entry.get("State") != "blackhole")


@EC2.call("DescribeRouteTables", page_size=100)
def route_tables(account: Account, answer: Answer) -> None:
    """Route tables."""
    for entry in answer.response.get("RouteTables") or ():
        arn = ec2_arn(account, answer.region, "route-table", entry["RouteTableId"])
        associations = entry.get("Associations") or ()
        account.table(RouteTable)[arn] = RouteTable(
            arn=arn,
            name=entry["RouteTableId"],
            region=answer.region,
            tags=tags(entry),
            vpc=entry.get("VpcId") or "",
            main=any(one.get("Main") for one in associations),
            subnets=tuple(one["SubnetId"] for one in associations if one.get("SubnetId")),
            routes=tuple(_routes(entry.get("Routes"))),
        )


@EC2.call("DescribeVpcBlockPublicAccessOptions")
def vpc_public_access(account: Account, answer: Answer) -> None:
    """VPC Block Public Access."""
    options = answer.response.get("VpcBlockPublicAccessOptions") or {}
    if mode := options.get("InternetGatewayBlockMode"):
        account.settings(answer.region).vpc_public_access = mode


def _side(entry: Any) -> PeeringSide | None:
    if not entry:
        return None
    blocks = [one["CidrBlock"] for one in entry.get("CidrBlockSet") or ()] or [entry.get("CidrBlock") or ""]
    blocks += [one["Ipv6CidrBlock"] for one in entry.get("Ipv6CidrBlockSet") or ()]
    return PeeringSide(
        account=entry.get("OwnerId") or "",
        region=entry.get("Region") or "",
        vpc=entry.get("VpcId") or "",
        cidrs=tuple(block for block in blocks if block),
    )


@EC2.call("DescribeVpcPeeringConnections", page_size=100)
def peerings(account: Account, answer: Answer) -> None:
    """VPC peering connections."""
    for entry in answer.response.get("VpcPeeringConnections") or ():
        name = entry["VpcPeeringConnectionId"]
        arn = ec2_arn(account, answer.region, "vpc-peering-connection", name)
        account.table(VpcPeering)[arn] = VpcPeering(
            arn=arn,
            name=name,
            region=answer.region,
            tags=tags(entry),
            status=(entry.get("Status") or {}).get("Code") or "",
            requester=_side(entry.get("RequesterVpcInfo")),
            accepter=_side(entry.get("AccepterVpcInfo")),
        )


@EC2.call("DescribeVpcEndpoints", page_size=100)
def vpc_endpoints(account: Account, answer: Answer) -> None:
    """VPC endpoints and their policies."""
    for entry in answer.response.get("VpcEndpoints") or ():
        arn = ec2_arn(account, answer.region, "vpc-endpoint", entry["VpcEndpointId"])
        kind = entry.get("VpcEndpointType") or ""
        text = entry.get("PolicyDocument")
        account.table(VpcEndpoint)[arn] = VpcEndpoint(
            arn=arn,
            name=entry["VpcEndpointId"],
            region=answer.region,
            tags=tags(entry),
            vpc=entry.get("VpcId") or "",
            service=entry.get("ServiceName") or "",
            kind=kind,
            state=entry.get("State") or "",
            # Endpoints of other people's services and of load balancers have none.
            policy=None if not text and kind != "Gateway" else json_document(text),
        )


@EC2.call("DescribeVpcEndpointServiceConfigurations", items="ServiceConfigurations", page_size=100)
def endpoint_services(account: Account, answer: Answer) -> None:
    """Services offered to others through PrivateLink."""
    for entry in answer.response.get("ServiceConfigurations") or ():
        arn = ec2_arn(account, answer.region, "vpc-endpoint-service", entry["ServiceId"])
        account.table(EndpointService)[arn] = EndpointService(
            arn=arn,
            name=entry["ServiceId"],
            region=answer.region,
            tags=tags(entry),
            service=entry.get("ServiceName") or "",
            state=entry.get("ServiceState") or "",
            acceptance_required=bool(entry.get("AcceptanceRequired")),
        )


@EC2.call(
    "DescribeVpcEndpointServicePermissions",
    for_each=endpoint_services,
    params=lambda service, _: {"ServiceId": service["ServiceId"]},
)
def endpoint_service_permissions(account: Account, answer: Answer) -> None:
    """Who may connect to a service through PrivateLink."""
    arn = ec2_arn(account, answer.region, "vpc-endpoint-service", answer.params["ServiceId"])
    if service := account.table(EndpointService).get(arn):
        known = service.principals if isinstance(service.principals, tuple) and answer.evidence.page else ()
        found = (one.get("Principal") or "" for one in answer.response.get("AllowedPrincipals") or ())
        service.principals = (*known, *found)


@EC2.call("DescribeTransitGateways", page_size=100)
def transit_gateways(account: Account, answer: Answer) -> None:
    """Transit gateways."""
    for entry in answer.response.get("TransitGateways") or ():
        arn = entry.get("TransitGatewayArn") or ec2_arn(
            account, answer.region, "transit-gateway", entry["TransitGatewayId"]
        )
        options = entry.get("Options") or {}
        account.table(TransitGateway)[arn] = TransitGateway(
            arn=arn,
            name=entry["TransitGatewayId"],
            region=answer.region,
            tags=tags(entry),
            state=entry.get("State") or "",
            owner=entry.get("OwnerId") or "",
            auto_accept=options.get("AutoAcceptSharedAttachments") == "enable",
        )


@EC2.call("DescribeVpnConnections")
def vpn_connections(account: Account, answer: Answer) -> None:
    """VPN connections and their tunnels; the keys in the answer are redacted."""
    for entry in answer.response.get("VpnConnections") or ():
        arn = ec2_arn(account, answer.region, "vpn-connection", entry["VpnConnectionId"])
        account.table(VpnConnection)[arn] = VpnConnection(
            arn=arn,
            name=entry["VpnConnectionId"],
            region=answer.region,
            tags=tags(entry),
            state=entry.get("State") or "",
            tunnels=tuple(
                VpnTunnel(
                    address=one.get("OutsideIpAddress") or "",
                    up=one.get("Status") == "UP",
                    message=one.get("StatusMessage") or "",
                )
                for one in entry.get("VgwTelemetry") or ()
            ),
        )
