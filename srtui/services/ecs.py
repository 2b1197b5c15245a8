"""Amazon ECS: clusters, services, running tasks, and what task definitions run as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srtui.account import Account
from srtui.account.containers import ContainerSettings, EcsCluster, EcsService, EcsTask, TaskDefinition
from srtui.services.batches import in_batches, tags_of, variables
from srtui.services.declare import Answer, Service

ECS = Service("ecs", title="ECS")


@ECS.call("ListClusters", items="clusterArns", page_size=100)
def clusters(account: Account, answer: Answer) -> None:
    """Clusters."""
    for arn in answer.response.get("clusterArns") or ():
        table = account.table(EcsCluster)
        if arn not in table:
            table[arn] = EcsCluster(arn=arn, name=arn.rsplit("/", 1)[-1], region=answer.region)


@ECS.call(
    "DescribeClusters",
    for_each=clusters,
    params=lambda cluster, _: {"clusters": [cluster], "include": ["SETTINGS", "CONFIGURATIONS", "TAGS"]},
)
def cluster_details(account: Account, answer: Answer) -> None:
    """Hosts and settings of a cluster."""
    for entry in answer.response.get("clusters") or ():
        cluster = account.table(EcsCluster).get(entry["clusterArn"])
        if cluster is None:
            continue
        cluster.status = entry.get("status") or ""
        cluster.tags = tags_of(entry, "tags")
        cluster.container_instances = entry.get("registeredContainerInstancesCount") or 0
        settings = {one.get("name"): one.get("value") or "" for one in entry.get("settings") or ()}
        cluster.insights = settings.get("containerInsights", "disabled")
        execution = (entry.get("configuration") or {}).get("executeCommandConfiguration") or {}
        cluster.exec_logging = execution.get("logging") or "DEFAULT"


@ECS.call(
    "ListServices",
    for_each=clusters,
    params=lambda cluster, _: {"cluster": cluster},
    items=in_batches("serviceArns", 10),
    page_size=100,
)
def services(account: Account, answer: Answer) -> None:
    """Services of a cluster, by ARN alone."""


@ECS.call(
    "DescribeServices",
    for_each=services,
    params=lambda arns, context: {
        "cluster": context.parent["cluster"],
        "services": list(arns),
        "include": ["TAGS"],
    },
)
def service_details(account: Account, answer: Answer) -> None:
    """What services run, and how."""
    for entry in answer.response.get("services") or ():
        arn = entry["serviceArn"]
        network = (entry.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
        account.table(EcsService)[arn] = EcsService(
            arn=arn,
            name=entry.get("serviceName") or arn.rsplit("/", 1)[-1],
            region=answer.region,
            tags=tags_of(entry, "tags"),
            cluster=entry.get("clusterArn") or "",
            task_definition=entry.get("taskDefinition") or "",
            running=entry.get("runningCount") or 0,
            exec_enabled=bool(entry.get("enableExecuteCommand")),
            launch_type=entry.get("launchType") or "",
            public_ip=network.get("assignPublicIp") == "ENABLED",
            platform_version=entry.get("platformVersion") or "",
            status=entry.get("status") or "",
        )


@ECS.call(
    "ListTasks",
    for_each=clusters,
    params=lambda cluster, _: {"cluster": cluster},
    items=in_batches("taskArns", 100),
    page_size=100,
)
def tasks(account: Account, answer: Answer) -> None:
    """Running tasks of a cluster, by ARN alone."""


@ECS.call(
    "DescribeTasks",
    for_each=tasks,
    params=lambda arns, context: {"cluster": context.parent["cluster"], "tasks": list(arns)},
)
def task_details(account: Account, answer: Answer) -> None:
    """What running tasks run, and as which role."""
    for entry in answer.response.get("tasks") or ():
        arn = entry["taskArn"]
        account.table(EcsTask)[arn] = EcsTask(
            arn=arn,
            name=arn.rsplit("/", 1)[-1],
            region=answer.region,
            tags=tags_of(entry, "tags"),
            cluster=entry.get("clusterArn") or "",
            task_definition=entry.get("taskDefinitionArn") or "",
            exec_enabled=bool(entry.get("enableExecuteCommand")),
            role_override=(entry.get("overrides") or {}).get("taskRoleArn") or "",
            status=entry.get("lastStatus") or "",
        )


@ECS.call("ListTaskDefinitionFamilies", variants=[{"status": "ACTIVE"}], items="families", page_size=100)
def families(account: Account, answer: Answer) -> None:
    """Families of task definitions, by name alone."""


@ECS.call(
    "DescribeTaskDefinition",
    for_each=families,
    params=lambda family, _: {"taskDefinition": family},
)
def task_definition(account: Account, answer: Answer) -> None:
    """The newest task definition of a family: roles and containers."""
    entry = answer.response.get("taskDefinition") or {}
    if arn := entry.get("taskDefinitionArn"):
        account.table(TaskDefinition)[arn] = TaskDefinition(
            arn=arn,
            name=arn.rsplit("/", 1)[-1],
            region=answer.region,
            family=entry.get("family") or "",
            revision=entry.get("revision") or 0,
            role=entry.get("taskRoleArn") or "",
            execution_role=entry.get("executionRoleArn") or "",
            network_mode=entry.get("networkMode") or "",
            pid_mode=entry.get("pidMode") or "",
            compatibilities=tuple(entry.get("compatibilities") or ()),
            containers=tuple(_container(arn, one) for one in entry.get("containerDefinitions") or ()),
        )


def _container(arn: str, entry: Mapping[str, Any]) -> ContainerSettings:
    return ContainerSettings(
        arn=arn,
        name=entry.get("name") or "",
        image=entry.get("image") or "",
        privileged=bool(entry.get("privileged")),
        user=entry.get("user") or "",
        read_only_root=bool(entry.get("readonlyRootFilesystem")),
        environment=variables(entry.get("environment")),
        log_driver=(entry.get("logConfiguration") or {}).get("logDriver") or "",
    )
