"""AWS Secrets Manager: secrets, who else may read them, and their rotation. Values are never asked for."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.stores import Secret
from srtui.evidence import moment
from srtui.services.batches import tags_of
from srtui.services.declare import Answer, Service
from srtui.services.documents import json_document

SECRETS_MANAGER = Service("secretsmanager", title="Secrets Manager")


@SECRETS_MANAGER.call("ListSecrets", items="SecretList", page_size=100)
def secrets(account: Account, answer: Answer) -> None:
    """Secrets, without their values."""
    for entry in answer.response.get("SecretList") or ():
        arn = entry["ARN"]
        account.table(Secret)[arn] = Secret(
            arn=arn,
            name=entry.get("Name") or "",
            region=answer.region,
            tags=tags_of(entry),
            key=entry.get("KmsKeyId") or "",
            rotates=bool(entry.get("RotationEnabled")),
            rotated=moment(entry.get("LastRotatedDate")),
            created=moment(entry.get("CreatedDate")),
            last_used=moment(entry.get("LastAccessedDate")),
            owner=entry.get("OwningService") or "",
        )


@SECRETS_MANAGER.call(
    "GetResourcePolicy",
    for_each=secrets,
    params=lambda secret, _: {"SecretId": secret["ARN"]},
    absent=["ResourceNotFoundException"],
)
def secret_policy(account: Account, answer: Answer) -> None:
    """Resource policy of a secret."""
    secret = account.table(Secret).get(answer.params["SecretId"])
    if secret is not None:
        text = answer.response.get("ResourcePolicy")
        secret.policy = json_document(text) if text else None
