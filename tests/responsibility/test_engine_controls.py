"""Engines, warehouses, caches, search, EMR and models, through evidence of AWS's shape."""

from __future__ import annotations

import json
from typing import Any

import pytest

from srtui.account import Account
from srtui.evidence import Evidence
from srtui.services import apply
from srtui.services.rds_more import TLS_PARAMETERS
from tests.responsibility.recorded import ACCOUNT, REGION, account, check, evidence, statuses

DATABASE = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:one"
FILTER = [{"Name": "parameter-name", "Values": list(TLS_PARAMETERS)}]


def database(engine: str = "postgres", version: str = "16.4", **more: Any) -> Evidence:
    entry = {
        "DBInstanceArn": DATABASE,
        "DBInstanceIdentifier": "one",
        "Engine": engine,
        "EngineVersion": version,
        "DBParameterGroups": [{"DBParameterGroupName": "pg"}],
        **more,
    }
    return evidence("rds", "DescribeDBInstances", {"DBInstances": [entry]})


def cluster(**more: Any) -> Evidence:
    entry = {
        "DBClusterArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:c",
        "DBClusterIdentifier": "c",
        "Engine": "aurora-postgresql",
        "DBClusterParameterGroup": "cpg",
        **more,
    }
    return evidence("rds", "DescribeDBClusters", {"DBClusters": [entry]})


def parameters(of: str = "DB", group: str = "pg", **values: str) -> Evidence:
    found = [
        {"ParameterName": name.replace("__", "."), "ParameterValue": value} for name, value in values.items()
    ]
    asked = {f"{of}ParameterGroupName": group, "Filters": FILTER}
    return evidence("rds", f"Describe{of}Parameters", {"Parameters": found}, params=asked)


IN_CLUSTER = {"engine": "aurora-postgresql", "DBClusterIdentifier": "c"}


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ([database(), parameters(rds__force_ssl="1")], {"one": "pass"}),
        ([database(), parameters(rds__force_ssl="0")], {"one": "fail"}),
        ([database("mysql", "8.0.36"), parameters(require_secure_transport="ON")], {"one": "pass"}),
        ([database("mysql", "8.0.36"), parameters(require_secure_transport="")], {"one": "fail"}),
        ([database("mariadb", "10.4.1"), parameters()], {"one": "fail"}),
        ([database()], {"one": "unknown"}),
        ([database("oracle-ee")], {"root": "not_applicable"}),
        (
            [database(**IN_CLUSTER), cluster(), parameters("DBCluster", "cpg", rds__force_ssl="1")],
            {"one": "pass"},
        ),
        (
            [database(**IN_CLUSTER), cluster(), parameters("DBCluster", "cpg", rds__force_ssl="0")],
            {"one": "fail"},
        ),
        ([database(**IN_CLUSTER), cluster()], {"one": "unknown"}),
        ([database(**IN_CLUSTER)], {"one": "unknown"}),
    ],
)
def test_tls_is_demanded(given: list[Evidence], status: dict[str, str]) -> None:
    assert statuses("rds-force-ssl", account(*given)) == status


def test_a_denied_parameter_group_is_named() -> None:
    denied = evidence(
        "rds",
        "DescribeDBParameters",
        error="AccessDenied",
        params={"DBParameterGroupName": "pg", "Filters": FILTER},
    )
    (result,) = check("rds-force-ssl", account(database(), denied))
    assert result.reason == f"rds:DescribeDBParameters failed in {REGION}: AccessDenied"


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ({"Action": "system-update"}, "fail"),
        ({"Action": "os-upgrade", "ForcedApplyDate": "2026-12-24T00:00:00Z"}, "fail"),
        ({"Action": "db-upgrade", "CurrentApplyDate": "2026-12-01T00:00:00Z"}, "pass"),
        ({"Action": "db-upgrade", "CurrentApplyDate": "2026-01-01T00:00:00Z"}, "fail"),
        (None, "pass"),
    ],
)
def test_maintenance_that_waits(action: dict[str, str] | None, status: str) -> None:
    pending = (
        [{"ResourceIdentifier": DATABASE, "PendingMaintenanceActionDetails": [action]}] if action else []
    )
    told = evidence("rds", "DescribePendingMaintenanceActions", {"PendingMaintenanceActions": pending})
    assert statuses("rds-pending-maintenance", account(database(), told)) == {"one": status}


def test_maintenance_that_was_not_read() -> None:
    assert statuses("rds-pending-maintenance", account(database())) == {"one": "unknown"}


def lifecycle(engine: str, major: str, standard: str, extended: str = "2030-01-01T00:00:00Z") -> Evidence:
    supported = [
        {
            "LifecycleSupportName": f"open-source-rds-{kind}-support",
            "LifecycleSupportStartDate": "2020-01-01T00:00:00Z",
            "LifecycleSupportEndDate": end,
        }
        for kind, end in (("standard", standard), ("extended", extended))
    ]
    entry = {"Engine": engine, "MajorEngineVersion": major, "SupportedEngineLifecycles": supported}
    return evidence(
        "rds", "DescribeDBMajorEngineVersions", {"DBMajorEngineVersions": [entry]}, params={"Engine": engine}
    )


def version(engine: str, number: str, status: str) -> Evidence:
    asked = {"Engine": engine, "EngineVersion": number, "IncludeAll": True}
    entry = {"Engine": engine, "EngineVersion": number, "Status": status}
    return evidence("rds", "DescribeDBEngineVersions", {"DBEngineVersions": [entry]}, params=asked)


LONG, OVER = "2029-01-01T00:00:00Z", "2024-02-29T00:00:00Z"


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ([database(), lifecycle("postgres", "16", LONG), version("postgres", "16.4", "available")], "pass"),
        ([database(), lifecycle("postgres", "16", LONG), version("postgres", "16.4", "deprecated")], "fail"),
        ([database("mysql", "5.7.44"), lifecycle("mysql", "5.7", OVER)], "fail"),
        ([database(), lifecycle("postgres", "1", OVER), version("postgres", "16.4", "available")], "unknown"),
        ([database(), version("postgres", "16.4", "available")], "unknown"),
        ([database(), lifecycle("postgres", "16", LONG)], "unknown"),
        ([database("sqlserver-se", "15.00"), version("sqlserver-se", "15.00", "available")], "pass"),
        ([database("oracle-ee", "12.1"), version("oracle-ee", "12.1", "deprecated")], "fail"),
    ],
)
def test_engines_are_supported(given: list[Evidence], status: str) -> None:
    assert statuses("rds-eol-engine", account(*given)) == {"one": status}


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ([database("mysql", "5.7.44"), lifecycle("mysql", "5.7", OVER)], "fail"),
        (
            [
                database(
                    "mysql", "5.7.44", EngineLifecycleSupport="open-source-rds-extended-support-disabled"
                ),
                lifecycle("mysql", "5.7", OVER),
            ],
            "pass",
        ),
        ([database(), lifecycle("postgres", "16", LONG)], "pass"),
        ([database()], "unknown"),
    ],
)
def test_extended_support_is_paid_for(given: list[Evidence], status: str) -> None:
    assert statuses("rds-extended-support", account(*given)) == {"one": status}


def test_cousins_of_rds() -> None:
    made = account(database("docdb", "4.0.0"), version("docdb", "4.0.0", "deprecated"))
    assert statuses("docdb-neptune-maint", made) == {"one": "fail"}
    assert statuses("rds-eol-engine", made) == {"root": "not_applicable"}
    made = account(database("docdb", "5.0.0"), version("docdb", "5.0.0", "available"))
    assert statuses("docdb-neptune-maint", made) == {"one": "pass"}
    assert statuses("rds-auto-minor", made) == {"one": "pass"}
    assert statuses("docdb-neptune-maint", account(database("docdb", "5.0.0"))) == {"one": "unknown"}


def test_memory_databases() -> None:
    def one(minor: bool) -> dict[str, str]:
        arn = f"arn:aws:memorydb:{REGION}:{ACCOUNT}:cluster/m"
        entry = {"Name": "m", "ARN": arn, "AutoMinorVersionUpgrade": minor}
        return statuses(
            "docdb-neptune-maint", account(evidence("memorydb", "DescribeClusters", {"Clusters": [entry]}))
        )

    assert one(True) == {"m": "pass"}
    assert one(False) == {"m": "fail"}


def test_settings_that_a_cluster_has_instead_of_its_instances() -> None:
    settings = {
        "DeletionProtection": True,
        "IAMDatabaseAuthenticationEnabled": True,
        "EnabledCloudwatchLogsExports": ["postgresql"],
    }
    for control in ("rds-deletion-protection", "rds-iam-auth", "rds-logs"):
        assert statuses(control, account(database(**IN_CLUSTER), cluster(**settings))) == {"one": "pass"}
        assert statuses(control, account(database(**IN_CLUSTER), cluster())) == {"one": "fail"}


def test_snapshots_of_clusters() -> None:
    arn = f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster-snapshot:s"
    entry = {"DBClusterSnapshotArn": arn, "DBClusterSnapshotIdentifier": "s", "SnapshotType": "manual"}
    listed = evidence("rds", "DescribeDBClusterSnapshots", {"DBClusterSnapshots": [entry]})
    asked = {"DBClusterSnapshotIdentifier": "s"}

    def shared(*with_: str) -> Evidence:
        attribute = {"AttributeName": "restore", "AttributeValues": list(with_)}
        result = {"DBClusterSnapshotIdentifier": "s", "DBClusterSnapshotAttributes": [attribute]}
        return evidence(
            "rds",
            "DescribeDBClusterSnapshotAttributes",
            {"DBClusterSnapshotAttributesResult": result},
            params=asked,
        )

    assert statuses("rds-snapshot-public", account(listed, shared("all"))) == {"s": "fail"}
    assert statuses("snapshot-shared-stranger", account(listed, shared("111122223333"))) == {"s": "fail"}
    assert statuses("rds-snapshot-public", account(listed, shared())) == {"s": "pass"}
    denied = evidence("rds", "DescribeDBClusterSnapshotAttributes", error="AccessDenied", params=asked)
    (result,) = check("rds-snapshot-public", account(listed, denied))
    assert "DescribeDBClusterSnapshotAttributes" in result.reason


def warehouse(**more: Any) -> Evidence:
    entry = {
        "ClusterIdentifier": "dw",
        "Encrypted": True,
        "PubliclyAccessible": False,
        "AllowVersionUpgrade": True,
        "ClusterParameterGroups": [{"ParameterGroupName": "tls"}],
        **more,
    }
    return evidence("redshift", "DescribeClusters", {"Clusters": [entry]})


def require_ssl(value: str) -> Evidence:
    found = [{"ParameterName": "require_ssl", "ParameterValue": value}]
    return evidence(
        "redshift", "DescribeClusterParameters", {"Parameters": found}, params={"ParameterGroupName": "tls"}
    )


def logging(enabled: bool) -> Evidence:
    answer = {"LoggingEnabled": enabled, **({"BucketName": "logs"} if enabled else {})}
    return evidence("redshift", "DescribeLoggingStatus", answer, params={"ClusterIdentifier": "dw"})


@pytest.mark.parametrize(
    ("control", "given", "status"),
    [
        ("redshift-public", [warehouse()], "pass"),
        ("redshift-public", [warehouse(PubliclyAccessible=True)], "fail"),
        ("redshift-encrypted-tls", [warehouse(), require_ssl("true")], "pass"),
        ("redshift-encrypted-tls", [warehouse(), require_ssl("false")], "fail"),
        ("redshift-encrypted-tls", [warehouse(Encrypted=False)], "fail"),
        ("redshift-encrypted-tls", [warehouse()], "unknown"),
        ("redshift-audit", [warehouse(), logging(True)], "pass"),
        ("redshift-audit", [warehouse(), logging(False)], "fail"),
        ("redshift-audit", [warehouse()], "unknown"),
        ("redshift-auto-upgrade", [warehouse()], "pass"),
        ("redshift-auto-upgrade", [warehouse(AllowVersionUpgrade=False)], "fail"),
    ],
)
def test_warehouses(control: str, given: list[Evidence], status: str) -> None:
    assert statuses(control, account(*given)) == {"dw": status}


def group(**more: Any) -> Evidence:
    entry = {
        "ReplicationGroupId": "g",
        "Engine": "valkey",
        "TransitEncryptionEnabled": True,
        "AtRestEncryptionEnabled": True,
        "AuthTokenEnabled": True,
        "AutoMinorVersionUpgrade": True,
        **more,
    }
    return evidence("elasticache", "DescribeReplicationGroups", {"ReplicationGroups": [entry]})


def single(**more: Any) -> Evidence:
    entry = {"CacheClusterId": "m", "Engine": "memcached", **more}
    return evidence("elasticache", "DescribeCacheClusters", {"CacheClusters": [entry]})


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (group(), {"g": "pass"}),
        (group(AuthTokenEnabled=False, UserGroupIds=["users"]), {"g": "pass"}),
        (group(AuthTokenEnabled=False), {"g": "fail"}),
        (group(AtRestEncryptionEnabled=False), {"g": "fail"}),
        (group(TransitEncryptionEnabled=False), {"g": "fail"}),
        (group(TransitEncryptionMode="preferred"), {"g": "fail"}),
        (single(TransitEncryptionEnabled=True), {"m": "pass"}),
        (single(), {"m": "fail"}),
        (single(ReplicationGroupId="g"), {"root": "not_applicable"}),
    ],
)
def test_caches(given: Evidence, status: dict[str, str]) -> None:
    assert statuses("elasticache-tls-auth", account(given)) == status


def test_updates_of_caches() -> None:
    asked = {"ServiceUpdateStatus": ["available"], "UpdateActionStatus": ["not-applied", "stopped"]}

    def updates(*due: str) -> Evidence:
        found = [
            {
                "ReplicationGroupId": "g",
                "ServiceUpdateName": f"update-{day}",
                "ServiceUpdateSeverity": "important",
                "ServiceUpdateRecommendedApplyByDate": day,
            }
            for day in due
        ]
        return evidence("elasticache", "DescribeUpdateActions", {"UpdateActions": found}, params=asked)

    def judged(*given: Evidence) -> dict[str, str]:
        return statuses("elasticache-auto-minor", account(*given))

    assert judged(group(), updates()) == {"g": "pass"}
    assert judged(group(), updates("2026-12-01T00:00:00Z")) == {"g": "pass"}
    assert judged(group(), updates("2026-11-01T00:00:00Z")) == {"g": "fail"}
    assert judged(group(AutoMinorVersionUpgrade=False)) == {"g": "fail"}
    assert judged(group()) == {"g": "unknown"}


SOUND = {
    "VPCOptions": {"VPCId": "vpc-1"},
    "AdvancedSecurityOptions": {"Enabled": True},
    "EncryptionAtRestOptions": {"Enabled": True},
    "NodeToNodeEncryptionOptions": {"Enabled": True},
    "DomainEndpointOptions": {
        "EnforceHTTPS": True,
        "TLSSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10",
    },
    "ServiceSoftwareOptions": {"UpdateAvailable": False},
}


def _policy(principal: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "es:*", "Resource": "*"}
    return json.dumps({"Statement": [statement]})


def domain(described: bool = True, **more: Any) -> Account:
    listed = evidence("opensearch", "ListDomainNames", {"DomainNames": [{"DomainName": "logs"}]})
    status = {
        "DomainId": "1",
        "DomainName": "logs",
        "ARN": "arn",
        "ClusterConfig": {},
        **SOUND,
        **more,
    }
    asked = {"DomainNames": ["logs"]}
    told = evidence("opensearch", "DescribeDomains", {"DomainStatusList": [status]}, params=asked)
    return account(listed, *([told] if described else []))


PUBLIC = {"VPCOptions": {}}
WITHOUT = {"AdvancedSecurityOptions": {"Enabled": False}}


@pytest.mark.parametrize(
    ("control", "made", "status"),
    [
        ("opensearch-public", domain(), "pass"),
        ("opensearch-public", domain(**PUBLIC, **WITHOUT, AccessPolicies=_policy("*")), "fail"),
        ("opensearch-public", domain(**PUBLIC, AccessPolicies=_policy("*")), "pass"),
        (
            "opensearch-public",
            domain(
                **PUBLIC,
                AdvancedSecurityOptions={"Enabled": True, "AnonymousAuthEnabled": True},
                AccessPolicies=_policy("*"),
            ),
            "fail",
        ),
        ("opensearch-public", domain(**PUBLIC, **WITHOUT, AccessPolicies=_policy(ACCOUNT)), "pass"),
        ("opensearch-public", domain(**PUBLIC, **WITHOUT, AccessPolicies="no json"), "unknown"),
        ("opensearch-public", domain(described=False), "unknown"),
        ("opensearch-encryption", domain(), "pass"),
        ("opensearch-encryption", domain(EncryptionAtRestOptions={"Enabled": False}), "fail"),
        ("opensearch-encryption", domain(NodeToNodeEncryptionOptions={"Enabled": False}), "fail"),
        (
            "opensearch-encryption",
            domain(
                DomainEndpointOptions={
                    "EnforceHTTPS": True,
                    "TLSSecurityPolicy": "Policy-Min-TLS-1-0-2019-07",
                }
            ),
            "fail",
        ),
        ("opensearch-encryption", domain(described=False), "unknown"),
        ("opensearch-service-software", domain(), "pass"),
        ("opensearch-service-software", domain(ServiceSoftwareOptions={"UpdateAvailable": True}), "fail"),
        ("opensearch-service-software", domain(ServiceSoftwareOptions=None), "unknown"),
    ],
)
def test_search_domains(control: str, made: Account, status: str) -> None:
    assert statuses(control, made) == {"logs": status}


def test_emr_refuses_open_clusters() -> None:
    def block(value: bool) -> list[str]:
        found = {"BlockPublicSecurityGroupRules": value}
        answer = {"BlockPublicAccessConfiguration": found}
        return [
            one.status
            for one in check("emr-bpa", account(evidence("emr", "GetBlockPublicAccessConfiguration", answer)))
        ]

    assert block(True) == ["pass"]
    assert block(False) == ["fail"]
    made = account()
    apply(made, evidence("emr", "GetBlockPublicAccessConfiguration", error="AccessDeniedException"))
    assert "pass" not in {one.status for one in check("emr-bpa", made)}


def test_calls_of_models_are_logged() -> None:
    def logged(**configuration: Any) -> list[str]:
        answer = {"loggingConfig": configuration} if configuration else {}
        told = evidence("bedrock", "GetModelInvocationLoggingConfiguration", answer)
        return [one.status for one in check("bedrock-logging", account(told))]

    assert logged(s3Config={"bucketName": "logs"}) == ["pass"]
    assert logged(cloudWatchConfig={"logGroupName": "models", "roleArn": "arn"}) == ["pass"]
    assert logged() == ["fail"]
