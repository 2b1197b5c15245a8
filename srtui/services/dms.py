"""AWS Database Migration Service: replication instances."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.platforms import ReplicationInstance
from srtui.services.declare import Answer, Service

DMS = Service("dms", title="Database Migration Service")


@DMS.call("DescribeReplicationInstances", page_size=100, absent=["ResourceNotFoundFault"])
def replication_instances(account: Account, answer: Answer) -> None:
    """Replication instances."""
    for entry in answer.response.get("ReplicationInstances") or ():
        arn = entry["ReplicationInstanceArn"]
        account.table(ReplicationInstance)[arn] = ReplicationInstance(
            arn=arn,
            name=entry.get("ReplicationInstanceIdentifier") or "",
            region=answer.region,
            engine_version=entry.get("EngineVersion") or "",
            public=bool(entry.get("PubliclyAccessible")),
            auto_minor=bool(entry.get("AutoMinorVersionUpgrade")),
        )
