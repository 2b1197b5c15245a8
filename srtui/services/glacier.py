"""Amazon S3 Glacier: vaults of the old API, and who may use them."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.stores import ArchiveVault
from srtui.services.declare import Answer, Service
from srtui.services.documents import json_document

GLACIER = Service("glacier", title="S3 Glacier vaults", concurrency=2)


def _arn(account: Account, region: str, name: str) -> str:
    return f"arn:{account.partition}:glacier:{region}:{account.id}:vaults/{name}"


# The API takes no new customers: for those AWS answers that it does not support the call any longer.
@GLACIER.call(
    "ListVaults", variants=[{"accountId": "-"}], items="VaultList", absent=["NoLongerSupportedException"]
)
def vaults(account: Account, answer: Answer) -> None:
    """Vaults."""
    for entry in answer.response.get("VaultList") or ():
        arn = _arn(account, answer.region, entry["VaultName"])
        account.table(ArchiveVault)[arn] = ArchiveVault(
            arn=arn,
            name=entry["VaultName"],
            region=answer.region,
            archives=entry.get("NumberOfArchives") or 0,
        )


@GLACIER.call(
    "GetVaultAccessPolicy",
    for_each=vaults,
    params=lambda vault, _: {"accountId": "-", "vaultName": vault["VaultName"]},
    absent=["ResourceNotFoundException"],
)
def vault_policy(account: Account, answer: Answer) -> None:
    """Access policy of a vault."""
    vault = account.table(ArchiveVault).get(_arn(account, answer.region, answer.params["vaultName"]))
    if vault is not None:
        text = (answer.response.get("policy") or {}).get("Policy")
        vault.policy = None if answer.absent else json_document(text)
