"""Warehouses, caches, search, EMR and models: what stays the customer's on services that AWS manages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from srtui.account import UNREAD
from srtui.account.clusters import (
    Cache,
    CacheUpdate,
    EmrSettings,
    ModelLogging,
    ParameterGroup,
    SearchDomain,
    Warehouse,
)
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.judging import Verdict, bad, each, good, on_off, settled, untold
from srtui.responsibility.openness import readable, stranger_openings
from srtui.services.bedrock import model_logging
from srtui.services.elasticache import cache_clusters, cache_updates, replication_groups
from srtui.services.emr import public_access
from srtui.services.opensearch import search_domain_details, search_domains
from srtui.services.redshift import (
    warehouse_group_arn,
    warehouse_logging,
    warehouse_parameters,
    warehouses,
)

_REDSHIFT: Final = "https://docs.aws.amazon.com/redshift/latest/mgmt/"
_MODIFY: Final = "aws redshift modify-cluster --region {region} --cluster-identifier {name} "
_SEARCH: Final = "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/"
_UPDATE: Final = "aws opensearch update-domain-config --region {region} --domain-name {name} "
_CACHE: Final = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


@control(
    "redshift-public",
    title="No warehouse is publicly accessible",
    problem="Warehouse is publicly accessible",
    rows=[7, 8],
    severity="critical",
    topic="databases",
    needs=[warehouses],
    why="The warehouse has a public address; only its security group keeps the internet out.",
    fix="Switch public access off, and reach it from inside the VPC.",
    command=_MODIFY + "--no-publicly-accessible",
    references=[_REDSHIFT + "rs-security-group-public-private.html"],
)
def redshift_public(check: Check) -> Iterator[Result]:
    def judge(one: Warehouse) -> Verdict:
        return settled(not one.public, Fact("publicly accessible", _yes(one.public)))

    yield from each(check, check.account.table(Warehouse).values(), judge)


@control(
    "redshift-encrypted-tls",
    title="Warehouses are encrypted and demand TLS",
    problem="Warehouse in the clear",
    rows=[7, 8],
    severity="high",
    topic="databases",
    needs=[warehouses, warehouse_parameters],
    why="Its disks and snapshots, or what clients send it, can be read by whoever gets hold of them.",
    fix="Switch encryption on, and set require_ssl in a parameter group of its own.",
    command=_MODIFY + "--encrypted",
    references=[_REDSHIFT + "working-with-db-encryption.html", _REDSHIFT + "connecting-ssl-support.html"],
)
def redshift_encrypted_tls(check: Check) -> Iterator[Result]:
    groups = check.account.table(ParameterGroup)

    def judge(one: Warehouse) -> Verdict:
        group = groups.get(warehouse_group_arn(check.account, one.region, one.parameter_group))
        required = group.parameters.get("require_ssl", "") if group else ""
        facts = [Fact("encrypted", _yes(one.encrypted)), Fact("require_ssl", required or "not read")]
        if not one.encrypted:
            return bad(*facts)
        return untold(warehouse_parameters) if group is None else settled(required.lower() == "true", *facts)

    yield from each(check, check.account.table(Warehouse).values(), judge)


@control(
    "redshift-audit",
    title="Warehouses log who did what",
    problem="Warehouse logs nothing",
    rows=[1, 7],
    severity="medium",
    topic="databases",
    needs=[warehouses, warehouse_logging],
    why="Failed log-ins and queries that take everything show in the audit log only.",
    fix="Switch audit logging on.",
    command="aws redshift enable-logging --region {region} --cluster-identifier {name} --log-destination-type cloudwatch --log-exports connectionlog userlog useractivitylog",
    references=[_REDSHIFT + "db-auditing.html"],
    insecure_default=True,
)
def redshift_audit(check: Check) -> Iterator[Result]:
    def judge(one: Warehouse) -> Verdict:
        if one.logging is UNREAD:
            return untold(warehouse_logging)
        return settled(bool(one.logging), Fact("logs to", one.logging or "nowhere"))

    yield from each(check, check.account.table(Warehouse).values(), judge)


@control(
    "redshift-auto-upgrade",
    title="Warehouses take new versions by themselves",
    problem="Warehouse takes no new versions",
    rows=[13],
    severity="medium",
    topic="databases",
    needs=[warehouses],
    why="AWS makes the patches; with this off they wait for you.",
    fix="Allow version upgrades in the maintenance window.",
    command=_MODIFY + "--allow-version-upgrade",
    references=[_REDSHIFT + "managing-cluster-considerations.html"],
)
def redshift_auto_upgrade(check: Check) -> Iterator[Result]:
    def judge(one: Warehouse) -> Verdict:
        return settled(one.upgrades, Fact("version upgrades", on_off(one.upgrades)))

    yield from each(check, check.account.table(Warehouse).values(), judge)


@control(
    "elasticache-tls-auth",
    title="Caches encrypt and ask who connects",
    problem="Cache is open or in the clear",
    rows=[7, 8],
    severity="high",
    topic="databases",
    needs=[replication_groups, cache_clusters],
    why="Whoever reaches it in the network reads and changes sessions, tokens and whatever else is cached.",
    fix="Demand TLS, encrypt at rest, and use user groups (RBAC) or a token.",
    command="aws elasticache modify-replication-group --region {region} --replication-group-id {name} --transit-encryption-enabled --transit-encryption-mode required --apply-immediately",
    references=[_CACHE + "in-transit-encryption.html", _CACHE + "Clusters.RBAC.html"],
    insecure_default=True,
)
def elasticache_tls_auth(check: Check) -> Iterator[Result]:
    def judge(one: Cache) -> Verdict:
        memcached = one.engine == "memcached"
        facts = [Fact("TLS", one.tls or "off"), Fact("engine", one.engine)]
        if memcached:  # it has neither users nor disks
            return settled(one.tls == "required", *facts)
        facts += [
            Fact("encrypted at rest", _yes(one.encrypted)),
            Fact("asks who connects", _yes(one.authenticates)),
        ]
        return settled(one.tls == "required" and one.encrypted and one.authenticates, *facts)

    yield from each(check, check.account.table(Cache).values(), judge)


@control(
    "elasticache-auto-minor",
    title="Caches take minor upgrades, and no security update waits",
    problem="Cache is not kept up to date",
    rows=[13],
    severity="low",
    topic="databases",
    needs=[replication_groups, cache_clusters, cache_updates],
    why="AWS makes the patches; with this off, or without a yes from you, they wait.",
    fix="Switch automatic minor upgrades on, and apply the service updates.",
    command="aws elasticache modify-replication-group --region {region} --replication-group-id {name} --auto-minor-version-upgrade --apply-immediately",
    references=[_CACHE + "Self-Service-Updates.html"],
)
def elasticache_auto_minor(check: Check) -> Iterator[Result]:
    account = check.account
    waiting: dict[str, list[CacheUpdate]] = {}
    for update in account.table(CacheUpdate).values():
        waiting.setdefault(update.arn, []).append(update)
    answered = {
        one.region for one in account.outcomes_of(*cache_updates.id) if one.error is None and one.complete
    }

    def judge(one: Cache) -> Verdict:
        overdue = [
            update for update in waiting.get(one.arn, []) if update.apply_by and update.apply_by < check.now
        ]
        facts = [Fact("automatic minor upgrades", on_off(one.auto_minor))]
        facts += [
            Fact(update.name, f"{update.severity}, due {update.apply_by:%Y-%m-%d}") for update in overdue
        ]
        if overdue or not one.auto_minor:
            return bad(*facts)
        return good(*facts) if one.region in answered else untold(cache_updates)

    yield from each(check, account.table(Cache).values(), judge)


@control(
    "opensearch-public",
    title="No search domain is open to the internet",
    problem="Search domain is open to the internet",
    rows=[7, 8, 11],
    severity="critical",
    topic="databases",
    needs=[search_domains, search_domain_details],
    why="Anyone can read, change and delete every index without a password.",
    fix="Put the domain into a VPC, name who may in its policy, and use fine-grained access control.",
    command=_UPDATE + "--access-policies file://policy.json",
    references=[_SEARCH + "ac.html"],
    insecure_default=True,
)
def opensearch_public(check: Check) -> Iterator[Result]:
    def judge(one: SearchDomain) -> Verdict:
        if one.policy is UNREAD:
            return untold(search_domain_details)
        facts = [
            Fact("endpoint", f"in {one.vpc}" if one.vpc else "public"),
            Fact("fine-grained access control", on_off(one.fine_grained)),
        ]
        if one.vpc:
            return good(*facts)
        if one.policy is not None and not readable(one.policy):
            return untold(search_domain_details, reason="its policy could not be read")
        opened = stranger_openings(one.policy)
        if opened:
            facts.append(Fact("lets anyone in", ", ".join(opening.label for opening in opened)))
        guarded = one.fine_grained and not one.anonymous
        return settled(not opened or guarded, *facts)

    yield from each(check, check.account.table(SearchDomain).values(), judge)


@control(
    "opensearch-encryption",
    title="Search domains encrypt at rest, between nodes and to clients",
    problem="Search domain in the clear",
    rows=[7],
    severity="medium",
    topic="databases",
    needs=[search_domains, search_domain_details],
    why="Indexes, or what passes between nodes and clients, can be read by whoever gets hold of it.",
    fix="Switch encryption at rest and between nodes on, and demand HTTPS with TLS 1.2.",
    command=_UPDATE
    + "--encryption-at-rest-options Enabled=true --node-to-node-encryption-options Enabled=true --domain-endpoint-options EnforceHTTPS=true,TLSSecurityPolicy=Policy-Min-TLS-1-2-PFS-2023-10",
    references=[_SEARCH + "encryption-at-rest.html"],
    insecure_default=True,
)
def opensearch_encryption(check: Check) -> Iterator[Result]:
    def judge(one: SearchDomain) -> Verdict:
        if one.policy is UNREAD:  # it was not described
            return untold(search_domain_details)
        facts = (
            Fact("at rest", on_off(one.at_rest)),
            Fact("between nodes", on_off(one.node_to_node)),
            Fact("HTTPS only", on_off(one.https_only)),
            Fact("TLS policy", one.tls_policy or "not told"),
        )
        modern = one.tls_policy.startswith(("Policy-Min-TLS-1-2", "Policy-Min-TLS-1-3"))
        return settled(one.at_rest and one.node_to_node and one.https_only and modern, *facts)

    yield from each(check, check.account.table(SearchDomain).values(), judge)


@control(
    "opensearch-service-software",
    title="Search domains run the newest service software",
    problem="Service software update waits",
    rows=[4, 13],
    severity="low",
    topic="databases",
    needs=[search_domains, search_domain_details],
    why="AWS makes the fixes; optional ones wait for you.",
    fix="Start the update in the off-peak window.",
    command="aws opensearch start-service-software-update --region {region} --domain-name {name}",
    references=[_SEARCH + "service-software.html"],
)
def opensearch_service_software(check: Check) -> Iterator[Result]:
    def judge(one: SearchDomain) -> Verdict:
        if one.update_available is UNREAD:
            return untold(search_domain_details, reason="AWS says nothing about its service software")
        facts = [Fact("update", "waits" if one.update_available else "none"), Fact("version", one.version)]
        if one.update_available and one.update_required_by:
            facts.append(Fact("forced on", f"{one.update_required_by:%Y-%m-%d}"))
        return settled(not one.update_available, *facts)

    yield from each(check, check.account.table(SearchDomain).values(), judge)


@control(
    "emr-bpa",
    title="EMR refuses clusters with open ports",
    problem="EMR starts clusters with open ports",
    rows=[7, 8],
    severity="high",
    topic="databases",
    needs=[public_access],
    why="A cluster whose security group is open to everyone runs other people's jobs with your role.",
    fix="Switch EMR's block of public access on in each region.",
    command="aws emr put-block-public-access-configuration --region {region} --block-public-access-configuration BlockPublicSecurityGroupRules=true",
    references=["https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-block-public-access.html"],
)
def emr_bpa(check: Check) -> Iterator[Result]:
    for region, one in sorted(check.account.table(EmrSettings).items()):
        if one.blocked is UNREAD:
            yield check.unknown(one.arn, public_access, region=region)
            continue
        facts = (
            Fact("block of public access", on_off(one.blocked)),
            Fact("ports that may be open", ", ".join(one.exceptions) or "none"),
        )
        yield (check.passed if one.blocked else check.failed)(one.arn, *facts, region=region)


@control(
    "bedrock-logging",
    title="Calls of Bedrock models are logged",
    problem="Calls of models are not logged",
    rows=[2, 7],
    severity="low",
    topic="detection",
    needs=[model_logging],
    why="Stolen keys are sold for the use of models; without the log neither the prompts nor the thief can be told.",
    fix="Log model invocations to S3 or CloudWatch Logs in each region that is used.",
    command="aws bedrock put-model-invocation-logging-configuration --region {region} --logging-config file://logging.json",
    references=["https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html"],
    insecure_default=True,
)
def bedrock_logging(check: Check) -> Iterator[Result]:
    for region, one in sorted(check.account.table(ModelLogging).items()):
        if one.target is UNREAD:
            yield check.unknown(one.arn, model_logging, region=region)
            continue
        fact = Fact("logs to", one.target or "nowhere")
        yield (check.passed if one.target else check.failed)(one.arn, fact, region=region)
