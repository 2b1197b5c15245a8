"""Amazon Redshift: provisioned clusters, whether they demand TLS, and where they log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srtui.account import Account
from srtui.account.clusters import ParameterGroup, Warehouse
from srtui.services.batches import tags_of
from srtui.services.declare import Answer, Service

REDSHIFT = Service("redshift", title="Redshift")


def _arn(account: Account, region: str, kind: str, name: str) -> str:
    return f"arn:{account.partition}:redshift:{region}:{account.id}:{kind}:{name}"


def warehouse_group_arn(account: Account, region: str, name: str) -> str:
    """ARN of a parameter group."""
    return _arn(account, region, "parametergroup", name)


def _group(cluster: Mapping[str, Any]) -> str:
    names = (one.get("ParameterGroupName") or "" for one in cluster.get("ClusterParameterGroups") or ())
    return next(names, "")


@REDSHIFT.call("DescribeClusters", items="Clusters", page_size=100)
def warehouses(account: Account, answer: Answer) -> None:
    """Clusters."""
    for entry in answer.response.get("Clusters") or ():
        arn = _arn(account, answer.region, "cluster", entry["ClusterIdentifier"])
        account.table(Warehouse)[arn] = Warehouse(
            arn=arn,
            name=entry["ClusterIdentifier"],
            region=answer.region,
            tags=tags_of(entry),
            public=bool(entry.get("PubliclyAccessible")),
            encrypted=bool(entry.get("Encrypted")),
            upgrades=bool(entry.get("AllowVersionUpgrade")),
            parameter_group=_group(entry),
            roles=tuple(one.get("IamRoleArn") or "" for one in entry.get("IamRoles") or ()),
            security_groups=tuple(
                one.get("VpcSecurityGroupId") or "" for one in entry.get("VpcSecurityGroups") or ()
            ),
        )


@REDSHIFT.call(
    "DescribeClusterParameters",
    for_each=warehouses,
    only_if=lambda cluster: bool(_group(cluster)),
    params=lambda cluster, _: {"ParameterGroupName": _group(cluster)},
    absent=["ClusterParameterGroupNotFound", "ClusterParameterGroupNotFoundFault"],
    page_size=100,
)
def warehouse_parameters(account: Account, answer: Answer) -> None:
    """Whether a parameter group demands TLS."""
    name = answer.params["ParameterGroupName"]
    arn = warehouse_group_arn(account, answer.region, name)
    for entry in answer.response.get("Parameters") or ():
        if entry.get("ParameterName") == "require_ssl":
            account.table(ParameterGroup)[arn] = ParameterGroup(
                arn=arn,
                name=name,
                region=answer.region,
                parameters={"require_ssl": str(entry.get("ParameterValue") or "")},
            )


@REDSHIFT.call(
    "DescribeLoggingStatus",
    for_each=warehouses,
    params=lambda cluster, _: {"ClusterIdentifier": cluster["ClusterIdentifier"]},
    absent=["ClusterNotFound", "ClusterNotFoundFault"],
)
def warehouse_logging(account: Account, answer: Answer) -> None:
    """Where a cluster logs."""
    cluster = account.table(Warehouse).get(
        _arn(account, answer.region, "cluster", answer.params["ClusterIdentifier"])
    )
    if cluster is not None and not answer.absent:
        enabled = bool(answer.response.get("LoggingEnabled"))
        target = answer.response.get("BucketName") or answer.response.get("LogDestinationType") or "somewhere"
        cluster.logging = target if enabled else ""
