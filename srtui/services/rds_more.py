"""Amazon RDS: clusters and their snapshots, parameters that demand TLS, maintenance, and the life of engines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from srtui.account import Account
from srtui.account.clusters import (
    DatabaseCluster,
    EngineLifecycle,
    EngineVersion,
    ParameterGroup,
    PendingMaintenance,
)
from srtui.account.model import DatabaseSnapshot
from srtui.evidence import moment
from srtui.services.batches import tags_of
from srtui.services.declare import Answer
from srtui.services.rds import RDS, databases

#: Parameters that refuse clients without TLS: PostgreSQL and SQL Server, MySQL and MariaDB, DocumentDB.
TLS_PARAMETERS: Final = ("rds.force_ssl", "require_secure_transport", "tls")
_ONLY_THESE: Final = [{"Name": "parameter-name", "Values": list(TLS_PARAMETERS)}]
#: Engines whose major versions have an end of standard support (RDS API Reference, DescribeDBMajorEngineVersions).
_WITH_LIFECYCLE: Final = ("mysql", "postgres", "mariadb", "aurora-mysql", "aurora-postgresql")


def parameter_group_arn(account: Account, region: str, kind: str, name: str) -> str:
    """ARN of a parameter group; `kind` is pg, or cluster-pg for clusters."""
    return f"arn:{account.partition}:rds:{region}:{account.id}:{kind}:{name}"


@RDS.call("DescribeDBClusters", items="DBClusters", page_size=100)
def clusters(account: Account, answer: Answer) -> None:
    """Database clusters."""
    for entry in answer.response.get("DBClusters") or ():
        arn = entry["DBClusterArn"]
        account.table(DatabaseCluster)[arn] = DatabaseCluster(
            arn=arn,
            name=entry["DBClusterIdentifier"],
            region=answer.region,
            tags=tags_of(entry, "TagList"),
            engine=entry.get("Engine") or "",
            engine_version=entry.get("EngineVersion") or "",
            encrypted=bool(entry.get("StorageEncrypted")),
            deletion_protection=bool(entry.get("DeletionProtection")),
            iam_authentication=bool(entry.get("IAMDatabaseAuthenticationEnabled")),
            log_exports=tuple(entry.get("EnabledCloudwatchLogsExports") or ()),
            parameter_group=entry.get("DBClusterParameterGroup") or "",
        )


@RDS.call(
    "DescribeDBClusterSnapshots",
    variants=[{"SnapshotType": "manual"}],
    items="DBClusterSnapshots",
    page_size=100,
)
def cluster_snapshots(account: Account, answer: Answer) -> None:
    """Manual snapshots of clusters; automated ones cannot be shared."""
    for entry in answer.response.get("DBClusterSnapshots") or ():
        arn = entry["DBClusterSnapshotArn"]
        account.database_snapshots[arn] = DatabaseSnapshot(
            arn=arn,
            name=entry["DBClusterSnapshotIdentifier"],
            region=answer.region,
            engine=entry.get("Engine") or "",
            encrypted=bool(entry.get("StorageEncrypted")),
            kind=entry.get("SnapshotType") or "",
        )


@RDS.call(
    "DescribeDBClusterSnapshotAttributes",
    for_each=cluster_snapshots,
    params=lambda snapshot, _: {"DBClusterSnapshotIdentifier": snapshot["DBClusterSnapshotIdentifier"]},
    absent=["DBClusterSnapshotNotFoundFault"],
)
def cluster_snapshot_attributes(account: Account, answer: Answer) -> None:
    """Whom a cluster snapshot is shared with."""
    name = answer.params["DBClusterSnapshotIdentifier"]
    snapshot = account.database_snapshots.get(
        f"arn:{account.partition}:rds:{answer.region}:{account.id}:cluster-snapshot:{name}"
    )
    result = answer.response.get("DBClusterSnapshotAttributesResult") or {}
    if snapshot is not None and not answer.absent:
        snapshot.shared_with = tuple(
            value
            for item in result.get("DBClusterSnapshotAttributes") or ()
            if item.get("AttributeName") == "restore"
            for value in item.get("AttributeValues") or ()
        )


def _read_parameters(account: Account, answer: Answer, kind: str, name: str) -> None:
    arn = parameter_group_arn(account, answer.region, kind, name)
    group = account.table(ParameterGroup).setdefault(
        arn, ParameterGroup(arn=arn, name=name, region=answer.region)
    )
    for entry in answer.response.get("Parameters") or ():
        if entry.get("ParameterName") in TLS_PARAMETERS:
            group.parameters[entry["ParameterName"]] = str(entry.get("ParameterValue") or "")


def _alone(database: Mapping[str, Any]) -> bool:
    """Whether an instance has its own parameters: in a cluster, those of the cluster decide."""
    return not database.get("DBClusterIdentifier") and bool(database.get("DBParameterGroups"))


@RDS.call(
    "DescribeDBParameters",
    for_each=databases,
    only_if=_alone,
    params=lambda database, _: {
        "DBParameterGroupName": database["DBParameterGroups"][0]["DBParameterGroupName"],
        "Filters": _ONLY_THESE,
    },
    absent=["DBParameterGroupNotFound", "DBParameterGroupNotFoundFault"],
)
def parameters(account: Account, answer: Answer) -> None:
    """Whether a parameter group demands TLS."""
    if not answer.absent:
        _read_parameters(account, answer, "pg", answer.params["DBParameterGroupName"])


@RDS.call(
    "DescribeDBClusterParameters",
    for_each=clusters,
    params=lambda cluster, _: {
        "DBClusterParameterGroupName": cluster["DBClusterParameterGroup"],
        "Filters": _ONLY_THESE,
    },
    absent=["DBParameterGroupNotFound", "DBParameterGroupNotFoundFault"],
)
def cluster_parameters(account: Account, answer: Answer) -> None:
    """Whether a cluster parameter group demands TLS."""
    if not answer.absent:
        _read_parameters(account, answer, "cluster-pg", answer.params["DBClusterParameterGroupName"])


# Equal questions are asked once: one call a region, and none where there is no database.
@RDS.call("DescribePendingMaintenanceActions", for_each=databases, page_size=100)
def pending_maintenance(account: Account, answer: Answer) -> None:
    """Maintenance that waits for databases."""
    for entry in answer.response.get("PendingMaintenanceActions") or ():
        arn = entry.get("ResourceIdentifier") or ""
        for action in entry.get("PendingMaintenanceActionDetails") or ():
            name = action.get("Action") or ""
            account.table(PendingMaintenance)[f"{arn}#{name}"] = PendingMaintenance(
                arn=arn,
                name=name,
                region=answer.region,
                description=action.get("Description") or "",
                applied_on=moment(action.get("CurrentApplyDate")),
                forced_on=moment(action.get("ForcedApplyDate")),
            )


@RDS.call(
    "DescribeDBMajorEngineVersions",
    for_each=databases,
    only_if=lambda database: database.get("Engine") in _WITH_LIFECYCLE,
    params=lambda database, _: {"Engine": database["Engine"]},
)
def engine_lifecycles(account: Account, answer: Answer) -> None:
    """How long the major versions of an engine in use are supported."""
    for entry in answer.response.get("DBMajorEngineVersions") or ():
        engine, major = entry.get("Engine") or "", entry.get("MajorEngineVersion") or ""
        ends = {
            one.get("LifecycleSupportName"): moment(one.get("LifecycleSupportEndDate"))
            for one in entry.get("SupportedEngineLifecycles") or ()
        }
        arn = f"arn:{account.partition}:rds:{answer.region}::engine-lifecycle:{engine}:{major}"
        account.table(EngineLifecycle)[arn] = EngineLifecycle(
            arn=arn,
            name=engine,
            region=answer.region,
            major=major,
            standard_until=ends.get("open-source-rds-standard-support"),
            extended_until=ends.get("open-source-rds-extended-support"),
        )


@RDS.call(
    "DescribeDBEngineVersions",
    for_each=databases,
    params=lambda database, _: {
        "Engine": database["Engine"],
        "EngineVersion": database["EngineVersion"],
        "IncludeAll": True,
    },
)
def engine_versions(account: Account, answer: Answer) -> None:
    """Whether AWS has given up the version of an engine in use."""
    for entry in answer.response.get("DBEngineVersions") or ():
        engine, version = entry.get("Engine") or "", entry.get("EngineVersion") or ""
        arn = f"arn:{account.partition}:rds:{answer.region}::engine-version:{engine}:{version}"
        account.table(EngineVersion)[arn] = EngineVersion(
            arn=arn,
            name=f"{engine} {version}",
            region=answer.region,
            deprecated=entry.get("Status") == "deprecated",
        )
