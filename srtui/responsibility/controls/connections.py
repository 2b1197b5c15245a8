"""How VPCs are joined to other networks: peering, endpoints, transit gateways, VPNs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any, Final

from srtui.account import UNREAD
from srtui.account.networks import (
    EndpointService,
    PeeringSide,
    RouteTable,
    TransitGateway,
    VpcEndpoint,
    VpcPeering,
    VpnConnection,
)
from srtui.policy.effective import as_list
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.judging import Verdict, bad, each, good, on_off, settled, untold
from srtui.responsibility.openness import (
    keeps_strangers_out,
    names_anyone,
    readable,
    requirements,
    statements,
)
from srtui.services.ec2_network import (
    endpoint_service_permissions,
    endpoint_services,
    peerings,
    route_tables,
    transit_gateways,
    vpc_endpoints,
    vpn_connections,
)

_LINK: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink/"


def _peer(peering: VpcPeering, vpc: str) -> PeeringSide | None:
    """The other side of a peering, seen from one of its VPCs."""
    sides = [side for side in (peering.requester, peering.accepter) if side is not None]
    return next((side for side in sides if side.vpc != vpc), None)


def _covers(route: str, block: str) -> bool:
    if (":" in route) != (":" in block) or "/" not in route:
        return False
    outer, inner = ip_network(route, strict=False), ip_network(block, strict=False)
    return outer.prefixlen <= inner.prefixlen and inner.network_address in outer


@control(
    "peering-routes",
    title="Routes to peered VPCs are no wider than needed",
    problem="Whole peered VPC is routed",
    rows=[8],
    severity="low",
    topic="network",
    needs=[peerings, route_tables],
    why="Who breaks into one network reaches all of the other.",
    fix="Route only the subnets of the other VPC that are needed.",
    command="aws ec2 describe-route-tables --region {region} --route-table-ids {name}",
    references=["https://docs.aws.amazon.com/vpc/latest/peering/peering-configurations-partial-access.html"],
    frameworks={"cis-3.0": ["5.5"], "cis-5.0": ["5.6"]},
)
def peering_routes(check: Check) -> Iterator[Result]:
    known = {(one.region, one.name): one for one in check.account.table(VpcPeering).values()}

    def judge(table: RouteTable) -> Verdict | None:
        routes = [one for one in table.routes if one.target.startswith("pcx-") and one.active]
        if not routes:
            return None
        facts, untellable = [], False
        for route in routes:
            peering = known.get((table.region, route.target))
            side = _peer(peering, table.vpc) if peering else None
            if side is None or not side.cidrs:
                untellable = True
            elif any(_covers(route.destination, block) for block in side.cidrs):
                facts.append(Fact("routes all of the other VPC", f"{route.destination} via {route.target}"))
        if facts:
            return bad(*facts)
        if untellable:
            return untold(peerings, reason="the other VPC's address range is not known")
        return good(Fact("routes to peered VPCs", ", ".join(one.destination for one in routes)))

    yield from each(check, check.account.table(RouteTable).values(), judge)


#: Keys that keep the resources behind an endpoint to an account or organisation.
_OWN_RESOURCES: Final = frozenset(
    {"aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths", "s3:resourceaccount"}
)


def _endpoint_opens(statement: Mapping[str, Any]) -> bool:
    conditions = statement.get("Condition")
    if statement.get("Effect") != "Allow" or not names_anyone(statement) or keeps_strangers_out(conditions):
        return False
    if any(key in _OWN_RESOURCES for key, _ in requirements(conditions)):
        return False
    resources = [str(one) for one in as_list(statement.get("Resource"))]
    return "NotResource" in statement or any(not one.strip("*") for one in resources)


@control(
    "vpce-policy-open",
    title="VPC endpoints let only your own resources and people through",
    problem="VPC endpoint lets everything through",
    rows=[8, 11],
    severity="medium",
    topic="network",
    needs=[vpc_endpoints],
    why="Data can leave the VPC through the endpoint to any account's buckets and queues, past every firewall.",
    fix="Allow only your organisation's principals and resources (aws:PrincipalOrgID, aws:ResourceOrgID).",
    command="aws ec2 modify-vpc-endpoint --region {region} --vpc-endpoint-id {name} --policy-document file://policy.json",
    references=[_LINK + "vpc-endpoints-access.html"],
    insecure_default=True,
)
def vpce_policy_open(check: Check) -> Iterator[Result]:
    def judge(endpoint: VpcEndpoint) -> Verdict | None:
        if endpoint.policy is None or endpoint.state.lower() in ("deleted", "deleting", "failed", "rejected"):
            return None
        if endpoint.policy is UNREAD or not readable(endpoint.policy):
            return untold(vpc_endpoints, reason="its policy could not be read")
        found = any(_endpoint_opens(one) for _, one in statements(endpoint.policy))
        fact = Fact("policy", "anyone, to everything" if found else "limits who or what")
        return settled(not found, fact, Fact("service", endpoint.service))

    yield from each(check, check.account.table(VpcEndpoint).values(), judge)


@control(
    "vpce-service-principals",
    title="Endpoint services admit only accounts that are named",
    problem="Anyone may connect to endpoint service",
    rows=[8, 11],
    severity="medium",
    topic="network",
    needs=[endpoint_services, endpoint_service_permissions],
    why="Any AWS account can connect to the service behind it, from inside AWS.",
    fix="Name the accounts, and require that each connection is accepted.",
    command="aws ec2 modify-vpc-endpoint-service-permissions --region {region} --service-id {name} --remove-allowed-principals '*'",
    references=[_LINK + "configure-endpoint-service.html"],
)
def vpce_service_principals(check: Check) -> Iterator[Result]:
    def judge(service: EndpointService) -> Verdict:
        if service.principals is UNREAD:
            return untold(endpoint_service_permissions)
        facts = (
            Fact("may connect", ", ".join(service.principals) or "this account only"),
            Fact("connections", "must be accepted" if service.acceptance_required else "need no acceptance"),
        )
        return settled("*" not in service.principals, *facts)

    yield from each(check, check.account.table(EndpointService).values(), judge)


@control(
    "tgw-auto-accept",
    title="Transit gateways accept no attachment by themselves",
    problem="Transit gateway accepts any attachment",
    rows=[8],
    severity="medium",
    topic="network",
    needs=[transit_gateways],
    why="Every account that the gateway is shared with can join its network to yours without being asked.",
    fix="Switch automatic acceptance off, and accept attachments one by one.",
    command="aws ec2 modify-transit-gateway --region {region} --transit-gateway-id {name} --options AutoAcceptSharedAttachments=disable",
    references=["https://docs.aws.amazon.com/vpc/latest/tgw/tgw-transit-gateways.html"],
)
def tgw_auto_accept(check: Check) -> Iterator[Result]:
    def judge(gateway: TransitGateway) -> Verdict | None:
        if gateway.owner != check.account.id or gateway.state in ("deleted", "deleting"):
            return None
        return settled(not gateway.auto_accept, Fact("automatic acceptance", on_off(gateway.auto_accept)))

    yield from each(check, check.account.table(TransitGateway).values(), judge)


@control(
    "vpn-tunnels",
    title="Both tunnels of every VPN connection are up",
    problem="VPN has a tunnel down",
    rows=[3, 8],
    severity="low",
    topic="network",
    needs=[vpn_connections],
    why="AWS keeps two ends; with one tunnel down its next maintenance cuts the connection.",
    fix="Configure the second tunnel on the customer gateway.",
    command="aws ec2 describe-vpn-connections --region {region} --vpn-connection-ids {name}",
    references=["https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html"],
)
def vpn_tunnels(check: Check) -> Iterator[Result]:
    def judge(connection: VpnConnection) -> Verdict | None:
        if connection.state in ("deleted", "deleting"):
            return None
        if not connection.tunnels:
            return untold(vpn_connections, reason="AWS says nothing about its tunnels")
        facts = [Fact(one.address or "tunnel", "up" if one.up else "down") for one in connection.tunnels]
        return settled(all(one.up for one in connection.tunnels), *facts)

    yield from each(check, check.account.table(VpnConnection).values(), judge)
