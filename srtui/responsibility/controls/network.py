"""Networks: what security groups open to the internet, and whether anybody could see it used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from srtui.account import UNREAD, Account
from srtui.account.model import NetworkPermission, SecurityGroup
from srtui.account.networks import PrefixList
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.places import whole
from srtui.responsibility.ranges import internet
from srtui.services.ec2 import flow_logs, instances, security_groups, vpcs
from srtui.services.ec2_network import prefix_list_entries

_GROUPS = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html"
_REVOKE = "aws ec2 revoke-security-group-ingress --region {region} --group-id {group} --ip-permissions file://permissions.json"
V4: Final = "0.0.0.0/0"
V6: Final = "::/0"
_ADMIN: Final = {22: "SSH", 3389: "RDP"}
#: Ports of databases, caches and search engines.
DATA_PORTS: Final = {
    1433: "SQL Server",
    1521: "Oracle",
    2379: "etcd",
    3306: "MySQL",
    5432: "PostgreSQL",
    5439: "Redshift",
    5984: "CouchDB",
    6379: "Redis",
    7000: "Cassandra",
    9042: "Cassandra",
    9200: "Elasticsearch",
    9300: "Elasticsearch",
    11211: "memcached",
    27017: "MongoDB",
    27018: "MongoDB",
    27019: "MongoDB",
}
#: A rule for so many ports is one for all of them with a hole in it.
ALMOST_ALL_PORTS: Final = 60_000
_TRANSPORT: Final = frozenset({"tcp", "6", "udp", "17"})
_Judge = Callable[[NetworkPermission], str]


def world(permission: NetworkPermission) -> list[str]:
    """The ranges of the rule that stand for the whole internet; halves of it count as well."""
    return internet(permission.cidrs) if permission.cidrs else []


def prefix_list_ranges(account: Account, region: str, names: Iterable[str]) -> tuple[list[str], str]:
    """The ranges of the customer's prefix lists with these names; and the sentence for one that was not read."""
    found: list[str] = []
    unread = ""
    for name in names:
        known = account.table(PrefixList).get(f"{region}/{name}")
        if known is not None and known.owner == "AWS":
            continue
        if (
            known is None
            or known.ranges is UNREAD
            or not whole(account, prefix_list_entries, PrefixListId=name)
        ):
            unread = f"the ranges of the prefix list {name} were not read"
        else:
            found += known.ranges
    return found, unread


def group_id(group: SecurityGroup) -> str:
    return group.arn.rsplit("/", 1)[-1]


def _judge_groups(check: Check, judge: _Judge) -> Iterator[Result]:
    for group in check.account.security_groups.values():
        rules, unread = _rules(check, group)
        facts = [Fact("ingress", text) for permission in rules if (text := judge(permission))]
        if facts:
            yield check.failed(group.arn, *facts, region=group.region, group=group_id(group))
        elif unread:
            yield check.unknown(group.arn, prefix_list_entries, region=group.region, reason=unread)
        else:
            yield check.passed(
                group.arn, Fact("ingress", f"{len(group.ingress)} rules, none of them"), region=group.region
            )


def _rules(check: Check, group: SecurityGroup) -> tuple[list[NetworkPermission], str]:
    """The rules with the ranges of prefix lists filled in and rules of one protocol put together; what is unread."""
    cached: dict[str, tuple[list[NetworkPermission], str]] = check.context.cache.setdefault("rules", {})
    if group.arn in cached:
        return cached[group.arn]
    rules: list[NetworkPermission] = []
    unread = ""
    for rule in group.ingress:
        if rule.prefix_lists:
            ranges, missing = prefix_list_ranges(check.account, group.region, rule.prefix_lists)
            rule = replace(rule, cidrs=(*rule.cidrs, *ranges))
            unread = unread or missing
        rules.append(rule)
    found = cached[group.arn] = [*rules, *_joined(rules)], unread
    return found


def _joined(rules: list[NetworkPermission]) -> Iterator[NetworkPermission]:
    """What several rules open together: neighbouring ports from the internet, and pieces of the internet to a port."""
    ports: dict[tuple[str, str], list[tuple[int, int]]] = {}
    pieces: dict[tuple[str, int | None, int | None], list[str]] = {}
    for rule in rules:
        first, last = rule.from_port, rule.to_port
        if world(rule) and first is not None and last is not None and rule.protocol in _TRANSPORT:
            for family in {"::/0" if ":" in one else "0.0.0.0/0" for one in world(rule)}:
                ports.setdefault((rule.protocol, family), []).append((first, last))
        elif rule.cidrs:
            pieces.setdefault((rule.protocol, first, last), []).extend(rule.cidrs)
    for (protocol, family), spans in ports.items():
        if len(spans) > 1 and sum(last - first + 1 for first, last in _merged(spans)) >= ALMOST_ALL_PORTS:
            yield NetworkPermission(protocol, 0, 65535, (family,), ())
    for (protocol, first, last), ranges in pieces.items():
        if len(ranges) > 1:
            yield NetworkPermission(protocol, first, last, tuple(ranges), ())


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans without overlaps."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _every_port(permission: NetworkPermission) -> str:
    # ICMP writes its types where TCP and UDP write ports.
    if permission.protocol in {"icmp", "icmpv6", "1", "58"}:
        return ""
    first, last = permission.from_port, permission.to_port
    almost = first is not None and last is not None and last - first + 1 >= ALMOST_ALL_PORTS
    opened = world(permission) if permission.all_ports or almost else []
    return f"{_span(permission)} from {', '.join(opened)}" if opened else ""


def _span(permission: NetworkPermission) -> str:
    if permission.all_ports:
        return "all ports"
    first, last = permission.from_port, permission.to_port
    return f"port {first}" if first == last else f"ports {first}-{last}"


def _opens(permission: NetworkPermission, ports: dict[int, str], v6: bool | None) -> str:
    """How the rule opens one of the ports to the internet, in words; "" if it does not."""
    ranges = [one for one in world(permission) if v6 is None or (":" in one) == v6]
    if not ranges:
        return ""
    hit = [f"{name} ({port})" for port, name in ports.items() if permission.covers_port(port)]
    return f"{_span(permission)} with {', '.join(hit)} from {', '.join(ranges)}" if hit else ""


@control(
    "sg-admin-v4",
    title="No security group opens SSH or RDP to the internet (IPv4)",
    problem="SSH or RDP open to the internet (IPv4)",
    rows=[8],
    severity="critical",
    topic="network",
    needs=[security_groups, prefix_list_entries],
    why="Open administration ports are found within minutes and attacked all day.",
    fix="Use Session Manager or a VPN, and remove the rule.",
    command=_REVOKE,
    references=[_GROUPS],
    frameworks={"cis-3.0": ["5.2"], "cis-5.0": ["5.3"]},
)
def sg_admin_v4(check: Check) -> Iterator[Result]:
    yield from _judge_groups(check, lambda permission: _opens(permission, _ADMIN, False))


@control(
    "sg-admin-v6",
    title="No security group opens SSH or RDP to the internet (IPv6)",
    problem="SSH or RDP open to the internet (IPv6)",
    rows=[8],
    severity="critical",
    topic="network",
    needs=[security_groups, prefix_list_entries],
    why="IPv6 rules are overlooked, and just as open.",
    fix="Use Session Manager or a VPN, and remove the rule.",
    command=_REVOKE,
    references=[_GROUPS],
    frameworks={"cis-3.0": ["5.3"], "cis-5.0": ["5.4"]},
)
def sg_admin_v6(check: Check) -> Iterator[Result]:
    yield from _judge_groups(check, lambda permission: _opens(permission, _ADMIN, True))


@control(
    "sg-all-ports",
    title="No security group opens every port to the internet",
    problem="Every port open to the internet",
    rows=[8],
    severity="critical",
    topic="network",
    needs=[security_groups, prefix_list_entries],
    why="Whatever listens on the instance, now or later, is reachable by everyone.",
    fix="Open the ports of the service only, to who needs it.",
    command=_REVOKE,
    references=[_GROUPS],
    frameworks={"cis-3.0": ["5.2", "5.3"], "cis-5.0": ["5.3", "5.4"]},
)
def sg_all_ports(check: Check) -> Iterator[Result]:
    yield from _judge_groups(check, _every_port)


@control(
    "sg-data-ports",
    title="No security group opens database ports to the internet",
    problem="Database port open to the internet",
    rows=[8],
    severity="high",
    topic="network",
    needs=[security_groups, prefix_list_entries],
    why="Databases and caches are made for trusted networks; open ones are emptied or held for ransom.",
    fix="Allow the application's security group instead of an address range.",
    command=_REVOKE,
    references=[_GROUPS],
)
def sg_data_ports(check: Check) -> Iterator[Result]:
    yield from _judge_groups(check, lambda permission: _opens(permission, DATA_PORTS, None))


@control(
    "sg-cifs",
    title="No security group opens Windows file sharing to the internet",
    problem="File sharing open to the internet",
    rows=[8],
    severity="high",
    topic="network",
    needs=[security_groups, prefix_list_entries],
    why="Port 445 is what network worms look for.",
    fix="Remove the rule; reach file shares through a VPN.",
    command=_REVOKE,
    references=[_GROUPS],
    frameworks={"cis-5.0": ["5.1.2"]},
)
def sg_cifs(check: Check) -> Iterator[Result]:
    yield from _judge_groups(check, lambda permission: _opens(permission, {445: "CIFS"}, None))


@control(
    "sg-default-closed",
    title="Default security groups have no rules",
    problem="Default security group has rules",
    rows=[8],
    severity="medium",
    topic="network",
    needs=[security_groups],
    why="What is started without a group gets the default one, and then talks to everything else in it.",
    fix="Remove all its rules; give every resource a group of its own.",
    command="aws ec2 describe-security-groups --region {region} --group-ids {group}",
    references=["https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html"],
    insecure_default=True,
    frameworks={"cis-3.0": ["5.4"], "cis-5.0": ["5.5"]},
)
def sg_default_closed(check: Check) -> Iterator[Result]:
    for group in check.account.security_groups.values():
        if group.name != "default":
            continue
        fact = Fact("rules", f"{len(group.ingress)} ingress, {len(group.egress)} egress")
        if group.ingress or group.egress:
            yield check.failed(group.arn, fact, region=group.region, group=group_id(group))
        else:
            yield check.passed(group.arn, fact, region=group.region)


@control(
    "flow-logs",
    title="Every VPC has an active flow log",
    problem="VPC without a flow log",
    rows=[1, 8],
    severity="medium",
    topic="network",
    needs=[vpcs, flow_logs],
    why="Without flow logs scans, tunnels and the way data left cannot be seen, then or later.",
    fix="Create a flow log for the VPC.",
    command="aws ec2 create-flow-logs --region {region} --resource-type VPC --resource-ids {vpc} --traffic-type ALL --log-destination DESTINATION --log-destination-type s3",
    references=["https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html"],
    insecure_default=True,
    frameworks={"cis-3.0": ["3.7"], "cis-5.0": ["3.7"]},
)
def vpc_flow_logs(check: Check) -> Iterator[Result]:
    account = check.account
    answered = {
        one.region for one in account.outcomes_of(*flow_logs.id) if one.error is None and one.complete
    }
    good = {
        (one.region, one.resource)
        for one in account.flow_logs.values()
        if one.status == "ACTIVE" and not one.delivery_failed
    }
    for vpc in account.vpcs.values():
        if (vpc.region, vpc.name) in good:
            yield check.passed(vpc.arn, Fact("flow log", "active"), region=vpc.region)
        elif vpc.region in answered:
            yield check.failed(vpc.arn, Fact("flow log", "none that works"), region=vpc.region, vpc=vpc.name)
        else:
            yield check.unknown(vpc.arn, flow_logs, region=vpc.region)


@control(
    "default-vpc-unused",
    title="No instance runs in a default VPC",
    problem="Instances run in the default VPC",
    rows=[8],
    severity="low",
    topic="network",
    needs=[vpcs, instances],
    why="Default VPCs give every instance a public address.",
    fix="Move the instances to a VPC with private subnets.",
    command="aws ec2 describe-instances --region {region} --filters Name=vpc-id,Values={vpc}",
    references=["https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html"],
    insecure_default=True,
)
def default_vpc_unused(check: Check) -> Iterator[Result]:
    account = check.account
    for vpc in account.vpcs.values():
        if not vpc.default:
            continue
        inside = [
            one.name
            for one in account.instances.values()
            if one.vpc == vpc.name and one.state != "terminated"
        ]
        fact = Fact("instances", ", ".join(inside[:5]) or "none")
        if inside:
            yield check.failed(vpc.arn, fact, region=vpc.region, vpc=vpc.name)
        else:
            yield check.passed(vpc.arn, fact, region=vpc.region)


@control(
    "instance-public-ip",
    title="Instances have no public address",
    problem="Instance has a public address",
    rows=[8],
    severity="medium",
    topic="network",
    needs=[instances],
    why="A public address makes the instance a target for every scan of the internet.",
    fix="Put it behind a load balancer in a private subnet.",
    command="aws ec2 describe-instances --region {region} --instance-ids {instance}",
    references=["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html"],
    insecure_default=True,
)
def instance_public_ip(check: Check) -> Iterator[Result]:
    for one in check.account.instances.values():
        if one.state in ("terminated", "shutting-down"):
            continue
        fact = Fact("public address", one.public_ip or "none")
        if one.public_ip:
            yield check.failed(one.arn, fact, region=one.region, instance=one.name)
        else:
            yield check.passed(one.arn, fact, region=one.region)
