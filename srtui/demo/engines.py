"""The practice account's database engines, warehouse, cache, search domain and what else AWS runs for it.

Answers by operation, as in `srtui.demo.estate`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from srtui.demo.estate import Params, ago, anywhere, at_home, policy
from srtui.demo.planted import Planted
from srtui.demo.policies import ACCOUNT
from srtui.demo.resources import HOME, OTHER


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{HOME}:{ACCOUNT}:{resource}"


def _engine_versions(params: Params, _: str, __: datetime) -> dict[str, Any]:
    engine, version = params.get("Engine", ""), params.get("EngineVersion", "")
    status = "deprecated" if version.startswith("5.7") else "available"
    return {"DBEngineVersions": [{"Engine": engine, "EngineVersion": version, "Status": status}]}


#: Ends of standard and extended support (RDS User Guide, release calendars).
_SUPPORT: Final = {
    ("mysql", "5.7"): ("2024-02-29", "2027-02-28"),
    ("mysql", "8.0"): ("2026-07-31", "2029-07-31"),
    ("postgres", "16"): ("2029-02-28", "2032-02-29"),
}


def _lifecycles(params: Params, _: str, __: datetime) -> dict[str, Any]:
    versions = []
    for (engine, major), ends in _SUPPORT.items():
        if engine == params.get("Engine"):
            supported = [
                {
                    "LifecycleSupportName": f"open-source-rds-{kind}-support",
                    "LifecycleSupportStartDate": "2020-01-01T00:00:00Z",
                    "LifecycleSupportEndDate": f"{end}T00:00:00Z",
                }
                for kind, end in zip(("standard", "extended"), ends, strict=True)
            ]
            versions.append(
                {"Engine": engine, "MajorEngineVersion": major, "SupportedEngineLifecycles": supported}
            )
    return {"DBMajorEngineVersions": versions}


def _maintenance(_: Params, __: datetime) -> dict[str, Any]:
    action = {"Action": "system-update", "Description": "New operating system update is available"}
    return {
        "PendingMaintenanceActions": [
            {"ResourceIdentifier": _arn("rds", "db:reporting"), "PendingMaintenanceActionDetails": [action]}
        ]
    }


def _tls(params: Params, _: str, __: datetime) -> dict[str, Any]:
    name = str(params.get("DBParameterGroupName", ""))
    if "postgres" in name:
        return {"Parameters": [{"ParameterName": "rds.force_ssl", "ParameterValue": "1"}]}
    return {"Parameters": [{"ParameterName": "require_secure_transport"}]}


def _warehouse(_: Params, now: datetime) -> dict[str, Any]:
    cluster = {
        "ClusterIdentifier": "insights",
        "ClusterStatus": "available",
        "ClusterCreateTime": ago(now, 500),
        "NodeType": "ra3.large",
        "PubliclyAccessible": False,
        "Encrypted": True,
        "AllowVersionUpgrade": True,
        "ClusterParameterGroups": [{"ParameterGroupName": "default.redshift-1.0"}],
        "IamRoles": [],
    }
    return {"Clusters": [cluster]}


_CACHE: Final = {
    "ReplicationGroupId": "sessions",
    "Status": "available",
    "Engine": "valkey",
    "TransitEncryptionEnabled": False,
    "AtRestEncryptionEnabled": True,
    "AuthTokenEnabled": False,
    "AutoMinorVersionUpgrade": True,
    "MemberClusters": ["sessions-001"],
    "ARN": _arn("elasticache", "replicationgroup:sessions"),
}
_MEMBER: Final = {
    "CacheClusterId": "sessions-001",
    "Engine": "valkey",
    "ReplicationGroupId": "sessions",
    "AutoMinorVersionUpgrade": True,
}
_DOMAIN: Final = {
    "DomainId": f"{ACCOUNT}/catalogue",
    "DomainName": "catalogue",
    "ARN": _arn("es", "domain/catalogue"),
    "EngineVersion": "OpenSearch_2.11",
    "ClusterConfig": {"InstanceCount": 1},
    "AccessPolicies": policy({"AWS": "*"}, "es:*"),
    "EncryptionAtRestOptions": {"Enabled": True},
    "NodeToNodeEncryptionOptions": {"Enabled": False},
    "DomainEndpointOptions": {"EnforceHTTPS": False, "TLSSecurityPolicy": "Policy-Min-TLS-1-0-2019-07"},
    "AdvancedSecurityOptions": {"Enabled": False},
    "ServiceSoftwareOptions": {
        "UpdateAvailable": True,
        "CurrentVersion": "R20240101",
        "NewVersion": "R20261001",
    },
}


def _kubernetes(now: datetime) -> dict[str, Any]:
    def version(name: str, standard: int, extended: int) -> dict[str, Any]:
        return {
            "clusterVersion": name,
            "clusterType": "eks",
            "endOfStandardSupportDate": ago(now, standard),
            "endOfExtendedSupportDate": ago(now, extended),
        }

    return {"clusterVersions": [version("1.31", 340, -25), version("1.34", -390, -755)]}


ENGINES: Final[dict[tuple[str, str], Planted]] = {
    ("rds", "DescribeDBEngineVersions"): anywhere(_engine_versions),
    ("rds", "DescribeDBMajorEngineVersions"): anywhere(_lifecycles),
    ("rds", "DescribePendingMaintenanceActions"): at_home(_maintenance),
    ("rds", "DescribeDBParameters"): anywhere(_tls),
    ("redshift", "DescribeClusters"): at_home(_warehouse),
    ("redshift", "DescribeClusterParameters"): at_home(
        lambda *_: {"Parameters": [{"ParameterName": "require_ssl", "ParameterValue": "false"}]}
    ),
    ("redshift", "DescribeLoggingStatus"): at_home(
        lambda *_: {"LoggingEnabled": True, "BucketName": "acme-audit-logs"}
    ),
    ("elasticache", "DescribeReplicationGroups"): at_home(lambda *_: {"ReplicationGroups": [_CACHE]}),
    ("elasticache", "DescribeCacheClusters"): at_home(lambda *_: {"CacheClusters": [_MEMBER]}),
    ("elasticache", "DescribeUpdateActions"): at_home(lambda *_: {"UpdateActions": []}),
    ("opensearch", "ListDomainNames"): at_home(
        lambda *_: {"DomainNames": [{"DomainName": "catalogue", "EngineType": "OpenSearch"}]}
    ),
    ("opensearch", "DescribeDomains"): at_home(lambda *_: {"DomainStatusList": [_DOMAIN]}),
    ("emr", "GetBlockPublicAccessConfiguration"): lambda where: {
        "BlockPublicAccessConfiguration": {"BlockPublicSecurityGroupRules": where.region != OTHER},
        "BlockPublicAccessConfigurationMetadata": {
            "CreationDateTime": where.ago(days=900),
            "CreatedByArn": f"arn:aws:iam::{ACCOUNT}:root",
        },
    },
    ("bedrock", "GetModelInvocationLoggingConfiguration"): at_home(
        lambda *_: {"loggingConfig": {"s3Config": {"bucketName": "acme-audit-logs"}}}
    ),
    ("eks", "DescribeClusterVersions"): at_home(lambda _, now: _kubernetes(now)),
}
