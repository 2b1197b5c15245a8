"""How existing resources of each kind are found in the account: machines, containers, functions, builds and stacks."""

from __future__ import annotations

from collections.abc import Iterator

from srtui.account import UNREAD
from srtui.account.containers import (
    AppRunnerService,
    EcsCluster,
    EcsService,
    EcsTask,
    EksCluster,
    JobDefinition,
    JobQueue,
    PodIdentity,
    TaskDefinition,
)
from srtui.account.delivery import BuildProject, DeploymentGroup, Stack, StackSet, StateMachine
from srtui.account.fleets import AutoScalingGroup, LaunchConfiguration, LaunchTemplate, ManagedNode
from srtui.account.model import Instance, Unread
from srtui.escalation.inventory import Holder, Inventory, holder, kind, known_role

_INSTANCES = ("ec2", "DescribeInstances")
_NODES = ("ssm", "DescribeInstanceInformation")


# --- instances ----------------------------------------------------------------------------------------------


def _instance(inventory: Inventory, one: Instance) -> Holder:
    role = inventory.role_in(one.instance_profile) if one.instance_profile else ""
    profile = (one.instance_profile,) if one.instance_profile else ()
    return holder(
        one,
        "instance",
        role,
        words={"entered-profile": profile},
        context={"ec2:instanceprofile": one.instance_profile} if one.instance_profile else {},
        profile=one.instance_profile.rsplit("/", 1)[-1],
    )


def _running(inventory: Inventory) -> Iterator[Instance]:
    return (one for one in inventory.account.instances.values() if one.state in ("running", "pending"))


@kind("any-instance", _INSTANCES)
def any_instances(inventory: Inventory) -> Iterator[Holder]:
    return (_instance(inventory, one) for one in inventory.account.instances.values())


@kind("instance", _INSTANCES)
def instances(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.instances.values():
        if one.instance_profile and one.state not in ("terminated", "shutting-down"):
            yield _instance(inventory, one)


@kind("running-instance", _INSTANCES)
def running_instances(inventory: Inventory) -> Iterator[Holder]:
    return (_instance(inventory, one) for one in _running(inventory) if one.instance_profile)


@kind("bare-instance", _INSTANCES)
def bare_instances(inventory: Inventory) -> Iterator[Holder]:
    return (_instance(inventory, one) for one in _running(inventory) if not one.instance_profile)


@kind("entered-instance", _INSTANCES)
def entered_instances(inventory: Inventory) -> Iterator[Holder]:
    return running_instances(inventory)


@kind("serial-instance", _INSTANCES)
def serial_instances(inventory: Inventory) -> Iterator[Holder]:
    for one in _running(inventory):
        console = inventory.account.settings(one.region).serial_console
        if one.instance_profile and (console is UNREAD or console):
            yield _instance(inventory, one)


@kind("ssm-instance", _INSTANCES, _NODES)
def ssm_instances(inventory: Inventory) -> Iterator[Holder]:
    nodes = inventory.account.table(ManagedNode)
    for one in _running(inventory):
        node = nodes.get(one.arn)
        if one.instance_profile and node is not None and node.ping != "Inactive":
            yield _instance(inventory, one)


@kind("launch-template", ("ec2", "DescribeLaunchTemplates"), ("autoscaling", "DescribeAutoScalingGroups"))
def launch_templates(inventory: Inventory) -> Iterator[Holder]:
    """Templates that scaling groups start instances from, unless the group names a fixed version."""
    used = {
        one.launch_template
        for one in inventory.account.table(AutoScalingGroup).values()
        if one.launch_template_version in ("$Default", "$Latest")
    }
    for one in inventory.account.table(LaunchTemplate).values():
        if one.arn.rsplit("/", 1)[-1] not in used:
            continue
        profile: str | Unread = UNREAD
        if one.instance_profiles is not UNREAD:
            # A new version starts from any old one; what instances get today is what is certain.
            profile = one.instance_profiles.get(one.latest_version, "")
        if profile is UNREAD or profile:
            yield holder(one, "launch-template", known_role(inventory, profile))


@kind("launch-configuration", ("autoscaling", "DescribeLaunchConfigurations"))
def launch_configurations(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.table(LaunchConfiguration).values():
        if one.instance_profile:
            yield holder(one, "launch-configuration-used", inventory.role_in(one.instance_profile))


@kind("asg", ("autoscaling", "DescribeAutoScalingGroups"))
def scaling_groups(inventory: Inventory) -> Iterator[Holder]:
    return (holder(one, "asg") for one in inventory.account.table(AutoScalingGroup).values())


@kind(
    "deployment-group",
    ("codedeploy", "ListApplications"),
    _INSTANCES,
    ("autoscaling", "DescribeAutoScalingGroups"),
)
def deployment_groups(inventory: Inventory) -> Iterator[Holder]:
    """One for each instance with a profile that a deployment group deploys to."""
    scaled = {one.name: one.instances for one in inventory.account.table(AutoScalingGroup).values()}
    for group in inventory.account.table(DeploymentGroup).values():
        application = inventory.arn("codedeploy", group.region, f"application:{group.application}")
        words = {"application": (application,)}
        if group.tag_groups is UNREAD or group.auto_scaling_groups is UNREAD:
            yield holder(group, "deployment-group", UNREAD, words=words, application=group.application)
            continue
        if group.platform != "Server":
            continue
        members = {name for one in group.auto_scaling_groups for name in scaled.get(one, ())}
        for one in _running(inventory):
            meant = one.name in members or _tagged(one, group.tag_groups)
            if meant and one.region == group.region and one.instance_profile:
                role = inventory.role_in(one.instance_profile)
                yield holder(group, "deployment-group", role, words=words, application=group.application)


def _tagged(one: Instance, groups: tuple[tuple[tuple[str, str, str], ...], ...]) -> bool:
    """Whether an instance has a tag of every group of filters; without groups no instance is meant."""
    return bool(groups) and all(
        any(_has_tag(one, key, value, how) for key, value, how in filters) for filters in groups
    )


def _has_tag(one: Instance, key: str, value: str, how: str) -> bool:
    if how == "KEY_ONLY":
        return key in one.tags
    if how == "VALUE_ONLY":
        return value in one.tags.values()
    return one.tags.get(key) == value


# --- functions, containers ----------------------------------------------------------------------------------

_FUNCTIONS = ("lambda", "ListFunctions")


@kind("function", _FUNCTIONS)
def functions(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.functions.values():
        if one.role:
            yield holder(one, "function", one.role)


@kind("any-function", _FUNCTIONS)
def any_functions(inventory: Inventory) -> Iterator[Holder]:
    return (holder(one, "function", one.role) for one in inventory.account.functions.values())


_CLUSTERS = ("ecs", "ListClusters")


def _clusters(inventory: Inventory) -> Iterator[EcsCluster]:
    return (
        one for one in inventory.account.table(EcsCluster).values() if one.status in (UNREAD, "ACTIVE", "")
    )


@kind("ecs-cluster", _CLUSTERS)
def ecs_clusters(inventory: Inventory) -> Iterator[Holder]:
    return (holder(one, "existing-cluster", context={"ecs:cluster": one.arn}) for one in _clusters(inventory))


@kind("ecs-hosts", _CLUSTERS)
def ecs_hosts(inventory: Inventory) -> Iterator[Holder]:
    for one in _clusters(inventory):
        if one.container_instances is UNREAD or one.container_instances:
            yield holder(one, "existing-cluster", context={"ecs:cluster": one.arn})


@kind("ecs-service", _CLUSTERS)
def ecs_services(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.table(EcsService).values():
        if one.status in ("ACTIVE", ""):
            name = one.cluster.rsplit("/", 1)[-1]
            yield holder(one, "service", context={"ecs:cluster": one.cluster}, cluster=name)


def _task_definitions(inventory: Inventory, hosted: bool) -> Iterator[Holder]:
    """Each with a cluster of its region to run it in."""
    for one in inventory.account.table(TaskDefinition).values():
        for cluster in _clusters(inventory):
            hosts = cluster.container_instances
            if cluster.region == one.region and (not hosted or hosts is UNREAD or hosts):
                yield holder(
                    one,
                    "task-definition",
                    words={"cluster": (cluster.arn,)},
                    context={"ecs:cluster": cluster.arn},
                    cluster=cluster.name,
                )
                break


@kind("task-definition", _CLUSTERS, ("ecs", "ListTaskDefinitionFamilies"))
def task_definitions(inventory: Inventory) -> Iterator[Holder]:
    return _task_definitions(inventory, hosted=False)


@kind("hosted-task-definition", _CLUSTERS, ("ecs", "ListTaskDefinitionFamilies"))
def hosted_task_definitions(inventory: Inventory) -> Iterator[Holder]:
    return _task_definitions(inventory, hosted=True)


@kind("exec-task", _CLUSTERS, ("ecs", "ListTaskDefinitionFamilies"))
def exec_tasks(inventory: Inventory) -> Iterator[Holder]:
    definitions = inventory.account.table(TaskDefinition)
    for one in inventory.account.table(EcsTask).values():
        if not one.exec_enabled or one.status not in ("RUNNING", ""):
            continue
        definition = definitions.get(one.task_definition)
        role: str | Unread = one.role_override
        if not role:
            # An older revision is not read: it may have another role than the newest.
            role = UNREAD if definition is None else definition.role
        if role is UNREAD or role:
            cluster = one.cluster.rsplit("/", 1)[-1]
            yield holder(
                one,
                "task",
                role,
                words={"cluster": (one.cluster,)},
                context={"ecs:cluster": one.cluster},
                cluster=cluster,
            )


@kind("apprunner-service", ("apprunner", "ListServices"))
def apprunner_services(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.table(AppRunnerService).values():
        if one.role is UNREAD or one.role:
            yield holder(one, "runner", one.role)


_QUEUES = ("batch", "DescribeJobQueues")


def _queues(inventory: Inventory) -> list[JobQueue]:
    return [one for one in inventory.account.table(JobQueue).values() if one.state in ("ENABLED", "")]


@kind("job-queue", _QUEUES)
def job_queues(inventory: Inventory) -> Iterator[Holder]:
    return (holder(one, "queue") for one in _queues(inventory))


@kind("job-definition", ("batch", "DescribeJobDefinitions"), _QUEUES)
def job_definitions(inventory: Inventory) -> Iterator[Holder]:
    queues = _queues(inventory)
    for one in inventory.account.table(JobDefinition).values():
        usable = [queue for queue in queues if queue.region == one.region]
        if one.role and usable:
            words = {"queue": tuple(queue.arn for queue in usable)}
            yield holder(one, "definition", one.role, words=words, queue=usable[0].name)


_EKS = ("eks", "ListClusters")


@kind("eks-any-cluster", _EKS)
def eks_any_clusters(inventory: Inventory) -> Iterator[Holder]:
    return (holder(one, "eks-cluster") for one in inventory.account.table(EksCluster).values())


@kind("eks-cluster", _EKS)
def eks_clusters(inventory: Inventory) -> Iterator[Holder]:
    """One for each role of a cluster's pods, for clusters that know access entries."""
    for cluster in inventory.account.table(EksCluster).values():
        if cluster.authentication == "CONFIG_MAP":
            continue
        entry = inventory.arn("eks", cluster.region, f"access-entry/{cluster.name}/*")
        pods = [one for one in inventory.account.table(PodIdentity).values() if one.cluster == cluster.arn]
        for role in {one.role for one in pods if one.role is not UNREAD} | (
            {UNREAD} if any(one.role is UNREAD for one in pods) or cluster.authentication is UNREAD else set()
        ):
            yield holder(cluster, "eks-cluster", role, words={"eks-entry": (entry,)})


# --- builds, stacks, workflows ------------------------------------------------------------------------------

_PROJECTS = ("codebuild", "ListProjects")


@kind("any-project", _PROJECTS)
def any_projects(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.table(BuildProject).values():
        yield holder(one, "project", inventory.role_named(one.role))


@kind("project", _PROJECTS)
def projects(inventory: Inventory) -> Iterator[Holder]:
    return (one for one in any_projects(inventory) if one.role)


@kind("batch-project", _PROJECTS)
def batch_projects(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.table(BuildProject).values():
        if one.batch and one.role:
            yield holder(one, "project", inventory.role_named(one.role))


_STACKS = ("cloudformation", "DescribeStacks")


@kind("any-stack", _STACKS)
def any_stacks(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.table(Stack).values():
        if not one.status.startswith("DELETE_") and not one.parent:
            yield holder(one, "stack", one.role)


@kind("stack", _STACKS)
def stacks(inventory: Inventory) -> Iterator[Holder]:
    return (one for one in any_stacks(inventory) if one.role)


@kind("stack-set", ("cloudformation", "ListStackSets"))
def stack_sets(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.table(StackSet).values():
        if one.permission_model != "SERVICE_MANAGED":
            yield holder(one, "stack-set", one.admin_role)


@kind("state-machine", ("stepfunctions", "ListStateMachines"))
def state_machines(inventory: Inventory) -> Iterator[Holder]:
    return (holder(one, "machine", one.role) for one in inventory.account.table(StateMachine).values())
