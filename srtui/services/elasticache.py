"""Amazon ElastiCache: replication groups and clusters, their encryption, and updates that wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srtui.account import Account
from srtui.account.clusters import Cache, CacheUpdate
from srtui.evidence import moment
from srtui.services.declare import Answer, Service

ELASTICACHE = Service("elasticache", title="ElastiCache")


def _arn(account: Account, region: str, kind: str, name: str) -> str:
    return f"arn:{account.partition}:elasticache:{region}:{account.id}:{kind}:{name}"


def _tls(entry: Mapping[str, Any]) -> str:
    # Without a mode encryption on the way is demanded of every client.
    return (entry.get("TransitEncryptionMode") or "required") if entry.get("TransitEncryptionEnabled") else ""


@ELASTICACHE.call("DescribeReplicationGroups", page_size=100)
def replication_groups(account: Account, answer: Answer) -> None:
    """Replication groups."""
    for entry in answer.response.get("ReplicationGroups") or ():
        name = entry["ReplicationGroupId"]
        arn = _arn(account, answer.region, "replicationgroup", name)
        account.table(Cache)[arn] = Cache(
            arn=arn,
            name=name,
            region=answer.region,
            engine=entry.get("Engine") or "redis",
            replicated=True,
            tls=_tls(entry),
            encrypted=bool(entry.get("AtRestEncryptionEnabled")),
            authenticates=bool(entry.get("AuthTokenEnabled") or entry.get("UserGroupIds")),
            auto_minor=bool(entry.get("AutoMinorVersionUpgrade")),
        )


@ELASTICACHE.call("DescribeCacheClusters", items="CacheClusters", page_size=100)
def cache_clusters(account: Account, answer: Answer) -> None:
    """Clusters; those of a replication group are told by it."""
    for entry in answer.response.get("CacheClusters") or ():
        name = entry["CacheClusterId"]
        if entry.get("ReplicationGroupId"):
            continue
        arn = _arn(account, answer.region, "cluster", name)
        account.table(Cache)[arn] = Cache(
            arn=arn,
            name=name,
            region=answer.region,
            engine=entry.get("Engine") or "",
            version=entry.get("EngineVersion") or "",
            tls=_tls(entry),
            encrypted=bool(entry.get("AtRestEncryptionEnabled")),
            authenticates=bool(entry.get("AuthTokenEnabled")),
            auto_minor=bool(entry.get("AutoMinorVersionUpgrade")),
        )


# Equal questions are asked once: one call a region, and none where there is no cluster.
@ELASTICACHE.call(
    "DescribeUpdateActions",
    for_each=cache_clusters,
    params=lambda *_: {
        "ServiceUpdateStatus": ["available"],
        "UpdateActionStatus": ["not-applied", "stopped"],
    },
    page_size=50,
)
def cache_updates(account: Account, answer: Answer) -> None:
    """Service updates that were not applied."""
    for entry in answer.response.get("UpdateActions") or ():
        group, cluster = entry.get("ReplicationGroupId"), entry.get("CacheClusterId")
        arn = (
            _arn(account, answer.region, "replicationgroup", group)
            if group
            else _arn(account, answer.region, "cluster", cluster or "")
        )
        name = entry.get("ServiceUpdateName") or ""
        account.table(CacheUpdate)[f"{arn}#{name}"] = CacheUpdate(
            arn=arn,
            name=name,
            region=answer.region,
            severity=entry.get("ServiceUpdateSeverity") or "",
            apply_by=moment(entry.get("ServiceUpdateRecommendedApplyByDate")),
        )
