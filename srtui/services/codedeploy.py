"""AWS CodeDeploy: where its deployments run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from srtui.account import Account
from srtui.account.delivery import DeploymentGroup
from srtui.services.batches import in_batches
from srtui.services.declare import Answer, Service

CODEDEPLOY = Service("codedeploy", title="CodeDeploy")


@CODEDEPLOY.call("ListApplications", items="applications")
def applications(account: Account, answer: Answer) -> None:
    """Applications, by name alone."""


@CODEDEPLOY.call(
    "ListDeploymentGroups",
    for_each=applications,
    params=lambda name, _: {"applicationName": name},
    items=in_batches("deploymentGroups", 100),
)
def deployment_groups(account: Account, answer: Answer) -> None:
    """Deployment groups of an application."""
    for name in answer.response.get("deploymentGroups") or ():
        arn = _arn(account, answer, name)
        account.table(DeploymentGroup).setdefault(
            arn,
            DeploymentGroup(
                arn=arn, name=name, region=answer.region, application=answer.params["applicationName"]
            ),
        )


def _arn(account: Account, answer: Answer, name: str) -> str:
    where = f"arn:{account.partition}:codedeploy:{answer.region}:{account.id}"
    return f"{where}:deploymentgroup:{answer.params['applicationName']}/{name}"


@CODEDEPLOY.call(
    "BatchGetDeploymentGroups",
    for_each=deployment_groups,
    params=lambda names, context: {
        "applicationName": context.parent["applicationName"],
        "deploymentGroupNames": list(names),
    },
)
def deployment_group_details(account: Account, answer: Answer) -> None:
    """Targets and role of deployment groups."""
    for entry in answer.response.get("deploymentGroupsInfo") or ():
        group = account.table(DeploymentGroup).get(_arn(account, answer, entry["deploymentGroupName"]))
        if group is None:
            continue
        group.platform = entry.get("computePlatform") or "Server"
        group.service_role = entry.get("serviceRoleArn") or ""
        group.tag_groups = tuple(_tag_groups(entry))
        group.auto_scaling_groups = tuple(one["name"] for one in entry.get("autoScalingGroups") or ())


def _tag_groups(entry: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str, str], ...]]:
    """The old single list of filters is one group (CodeDeploy API Reference, EC2TagSet)."""
    listed = (entry.get("ec2TagSet") or {}).get("ec2TagSetList") or []
    for filters in [*listed, entry.get("ec2TagFilters") or []]:
        if filters:
            yield tuple(
                (one.get("Key") or "", one.get("Value") or "", one.get("Type") or "KEY_AND_VALUE")
                for one in filters
            )
