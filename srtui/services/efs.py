"""Amazon EFS: file systems and who may mount them."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.stores import FileSystem
from srtui.services.batches import tags_of
from srtui.services.declare import Answer, Service
from srtui.services.documents import json_document

EFS = Service("efs", title="EFS", prefix="elasticfilesystem")


def _arn(account: Account, region: str, name: str) -> str:
    return f"arn:{account.partition}:elasticfilesystem:{region}:{account.id}:file-system/{name}"


@EFS.call("DescribeFileSystems", items="FileSystems", page_size=100)
def file_systems(account: Account, answer: Answer) -> None:
    """File systems."""
    for entry in answer.response.get("FileSystems") or ():
        arn = _arn(account, answer.region, entry["FileSystemId"])
        account.table(FileSystem)[arn] = FileSystem(
            arn=arn,
            name=entry["FileSystemId"],
            region=answer.region,
            tags=tags_of(entry),
            title=entry.get("Name") or "",
            encrypted=bool(entry.get("Encrypted")),
            mount_targets=entry.get("NumberOfMountTargets") or 0,
        )


@EFS.call(
    "DescribeFileSystemPolicy",
    for_each=file_systems,
    params=lambda system, _: {"FileSystemId": system["FileSystemId"]},
    absent=["PolicyNotFound"],
)
def file_system_policy(account: Account, answer: Answer) -> None:
    """Policy of a file system."""
    system = account.table(FileSystem).get(_arn(account, answer.region, answer.params["FileSystemId"]))
    if system is not None:
        system.policy = None if answer.absent else json_document(answer.response.get("Policy"))
