"""Access lists, subnets, routes, endpoints and connections of VPCs, through evidence of AWS's shape."""

from __future__ import annotations

import json
from typing import Any

import pytest

from srtui.account import Account
from srtui.evidence import Evidence
from srtui.services import apply
from tests.responsibility.recorded import ACCOUNT, REGION, account, check, evidence, statuses


def ec2(operation: str, **response: Any) -> Evidence:
    return evidence("ec2", operation, response)


VPC = ec2("DescribeVpcs", Vpcs=[{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}])


def interface(
    name: str, *groups: str, public: str = "", vpc: str = "vpc-1", subnet: str = "subnet-1"
) -> dict[str, Any]:
    return {
        "NetworkInterfaceId": name,
        "VpcId": vpc,
        "SubnetId": subnet,
        "InterfaceType": "interface",
        "Groups": [{"GroupId": group} for group in groups],
        **({"Association": {"PublicIp": public}} if public else {}),
    }


def test_groups_without_interfaces_are_unused() -> None:
    groups = [{"GroupId": f"sg-{name}", "GroupName": name} for name in ("used", "left", "default")]
    made = account(
        ec2("DescribeSecurityGroups", SecurityGroups=groups),
        ec2("DescribeNetworkInterfaces", NetworkInterfaces=[interface("eni-1", "sg-used")]),
    )
    assert statuses("sg-unused", made) == {"sg-used": "pass", "sg-left": "fail"}


def entry(number: int, action: str, cidr: str, ports: tuple[int, int] | None = None) -> dict[str, Any]:
    return {
        "RuleNumber": number,
        "RuleAction": action,
        "Egress": False,
        "Protocol": "6" if ports else "-1",
        ("Ipv6CidrBlock" if ":" in cidr else "CidrBlock"): cidr,
        **({"PortRange": {"From": ports[0], "To": ports[1]}} if ports else {}),
    }


@pytest.mark.parametrize(
    ("entries", "status"),
    [
        ([entry(100, "allow", "0.0.0.0/0"), entry(32767, "deny", "0.0.0.0/0")], "fail"),
        ([entry(90, "deny", "0.0.0.0/0", (22, 22)), entry(100, "allow", "0.0.0.0/0", (20, 25))], "pass"),
        ([entry(110, "deny", "0.0.0.0/0", (22, 22)), entry(100, "allow", "0.0.0.0/0", (20, 25))], "fail"),
        ([entry(90, "deny", "10.0.0.0/8", (22, 22)), entry(100, "allow", "0.0.0.0/0")], "fail"),
        ([entry(100, "allow", "0.0.0.0/0", (443, 443)), entry(32767, "deny", "0.0.0.0/0")], "pass"),
        ([entry(100, "allow", "::/0", (3389, 3389)), entry(32767, "deny", "0.0.0.0/0")], "fail"),
        ([entry(100, "allow", "128.0.0.0/1", (22, 22))], "fail"),
        ([entry(100, "allow", "192.0.2.0/24")], "pass"),
        ([], "pass"),
    ],
)
def test_the_first_rule_for_everyone_decides(entries: list[dict[str, Any]], status: str) -> None:
    acl = {"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": True, "Entries": entries}
    assert statuses("nacl-admin", account(ec2("DescribeNetworkAcls", NetworkAcls=[acl]))) == {"acl-1": status}


def test_udp_is_no_administration() -> None:
    udp = {**entry(100, "allow", "0.0.0.0/0", (1, 65535)), "Protocol": "17"}
    acl = {"NetworkAclId": "acl-1", "Entries": [udp]}
    assert statuses("nacl-admin", account(ec2("DescribeNetworkAcls", NetworkAcls=[acl]))) == {"acl-1": "pass"}


def test_subnets_that_give_public_addresses() -> None:
    subnets = [
        {"SubnetId": "open", "MapPublicIpOnLaunch": True},
        {"SubnetId": "closed", "MapPublicIpOnLaunch": False},
        {"SubnetId": "empty", "MapPublicIpOnLaunch": True, "DefaultForAz": True},
        {"SubnetId": "used", "MapPublicIpOnLaunch": True, "DefaultForAz": True},
    ]
    inside = ec2("DescribeNetworkInterfaces", NetworkInterfaces=[interface("eni-1", subnet="used")])
    assert statuses("subnet-auto-public", account(ec2("DescribeSubnets", Subnets=subnets), inside)) == {
        "open": "fail",
        "closed": "pass",
        "used": "fail",
    }


def _blocking(mode: str | None, public: str = "") -> Account:
    options = {} if mode is None else {"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": mode}}
    return account(
        VPC,
        ec2("DescribeNetworkInterfaces", NetworkInterfaces=[interface("eni-1", public=public)]),
        ec2("DescribeVpcBlockPublicAccessOptions", **options),
    )


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (_blocking("block-bidirectional"), "pass"),
        (_blocking("off"), "fail"),
        (_blocking("off", public="203.0.113.9"), "not_applicable"),
        (_blocking(None), "not_applicable"),
    ],
)
def test_blocking_is_asked_of_regions_without_public_addresses(made: Account, status: str) -> None:
    assert [one.status for one in check("vpc-bpa", made)] == [status]


def _peered(destination: str, *, known: bool = True) -> Account:
    peering = {
        "VpcPeeringConnectionId": "pcx-1",
        "Status": {"Code": "active"},
        "RequesterVpcInfo": {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": ACCOUNT},
        "AccepterVpcInfo": {"VpcId": "vpc-2", "CidrBlockSet": [{"CidrBlock": "10.1.0.0/16"}]},
    }
    route = {
        "DestinationCidrBlock": destination,
        "VpcPeeringConnectionId": "pcx-1",
        "State": "active",
    }
    table = {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Routes": [route]}
    return account(
        ec2("DescribeVpcPeeringConnections", VpcPeeringConnections=[peering] if known else []),
        ec2("DescribeRouteTables", RouteTables=[table]),
    )


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (_peered("10.1.2.0/24"), "pass"),
        (_peered("10.1.0.0/16"), "fail"),
        (_peered("10.0.0.0/8"), "fail"),
        (_peered("0.0.0.0/0"), "fail"),
        (_peered("10.1.2.0/24", known=False), "unknown"),
    ],
)
def test_routes_to_a_peer(made: Account, status: str) -> None:
    assert statuses("peering-routes", made) == {"rtb-1": status}


def _endpoint(policy: Any, kind: str = "Interface") -> Account:
    text = policy if isinstance(policy, str) else json.dumps(policy)
    endpoint = {
        "VpcEndpointId": "vpce-1",
        "VpcEndpointType": kind,
        "State": "Available",
        **({} if policy is None else {"PolicyDocument": text}),
    }
    return account(ec2("DescribeVpcEndpoints", VpcEndpoints=[endpoint]))


def _allow(**more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (_endpoint(_allow()), {"vpce-1": "fail"}),
        (_endpoint(_allow(Condition={"Bool": {"aws:SecureTransport": "true"}})), {"vpce-1": "fail"}),
        (_endpoint(_allow(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})), {"vpce-1": "pass"}),
        (_endpoint(_allow(Condition={"StringEquals": {"aws:ResourceOrgID": "o-1"}})), {"vpce-1": "pass"}),
        (_endpoint(_allow(Resource="arn:aws:s3:::acme/*")), {"vpce-1": "pass"}),
        (_endpoint("no json"), {"vpce-1": "unknown"}),
        (_endpoint(None), {"root": "not_applicable"}),
        (_endpoint(None, "Gateway"), {"vpce-1": "unknown"}),
    ],
)
def test_endpoint_policies(made: Account, status: dict[str, str]) -> None:
    assert statuses("vpce-policy-open", made) == status


def test_who_may_connect_to_an_endpoint_service() -> None:
    listed = ec2(
        "DescribeVpcEndpointServiceConfigurations",
        ServiceConfigurations=[{"ServiceId": "vpce-svc-1", "AcceptanceRequired": True}],
    )
    asked = {"ServiceId": "vpce-svc-1"}

    def allowed(*principals: str) -> Evidence:
        entries = [{"Principal": one} for one in principals]
        response = {"AllowedPrincipals": entries}
        return evidence("ec2", "DescribeVpcEndpointServicePermissions", response, params=asked)

    denied = evidence(
        "ec2", "DescribeVpcEndpointServicePermissions", error="UnauthorizedOperation", params=asked
    )
    assert statuses("vpce-service-principals", account(listed, allowed("*"))) == {"vpce-svc-1": "fail"}
    named = allowed(f"arn:aws:iam::{ACCOUNT}:root")
    assert statuses("vpce-service-principals", account(listed, named)) == {"vpce-svc-1": "pass"}
    (result,) = check("vpce-service-principals", account(listed, denied))
    assert (result.status, "UnauthorizedOperation" in result.reason) == ("unknown", True)


def test_transit_gateways_of_others_are_theirs() -> None:
    def gateway(name: str, owner: str, accept: str) -> dict[str, Any]:
        arn = f"arn:aws:ec2:{REGION}:{owner}:transit-gateway/{name}"
        return {
            "TransitGatewayId": name,
            "TransitGatewayArn": arn,
            "OwnerId": owner,
            "State": "available",
            "Options": {"AutoAcceptSharedAttachments": accept},
        }

    found = [
        gateway("tgw-1", ACCOUNT, "enable"),
        gateway("tgw-2", ACCOUNT, "disable"),
        gateway("tgw-3", "111122223333", "enable"),
    ]
    made = account(ec2("DescribeTransitGateways", TransitGateways=found))
    assert statuses("tgw-auto-accept", made) == {"tgw-1": "fail", "tgw-2": "pass"}


def test_both_tunnels_are_up() -> None:
    def connection(name: str, *states: str) -> dict[str, Any]:
        telemetry = [{"OutsideIpAddress": f"203.0.113.{i}", "Status": one} for i, one in enumerate(states)]
        return {"VpnConnectionId": name, "State": "available", "VgwTelemetry": telemetry}

    found = [connection("vpn-1", "UP", "UP"), connection("vpn-2", "UP", "DOWN"), connection("vpn-3")]
    made = account(ec2("DescribeVpnConnections", VpnConnections=found))
    assert statuses("vpn-tunnels", made) == {"vpn-1": "pass", "vpn-2": "fail", "vpn-3": "unknown"}


def _way_out(*routes: dict[str, Any], firewall: bool = False, inhabited: bool = True) -> Account:
    table = {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Routes": list(routes)}
    association = {"Id": "a", "VpcId": "vpc-1", "Status": "COMPLETE"}
    return account(
        VPC,
        ec2("DescribeRouteTables", RouteTables=[table]),
        ec2("DescribeNetworkInterfaces", NetworkInterfaces=[interface("eni-1")] if inhabited else []),
        evidence(
            "route53resolver",
            "ListFirewallRuleGroupAssociations",
            {"FirewallRuleGroupAssociations": [association] if firewall else []},
        ),
    )


OUT = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}
INSPECTED = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "vpce-1", "State": "active"}
S3_ENDPOINT = {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-2", "State": "active"}


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (_way_out(OUT), "fail"),
        (_way_out(OUT, S3_ENDPOINT), "fail"),
        (_way_out(OUT, firewall=True), "pass"),
        (_way_out(OUT, INSPECTED), "pass"),
        (_way_out(), "not_applicable"),
        (_way_out(OUT, inhabited=False), "not_applicable"),
    ],
)
def test_what_leaves_is_filtered(made: Account, status: str) -> None:
    assert [one.status for one in check("network-firewall", made)] == [status]


def test_dns_queries_of_inhabited_vpcs_are_logged() -> None:
    interfaces = ec2("DescribeNetworkInterfaces", NetworkInterfaces=[interface("eni-1")])

    def logged(status: str) -> Evidence:
        association = {"Id": "rqlca-1", "ResourceId": "vpc-1", "Status": status}
        return evidence(
            "route53resolver",
            "ListResolverQueryLogConfigAssociations",
            {"ResolverQueryLogConfigAssociations": [association]},
        )

    assert statuses("dns-query-log", account(VPC, interfaces, logged("ACTIVE"))) == {"vpc-1": "pass"}
    assert statuses("dns-query-log", account(VPC, interfaces, logged("FAILED"))) == {"vpc-1": "fail"}
    assert statuses("dns-query-log", account(VPC, interfaces)) == {"vpc-1": "fail"}
    made = account(VPC, interfaces)
    apply(made, evidence("route53resolver", "ListResolverQueryLogConfigAssociations", error="AccessDenied"))
    assert "pass" not in statuses("dns-query-log", made).values()
