"""Topics, queues, buses, shares, secrets, stores and images: who may use them, through evidence of AWS's shape."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from srtui.account import Account
from srtui.evidence import Evidence
from tests.responsibility.recorded import ACCOUNT, REGION, account, check, evidence, statuses

STRANGER = "111122223333"


def document(principal: Any, **more: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


OPEN = document("*")
LIMITED = document("*", Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}})
OWN = document({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
SHARED = document({"AWS": f"arn:aws:iam::{STRANGER}:root"})
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:orders"
QUEUE = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/jobs"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-AbCdEf"
TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"

Answer = tuple[str, str, dict[str, Any], Callable[[str], dict[str, Any]], str]
#: control → the listing, the call that tells the policy (parameters, answer), and AWS's word for "there is none"
POLICIES: dict[str, tuple[Evidence, Answer]] = {
    "sns-public": (
        evidence("sns", "ListTopics", {"Topics": [{"TopicArn": TOPIC}]}),
        ("sns", "GetTopicAttributes", {"TopicArn": TOPIC}, lambda text: {"Attributes": {"Policy": text}}, ""),
    ),
    "sqs-public": (
        evidence("sqs", "ListQueues", {"QueueUrls": [QUEUE]}),
        (
            "sqs",
            "GetQueueAttributes",
            {"QueueUrl": QUEUE, "AttributeNames": ["Policy", "KmsMasterKeyId", "SqsManagedSseEnabled"]},
            lambda text: {"Attributes": {"Policy": text}},
            "",
        ),
    ),
    "secret-public": (
        evidence("secretsmanager", "ListSecrets", {"SecretList": [{"ARN": SECRET, "Name": "db"}]}),
        (
            "secretsmanager",
            "GetResourcePolicy",
            {"SecretId": SECRET},
            lambda text: {"ResourcePolicy": text} if text else {},
            "",
        ),
    ),
    "ecr-public": (
        evidence("ecr", "DescribeRepositories", {"repositories": [{"repositoryName": "web"}]}),
        (
            "ecr",
            "GetRepositoryPolicy",
            {"repositoryName": "web"},
            lambda text: {"policyText": text},
            "RepositoryPolicyNotFoundException",
        ),
    ),
    "glacier-public": (
        evidence("glacier", "ListVaults", {"VaultList": [{"VaultName": "old"}]}),
        (
            "glacier",
            "GetVaultAccessPolicy",
            {"accountId": "-", "vaultName": "old"},
            lambda text: {"policy": {"Policy": text}},
            "ResourceNotFoundException",
        ),
    ),
    "backup-vault-public": (
        evidence("backup", "ListBackupVaults", {"BackupVaultList": [{"BackupVaultName": "main"}]}),
        (
            "backup",
            "GetBackupVaultAccessPolicy",
            {"BackupVaultName": "main"},
            lambda text: {"Policy": text},
            "ResourceNotFoundException",
        ),
    ),
    "dynamodb-cross-account": (
        evidence("dynamodb", "ListTables", {"TableNames": ["orders"]}),
        (
            "dynamodb",
            "GetResourcePolicy",
            {"ResourceArn": TABLE},
            lambda text: {"Policy": text},
            "PolicyNotFoundException",
        ),
    ),
}


@pytest.mark.parametrize("control", POLICIES)
def test_resource_policies(control: str) -> None:
    listed, (service, operation, asked, answer, none) = POLICIES[control]

    def judged(text: str | None) -> set[str]:
        if text is None and none:
            told = evidence(service, operation, error=none, params=asked)
        else:
            told = evidence(service, operation, answer(text or ""), params=asked)
        return set(statuses(control, account(listed, told)).values())

    assert judged(OPEN) == {"fail"}
    assert judged(LIMITED) == {"pass"}
    assert judged(OWN) == {"pass"}
    assert judged(None) == {"pass"}
    assert judged("no json") == {"unknown"}
    denied = evidence(service, operation, error="AccessDenied", params=asked)
    (result,) = check(control, account(listed, denied))
    assert (result.status, "AccessDenied" in result.reason) == ("unknown", True)
    assert set(statuses(control, account(listed)).values()) == {"unknown"}


def test_tables_shared_with_a_named_account() -> None:
    listed, (service, operation, asked, answer, _) = POLICIES["dynamodb-cross-account"]
    shared = evidence(service, operation, answer(SHARED), params=asked)
    assert statuses("dynamodb-cross-account", account(listed, shared)) == {"orders": "fail"}


def test_event_buses() -> None:
    def bus(name: str, **more: str) -> dict[str, str]:
        return {"Name": name, "Arn": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{name}", **more}

    found = [bus("default"), bus("open", Policy=OPEN), bus("org", Policy=LIMITED), bus("odd", Policy="x")]
    made = account(evidence("events", "ListEventBuses", {"EventBuses": found}))
    assert statuses("eventbus-public", made) == {
        "default": "pass",
        "open": "fail",
        "org": "pass",
        "odd": "unknown",
    }


def test_encryption_of_topics_and_queues() -> None:
    topics, queues = POLICIES["sns-public"][0], POLICIES["sqs-public"][0]

    def topic(**attributes: str) -> Account:
        told = evidence("sns", "GetTopicAttributes", {"Attributes": attributes}, params={"TopicArn": TOPIC})
        return account(topics, told)

    def queue(**attributes: str) -> Account:
        asked = POLICIES["sqs-public"][1][2]
        return account(
            queues, evidence("sqs", "GetQueueAttributes", {"Attributes": attributes}, params=asked)
        )

    assert statuses("sns-encryption", topic(KmsMasterKeyId="alias/aws/sns")) == {"orders": "pass"}
    assert statuses("sns-encryption", topic()) == {"orders": "fail"}
    assert statuses("sns-encryption", account(topics)) == {"orders": "unknown"}
    assert statuses("sqs-encryption", queue(SqsManagedSseEnabled="true")) == {"jobs": "pass"}
    assert statuses("sqs-encryption", queue(KmsMasterKeyId="k", SqsManagedSseEnabled="false")) == {
        "jobs": "pass"
    }
    assert statuses("sqs-encryption", queue(SqsManagedSseEnabled="false")) == {"jobs": "fail"}
    assert statuses("sqs-encryption", account(queues)) == {"jobs": "unknown"}


def test_resource_shares() -> None:
    arn = f"arn:aws:ram:{REGION}:{ACCOUNT}:resource-share/1"
    asked = {"associationType": "PRINCIPAL", "resourceShareArns": [arn]}

    def share(allowed: bool, *principals: tuple[str, bool], read: bool = True) -> dict[str, str]:
        entry = {"resourceShareArn": arn, "name": "net", "allowExternalPrincipals": allowed}
        found = [
            {"associatedEntity": name, "external": external, "status": "ASSOCIATED"}
            for name, external in principals
        ]
        listed = evidence("ram", "GetResourceShares", {"resourceShares": [entry]})
        told = evidence(
            "ram", "GetResourceShareAssociations", {"resourceShareAssociations": found}, params=asked
        )
        return statuses("ram-external", account(listed, *([told] if read else [])))

    assert share(False, (ACCOUNT, False)) == {"1": "pass"}
    assert share(True, (STRANGER, True)) == {"1": "fail"}
    assert share(True) == {"1": "fail"}
    assert share(True, read=False) == {"1": "unknown"}
    assert share(False, read=False) == {"1": "pass"}


def test_rotation_and_use_of_secrets() -> None:
    def secret(name: str, **more: Any) -> dict[str, Any]:
        arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}"
        return {"ARN": arn, "Name": name, **more}

    found = [
        secret("a", RotationEnabled=True, LastAccessedDate="2026-11-20T00:00:00Z"),
        secret("b", CreatedDate="2026-01-01T00:00:00Z"),
        secret("c", LastAccessedDate="2026-01-01T00:00:00Z", CreatedDate="2025-01-01T00:00:00Z"),
        secret("d"),
    ]
    made = account(evidence("secretsmanager", "ListSecrets", {"SecretList": found}))
    assert statuses("secret-rotation", made) == {"a": "pass", "b": "fail", "c": "fail", "d": "fail"}
    assert statuses("secret-unused", made) == {"a": "pass", "b": "fail", "c": "fail", "d": "unknown"}


def test_parameters_named_like_secrets() -> None:
    def parameter(name: str, kind: str) -> dict[str, str]:
        return {"Name": name, "Type": kind, "ARN": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{name}"}

    found = [
        parameter("/prod/db-password", "String"),
        parameter("/prod/api-key", "SecureString"),
        parameter("/prod/secret-arn", "String"),
        parameter("/prod/colour", "String"),
    ]
    made = account(evidence("ssm", "DescribeParameters", {"Parameters": found}))
    assert statuses("ssm-param-plain", made) == {"db-password": "fail", "api-key": "pass"}


TLS = {
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": "*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
CLIENT = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"},
    "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
    "Resource": "*",
}


@pytest.mark.parametrize(
    ("statements", "status"),
    [
        ([CLIENT, TLS], "pass"),
        ([CLIENT], "fail"),
        ([{**CLIENT, "Principal": {"AWS": "*"}}, TLS], "fail"),
        ([{**CLIENT, "Principal": {"AWS": "*"}, "Action": "elasticfilesystem:ClientWrite"}, TLS], "pass"),
        ([CLIENT, {**TLS, "Action": "elasticfilesystem:ClientWrite"}], "fail"),
        ([{**TLS, "Condition": {**TLS["Condition"], "StringEquals": {"aws:x": "y"}}}, CLIENT], "fail"),  # type: ignore[dict-item]
        (None, "fail"),
        ("denied", "unknown"),
        ([{"Effect": "Maybe"}], "unknown"),
    ],
)
def test_who_mounts_a_file_system(statements: Any, status: str) -> None:
    asked = {"FileSystemId": "fs-1"}
    entry = {"FileSystemId": "fs-1", "Encrypted": True, "NumberOfMountTargets": 2}
    listed = evidence("efs", "DescribeFileSystems", {"FileSystems": [entry]})
    if statements is None:
        told = evidence("efs", "DescribeFileSystemPolicy", error="PolicyNotFound", params=asked)
    elif statements == "denied":
        told = evidence("efs", "DescribeFileSystemPolicy", error="AccessDeniedException", params=asked)
    else:
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        told = evidence("efs", "DescribeFileSystemPolicy", {"Policy": text}, params=asked)
    assert statuses("efs-anonymous", account(listed, told)) == {"fs-1": status}


def test_file_systems_without_mount_targets_and_without_encryption() -> None:
    found = [{"FileSystemId": "fs-1", "Encrypted": False, "NumberOfMountTargets": 0}]
    made = account(evidence("efs", "DescribeFileSystems", {"FileSystems": found}))
    assert statuses("efs-anonymous", made) == {"root": "not_applicable"}
    assert statuses("efs-encryption", made) == {"fs-1": "fail"}
    found[0]["Encrypted"] = True
    made = account(evidence("efs", "DescribeFileSystems", {"FileSystems": found}))
    assert statuses("efs-encryption", made) == {"fs-1": "pass"}


def test_tables_are_recoverable_and_protected() -> None:
    listed, asked = POLICIES["dynamodb-cross-account"][0], {"TableName": "orders"}

    def recovery(status: str) -> Evidence:
        description = {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": status},
        }
        return evidence(
            "dynamodb",
            "DescribeContinuousBackups",
            {"ContinuousBackupsDescription": description},
            params=asked,
        )

    def protection(value: bool) -> Evidence:
        return evidence(
            "dynamodb", "DescribeTable", {"Table": {"DeletionProtectionEnabled": value}}, params=asked
        )

    assert statuses("dynamodb-pitr", account(listed, recovery("ENABLED"))) == {"orders": "pass"}
    assert statuses("dynamodb-pitr", account(listed, recovery("DISABLED"))) == {"orders": "fail"}
    assert statuses("dynamodb-pitr", account(listed)) == {"orders": "unknown"}
    assert statuses("dynamodb-deletion", account(listed, protection(True))) == {"orders": "pass"}
    assert statuses("dynamodb-deletion", account(listed, protection(False))) == {"orders": "fail"}
    assert statuses("dynamodb-deletion", account(listed)) == {"orders": "unknown"}


def repository(**more: Any) -> Evidence:
    return evidence("ecr", "DescribeRepositories", {"repositories": [{"repositoryName": "team/web", **more}]})


def registry(kind: str, *filters: str, frequency: str = "SCAN_ON_PUSH") -> Evidence:
    rule = {
        "scanFrequency": frequency,
        "repositoryFilters": [{"filter": one, "filterType": "WILDCARD"} for one in filters],
    }
    found = {"scanType": kind, "rules": [rule] if filters else []}
    return evidence("ecr", "GetRegistryScanningConfiguration", {"scanningConfiguration": found})


def test_images_are_scanned() -> None:
    on_push = repository(imageScanningConfiguration={"scanOnPush": True})
    assert statuses("ecr-scan", account(on_push)) == {"web": "pass"}
    assert statuses("ecr-scan", account(repository(), registry("BASIC"))) == {"web": "fail"}
    assert statuses("ecr-scan", account(repository(), registry("ENHANCED", "team/*"))) == {"web": "pass"}
    assert statuses("ecr-scan", account(repository(), registry("ENHANCED", "other/*"))) == {"web": "fail"}
    manual = registry("BASIC", "*", frequency="MANUAL")
    assert statuses("ecr-scan", account(repository(), manual)) == {"web": "fail"}
    assert statuses("ecr-scan", account(repository())) == {"web": "unknown"}


def images(*entries: dict[str, Any]) -> Evidence:
    asked = {"repositoryName": "team/web", "filter": {"tagStatus": "TAGGED"}}
    return evidence("ecr", "DescribeImages", {"imageDetails": list(entries)}, params=asked)


def image(day: int, counts: dict[str, int] | None, **more: Any) -> dict[str, Any]:
    summary = {} if counts is None else {"imageScanFindingsSummary": {"findingSeverityCounts": counts}}
    return {
        "imageDigest": f"sha256:{day}",
        "imageTags": [f"v{day}"],
        "imagePushedAt": f"2026-11-{day:02}T00:00:00Z",
        **summary,
        **more,
    }


def test_weaknesses_of_the_newest_image() -> None:
    signature = image(9, None, artifactMediaType="application/vnd.dev.cosign.artifact.sig.v1+json")
    clean, weak = image(8, {"LOW": 3}), image(7, {"CRITICAL": 2})
    base = repository()
    assert statuses("ecr-findings", account(base, images(weak, clean, signature))) == {"web": "pass"}
    assert statuses("ecr-findings", account(base, images(image(6, {}), weak))) == {"web": "fail"}
    assert statuses("ecr-findings", account(base, images())) == {"root": "not_applicable"}
    assert statuses("ecr-findings", account(base, images(image(5, None)))) == {"web": "unknown"}
    enhanced = registry("ENHANCED", "*")
    assert statuses("ecr-findings", account(base, enhanced, images(image(5, None)))) == {
        "root": "not_applicable"
    }
    assert statuses("ecr-findings", account(base)) == {"web": "unknown"}


def test_tags_that_cannot_be_moved() -> None:
    assert statuses("ecr-immutable", account(repository(imageTagMutability="IMMUTABLE"))) == {"web": "pass"}
    assert statuses("ecr-immutable", account(repository(imageTagMutability="MUTABLE"))) == {"web": "fail"}
