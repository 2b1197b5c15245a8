"""Existing resources for scenes: evidence of each kind that a technique needs, with the prize as its role."""

from __future__ import annotations

from typing import Any

from srtui.evidence import Evidence
from tests.responsibility.recorded import ACCOUNT, REGION, evidence

PRIZE = f"arn:aws:iam::{ACCOUNT}:role/prize"
PROFILE = f"arn:aws:iam::{ACCOUNT}:instance-profile/prize"


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


INSTANCE = arn("ec2", "instance/i-0123456789abcdef0")
TASK_DEFINITION = arn("ecs", "task-definition/app:1")
CLUSTER = arn("ecs", "cluster/apps")


def instances(profile: bool = True, state: str = "running") -> list[Evidence]:
    one: dict[str, Any] = {"InstanceId": "i-0123456789abcdef0", "State": {"Name": state}}
    if profile:
        one["IamInstanceProfile"] = {"Arn": PROFILE}
    return [evidence("ec2", "DescribeInstances", {"Reservations": [{"Instances": [one]}]})]


def managed() -> list[Evidence]:
    node = {"InstanceId": "i-0123456789abcdef0", "PingStatus": "Online"}
    return [
        *instances(),
        evidence("ssm", "DescribeInstanceInformation", {"InstanceInformationList": [node]}),
    ]


def function() -> list[Evidence]:
    one = {"FunctionName": "app", "FunctionArn": arn("lambda", "function:app"), "Role": PRIZE}
    return [
        evidence("lambda", "ListFunctions", {"Functions": [one]}),
        evidence("lambda", "GetPolicy", error="ResourceNotFoundException", params={"FunctionName": "app"}),
    ]


def stack(role_arn: str = PRIZE) -> list[Evidence]:
    one = {
        "StackName": "net",
        "StackId": arn("cloudformation", "stack/net/1f2e"),
        "StackStatus": "CREATE_COMPLETE",
        "CreationTime": "2026-01-01T00:00:00Z",
    }
    return [
        evidence(
            "cloudformation",
            "DescribeStacks",
            {"Stacks": [{**one, **({"RoleARN": role_arn} if role_arn else {})}]},
        )
    ]


def stack_set() -> list[Evidence]:
    one = {"StackSetName": "base", "StackSetId": "base:1f2e", "PermissionModel": "SELF_MANAGED"}
    return [
        evidence("cloudformation", "ListStackSets", {"Summaries": [one]}, params={"Status": "ACTIVE"}),
        evidence(
            "cloudformation",
            "DescribeStackSet",
            {"StackSet": {"StackSetName": "base", "AdministrationRoleARN": PRIZE}},
            params={"StackSetName": "base"},
        ),
    ]


def project(batch: bool = False) -> list[Evidence]:
    one: dict[str, Any] = {"name": "build", "arn": arn("codebuild", "project/build"), "serviceRole": PRIZE}
    if batch:
        one["buildBatchConfig"] = {"serviceRole": PRIZE}
    return [
        evidence("codebuild", "ListProjects", {"projects": ["build"]}),
        evidence("codebuild", "BatchGetProjects", {"projects": [one]}, params={"names": ["build"]}),
    ]


def cluster(hosts: int = 1) -> list[Evidence]:
    one = {
        "clusterArn": CLUSTER,
        "clusterName": "apps",
        "status": "ACTIVE",
        "registeredContainerInstancesCount": hosts,
    }
    return [
        evidence("ecs", "ListClusters", {"clusterArns": [CLUSTER]}),
        evidence("ecs", "DescribeClusters", {"clusters": [one]}, params={"clusters": [CLUSTER]}),
    ]


def definition(task_role: str = PRIZE) -> list[Evidence]:
    one = {"taskDefinitionArn": TASK_DEFINITION, "family": "app", "revision": 1, "taskRoleArn": task_role}
    return [
        *cluster(),
        evidence("ecs", "ListTaskDefinitionFamilies", {"families": ["app"]}, params={"status": "ACTIVE"}),
        evidence("ecs", "DescribeTaskDefinition", {"taskDefinition": one}, params={"taskDefinition": "app"}),
    ]


def service() -> list[Evidence]:
    one = {
        "serviceArn": arn("ecs", "service/apps/app"),
        "serviceName": "app",
        "clusterArn": CLUSTER,
        "status": "ACTIVE",
    }
    listed = [one["serviceArn"]]
    return [
        *cluster(),
        evidence("ecs", "ListServices", {"serviceArns": listed}, params={"cluster": CLUSTER}),
        evidence(
            "ecs", "DescribeServices", {"services": [one]}, params={"cluster": CLUSTER, "services": listed}
        ),
    ]


def task() -> list[Evidence]:
    one = {
        "taskArn": arn("ecs", "task/apps/0123"),
        "clusterArn": CLUSTER,
        "taskDefinitionArn": TASK_DEFINITION,
        "enableExecuteCommand": True,
        "lastStatus": "RUNNING",
    }
    listed = [one["taskArn"]]
    return [
        *definition(),
        evidence("ecs", "ListTasks", {"taskArns": listed}, params={"cluster": CLUSTER}),
        evidence("ecs", "DescribeTasks", {"tasks": [one]}, params={"cluster": CLUSTER, "tasks": listed}),
    ]


def queue() -> list[Evidence]:
    one = {"jobQueueName": "default", "jobQueueArn": arn("batch", "job-queue/default"), "state": "ENABLED"}
    more = {"status": "VALID", "priority": 1, "computeEnvironmentOrder": []}
    return [evidence("batch", "DescribeJobQueues", {"jobQueues": [{**one, **more}]})]


def job_definition() -> list[Evidence]:
    one = {
        "jobDefinitionName": "job",
        "jobDefinitionArn": arn("batch", "job-definition/job:1"),
        "revision": 1,
        "type": "container",
        "containerProperties": {"jobRoleArn": PRIZE},
    }
    return [
        *queue(),
        evidence("batch", "DescribeJobDefinitions", {"jobDefinitions": [one]}, params={"status": "ACTIVE"}),
    ]


def runner() -> list[Evidence]:
    name = arn("apprunner", "service/app/0123")
    return [
        evidence(
            "apprunner", "ListServices", {"ServiceSummaryList": [{"ServiceName": "app", "ServiceArn": name}]}
        ),
        evidence(
            "apprunner",
            "DescribeService",
            {
                "Service": {
                    "ServiceName": "app",
                    "ServiceArn": name,
                    "InstanceConfiguration": {"InstanceRoleArn": PRIZE},
                }
            },
            params={"ServiceArn": name},
        ),
    ]


def eks() -> list[Evidence]:
    pod = {
        "clusterName": "shop",
        "associationArn": arn("eks", "podidentityassociation/shop/a-1"),
        "associationId": "a-1",
    }
    return [
        evidence("eks", "ListClusters", {"clusters": ["shop"]}),
        evidence(
            "eks",
            "DescribeCluster",
            {"cluster": {"name": "shop", "accessConfig": {"authenticationMode": "API"}}},
            params={"name": "shop"},
        ),
        evidence(
            "eks", "ListPodIdentityAssociations", {"associations": [pod]}, params={"clusterName": "shop"}
        ),
        evidence(
            "eks",
            "DescribePodIdentityAssociation",
            {"association": {**pod, "roleArn": PRIZE}},
            params={"clusterName": "shop", "associationId": "a-1"},
        ),
    ]


def glue_job() -> list[Evidence]:
    return [evidence("glue", "GetJobs", {"Jobs": [{"Name": "job", "Role": "prize"}]})]


def dev_endpoint() -> list[Evidence]:
    return [
        evidence("glue", "GetDevEndpoints", {"DevEndpoints": [{"EndpointName": "dev", "RoleArn": PRIZE}]})
    ]
