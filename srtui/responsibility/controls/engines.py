"""Database engines: TLS, maintenance that waits, and versions that AWS supports no longer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from srtui.account.clusters import (
    DatabaseCluster,
    EngineLifecycle,
    EngineVersion,
    MemoryDatabase,
    ParameterGroup,
    PendingMaintenance,
)
from srtui.account.model import Database
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.judging import Verdict, bad, each, good, on_off, settled, untold
from srtui.services.memorydb import memory_databases
from srtui.services.rds import databases
from srtui.services.rds_more import (
    TLS_PARAMETERS,
    cluster_parameters,
    clusters,
    engine_lifecycles,
    engine_versions,
    parameter_group_arn,
    parameters,
    pending_maintenance,
)

_RDS: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/"
#: Engines of the same API with rules of their own.
_COUSINS: Final = ("docdb", "neptune")
_DEMANDED: Final = frozenset({"1", "on", "true", "enabled", "tls1.2+", "tls1.3+", "fips-140-3"})


@control(
    "rds-force-ssl",
    title="Databases refuse clients without TLS",
    problem="Database accepts clients without TLS",
    rows=[7, 8],
    severity="medium",
    topic="databases",
    needs=[databases, parameters, clusters, cluster_parameters],
    why="One client that is set up wrongly sends passwords and data through the network in the clear.",
    fix="Set rds.force_ssl (PostgreSQL, SQL Server) or require_secure_transport (MySQL, MariaDB) to 1.",
    command="aws rds modify-db-parameter-group --region {region} --db-parameter-group-name {group} --parameters ParameterName={parameter},ParameterValue=1,ApplyMethod=pending-reboot",
    references=[_RDS + "UsingWithRDS.SSL.html"],
)
def rds_force_ssl(check: Check) -> Iterator[Result]:
    account = check.account
    groups = account.table(ParameterGroup)
    by_name = {(one.region, one.name): one for one in account.table(DatabaseCluster).values()}

    def judge(one: Database) -> Verdict | None:
        if one.engine.startswith(("oracle", "db2", "neptune", "custom")):
            return None  # they encrypt by option groups, or always
        if one.cluster:
            cluster = by_name.get((one.region, one.cluster))
            if cluster is None:
                return untold(clusters)
            name, kind, call = cluster.parameter_group, "cluster-pg", cluster_parameters
        else:
            name, kind, call = one.parameter_group, "pg", parameters
        group = groups.get(parameter_group_arn(account, one.region, kind, name))
        if group is None:
            return untold(call)
        found = {key: group.parameters[key] for key in TLS_PARAMETERS if key in group.parameters}
        parameter = "rds.force_ssl" if "rds.force_ssl" in found else "require_secure_transport"
        facts = [Fact(key, value or "not set") for key, value in found.items()]
        facts = [*(facts or [Fact("TLS", "cannot be demanded")]), Fact("parameter group", name)]
        demanded = any(value.lower() in _DEMANDED for value in found.values())
        return settled(demanded, *facts, group=name, parameter=parameter)

    yield from each(check, account.databases.values(), judge)


@control(
    "rds-pending-maintenance",
    title="No maintenance waits for a database without a date",
    problem="Maintenance waits for the database",
    rows=[13],
    severity="medium",
    topic="databases",
    needs=[databases, pending_maintenance],
    why="AWS has the patch ready; until somebody lets it in, the weakness stays open.",
    fix="Apply it now or in the next maintenance window.",
    command="aws rds apply-pending-maintenance-action --region {region} --resource-identifier {subject} --apply-action {action} --opt-in-type next-maintenance",
    references=[_RDS + "USER_UpgradeDBInstance.Maintenance.html"],
)
def rds_pending_maintenance(check: Check) -> Iterator[Result]:
    account = check.account
    waiting: dict[str, list[PendingMaintenance]] = {}
    for action in account.table(PendingMaintenance).values():
        waiting.setdefault(action.arn, []).append(action)
    answered = {
        one.region
        for one in account.outcomes_of(*pending_maintenance.id)
        if one.error is None and one.complete
    }

    def judge(one: Database | DatabaseCluster) -> Verdict | None:
        mine = waiting.get(one.arn, [])
        late = [action for action in mine if action.applied_on is None or action.applied_on < check.now]
        facts = [Fact(action.name, _when(action)) for action in mine]
        if late:
            return bad(*facts, action=late[0].name)
        if one.region not in answered:
            return untold(pending_maintenance)
        return good(*(facts or [Fact("waiting", "nothing")]))

    yield from each(check, account.databases.values(), judge)
    # A cluster is worth a line only if something waits for it; its instances have theirs.
    yield from each(
        check, (one for one in account.table(DatabaseCluster).values() if one.arn in waiting), judge
    )


def _when(action: PendingMaintenance) -> str:
    if action.applied_on is not None:
        return f"will be applied on {action.applied_on:%Y-%m-%d}"
    forced = f", forced on {action.forced_on:%Y-%m-%d}" if action.forced_on else ""
    return f"no date{forced}: {action.description}".rstrip(": ")


def lifecycle_of(check: Check, engine: str, version: str, region: str) -> EngineLifecycle | None:
    """The support dates of the major version that a version belongs to; the longest name that fits."""
    fitting = [
        one
        for one in check.account.table(EngineLifecycle).values()
        if one.region == region
        and one.name == engine
        and (version == one.major or version.startswith(f"{one.major}."))
    ]
    return max(fitting, key=lambda one: len(one.major), default=None)


def _version(check: Check, one: Database) -> EngineVersion | None:
    arn = f"arn:{check.account.partition}:rds:{one.region}::engine-version:{one.engine}:{one.engine_version}"
    return check.account.table(EngineVersion).get(arn)


@control(
    "rds-eol-engine",
    title="Database engines are supported",
    problem="Database engine is past its end",
    rows=[13],
    severity="high",
    topic="databases",
    needs=[databases, engine_lifecycles, engine_versions],
    why="After the end of standard support AWS makes no more fixes, or only for a surcharge.",
    fix="Upgrade to a supported major version; try it on a restored snapshot first.",
    command="aws rds modify-db-instance --region {region} --db-instance-identifier {name} --engine-version VERSION --allow-major-version-upgrade",
    references=[_RDS + "extended-support.html"],
)
def rds_eol_engine(check: Check) -> Iterator[Result]:
    def judge(one: Database) -> Verdict | None:
        if one.engine in _COUSINS:
            return None
        version = _version(check, one)
        lifecycle = lifecycle_of(check, one.engine, one.engine_version, one.region)
        facts = [Fact("engine", f"{one.engine} {one.engine_version}")]
        if lifecycle is not None and lifecycle.standard_until is not None:
            facts.append(Fact("standard support until", f"{lifecycle.standard_until:%Y-%m-%d}"))
            if lifecycle.standard_until <= check.now:
                return bad(*facts)
        if version is None:
            return untold(engine_versions)
        if version.deprecated:
            return bad(*facts, Fact("version", "deprecated"))
        if lifecycle is None and one.engine.startswith(("mysql", "postgres", "mariadb", "aurora")):
            return untold(engine_lifecycles)
        return good(*facts, Fact("version", "available"))

    yield from each(check, check.account.databases.values(), judge)


@control(
    "rds-extended-support",
    title="No database is in paid extended support",
    problem="Database is in extended support",
    rows=[13],
    severity="medium",
    topic="databases",
    needs=[databases, engine_lifecycles],
    why="It costs more every year, covers critical fixes only, and ends.",
    fix="Upgrade to a supported major version.",
    command="aws rds modify-db-instance --region {region} --db-instance-identifier {name} --engine-version VERSION --allow-major-version-upgrade",
    references=[_RDS + "extended-support-overview.html"],
)
def rds_extended_support(check: Check) -> Iterator[Result]:
    def judge(one: Database) -> Verdict | None:
        if not one.engine.startswith(("mysql", "postgres", "aurora")):
            return None
        lifecycle = lifecycle_of(check, one.engine, one.engine_version, one.region)
        if lifecycle is None or lifecycle.standard_until is None:
            return untold(engine_lifecycles)
        over = lifecycle.standard_until <= check.now
        enrolled = not one.lifecycle_support.endswith("-disabled")
        facts = [
            Fact("standard support until", f"{lifecycle.standard_until:%Y-%m-%d}"),
            Fact("extended support", "chosen" if enrolled else "declined"),
        ]
        if lifecycle.extended_until:
            facts.append(Fact("extended support until", f"{lifecycle.extended_until:%Y-%m-%d}"))
        return settled(not (over and enrolled), *facts)

    yield from each(check, check.account.databases.values(), judge)


@control(
    "docdb-neptune-maint",
    title="DocumentDB, Neptune and MemoryDB are kept up to date",
    problem="Engine is not kept up to date",
    rows=[13],
    severity="low",
    topic="databases",
    needs=[databases, engine_versions, memory_databases],
    why="AWS makes the patches; versions it has given up get none.",
    fix="Upgrade the engine; let MemoryDB take minor versions by itself.",
    command="aws memorydb update-cluster --region {region} --cluster-name {name} --engine-version VERSION",
    references=["https://docs.aws.amazon.com/documentdb/latest/developerguide/engine-versions.html"],
)
def docdb_neptune_maint(check: Check) -> Iterator[Result]:
    def of_instance(one: Database) -> Verdict | None:
        if one.engine not in _COUSINS:
            return None
        version = _version(check, one)
        if version is None:
            return untold(engine_versions)
        state = "deprecated" if version.deprecated else "available"
        return settled(not version.deprecated, Fact("engine", version.name), Fact("version", state))

    def of_memory(one: MemoryDatabase) -> Verdict:
        facts = (
            Fact("automatic minor upgrades", on_off(one.auto_minor)),
            Fact("engine", f"{one.engine} {one.version}".strip()),
        )
        return settled(one.auto_minor, *facts)

    yield from each(check, check.account.databases.values(), of_instance)
    yield from each(check, check.account.table(MemoryDatabase).values(), of_memory)
