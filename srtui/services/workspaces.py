"""Amazon WorkSpaces: virtual desktops."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.platforms import Workspace
from srtui.services.declare import Answer, Service

WORKSPACES = Service("workspaces", title="WorkSpaces")


@WORKSPACES.call("DescribeWorkspaces", page_size=25)
def workspaces(account: Account, answer: Answer) -> None:
    """Virtual desktops."""
    for entry in answer.response.get("Workspaces") or ():
        name = entry["WorkspaceId"]
        arn = f"arn:{account.partition}:workspaces:{answer.region}:{account.id}:workspace/{name}"
        account.table(Workspace)[arn] = Workspace(
            arn=arn,
            name=name,
            region=answer.region,
            user=entry.get("UserName") or "",
            state=entry.get("State") or "",
            root_encrypted=bool(entry.get("RootVolumeEncryptionEnabled")),
            user_encrypted=bool(entry.get("UserVolumeEncryptionEnabled")),
        )
