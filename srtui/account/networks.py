"""What a VPC is made of: interfaces, subnets, routes, access lists, and the ways out of it."""

from __future__ import annotations

import msgspec

from srtui.account.model import UNREAD, Document, Record, Unread


class NetworkInterface(Record):
    kind: str = ""  # interface, lambda, nat_gateway, …
    vpc: str = ""
    subnet: str = ""
    security_groups: tuple[str, ...] = ()
    public_ips: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()  # reachable from the internet where routes allow
    instance: str = ""


class ElasticAddress(Record):
    """`name` is the address."""

    interface: str = ""
    instance: str = ""


class AclEntry(msgspec.Struct, frozen=True):
    """One rule of a network ACL: the lowest number that matches decides. Ports None: all."""

    number: int
    egress: bool
    allow: bool
    protocol: str  # "-1" is all, "6" TCP, "17" UDP
    cidr: str  # IPv4 or IPv6
    from_port: int | None = None
    to_port: int | None = None


class NetworkAcl(Record):
    vpc: str = ""
    default: bool = False
    subnets: tuple[str, ...] = ()
    entries: tuple[AclEntry, ...] = ()


class PrefixList(Record):
    """A list of ranges that rules name; those of AWS hold addresses of its services and are not read."""

    owner: str = ""
    ranges: tuple[str, ...] | Unread = UNREAD  # of AWS's own: empty


class Subnet(Record):
    vpc: str = ""
    zone: str = ""
    zone_id: str = ""
    cidr: str = ""
    public_by_default: bool = False
    default: bool = False


class Route(msgspec.Struct, frozen=True):
    """`target` is the id of a gateway, peering connection, interface or the like; "local" inside the VPC."""

    destination: str  # CIDR or prefix list
    target: str
    active: bool = True


class RouteTable(Record):
    vpc: str = ""
    main: bool = False
    subnets: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()


class PeeringSide(msgspec.Struct, frozen=True):
    account: str
    region: str
    vpc: str
    cidrs: tuple[str, ...]


class VpcPeering(Record):
    status: str = ""
    requester: PeeringSide | None = None
    accepter: PeeringSide | None = None


class VpcEndpoint(Record):
    vpc: str = ""
    service: str = ""
    kind: str = ""  # Interface, Gateway, …
    state: str = ""
    policy: Document | Unread | None = UNREAD


class EndpointService(Record):
    """What the account offers to others through PrivateLink."""

    service: str = ""
    state: str = ""
    acceptance_required: bool = False
    principals: tuple[str, ...] | Unread = UNREAD  # ARNs, or "*"


class TransitGateway(Record):
    state: str = ""
    owner: str = ""
    auto_accept: bool = False


class VpnTunnel(msgspec.Struct, frozen=True):
    address: str
    up: bool
    message: str = ""


class VpnConnection(Record):
    state: str = ""
    tunnels: tuple[VpnTunnel, ...] = ()


class DnsFirewallAssociation(Record):
    vpc: str = ""
    status: str = ""


class QueryLogAssociation(Record):
    """A VPC whose DNS queries are logged."""

    vpc: str = ""
    status: str = ""
