"""AWS KMS: customer keys, their policies and rotation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srtui.account import Account
from srtui.account.model import Key
from srtui.evidence import moment
from srtui.services.declare import Answer, Service
from srtui.services.documents import json_document

KMS = Service("kms", title="KMS")


@KMS.call("ListKeys", items="Keys", page_size=1000)
def keys(account: Account, answer: Answer) -> None:
    """Keys."""
    for entry in answer.response.get("Keys") or ():
        arn = entry.get("KeyArn") or (
            f"arn:{account.partition}:kms:{answer.region}:{account.id}:key/{entry['KeyId']}"
        )
        account.keys[arn] = Key(arn=arn, name=entry["KeyId"], region=answer.region)


def _key(account: Account, answer: Answer) -> Key | None:
    arn = f"arn:{account.partition}:kms:{answer.region}:{account.id}:key/{answer.params['KeyId']}"
    return account.keys.get(arn)


@KMS.call(
    "DescribeKey",
    for_each=keys,
    params=lambda key, _: {"KeyId": key["KeyId"]},
    items="KeyMetadata",
)
def key_metadata(account: Account, answer: Answer) -> None:
    """Who manages a key, its state and kind."""
    metadata = answer.response.get("KeyMetadata") or {}
    if key := _key(account, answer):
        key.manager = metadata.get("KeyManager") or "CUSTOMER"
        key.state = metadata.get("KeyState") or ""
        key.spec = metadata.get("KeySpec") or ""
        key.origin = metadata.get("Origin") or ""
        key.usage = metadata.get("KeyUsage") or ""
        key.deletion = moment(metadata.get("DeletionDate"))
        configuration = metadata.get("MultiRegionConfiguration") or {}
        key.multi_region_replica = configuration.get("MultiRegionKeyType") == "REPLICA"


def _customer(metadata: Mapping[str, Any]) -> bool:
    return metadata.get("KeyManager") == "CUSTOMER"


def _rotates(metadata: Mapping[str, Any]) -> bool:
    # KMS Developer Guide, "Rotating keys": automatic rotation is for symmetric keys with KMS-made material only.
    return (
        _customer(metadata)
        and metadata.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
        and metadata.get("Origin", "AWS_KMS") == "AWS_KMS"
        and metadata.get("KeyState") in {"Enabled", "Disabled"}
    )


@KMS.call(
    "GetKeyPolicy",
    for_each=key_metadata,
    params=lambda key, _: {"KeyId": key["KeyId"], "PolicyName": "default"},
    only_if=_customer,
)
def key_policy(account: Account, answer: Answer) -> None:
    """Key policy."""
    if key := _key(account, answer):
        key.policy = json_document(answer.response.get("Policy"))


@KMS.call(
    "GetKeyRotationStatus",
    for_each=key_metadata,
    params=lambda key, _: {"KeyId": key["KeyId"]},
    only_if=_rotates,
)
def key_rotation(account: Account, answer: Answer) -> None:
    """Automatic key rotation."""
    if key := _key(account, answer):
        key.rotation = bool(answer.response.get("KeyRotationEnabled"))
