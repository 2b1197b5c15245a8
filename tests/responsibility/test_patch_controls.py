"""Systems Manager, Inspector, backups and what buckets keep, through evidence of AWS's shape."""

from __future__ import annotations

import json
from typing import Any

import pytest

from srtui.account import Account
from srtui.evidence import Evidence
from srtui.services import apply
from tests.responsibility.recorded import ACCOUNT, REGION, account, check, evidence, statuses

ONLINE = {"InstanceId": "i-1", "PingStatus": "Online", "IsLatestVersion": True, "AgentVersion": "3.3"}
ASKED = {"InstanceIds": ["i-1"]}


def nodes(*entries: dict[str, Any]) -> Evidence:
    return evidence("ssm", "DescribeInstanceInformation", {"InstanceInformationList": list(entries)})


def running(*names: str) -> Evidence:
    found = [{"InstanceId": name, "State": {"Name": "running"}} for name in names]
    return evidence("ec2", "DescribeInstances", {"Reservations": [{"Instances": found}]})


def ssm(operation: str, response: dict[str, Any] | None, params: dict[str, Any] | None = None) -> Evidence:
    if response is None:
        return evidence("ssm", operation, error="AccessDeniedException", params=params)
    return evidence("ssm", operation, response, params=params)


def test_running_instances_are_managed() -> None:
    lost = {"InstanceId": "i-2", "PingStatus": "ConnectionLost"}
    made = account(running("i-1", "i-2", "i-3"), nodes(ONLINE, lost))
    assert statuses("ssm-managed", made) == {"i-1": "pass", "i-2": "fail", "i-3": "fail"}


def patched(**more: Any) -> Account:
    state = {
        "InstanceId": "i-1",
        "PatchGroup": "",
        "BaselineId": "pb-1",
        "OperationStartTime": "2026-11-23T00:00:00Z",
        "OperationEndTime": "2026-11-23T00:10:00Z",
        "Operation": "Scan",
        **more,
    }
    told = ssm("DescribeInstancePatchStates", {"InstancePatchStates": [state]}, ASKED)
    return account(nodes(ONLINE), told)


NEVER = account(nodes(ONLINE), ssm("DescribeInstancePatchStates", {"InstancePatchStates": []}, ASKED))
UNTOLD = account(nodes(ONLINE), ssm("DescribeInstancePatchStates", None, ASKED))


@pytest.mark.parametrize(
    ("control", "made", "status"),
    [
        ("patch-missing", patched(), "pass"),
        ("patch-missing", patched(MissingCount=2), "fail"),
        ("patch-missing", patched(FailedCount=1), "fail"),
        ("patch-missing", patched(CriticalNonCompliantCount=1), "fail"),
        ("patch-missing", UNTOLD, "unknown"),
        ("patch-missing", NEVER, "not_applicable"),
        ("patch-scan-fresh", patched(), "pass"),
        ("patch-scan-fresh", patched(OperationEndTime="2026-11-01T00:00:00Z"), "fail"),
        ("patch-scan-fresh", NEVER, "fail"),
        ("patch-scan-fresh", UNTOLD, "unknown"),
        ("ssm-agent-old", account(nodes(ONLINE)), "pass"),
        ("ssm-agent-old", account(nodes({**ONLINE, "IsLatestVersion": False})), "fail"),
        ("ssm-agent-old", account(nodes({"InstanceId": "i-1", "PingStatus": "Online"})), "unknown"),
    ],
)
def test_managed_machines(control: str, made: Account, status: str) -> None:
    assert [one.status for one in check(control, made)] == [status]


def _rules(baselines: Any, groups: Any) -> Account:
    own = {"Filters": [{"Key": "OWNER", "Values": ["Self"]}]}
    found = None if baselines is None else {"BaselineIdentities": baselines}
    mapped = None if groups is None else {"Mappings": [{"PatchGroup": one} for one in groups]}
    return account(
        nodes(ONLINE), ssm("DescribePatchBaselines", found, own), ssm("DescribePatchGroups", mapped)
    )


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (_rules([{"BaselineName": "acme", "DefaultBaseline": True}], []), "pass"),
        (_rules([{"BaselineName": "acme", "DefaultBaseline": False}], []), "fail"),
        (_rules([], ["web"]), "pass"),
        (_rules([], []), "fail"),
        (_rules(None, []), "unknown"),
        (_rules(None, ["web"]), "pass"),
        (account(), "not_applicable"),
    ],
)
def test_patch_rules(made: Account, status: str) -> None:
    assert [one.status for one in check("patch-baseline", made)] == [status]


def _schedule(associations: Any, windows: Any, tasks: Any = ()) -> Account:
    asked = {"WindowId": "mw-1", "Filters": [{"Key": "TaskArn", "Values": ["AWS-RunPatchBaseline"]}]}
    linked = None if associations is None else {"Associations": [{"Name": one} for one in associations]}
    found = [nodes(ONLINE), ssm("ListAssociations", linked)]
    found.append(ssm("DescribeMaintenanceWindows", {"WindowIdentities": windows}))
    if windows:
        listed = None if tasks is None else {"Tasks": [{"WindowId": "mw-1", "TaskArn": one} for one in tasks]}
        found.append(ssm("DescribeMaintenanceWindowTasks", listed, asked))
    return account(*found)


WINDOW = [{"WindowId": "mw-1", "Enabled": True}]


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (_schedule(["AWS-RunPatchBaseline"], []), "pass"),
        (_schedule(["AWS-GatherSoftwareInventory"], []), "fail"),
        (_schedule([], WINDOW, ["AWS-RunPatchBaseline"]), "pass"),
        (_schedule([], WINDOW), "fail"),
        (_schedule([], WINDOW, None), "unknown"),
        (_schedule(None, []), "unknown"),
    ],
)
def test_patching_has_a_schedule(made: Account, status: str) -> None:
    assert [one.status for one in check("patch-schedule", made)] == [status]


def _compliance(*items: tuple[str, str]) -> Account:
    asked = {"Filters": [{"Key": "Status", "Values": ["NON_COMPLIANT"], "Type": "EQUAL"}]}
    found = [
        {
            "ResourceId": "i-1",
            "ComplianceType": kind,
            "OverallSeverity": severity,
            "NonCompliantSummary": {"NonCompliantCount": 1},
        }
        for kind, severity in items
    ]
    told = ssm("ListResourceComplianceSummaries", {"ResourceComplianceSummaryItems": found}, asked)
    return account(nodes(ONLINE), told)


def test_compliance() -> None:
    assert statuses("ssm-compliance", _compliance()) == {"i-1": "pass"}
    assert statuses("ssm-compliance", _compliance(("Association", "UNSPECIFIED"))) == {"i-1": "pass"}
    assert statuses("ssm-compliance", _compliance(("Patch", "CRITICAL"))) == {"i-1": "fail"}
    assert statuses("ssm-compliance", account(nodes(ONLINE))) == {"i-1": "unknown"}


def test_sessions_are_logged() -> None:
    asked = {"Name": "SSM-SessionManagerRunShell", "DocumentFormat": "JSON"}

    def preferences(content: Any, error: str = "") -> list[str]:
        told = (
            evidence("ssm", "GetDocument", error=error, params=asked)
            if error
            else evidence("ssm", "GetDocument", {"Content": content}, params=asked)
        )
        return [one.status for one in check("session-manager-logging", account(nodes(ONLINE), told))]

    assert preferences(json.dumps({"inputs": {"s3BucketName": "logs"}})) == ["pass"]
    assert preferences(json.dumps({"inputs": {"s3BucketName": "", "cloudWatchLogGroupName": ""}})) == ["fail"]
    assert preferences("", "InvalidDocument") == ["fail"]
    assert preferences("", "AccessDeniedException") == ["unknown"]
    assert preferences("no json") == ["unknown"]


def test_documents() -> None:
    listed = ssm("ListDocuments", {"DocumentIdentifiers": [{"Name": "acme-deploy"}]})
    asked = {"Name": "acme-deploy", "PermissionType": "Share"}

    def shared(*accounts: str) -> Evidence:
        return ssm("DescribeDocumentPermission", {"AccountIds": list(accounts)}, asked)

    assert statuses("ssm-doc-public", account(listed, shared("all"))) == {"acme-deploy": "fail"}
    assert statuses("ssm-doc-public", account(listed, shared())) == {"acme-deploy": "pass"}
    denied = ssm("DescribeDocumentPermission", None, asked)
    assert statuses("ssm-doc-public", account(listed, denied)) == {"acme-deploy": "unknown"}


def test_documents_cannot_be_made_public() -> None:
    asked = {"SettingId": "/ssm/documents/console/public-sharing-permission"}

    def setting(value: str) -> list[str]:
        told = ssm("GetServiceSetting", {"ServiceSetting": {"SettingValue": value}}, asked)
        return [one.status for one in check("ssm-doc-sharing-block", account(told))]

    assert setting("Disable") == ["pass"]
    assert setting("Enable") == ["fail"]


def inspector(ec2: str, *more: Evidence, status: str = "ENABLED") -> Account:
    scans = {kind: {"status": "DISABLED"} for kind in ("ecr", "lambda")}
    entry = {
        "accountId": ACCOUNT,
        "state": {"status": status},
        "resourceState": {"ec2": {"status": ec2}, **scans},
    }
    return account(
        running("i-1"), evidence("inspector2", "BatchGetAccountStatus", {"accounts": [entry]}), *more
    )


def found(kind: str, *responses: dict[str, Any]) -> Evidence:
    response = {"aggregationType": kind, "responses": list(responses)}
    return evidence("inspector2", "ListFindingAggregations", response, params={"aggregationType": kind})


NOTHING = [found(kind) for kind in ("AWS_ECR_CONTAINER", "AWS_LAMBDA_FUNCTION")]


def test_inspector_looks() -> None:
    assert [one.status for one in check("inspector-on", inspector("ENABLED"))] == ["pass"]
    assert [one.status for one in check("inspector-on", inspector("DISABLED"))] == ["fail"]
    assert check("inspector-on", inspector("DISABLED"))[0].values == {"kinds": "EC2"}
    made = account(running("i-1"))
    apply(made, evidence("inspector2", "BatchGetAccountStatus", error="AccessDeniedException"))
    assert {one.status for one in check("inspector-on", made)} == {"unknown"}


def test_what_inspector_found() -> None:
    def instance(**counts: int) -> Evidence:
        aggregated = {"instanceId": "i-1", "accountId": ACCOUNT, "severityCounts": counts}
        return found("AWS_EC2_INSTANCE", {"ec2InstanceAggregation": aggregated})

    def judged(*more: Evidence) -> dict[str, str]:
        return statuses("inspector-findings", inspector("ENABLED", *more))

    assert judged(instance(critical=1), *NOTHING) == {"i-1": "fail"}
    assert judged(instance(high=1), *NOTHING) == {"i-1": "fail"}
    assert judged(instance(medium=4), *NOTHING) == {"i-1": "pass"}
    assert judged(found("AWS_EC2_INSTANCE"), *NOTHING) == {"root": "pass"}
    assert judged(*NOTHING) == {"root": "unknown"}
    denied = evidence(
        "inspector2",
        "ListFindingAggregations",
        error="AccessDeniedException",
        params={"aggregationType": "AWS_EC2_INSTANCE"},
    )
    assert judged(denied, *NOTHING) == {"root": "unknown"}
    assert statuses("inspector-findings", inspector("DISABLED", status="DISABLED")) == {
        "root": "not_applicable"
    }


def test_what_inspector_cannot_scan() -> None:
    asked = {"filterCriteria": {"scanStatusCode": [{"comparison": "EQUALS", "value": "INACTIVE"}]}}

    def covered(reason: str) -> dict[str, str]:
        entry = {
            "resourceType": "AWS_EC2_INSTANCE",
            "resourceId": "i-1",
            "accountId": ACCOUNT,
            "scanType": "PACKAGE",
            "scanStatus": {"statusCode": "INACTIVE", "reason": reason},
        }
        response = {"coveredResources": [entry] if reason else []}
        told = evidence("inspector2", "ListCoverage", response, params=asked)
        return statuses("inspector-coverage", inspector("ENABLED", told))

    assert covered("UNMANAGED_EC2_INSTANCE") == {"i-1": "fail"}
    assert covered("EC2_INSTANCE_STOPPED") == {"root": "pass"}
    assert covered("") == {"root": "pass"}
    assert statuses("inspector-coverage", inspector("ENABLED")) == {"root": "unknown"}


PLAN = evidence(
    "backup", "ListBackupPlans", {"BackupPlansList": [{"BackupPlanId": "p1", "BackupPlanName": "daily"}]}
)
OF_PLAN = {"BackupPlanId": "p1"}
TABLES = evidence("dynamodb", "ListTables", {"TableNames": ["orders"]})


def test_data_is_in_a_plan() -> None:
    def selections(count: int) -> Evidence:
        entries = [{"SelectionId": str(number)} for number in range(count)]
        return evidence("backup", "ListBackupSelections", {"BackupSelectionsList": entries}, params=OF_PLAN)

    assert statuses("backup-plan", account(TABLES, PLAN, selections(1))) == {"root": "pass"}
    assert statuses("backup-plan", account(TABLES, PLAN, selections(0))) == {"root": "fail"}
    assert statuses("backup-plan", account(TABLES)) == {"root": "fail"}
    assert statuses("backup-plan", account(TABLES, PLAN)) == {"root": "unknown"}
    assert statuses("backup-plan", account()) == {"root": "not_applicable"}


def test_vaults_are_locked() -> None:
    def vault(name: str, points: int, locked: bool, kind: str = "BACKUP_VAULT") -> dict[str, Any]:
        return {
            "BackupVaultName": name,
            "NumberOfRecoveryPoints": points,
            "Locked": locked,
            "VaultType": kind,
        }

    entries = [
        vault("Default", 0, False),
        vault("main", 7, False),
        vault("locked", 7, True),
        vault("gap", 7, False, "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"),
    ]
    made = account(evidence("backup", "ListBackupVaults", {"BackupVaultList": entries}))
    assert statuses("backup-vault-lock", made) == {"main": "fail", "locked": "pass", "gap": "pass"}


def test_copies_in_another_region() -> None:
    def rules(region: str) -> Evidence:
        copy = {"DestinationBackupVaultArn": f"arn:aws:backup:{region}:{ACCOUNT}:backup-vault:far"}
        rule = {"RuleName": "r", "TargetBackupVaultName": "main", "CopyActions": [copy] if region else []}
        plan = {"BackupPlanName": "daily", "Rules": [rule]}
        return evidence("backup", "GetBackupPlan", {"BackupPlan": plan}, params=OF_PLAN)

    assert statuses("cross-region-copy", account(PLAN, rules("eu-central-1"))) == {"p1": "pass"}
    assert statuses("cross-region-copy", account(PLAN, rules(REGION))) == {"p1": "fail"}
    assert statuses("cross-region-copy", account(PLAN, rules(""))) == {"p1": "fail"}
    assert statuses("cross-region-copy", account(PLAN)) == {"p1": "unknown"}


BUCKETS = evidence(
    "s3",
    "ListBuckets",
    {
        "Buckets": [
            {"Name": "acme-backups", "BucketRegion": REGION},
            {"Name": "acme-far", "BucketRegion": "eu-central-1"},
            {"Name": "acme-web", "BucketRegion": REGION},
        ]
    },
)


def s3(operation: str, response: dict[str, Any] | str, bucket: str = "acme-backups") -> Evidence:
    asked = {"Bucket": bucket}
    if isinstance(response, str):
        return evidence("s3", operation, error=response, params=asked)
    return evidence("s3", operation, response, params=asked)


def test_buckets_replicate_to_another_region() -> None:
    def to(bucket: str) -> dict[str, str]:
        rule = {"Status": "Enabled", "Destination": {"Bucket": f"arn:aws:s3:::{bucket}"}}
        configuration = {"Role": "arn", "Rules": [rule]}
        told = s3("GetBucketReplication", {"ReplicationConfiguration": configuration})
        return statuses("cross-region-copy", account(BUCKETS, told))

    assert to("acme-far") == {"acme-backups": "pass"}
    assert to("acme-web") == {"acme-backups": "fail"}
    assert to("bucket-of-another-account") == {"acme-backups": "unknown"}
    none = s3("GetBucketReplication", "ReplicationConfigurationNotFoundError")
    assert statuses("cross-region-copy", account(BUCKETS, none)) == {"acme-backups": "fail"}
    assert statuses("cross-region-copy", account(BUCKETS)) == {"acme-backups": "unknown"}


def test_buckets_with_backups_keep_them() -> None:
    locked = s3("GetObjectLockConfiguration", {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}})
    not_locked = s3("GetObjectLockConfiguration", "ObjectLockConfigurationNotFoundError")
    assert statuses("s3-object-lock", account(BUCKETS, locked)) == {"acme-backups": "pass"}
    assert statuses("s3-object-lock", account(BUCKETS, not_locked)) == {"acme-backups": "fail"}
    assert statuses("s3-object-lock", account(BUCKETS)) == {"acme-backups": "unknown"}
    with_mfa = s3("GetBucketVersioning", {"Status": "Enabled", "MFADelete": "Enabled"})
    assert statuses("s3-mfa-delete", account(BUCKETS, with_mfa)) == {"acme-backups": "pass"}
    assert statuses("s3-mfa-delete", account(BUCKETS, s3("GetBucketVersioning", {}))) == {
        "acme-backups": "fail"
    }
    assert statuses("s3-mfa-delete", account(BUCKETS)) == {"acme-backups": "unknown"}


def test_a_bucket_that_others_log_to_holds_logs() -> None:
    target = {"LoggingEnabled": {"TargetBucket": "acme-far", "TargetPrefix": ""}}
    made = account(BUCKETS, s3("GetBucketLogging", target, "acme-web"))
    assert statuses("s3-object-lock", made) == {"acme-backups": "unknown", "acme-far": "unknown"}


def test_lifecycle_and_keys_of_buckets() -> None:
    def of(control: str, told: Evidence) -> str:
        return statuses(control, account(BUCKETS, told))["acme-backups"]

    rules = s3("GetBucketLifecycleConfiguration", {"Rules": [{"Status": "Enabled"}]})
    off = s3("GetBucketLifecycleConfiguration", {"Rules": [{"Status": "Disabled"}]})
    assert of("s3-lifecycle", rules) == "pass"
    assert of("s3-lifecycle", off) == "fail"
    assert of("s3-lifecycle", s3("GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration")) == "fail"
    assert of("s3-lifecycle", s3("GetBucketLifecycleConfiguration", "AccessDenied")) == "unknown"

    def default(algorithm: str) -> Evidence:
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
        return s3("GetBucketEncryption", {"ServerSideEncryptionConfiguration": {"Rules": [rule]}})

    assert of("s3-encryption", default("aws:kms")) == "pass"
    assert of("s3-encryption", default("AES256")) == "fail"
    assert of("s3-encryption", s3("GetBucketEncryption", "AccessDenied")) == "unknown"


def test_buckets_shared_by_name() -> None:
    def shared(number: str) -> str:
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": [f"arn:aws:iam::{number}:root", ACCOUNT]},
            "Action": "s3:GetObject",
            "Resource": "*",
        }
        told = s3("GetBucketPolicy", {"Policy": json.dumps({"Statement": [statement]})})
        return statuses("s3-cross-account", account(BUCKETS, told))["acme-backups"]

    assert shared("111122223333") == "fail"
    assert shared(ACCOUNT) == "pass"
    open_to_all = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
    opened = s3("GetBucketPolicy", {"Policy": json.dumps({"Statement": [open_to_all]})})
    assert "acme-backups" not in statuses("s3-cross-account", account(BUCKETS, opened))
    denied = s3("GetBucketPolicy", "AccessDenied")
    assert statuses("s3-cross-account", account(BUCKETS, denied))["acme-backups"] == "unknown"


def test_access_points() -> None:
    asked = {"AccountId": ACCOUNT, "Name": "door"}
    on = dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
    )

    def point(origin: str, block: dict[str, bool] | None = None) -> dict[str, str]:
        entry = {"Name": "door", "NetworkOrigin": origin, "Bucket": "acme-web"}
        listed = evidence("s3control", "ListAccessPoints", {"AccessPointList": [entry]})
        told = evidence(
            "s3control", "GetAccessPoint", {"PublicAccessBlockConfiguration": block}, params=asked
        )
        return statuses("s3-access-point-bpa", account(listed, *([told] if block else [])))

    assert point("Internet", on) == {"door": "pass"}
    assert point("Internet", {**on, "BlockPublicPolicy": False}) == {"door": "fail"}
    assert point("Internet") == {"door": "unknown"}
    assert point("VPC") == {"door": "pass"}


def test_access_points_over_several_regions() -> None:
    entry = {"Name": "world", "Alias": "world.mrap", "PublicAccessBlock": {"BlockPublicAcls": True}}
    listed = evidence(
        "s3control", "ListMultiRegionAccessPoints", {"AccessPoints": [entry]}, region="us-west-2"
    )
    assert statuses("s3-access-point-bpa", account(listed)) == {"world.mrap": "fail"}
