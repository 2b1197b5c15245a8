"""AWS Systems Manager: which machines it reaches, and the account's own documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from srtui.account import Account
from srtui.account.fleets import ManagedNode, SsmDocument
from srtui.services.batches import tags_of
from srtui.services.declare import Answer, Service

SSM = Service("ssm", title="Systems Manager")


def _ids(response: Mapping[str, Any]) -> Iterator[list[str]]:
    # Patch states are asked for fifty at a time, and a page is no longer than that.
    if found := [entry["InstanceId"] for entry in response.get("InstanceInformationList") or ()]:
        yield found


@SSM.call("DescribeInstanceInformation", items=_ids, page_size=50)
def managed_nodes(account: Account, answer: Answer) -> None:
    """Machines that Systems Manager reaches."""
    for entry in answer.response.get("InstanceInformationList") or ():
        name = entry["InstanceId"]
        service, kind = ("ssm", "managed-instance") if name.startswith("mi-") else ("ec2", "instance")
        arn = f"arn:{account.partition}:{service}:{answer.region}:{account.id}:{kind}/{name}"
        account.table(ManagedNode)[arn] = ManagedNode(
            arn=arn,
            name=name,
            region=answer.region,
            ping=entry.get("PingStatus") or "",
            platform=entry.get("PlatformName") or entry.get("PlatformType") or "",
            agent_version=entry.get("AgentVersion") or "",
            agent_latest=entry.get("IsLatestVersion"),
            role=entry.get("IamRole") or "",
        )


@SSM.call(
    "ListDocuments",
    variants=[{"Filters": [{"Key": "Owner", "Values": ["Self"]}]}],
    items="DocumentIdentifiers",
    page_size=50,
)
def documents(account: Account, answer: Answer) -> None:
    """Documents of the account's own."""
    for entry in answer.response.get("DocumentIdentifiers") or ():
        name = entry["Name"]
        arn = f"arn:{account.partition}:ssm:{answer.region}:{account.id}:document/{name}"
        account.table(SsmDocument)[arn] = SsmDocument(
            arn=arn,
            name=name,
            region=answer.region,
            tags=tags_of(entry),
            kind=entry.get("DocumentType") or "",
            version=entry.get("DocumentVersion") or "",
        )
