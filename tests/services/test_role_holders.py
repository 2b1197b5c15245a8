"""Readers of everything that holds a role, fed with answers of AWS's shapes in the order of collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from srtui.account import Account
from srtui.account.agents import Agent, AgentBrowser, AgentRuntime, CodeInterpreter
from srtui.account.analytics import (
    AirflowEnvironment,
    EmrCluster,
    GlueCatalog,
    GlueDevEndpoint,
    GlueJob,
    Notebook,
    StudioDomain,
    StudioProfile,
)
from srtui.account.containers import (
    AccessEntry,
    AppRunnerService,
    ComputeEnvironment,
    EcsCluster,
    EcsService,
    EcsTask,
    EksCluster,
    JobDefinition,
    JobQueue,
    NodeGroup,
    PodIdentity,
    TaskDefinition,
)
from srtui.account.delivery import (
    BuildProject,
    CodeSigningConfig,
    DeploymentGroup,
    Stack,
    StackSet,
    StateMachine,
)
from srtui.account.federation import (
    AnywhereProfile,
    IdentityCenter,
    IdentityPool,
    PermissionSet,
    RoleAlias,
    TrustAnchor,
)
from srtui.account.fleets import (
    AutoScalingGroup,
    LaunchConfiguration,
    LaunchTemplate,
    ManagedNode,
    SsmDocument,
)
from srtui.account.model import UNREAD, Record
from srtui.demo.integrations import AGENTS, DELIVERY, FEDERATION
from srtui.demo.resources import HOME
from srtui.demo.workloads import CONTAINERS, DATA
from srtui.evidence import Evidence
from srtui.services import apply, call_named, declared_calls
from srtui.services.declare import Call, CallContext
from tests.responsibility.recorded import ACCOUNT, NOW
from tests.shapes import misfits

_BOTOCORE = {
    "elasticmapreduce": "emr",
    "airflow": "mwaa",
    "states": "stepfunctions",
    "sso": "sso-admin",
    "bedrock": "bedrock-agent",
    "bedrock-agentcore": "bedrock-agentcore-control",
}
NODES = {
    "InstanceInformationList": [
        {"InstanceId": "i-0a1b", "PingStatus": "Online"},
        {"InstanceId": "mi-01", "IamRole": "hybrid"},
    ]
}
MORE: dict[tuple[str, str], dict[str, Any]] = {
    ("ssm", "DescribeInstanceInformation"): NODES,
    ("cloudformation", "DescribeStacks"): {
        "Stacks": [
            {
                "StackId": f"arn:aws:cloudformation:{HOME}:{ACCOUNT}:stack/network/1f2e3d4c",
                "StackName": "network",
                "StackStatus": "CREATE_COMPLETE",
                "RoleARN": f"arn:aws:iam::{ACCOUNT}:role/deploy",
                "Capabilities": ["CAPABILITY_IAM"],
                "Outputs": [{"OutputKey": "Vpc", "OutputValue": "vpc-1"}],
            }
        ]
    },
    ("cloudformation", "ListStackSets"): {
        "Summaries": [
            {
                "StackSetName": "base",
                "StackSetId": "base:1f2e",
                "Status": "ACTIVE",
                "PermissionModel": "SELF_MANAGED",
            }
        ]
    },
    ("cloudformation", "DescribeStackSet"): {
        "StackSet": {
            "StackSetName": "base",
            "AdministrationRoleARN": f"arn:aws:iam::{ACCOUNT}:role/StackSetAdmin",
            "ExecutionRoleName": "StackSetExecution",
        }
    },
    ("glue", "GetDevEndpoints"): {
        "DevEndpoints": [{"EndpointName": "dev", "RoleArn": "r", "Status": "READY"}]
    },
    ("glue", "GetResourcePolicy"): {"PolicyInJson": '{"Version": "2012-10-17", "Statement": []}'},
    ("autoscaling", "DescribeAutoScalingGroups"): {
        "AutoScalingGroups": [
            {
                "AutoScalingGroupName": "web",
                "AutoScalingGroupARN": f"arn:aws:autoscaling:{HOME}:{ACCOUNT}:autoScalingGroup:1:autoScalingGroupName/web",
                "MixedInstancesPolicy": {
                    "LaunchTemplate": {
                        "LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1", "Version": "$Latest"}
                    }
                },
                "Instances": [{"InstanceId": "i-1"}],
            }
        ]
    },
    ("autoscaling", "DescribeLaunchConfigurations"): {
        "LaunchConfigurations": [
            {
                "LaunchConfigurationName": "old",
                "LaunchConfigurationARN": f"arn:aws:autoscaling:{HOME}:{ACCOUNT}:launchConfiguration:1:launchConfigurationName/old",
                "IamInstanceProfile": "web",
                "UserData": "IyEvYmluL3No",
            }
        ]
    },
    ("ec2", "DescribeLaunchTemplates"): {
        "LaunchTemplates": [
            {
                "LaunchTemplateId": "lt-1",
                "LaunchTemplateName": "web",
                "DefaultVersionNumber": 1,
                "LatestVersionNumber": 3,
            }
        ]
    },
    ("ec2", "DescribeLaunchTemplateVersions"): {
        "LaunchTemplateVersions": [
            {
                "VersionNumber": number,
                "LaunchTemplateData": {
                    "IamInstanceProfile": {"Name": f"web-{number}"},
                    "MetadataOptions": {"HttpTokens": "required"} if number == 3 else {},
                },
            }
            for number in (1, 3)
        ]
    },
}


def recorded(service: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the practice account answers, by botocore's names."""
    if (service, operation) in MORE:
        return MORE[service, operation]
    for (name, op), answer in (CONTAINERS | DATA | DELIVERY | FEDERATION | AGENTS).items():
        if (_BOTOCORE.get(name, name), op) == (service, operation):
            return answer(params)
    return None


def evidence(call: Call, params: Mapping[str, Any], response: Mapping[str, Any]) -> Evidence:
    return Evidence(
        service=call.service.name,
        operation=call.operation,
        region=HOME,
        account=ACCOUNT,
        at=NOW,
        params=dict(params),
        response=dict(response),
    )


def collected(call: Call, params: Mapping[str, Any]) -> Iterator[Evidence]:
    """The answer to a call, then those to the calls that follow from it."""
    response = recorded(call.service.name, call.operation, params)
    if response is None:
        return
    yield evidence(call, params, response)
    for child in declared_calls():
        if child.for_each is call:
            for item in call.items_in(response):
                context = CallContext(ACCOUNT, "aws", HOME, params)
                yield from collected(child, child.params_for(item, context))


@pytest.fixture(scope="module")
def account() -> Account:
    made = Account(id=ACCOUNT)
    for call in declared_calls():
        if call.for_each is None:
            for one in collected(call, call.variants[0]):
                apply(made, one)
    return made


def test_every_answer_of_the_practice_account_is_of_the_shape_that_aws_sends() -> None:
    for (name, operation), answer in (CONTAINERS | DATA | DELIVERY | AGENTS | FEDERATION).items():
        if (name, operation) in MORE or operation in ("DescribePermissionSet", "ListAccountAssignments"):
            continue
        params = {"principalArn": "arn:aws:iam::420042004200:role/x"}
        assert not misfits(_BOTOCORE.get(name, name), operation, answer(params)), operation
    for (name, operation), given in MORE.items():
        assert not misfits(name, operation, given), operation


def only(account: Account, kind: type[Record]) -> Any:
    (found,) = account.table(kind).values()
    return found


def role(name: str, path: str = "/service/") -> str:
    return f"arn:aws:iam::{ACCOUNT}:role{path}{name}"


def test_containers(account: Account) -> None:
    assert (only(account, EcsCluster).container_instances, only(account, EcsCluster).insights) == (
        0,
        "disabled",
    )
    service, task, definition = (
        only(account, EcsService),
        only(account, EcsTask),
        only(account, TaskDefinition),
    )
    assert service.task_definition == task.task_definition == definition.arn
    assert service.cluster == task.cluster == only(account, EcsCluster).arn
    assert task.exec_enabled
    assert (definition.role, definition.family, definition.revision) == (
        role("ecs-tasks"),
        "orders-worker",
        7,
    )
    assert list(definition.containers[0].environment) == ["QUEUE", "DB_PASSWORD"]
    assert only(account, AppRunnerService).role == ""
    assert only(account, AppRunnerService).public is True
    assert only(account, JobDefinition).role == role("ecs-tasks")
    assert only(account, JobQueue).environments == (only(account, ComputeEnvironment).arn,)


def test_kubernetes(account: Account) -> None:
    cluster = only(account, EksCluster)
    assert (cluster.authentication, cluster.public_cidrs, cluster.encrypted_secrets) == (
        "API",
        ("0.0.0.0/0",),
        False,
    )
    assert cluster.logging == ("api", "audit")
    assert only(account, PodIdentity).role == role("shop-pods")
    assert only(account, NodeGroup).role == role("eks-nodes")
    entry = only(account, AccessEntry)
    assert entry.principal == role("platform-lead", "/")
    assert entry.policies == (
        ("arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", "cluster"),
    )


def test_data_and_notebooks(account: Account) -> None:
    assert only(account, GlueJob).arn == f"arn:aws:glue:{HOME}:{ACCOUNT}:job/nightly-join"
    assert only(account, GlueJob).role == role("glue-jobs")
    assert only(account, GlueDevEndpoint).role == "r"
    assert only(account, GlueCatalog).policy == {"Version": "2012-10-17", "Statement": []}
    assert (only(account, GlueCatalog).encryption, only(account, GlueCatalog).password_encryption) == (
        "DISABLED",
        False,
    )
    assert (only(account, Notebook).role, only(account, Notebook).root_access) == (role("notebooks"), True)
    assert only(account, StudioDomain).role == role("notebooks")
    assert only(account, StudioProfile).role == ""
    assert only(account, EmrCluster).instance_profile == "worker-instance"
    assert only(account, AirflowEnvironment).role == role("airflow")


def test_builds_and_stacks(account: Account) -> None:
    project = only(account, BuildProject)
    assert (project.role, project.privileged, project.batch) == (
        role("codebuild-images", "/ci/"),
        True,
        False,
    )
    assert project.environment_kinds == {"NPM_TOKEN": "PARAMETER_STORE"}
    group = only(account, DeploymentGroup)
    assert group.arn == f"arn:aws:codedeploy:{HOME}:{ACCOUNT}:deploymentgroup:web/web-fleet"
    assert group.tag_groups == ((("Name", "web-1", "KEY_AND_VALUE"),),)
    assert only(account, Stack).role == f"arn:aws:iam::{ACCOUNT}:role/deploy"
    assert only(account, StackSet).admin_role.endswith("role/StackSetAdmin")
    assert (only(account, StateMachine).role, only(account, StateMachine).logging) == (
        role("workflows"),
        "OFF",
    )
    config = only(account, CodeSigningConfig)
    assert (config.enforced, config.functions) == (
        True,
        (f"arn:aws:lambda:{HOME}:{ACCOUNT}:function:orders-api",),
    )


def test_fleets(account: Account) -> None:
    template = only(account, LaunchTemplate)
    assert template.instance_profiles == {1: "web-1", 3: "web-3"}
    assert template.imdsv2_required is True
    group = only(account, AutoScalingGroup)
    assert (group.launch_template, group.launch_template_version, group.instances) == (
        "lt-1",
        "$Latest",
        ("i-1",),
    )
    assert only(account, LaunchConfiguration).instance_profile == "web"
    assert set(account.table(ManagedNode)) == {
        f"arn:aws:ec2:{HOME}:{ACCOUNT}:instance/i-0a1b",
        f"arn:aws:ssm:{HOME}:{ACCOUNT}:managed-instance/mi-01",
    }
    assert only(account, SsmDocument).kind == "Command"


def test_ways_in_from_outside(account: Account) -> None:
    pool = only(account, IdentityPool)
    assert (pool.guests, pool.roles) == (True, {"unauthenticated": role("shop-visitors")})
    assert only(account, TrustAnchor).enabled
    assert only(account, AnywhereProfile).roles == (role("onprem-backup"),)
    assert only(account, RoleAlias).role == role("scanners")
    assert only(account, IdentityCenter).owner == ACCOUNT
    names = {one.name: one.assignments for one in account.table(PermissionSet).values()}
    assert set(names) == {"AdministratorAccess", "ViewOnlyAccess"}
    assert all(found is not UNREAD and found[0][0] == "GROUP" for found in names.values())


def test_agents(account: Account) -> None:
    assert only(account, Agent).role == role("agents")
    assert (only(account, AgentRuntime).role, only(account, AgentRuntime).inbound) == (role("agents"), "IAM")
    assert only(account, CodeInterpreter).role == role("agents")
    assert only(account, AgentBrowser).role == ""


def test_what_a_listing_alone_tells_leaves_roles_unread() -> None:
    made = Account(id=ACCOUNT)
    for service, operation in [
        ("sagemaker", "ListNotebookInstances"),
        ("stepfunctions", "ListStateMachines"),
        ("iot", "ListRoleAliases"),
        ("emr", "ListClusters"),
        ("bedrock-agentcore-control", "ListAgentRuntimes"),
        ("apprunner", "ListServices"),
    ]:
        call = call_named(service, operation)
        response = recorded(service, operation, {})
        assert call is not None
        assert response is not None
        apply(made, evidence(call, call.variants[0], response))
    for kind in (Notebook, StateMachine, RoleAlias, AgentRuntime, AppRunnerService):
        assert only(made, kind).role is UNREAD
    assert only(made, EmrCluster).instance_profile is UNREAD
