"""What the practice account keeps and how it is kept up to date: secrets, queues, stores, backups, images, patches.

Answers by operation, as in `srtui.demo.estate`.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from srtui.demo.estate import Params, ago, anywhere, at_home, policy
from srtui.demo.planted import Planted
from srtui.demo.policies import ACCOUNT, PARTNER, STRANGER
from srtui.demo.resources import HOME


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{HOME}:{ACCOUNT}:{resource}"


_DB_SECRET: Final = _arn("secretsmanager", "secret:orders-database-a1B2c3")
_API_SECRET: Final = _arn("secretsmanager", "secret:partner-api-d4E5f6")
_SHARE: Final = _arn("ram", "resource-share/6a1b2c3d-0001-4000-8000-000000000001")
_OWN: Final = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def _secrets(now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "ARN": _DB_SECRET,
            "Name": "orders-database",
            "RotationEnabled": True,
            "LastRotatedDate": ago(now, 12),
            "LastAccessedDate": ago(now, 1),
            "CreatedDate": ago(now, 600),
        },
        {
            "ARN": _API_SECRET,
            "Name": "partner-api",
            "RotationEnabled": False,
            "LastAccessedDate": ago(now, 210),
            "CreatedDate": ago(now, 900),
        },
    ]


def _secret_policy(params: Params) -> dict[str, Any]:
    if params["SecretId"] == _DB_SECRET:
        return {"ARN": _DB_SECRET, "Name": "orders-database"}
    text = policy("*", "secretsmanager:GetSecretValue")
    return {"ARN": _API_SECRET, "Name": "partner-api", "ResourcePolicy": text}


def _queue(params: Params) -> dict[str, Any]:
    if str(params.get("QueueUrl", "")).endswith("/orders"):
        return {"Attributes": {"SqsManagedSseEnabled": "true", "Policy": policy(_OWN, "sqs:*")}}
    return {"Attributes": {"SqsManagedSseEnabled": "false", "Policy": policy("*", "sqs:SendMessage")}}


def _file_system_policy(_: Params, __: datetime) -> dict[str, Any]:
    tls = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    mount = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
        "Resource": "*",
    }
    return {"FileSystemId": "fs-0acme0shared00001", "Policy": json.dumps({"Statement": [mount, tls]})}


def _table(params: Params) -> dict[str, Any]:
    name = params["TableName"]
    return {
        "Table": {"TableName": name, "TableStatus": "ACTIVE", "DeletionProtectionEnabled": name == "orders"}
    }


def _recovery(params: Params) -> dict[str, Any]:
    status = "ENABLED" if params["TableName"] == "orders" else "DISABLED"
    return {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": status},
        }
    }


def _table_policy(params: Params) -> dict[str, Any]:
    other = PARTNER if params["ResourceArn"].endswith("/sessions") else ACCOUNT
    return {"Policy": policy({"AWS": f"arn:aws:iam::{other}:root"}, "dynamodb:GetItem"), "RevisionId": "1"}


def _images(params: Params, now: datetime) -> dict[str, Any]:
    weak = params["repositoryName"] == "acme/legacy-tools"
    counts = {"CRITICAL": 4, "HIGH": 31} if weak else {"LOW": 2}
    image = {
        "registryId": ACCOUNT,
        "repositoryName": params["repositoryName"],
        "imageDigest": "sha256:" + ("1" if weak else "2") * 64,
        "imageTags": ["latest"],
        "imagePushedAt": ago(now, 800 if weak else 6),
        "imageScanStatus": {"status": "COMPLETE"},
        "imageScanFindingsSummary": {"findingSeverityCounts": counts},
    }
    return {"imageDetails": [image]}


def _repository(name: str, **more: Any) -> dict[str, Any]:
    return {
        "repositoryArn": _arn("ecr", f"repository/{name}"),
        "registryId": ACCOUNT,
        "repositoryName": name,
        "imageScanningConfiguration": {"scanOnPush": False},
        "imageTagMutability": "MUTABLE",
        **more,
    }


_RULES: Final = [{"RuleName": "daily", "TargetBackupVaultName": "main"}]
_VAULTS: Final = [
    {
        "BackupVaultName": "main",
        "BackupVaultArn": _arn("backup", "backup-vault:main"),
        "VaultType": "BACKUP_VAULT",
        "NumberOfRecoveryPoints": 96,
        "Locked": False,
        "EncryptionKeyArn": _arn("kms", "key/0a1b2c3d-0004-4000-8000-000000000004"),
    }
]


def _node_ids(params: Params) -> list[str]:
    return list(params.get("InstanceIds") or ())


def _patch_states(params: Params, now: datetime) -> dict[str, Any]:
    return {
        "InstancePatchStates": [
            {
                "InstanceId": name,
                "PatchGroup": "",
                "BaselineId": "pb-0acme000000000001",
                "OperationStartTime": ago(now, 2 + 30 * number),
                "OperationEndTime": ago(now, 2 + 30 * number),
                "Operation": "Scan",
                "MissingCount": 14 * number,
                "SecurityNonCompliantCount": 3 * number,
            }
            for number, name in enumerate(_node_ids(params))
        ]
    }


def _inspector(_: Params, region: str, __: datetime) -> dict[str, Any]:
    state = "ENABLED" if region == HOME else "DISABLED"
    scans = {
        kind: {"status": state, "errorCode": "ACCESS_DENIED", "errorMessage": ""}
        for kind in ("ec2", "ecr", "lambda")
    }
    whole = {"status": state, "errorCode": "ACCESS_DENIED", "errorMessage": ""}
    return {"accounts": [{"accountId": ACCOUNT, "state": whole, "resourceState": scans}]}


def _aggregations(params: Params, _: datetime) -> dict[str, Any]:
    kind = params.get("aggregationType", "")
    found: list[dict[str, Any]] = []
    if kind == "AWS_LAMBDA_FUNCTION":
        entry = {
            "resourceId": _arn("lambda", "function:invoice-mailer"),
            "functionName": "invoice-mailer",
            "accountId": ACCOUNT,
            "severityCounts": {"all": 9, "critical": 1, "high": 3, "medium": 5},
        }
        found = [{"lambdaFunctionAggregation": entry}]
    return {"aggregationType": kind, "responses": found}


#: How the URLs of functions authenticate.
_URLS: Final = {"status-page": "NONE", "orders-api": "AWS_IAM"}


def _urls(name: str) -> list[dict[str, Any]]:
    if name not in _URLS:
        return []
    return [
        {
            "FunctionUrl": f"https://{name}.lambda-url.{HOME}.on.aws/",
            "FunctionArn": _arn("lambda", f"function:{name}"),
            "AuthType": _URLS[name],
            "CreationTime": "2026-03-01T09:00:00Z",
            "LastModifiedTime": "2026-03-01T09:00:00Z",
        }
    ]


HOLDINGS: Final[dict[tuple[str, str], Planted]] = {
    ("lambda", "ListFunctionUrlConfigs"): at_home(
        lambda params, _: {"FunctionUrlConfigs": _urls(params["FunctionName"])}
    ),
    ("secretsmanager", "ListSecrets"): at_home(lambda _, now: {"SecretList": _secrets(now)}),
    ("secretsmanager", "GetResourcePolicy"): at_home(lambda params, _: _secret_policy(params)),
    ("sqs", "ListQueues"): at_home(
        lambda *_: {
            "QueueUrls": [
                f"https://sqs.{HOME}.amazonaws.com/{ACCOUNT}/{name}" for name in ("orders", "inbox")
            ]
        }
    ),
    ("sqs", "GetQueueAttributes"): at_home(lambda params, _: _queue(params)),
    ("efs", "DescribeFileSystems"): at_home(
        lambda _, now: {
            "FileSystems": [
                {
                    "OwnerId": ACCOUNT,
                    "CreationToken": "shared",
                    "FileSystemId": "fs-0acme0shared00001",
                    "CreationTime": ago(now, 700),
                    "LifeCycleState": "available",
                    "Name": "shared",
                    "NumberOfMountTargets": 2,
                    "SizeInBytes": {"Value": 4096},
                    "PerformanceMode": "generalPurpose",
                    "Encrypted": True,
                    "Tags": [],
                }
            ]
        }
    ),
    ("efs", "DescribeFileSystemPolicy"): at_home(_file_system_policy),
    ("dynamodb", "ListTables"): at_home(lambda *_: {"TableNames": ["orders", "sessions"]}),
    ("dynamodb", "DescribeTable"): at_home(lambda params, _: _table(params)),
    ("dynamodb", "DescribeContinuousBackups"): at_home(lambda params, _: _recovery(params)),
    ("dynamodb", "GetResourcePolicy"): at_home(lambda params, _: _table_policy(params)),
    ("ecr", "DescribeRepositories"): at_home(
        lambda *_: {
            "repositories": [
                _repository(
                    "acme/orders",
                    imageTagMutability="IMMUTABLE",
                    imageScanningConfiguration={"scanOnPush": True},
                ),
                _repository("acme/legacy-tools"),
            ]
        }
    ),
    ("ecr", "GetRepositoryPolicy"): at_home(
        lambda params, _: {
            "policyText": policy(
                "*" if params["repositoryName"] == "acme/legacy-tools" else _OWN, "ecr:BatchGetImage"
            )
        }
    ),
    ("ecr", "GetRegistryScanningConfiguration"): at_home(
        lambda *_: {"registryId": ACCOUNT, "scanningConfiguration": {"scanType": "BASIC", "rules": []}}
    ),
    ("ecr", "DescribeImages"): at_home(_images),
    ("backup", "ListBackupVaults"): at_home(lambda *_: {"BackupVaultList": _VAULTS}),
    ("backup", "GetBackupVaultAccessPolicy"): at_home(
        lambda *_: {"BackupVaultName": "main", "Policy": policy(_OWN, "backup:CopyIntoBackupVault")}
    ),
    ("backup", "ListBackupPlans"): at_home(
        lambda _, now: {
            "BackupPlansList": [
                {
                    "BackupPlanId": "7b1c2d3e-0001-4000-8000-000000000001",
                    "BackupPlanName": "daily",
                    "LastExecutionDate": ago(now, 1),
                }
            ]
        }
    ),
    ("backup", "GetBackupPlan"): at_home(
        lambda *_: {"BackupPlan": {"BackupPlanName": "daily", "Rules": _RULES}}
    ),
    ("backup", "ListBackupSelections"): at_home(
        lambda *_: {"BackupSelectionsList": [{"SelectionId": "s1", "SelectionName": "tagged"}]}
    ),
    ("backup", "ListProtectedResources"): at_home(
        lambda _, now: {
            "Results": [
                {
                    "ResourceArn": _arn("rds", "db:orders"),
                    "ResourceType": "RDS",
                    "LastBackupTime": ago(now, 1),
                }
            ]
        }
    ),
    ("ram", "GetResourceShares"): at_home(
        lambda *_: {
            "resourceShares": [
                {
                    "resourceShareArn": _SHARE,
                    "name": "network",
                    "owningAccountId": ACCOUNT,
                    "allowExternalPrincipals": True,
                    "status": "ACTIVE",
                }
            ]
        }
    ),
    ("ram", "GetResourceShareAssociations"): at_home(
        lambda *_: {
            "resourceShareAssociations": [
                {
                    "resourceShareArn": _SHARE,
                    "associatedEntity": STRANGER,
                    "associationType": "PRINCIPAL",
                    "status": "ASSOCIATED",
                    "external": True,
                }
            ]
        }
    ),
    ("ssm", "DescribeParameters"): at_home(
        lambda *_: {
            "Parameters": [
                {"Name": "/orders/db-password", "Type": "SecureString", "KeyId": "alias/aws/ssm"},
                {"Name": "/legacy/ftp-password", "Type": "String"},
            ]
        }
    ),
    ("ssm", "DescribeInstancePatchStates"): at_home(_patch_states),
    ("ssm", "DescribeDocumentPermission"): at_home(lambda *_: {"AccountIds": ["all"]}),
    ("ssm", "GetServiceSetting"): lambda _: {
        "ServiceSetting": {
            "SettingId": "/ssm/documents/console/public-sharing-permission",
            "SettingValue": "Enable",
            "Status": "Default",
        }
    },
    ("ssm", "GetDocument"): at_home(
        lambda *_: {
            "Name": "SSM-SessionManagerRunShell",
            "DocumentFormat": "JSON",
            "Content": json.dumps({"schemaVersion": "1.0", "inputs": {"s3BucketName": "acme-audit-logs"}}),
        }
    ),
    ("inspector2", "BatchGetAccountStatus"): anywhere(_inspector),
    ("inspector2", "ListFindingAggregations"): at_home(_aggregations),
}
