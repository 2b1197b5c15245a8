"""Amazon RDS: database instances, and snapshots shared with others."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.model import Database, DatabaseSnapshot
from srtui.services.declare import Answer, Service

RDS = Service("rds", title="RDS")


@RDS.call("DescribeDBInstances", items="DBInstances", page_size=100)
def databases(account: Account, answer: Answer) -> None:
    """Database instances."""
    for entry in answer.response.get("DBInstances") or ():
        arn = entry["DBInstanceArn"]
        account.databases[arn] = Database(
            arn=arn,
            name=entry["DBInstanceIdentifier"],
            region=answer.region,
            tags={str(tag.get("Key", "")): str(tag.get("Value", "")) for tag in entry.get("TagList") or ()},
            engine=entry.get("Engine") or "",
            engine_version=entry.get("EngineVersion") or "",
            status=entry.get("DBInstanceStatus") or "",
            public=bool(entry.get("PubliclyAccessible")),
            encrypted=bool(entry.get("StorageEncrypted")),
            multi_az=bool(entry.get("MultiAZ")),
            deletion_protection=bool(entry.get("DeletionProtection")),
            backup_days=entry.get("BackupRetentionPeriod") or 0,
            auto_minor=bool(entry.get("AutoMinorVersionUpgrade")),
            iam_authentication=bool(entry.get("IAMDatabaseAuthenticationEnabled")),
            log_exports=tuple(entry.get("EnabledCloudwatchLogsExports") or ()),
            cluster=entry.get("DBClusterIdentifier") or "",
            endpoint=(entry.get("Endpoint") or {}).get("Address") or "",
            security_groups=tuple(
                group.get("VpcSecurityGroupId", "") for group in entry.get("VpcSecurityGroups") or ()
            ),
            certificate_authority=entry.get("CACertificateIdentifier") or "",
            parameter_group=next(
                (group.get("DBParameterGroupName", "") for group in entry.get("DBParameterGroups") or ()), ""
            ),
            lifecycle_support=entry.get("EngineLifecycleSupport") or "",
        )


@RDS.call("DescribeDBSnapshots", variants=[{"SnapshotType": "manual"}], items="DBSnapshots", page_size=100)
def snapshots(account: Account, answer: Answer) -> None:
    """Manual database snapshots; automated ones cannot be shared."""
    for entry in answer.response.get("DBSnapshots") or ():
        arn = entry["DBSnapshotArn"]
        account.database_snapshots[arn] = DatabaseSnapshot(
            arn=arn,
            name=entry["DBSnapshotIdentifier"],
            region=answer.region,
            engine=entry.get("Engine") or "",
            encrypted=bool(entry.get("Encrypted")),
            kind=entry.get("SnapshotType") or "",
        )


@RDS.call(
    "DescribeDBSnapshotAttributes",
    for_each=snapshots,
    params=lambda snapshot, _: {"DBSnapshotIdentifier": snapshot["DBSnapshotIdentifier"]},
    absent=["DBSnapshotNotFound"],
)
def snapshot_attributes(account: Account, answer: Answer) -> None:
    """Whom a snapshot is shared with."""
    name = answer.params["DBSnapshotIdentifier"]
    attributes = (answer.response.get("DBSnapshotAttributesResult") or {}).get("DBSnapshotAttributes") or ()
    shared = [
        value
        for item in attributes
        if item.get("AttributeName") == "restore"
        for value in item["AttributeValues"]
    ]
    snapshot = account.database_snapshots.get(
        f"arn:{account.partition}:rds:{answer.region}:{account.id}:snapshot:{name}"
    )
    if snapshot is not None and not answer.absent:
        snapshot.shared_with = tuple(shared)
