"""Databases on RDS: what stays the customer's on a service that AWS manages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from srtui.account.clusters import DatabaseCluster
from srtui.account.model import Database
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.services.rds import databases
from srtui.services.rds_more import clusters

_NEEDS: Final = (databases,)
_WITH_CLUSTERS: Final = (databases, clusters)
_GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/"
_MODIFY = "aws rds modify-db-instance --region {region} --db-instance-identifier {name} "


def _each(check: Check, judge: Callable[[Database], tuple[bool, str, str]]) -> Iterator[Result]:
    """Judge every instance: (good, label, value)."""
    known = {(one.region, one.name) for one in check.account.table(DatabaseCluster).values()}
    by_cluster = clusters in check.control.needs
    for one in check.account.databases.values():
        good, label, value = judge(one)
        if not good and by_cluster and one.cluster and (one.region, one.cluster) not in known:
            # What the instance lacks its cluster may have.
            yield check.unknown(one.arn, clusters, region=one.region)
        elif good:
            yield check.passed(one.arn, Fact(label, value), region=one.region)
        else:
            facts = (Fact(label, value), Fact("engine", f"{one.engine} {one.engine_version}".strip()))
            yield check.failed(one.arn, *facts, region=one.region, name=one.name)


def _clusters(check: Check) -> Callable[[Database], DatabaseCluster]:
    """The cluster of an instance, which has some settings instead of it; an empty one for an instance alone."""
    found = {(one.region, one.name): one for one in check.account.table(DatabaseCluster).values()}
    nothing = DatabaseCluster(arn="", name="")
    return lambda database: found.get((database.region, database.cluster), nothing)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


@control(
    "rds-public",
    title="No database is publicly accessible",
    problem="Database is publicly accessible",
    rows=[7, 8],
    severity="critical",
    topic="databases",
    needs=_NEEDS,
    why="The database has a public address; only its security group keeps the internet out.",
    fix="Switch public access off, and reach the database from inside the VPC.",
    command=_MODIFY + "--no-publicly-accessible",
    references=[_GUIDE + "USER_VPC.WorkingWithRDSInstanceinaVPC.html"],
    frameworks={"cis-3.0": ["2.3.3"], "cis-5.0": ["2.2.3"]},
)
def rds_public(check: Check) -> Iterator[Result]:
    yield from _each(check, lambda one: (not one.public, "publicly accessible", _yes(one.public)))


@control(
    "rds-encrypted",
    title="Database storage is encrypted",
    problem="Database storage is not encrypted",
    rows=[7],
    severity="high",
    topic="databases",
    needs=_NEEDS,
    why="It cannot be switched on later, and snapshots of plain storage are plain.",
    fix="Restore an encrypted copy of a snapshot and switch over to it.",
    command="aws rds create-db-snapshot --region {region} --db-instance-identifier {name} --db-snapshot-identifier SNAPSHOT",
    references=[_GUIDE + "Overview.Encryption.html"],
    insecure_default=True,
    frameworks={"cis-3.0": ["2.3.1"], "cis-5.0": ["2.2.1"]},
)
def rds_encrypted(check: Check) -> Iterator[Result]:
    yield from _each(check, lambda one: (one.encrypted, "storage encrypted", _yes(one.encrypted)))


@control(
    "rds-deletion-protection",
    title="Databases are protected from deletion",
    problem="Database can be deleted at once",
    rows=[3, 7],
    severity="medium",
    topic="databases",
    needs=_WITH_CLUSTERS,
    why="One call, by mistake or on purpose, deletes the database.",
    fix="Switch deletion protection on.",
    command=_MODIFY + "--deletion-protection",
    references=[_GUIDE + "USER_DeleteInstance.html"],
    insecure_default=True,
)
def rds_deletion_protection(check: Check) -> Iterator[Result]:
    cluster_of = _clusters(check)

    def judge(one: Database) -> tuple[bool, str, str]:
        protected = one.deletion_protection or cluster_of(one).deletion_protection
        return protected, "deletion protection", _yes(protected)

    yield from _each(check, judge)


@control(
    "rds-backup",
    title="Databases keep backups for 7 days",
    problem="Backups kept for less than 7 days",
    rows=[3, 7],
    severity="medium",
    topic="databases",
    needs=_NEEDS,
    why="AWS keeps the platform running; what is deleted or encrypted in your data only a backup brings back.",
    fix="Set the backup retention period to 7 days or more.",
    command=_MODIFY + "--backup-retention-period 7",
    references=[_GUIDE + "USER_WorkingWithAutomatedBackups.html"],
)
def rds_backup(check: Check) -> Iterator[Result]:
    yield from _each(check, lambda one: (one.backup_days >= 7, "backup retention", f"{one.backup_days} days"))


@control(
    "multi-az",
    title="Databases run in more than one zone",
    problem="Database runs in a single zone",
    rows=[3, 5],
    severity="medium",
    topic="databases",
    needs=_NEEDS,
    failing_needs=_NEEDS,
    why="AWS answers for each zone, not for your database being in only one of them.",
    fix="Switch multi-AZ on for what must survive the loss of a site.",
    command=_MODIFY + "--multi-az",
    references=[_GUIDE + "Concepts.MultiAZ.html"],
    insecure_default=True,
    frameworks={"cis-5.0": ["2.2.4"]},
)
def multi_az(check: Check) -> Iterator[Result]:
    members = Counter((one.region, one.cluster) for one in check.account.databases.values())

    def judge(one: Database) -> tuple[bool, str, str]:
        # An Aurora cluster spreads over zones by its instances; the flag of one instance says nothing.
        clustered = bool(one.cluster) and members[one.region, one.cluster] > 1
        return one.multi_az or clustered, "multi-AZ", "by its cluster" if clustered else _yes(one.multi_az)

    yield from _each(check, judge)


@control(
    "rds-iam-auth",
    title="Databases accept IAM authentication",
    problem="Database without IAM authentication",
    rows=[7, 11],
    severity="low",
    topic="databases",
    needs=_WITH_CLUSTERS,
    why="Database passwords are shared and live long; IAM tokens last 15 minutes.",
    fix="Switch IAM database authentication on.",
    command=_MODIFY + "--enable-iam-database-authentication",
    references=[_GUIDE + "UsingWithRDS.IAMDBAuth.html"],
    insecure_default=True,
)
def rds_iam_auth(check: Check) -> Iterator[Result]:
    cluster_of = _clusters(check)

    def judge(one: Database) -> tuple[bool, str, str]:
        # The engines that have it (RDS User Guide, "IAM database authentication"); the others cannot fail.
        able = one.engine.startswith(("mysql", "postgres", "mariadb", "aurora"))
        switched_on = one.iam_authentication or cluster_of(one).iam_authentication
        value = _yes(switched_on) if able else f"{one.engine} does not have it"
        return switched_on or not able, "IAM authentication", value

    yield from _each(check, judge)


@control(
    "rds-logs",
    title="Databases export their logs",
    problem="Database exports no logs",
    rows=[1, 7],
    severity="low",
    topic="databases",
    needs=_WITH_CLUSTERS,
    why="Failed log-ins and strange queries show in the database's log only, which is rotated away on its disk.",
    fix="Export the logs to CloudWatch Logs.",
    command=_MODIFY + "--cloudwatch-logs-export-configuration file://logs.json",
    references=[_GUIDE + "USER_LogAccess.Procedural.UploadtoCloudWatch.html"],
    insecure_default=True,
)
def rds_logs(check: Check) -> Iterator[Result]:
    cluster_of = _clusters(check)

    def judge(one: Database) -> tuple[bool, str, str]:
        exports = one.log_exports or cluster_of(one).log_exports
        return bool(exports), "exports", ", ".join(exports) or "none"

    yield from _each(check, judge)


@control(
    "rds-auto-minor",
    title="Databases take minor upgrades by themselves",
    problem="Database takes no minor upgrades",
    rows=[13],
    severity="medium",
    topic="databases",
    needs=_NEEDS,
    why="AWS makes the patches; with this off they wait for you.",
    fix="Switch automatic minor version upgrades on.",
    command=_MODIFY + "--auto-minor-version-upgrade",
    references=[_GUIDE + "USER_UpgradeDBInstance.Upgrading.html"],
    frameworks={"cis-3.0": ["2.3.2"], "cis-5.0": ["2.2.2"]},
)
def rds_auto_minor(check: Check) -> Iterator[Result]:
    def judge(one: Database) -> tuple[bool, str, str]:
        # DocumentDB has the setting, but does nothing with it (its API Reference, CreateDBInstance).
        able = one.engine != "docdb"
        value = _yes(one.auto_minor) if able else "docdb does not have them"
        return one.auto_minor or not able, "automatic minor upgrades", value

    yield from _each(check, judge)


@control(
    "rds-ca-cert",
    title="Databases use a certificate authority that is valid",
    problem="Database certificate authority expires",
    rows=[8, 13],
    severity="high",
    topic="databases",
    needs=_NEEDS,
    why="rds-ca-2019 expired in August 2024: clients that verify the certificate refuse, the others talk to anyone.",
    fix="Move the instance to rds-ca-rsa2048-g1 or newer.",
    command=_MODIFY + "--ca-certificate-identifier rds-ca-rsa2048-g1",
    references=[_GUIDE + "UsingWithRDS.SSL-certificate-rotation.html"],
)
def rds_ca_cert(check: Check) -> Iterator[Result]:
    for one in check.account.databases.values():
        if not one.certificate_authority:
            yield check.unknown(one.arn, region=one.region, reason="AWS does not say which authority it uses")
    expired = ("rds-ca-2015", "rds-ca-2019")
    for result in _each(
        check, lambda one: (one.certificate_authority not in expired, "authority", one.certificate_authority)
    ):
        if check.account.databases[result.subject].certificate_authority:
            yield result
