"""VPCs: access lists, subnets, routes, endpoints, and the ways in and out that are not security groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from srtui.account import UNREAD
from srtui.account.model import SecurityGroup, Vpc
from srtui.account.networks import (
    DnsFirewallAssociation,
    NetworkAcl,
    NetworkInterface,
    QueryLogAssociation,
    RouteTable,
    Subnet,
)
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.controls.network import group_id
from srtui.responsibility.judging import Verdict, bad, each, good, settled
from srtui.responsibility.ranges import is_wide
from srtui.services.ec2 import security_groups, vpcs
from srtui.services.ec2_network import (
    network_acls,
    network_interfaces,
    route_tables,
    subnets,
    vpc_public_access,
)
from srtui.services.route53resolver import dns_firewalls, query_logs

_VPC: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/"
_LINK: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink/"


@control(
    "sg-unused",
    title="Every security group is in use",
    problem="Security group is not used",
    rows=[8],
    severity="low",
    topic="network",
    needs=[security_groups, network_interfaces],
    failing_needs=[network_interfaces],
    why="Rules that nobody needs any more are attached again one day, and open more than anyone remembers.",
    fix="Delete the group once nothing refers to it, launch templates included.",
    command="aws ec2 delete-security-group --region {region} --group-id {group}",
    references=[_VPC + "security-groups.html"],
)
def sg_unused(check: Check) -> Iterator[Result]:
    used: dict[tuple[str, str], int] = {}
    for interface in check.account.table(NetworkInterface).values():
        for name in interface.security_groups:
            used[interface.region, name] = used.get((interface.region, name), 0) + 1

    def judge(group: SecurityGroup) -> Verdict | None:
        if group.name == "default":  # it cannot be deleted
            return None
        count = used.get((group.region, group_id(group)), 0)
        return settled(count > 0, Fact("network interfaces", str(count)), group=group_id(group))

    yield from each(check, check.account.security_groups.values(), judge)


def acl_opens(acl: NetworkAcl, port: int, family: int) -> bool:
    """Whether the list lets the internet in on a TCP port: the first rule for everyone decides."""
    entries = sorted(
        (one for one in acl.entries if not one.egress and (":" in one.cidr) == (family == 6)),
        key=lambda one: one.number,
    )
    for entry in entries:
        ports = entry.from_port is None or entry.from_port <= port <= (entry.to_port or 0)
        if entry.protocol not in ("-1", "6") or not ports:
            continue
        if entry.cidr.endswith("/0"):
            return entry.allow
        if entry.allow and is_wide(entry.cidr):
            return True
    return False


@control(
    "nacl-admin",
    title="No network ACL admits SSH or RDP from everywhere",
    problem="Network ACL admits SSH or RDP",
    rows=[8],
    severity="medium",
    topic="network",
    needs=[network_acls],
    why="Access lists are the second fence: with them open, one careless security group is enough.",
    fix="Add a deny for ports 22 and 3389 from 0.0.0.0/0 and ::/0 below the rule that allows them.",
    command="aws ec2 create-network-acl-entry --region {region} --network-acl-id {name} --ingress --rule-number NUMBER --protocol tcp --port-range From={port},To={port} --cidr-block 0.0.0.0/0 --rule-action deny",
    references=[_VPC + "vpc-network-acls.html"],
    insecure_default=True,
    frameworks={"cis-3.0": ["5.1"], "cis-5.0": ["5.2"]},
)
def nacl_admin(check: Check) -> Iterator[Result]:
    def judge(acl: NetworkAcl) -> Verdict:
        found = [
            (port, f"{name} ({port}) over IPv{family}")
            for port, name in ((22, "SSH"), (3389, "RDP"))
            for family in (4, 6)
            if acl_opens(acl, port, family)
        ]
        where = Fact("subnets", str(len(acl.subnets)))
        if not found:
            return good(Fact("SSH and RDP from everywhere", "not admitted"), where)
        return bad(Fact("admits", ", ".join(text for _, text in found)), where, port=str(found[0][0]))

    yield from each(check, check.account.table(NetworkAcl).values(), judge)


@control(
    "subnet-auto-public",
    title="Subnets give no public addresses by themselves",
    problem="Subnet gives public addresses",
    rows=[8],
    severity="medium",
    topic="network",
    needs=[subnets, network_interfaces],
    why="Whatever is started in the subnet is on the internet without anyone having decided so.",
    fix="Switch the automatic public address off, and ask for one where it is needed.",
    command="aws ec2 modify-subnet-attribute --region {region} --subnet-id {name} --no-map-public-ip-on-launch",
    references=[_VPC + "subnet-public-ip.html"],
    insecure_default=True,
)
def subnet_auto_public(check: Check) -> Iterator[Result]:
    inhabited = {(one.region, one.subnet) for one in check.account.table(NetworkInterface).values()}

    def judge(subnet: Subnet) -> Verdict | None:
        # Every region comes with default subnets that nothing is in: they matter once something is.
        if subnet.default and (subnet.region, subnet.name) not in inhabited:
            return None
        facts = (
            Fact("public address at launch", "yes" if subnet.public_by_default else "no"),
            Fact("VPC", subnet.vpc + (" (default)" if subnet.default else "")),
        )
        return settled(not subnet.public_by_default, *facts)

    yield from each(check, check.account.table(Subnet).values(), judge)


@control(
    "vpc-bpa",
    title="Regions without public addresses block the internet for their VPCs",
    problem="VPCs may be opened to the internet",
    rows=[8],
    severity="medium",
    topic="network",
    needs=[vpcs, network_interfaces, vpc_public_access],
    failing_needs=[network_interfaces],
    why="Where nothing needs the internet, one setting keeps every VPC off it, whatever anyone attaches later.",
    fix="Switch VPC Block Public Access on in the regions that need no internet gateway.",
    command="aws ec2 modify-vpc-block-public-access-options --region {region} --internet-gateway-block-mode block-bidirectional",
    references=[_VPC + "security-vpc-bpa.html"],
    insecure_default=True,
)
def vpc_bpa(check: Check) -> Iterator[Result]:
    account = check.account
    inhabited = {vpc.region for vpc in account.vpcs.values()}
    public = {one.region for one in account.table(NetworkInterface).values() if one.public_ips or one.ipv6}
    for region, settings in sorted(account.region_settings.items()):
        mode = settings.vpc_public_access
        if mode is UNREAD or region not in inhabited:
            continue
        if mode != "off":
            yield check.passed(account.root_arn, Fact("internet gateways", mode), region=region)
        elif region not in public:
            facts = (Fact("internet gateways", "not blocked"), Fact("public addresses", "none in use"))
            yield check.failed(account.root_arn, *facts, region=region)


def _inhabited(check: Check) -> set[tuple[str, str]]:
    """VPCs with something in them."""
    return {(one.region, one.vpc) for one in check.account.table(NetworkInterface).values()}


def _good_associations(records: Any, status: tuple[str, ...]) -> set[tuple[str, str]]:
    return {(one.region, one.vpc) for one in records if one.status in status}


@control(
    "network-firewall",
    title="VPCs with a way to the internet filter what leaves",
    problem="VPC filters nothing that leaves",
    rows=[8],
    severity="low",
    topic="network",
    needs=[vpcs, route_tables, network_interfaces, dns_firewalls],
    failing_needs=[route_tables, dns_firewalls],
    why="Malware calls home and data leaves through the same gateway as everything else.",
    fix="Route through Network Firewall, or associate DNS Firewall rule groups with the VPC.",
    command="aws route53resolver associate-firewall-rule-group --region {region} --vpc-id {name} --firewall-rule-group-id GROUP --priority 101 --name {name}",
    references=[
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall.html",
        "https://docs.aws.amazon.com/network-firewall/latest/developerguide/what-is-aws-network-firewall.html",
    ],
    insecure_default=True,
)
def network_firewall(check: Check) -> Iterator[Result]:
    tables: dict[tuple[str, str], list[RouteTable]] = {}
    for table in check.account.table(RouteTable).values():
        tables.setdefault((table.region, table.vpc), []).append(table)
    inhabited = _inhabited(check)
    filtered = _good_associations(check.account.table(DnsFirewallAssociation).values(), ("COMPLETE",))

    def judge(vpc: Vpc) -> Verdict | None:
        key = (vpc.region, vpc.name)
        routes = [one for table in tables.get(key, ()) for one in table.routes if one.active]
        if key not in inhabited or not any(one.target.startswith(("igw-", "nat-")) for one in routes):
            return None
        # A route to a firewall or appliance leads to its endpoint; gateway endpoints have prefix lists instead.
        inspected = any(
            one.target.startswith("vpce-") and not one.destination.startswith("pl-") for one in routes
        )
        found = ["routes through a firewall endpoint"] * inspected + ["DNS firewall"] * (key in filtered)
        return settled(bool(found), Fact("filters", ", ".join(found) or "none"))

    yield from each(check, check.account.vpcs.values(), judge)


@control(
    "dns-query-log",
    title="VPCs in use log their DNS queries",
    problem="DNS queries are not logged",
    rows=[1, 8],
    severity="low",
    topic="network",
    needs=[vpcs, network_interfaces, query_logs],
    failing_needs=[query_logs],
    why="Which names were looked up shows command servers and tunnels that flow logs cannot.",
    fix="Create a query logging configuration and associate it with the VPC.",
    command="aws route53resolver associate-resolver-query-log-config --region {region} --resource-id {name} --resolver-query-log-config-id CONFIG",
    references=["https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html"],
    insecure_default=True,
)
def dns_query_log(check: Check) -> Iterator[Result]:
    inhabited = _inhabited(check)
    logged = _good_associations(check.account.table(QueryLogAssociation).values(), ("ACTIVE",))

    def judge(vpc: Vpc) -> Verdict | None:
        key = (vpc.region, vpc.name)
        if key not in inhabited:
            return None
        return settled(key in logged, Fact("query logging", "on" if key in logged else "off"))

    yield from each(check, check.account.vpcs.values(), judge)
