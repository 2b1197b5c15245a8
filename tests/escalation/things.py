"""Existing resources for scenes: evidence of each kind that a technique needs, with the prize as its role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srtui.evidence import Evidence
from tests.escalation.workloads import (
    CLUSTER,
    INSTANCE,
    PRIZE,
    PROFILE,
    TASK_DEFINITION,
    arn,
    cluster,
    definition,
    dev_endpoint,
    eks,
    function,
    glue_job,
    instances,
    job_definition,
    managed,
    project,
    queue,
    runner,
    service,
    stack,
    stack_set,
    task,
)
from tests.responsibility.recorded import ACCOUNT, REGION, evidence


def _notebook() -> list[Evidence]:
    one = {
        "NotebookInstanceName": "nb",
        "NotebookInstanceArn": arn("sagemaker", "notebook-instance/nb"),
        "NotebookInstanceStatus": "InService",
    }
    return [
        evidence("sagemaker", "ListNotebookInstances", {"NotebookInstances": [one]}),
        evidence(
            "sagemaker",
            "DescribeNotebookInstance",
            {**one, "RoleArn": PRIZE},
            params={"NotebookInstanceName": "nb"},
        ),
    ]


def _studio() -> list[Evidence]:
    domain = {"DomainArn": arn("sagemaker", "domain/d-1"), "DomainId": "d-1", "DomainName": "lab"}
    profile = {"DomainId": "d-1", "UserProfileName": "ana"}
    return [
        evidence("sagemaker", "ListDomains", {"Domains": [domain]}),
        evidence(
            "sagemaker",
            "DescribeDomain",
            {**domain, "AuthMode": "IAM", "DefaultUserSettings": {"ExecutionRole": PRIZE}},
            params={"DomainId": "d-1"},
        ),
        evidence("sagemaker", "ListUserProfiles", {"UserProfiles": [profile]}),
        evidence(
            "sagemaker",
            "DescribeUserProfile",
            {**profile, "UserProfileArn": arn("sagemaker", "user-profile/d-1/ana"), "UserSettings": {}},
            params=profile,
        ),
    ]


def _emr() -> list[Evidence]:
    one = {
        "Id": "j-1",
        "Name": "big",
        "Status": {"State": "WAITING"},
        "ClusterArn": arn("elasticmapreduce", "cluster/j-1"),
    }
    states = {"ClusterStates": ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"]}
    return [
        evidence("emr", "ListClusters", {"Clusters": [one]}, params=states),
        evidence(
            "emr",
            "DescribeCluster",
            {"Cluster": {"Id": "j-1", "Ec2InstanceAttributes": {"IamInstanceProfile": "prize"}}},
            params={"ClusterId": "j-1"},
        ),
    ]


def _machine() -> list[Evidence]:
    name = arn("states", "stateMachine:flow")
    one = {
        "stateMachineArn": name,
        "name": "flow",
        "type": "STANDARD",
        "creationDate": "2026-01-01T00:00:00Z",
    }
    return [
        evidence("stepfunctions", "ListStateMachines", {"stateMachines": [one]}),
        evidence(
            "stepfunctions",
            "DescribeStateMachine",
            {"stateMachineArn": name, "name": "flow", "roleArn": PRIZE},
            params={"stateMachineArn": name},
        ),
    ]


def _pool() -> list[Evidence]:
    pool = f"{REGION}:0000-1111"
    return [
        evidence(
            "cognito-identity",
            "ListIdentityPools",
            {"IdentityPools": [{"IdentityPoolId": pool, "IdentityPoolName": "p"}]},
            params={"MaxResults": 60},
        )
    ]


def _agentcore(
    listing: str, member: str, details_of: str, id_name: str, kind: str
) -> Callable[[], list[Evidence]]:
    def made() -> list[Evidence]:
        name = arn("bedrock-agentcore", f"{kind}/own-1")
        prefix = id_name.removesuffix("Id")
        summary = {f"{prefix}Arn": name, id_name: "own-1"}
        params = {} if kind == "runtime" else {"type": "CUSTOM"}
        role_name = "roleArn" if kind == "runtime" else "executionRoleArn"
        return [
            evidence("bedrock-agentcore-control", listing, {member: [summary]}, params=params),
            evidence(
                "bedrock-agentcore-control",
                details_of,
                {**summary, role_name: PRIZE},
                params={id_name: "own-1"},
            ),
        ]

    return made


def _launch_template() -> list[Evidence]:
    template = {
        "LaunchTemplateId": "lt-1",
        "LaunchTemplateName": "web",
        "DefaultVersionNumber": 1,
        "LatestVersionNumber": 1,
    }
    version = {"VersionNumber": 1, "LaunchTemplateData": {"IamInstanceProfile": {"Arn": PROFILE}}}
    return [
        *_scaling_group({"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "$Default"}}),
        evidence("ec2", "DescribeLaunchTemplates", {"LaunchTemplates": [template]}),
        evidence(
            "ec2",
            "DescribeLaunchTemplateVersions",
            {"LaunchTemplateVersions": [version]},
            params={"LaunchTemplateId": "lt-1", "Versions": ["$Default", "$Latest"]},
        ),
    ]


GROUP_ARN = arn("autoscaling", "autoScalingGroup:1:autoScalingGroupName/web")


def _scaling_group(more: dict[str, Any] | None = None) -> list[Evidence]:
    one = {"AutoScalingGroupName": "web", "AutoScalingGroupARN": GROUP_ARN, **(more or {})}
    return [evidence("autoscaling", "DescribeAutoScalingGroups", {"AutoScalingGroups": [one]})]


def _launch_configuration() -> list[Evidence]:
    one = {
        "LaunchConfigurationName": "old",
        "LaunchConfigurationARN": arn("autoscaling", "launchConfiguration:1:launchConfigurationName/old"),
        "IamInstanceProfile": "prize",
    }
    return [evidence("autoscaling", "DescribeLaunchConfigurations", {"LaunchConfigurations": [one]})]


def _deployment() -> list[Evidence]:
    instance = {
        "InstanceId": "i-0123456789abcdef0",
        "State": {"Name": "running"},
        "IamInstanceProfile": {"Arn": PROFILE},
        "Tags": [{"Key": "app", "Value": "web"}],
    }
    info = {
        "applicationName": "web",
        "deploymentGroupName": "fleet",
        "computePlatform": "Server",
        "ec2TagFilters": [{"Key": "app", "Value": "web", "Type": "KEY_AND_VALUE"}],
    }
    asked = {"applicationName": "web"}
    return [
        evidence("ec2", "DescribeInstances", {"Reservations": [{"Instances": [instance]}]}),
        evidence("codedeploy", "ListApplications", {"applications": ["web"]}),
        evidence("codedeploy", "ListDeploymentGroups", {"deploymentGroups": ["fleet"]}, params=asked),
        evidence(
            "codedeploy",
            "BatchGetDeploymentGroups",
            {"deploymentGroupsInfo": [info]},
            params={**asked, "deploymentGroupNames": ["fleet"]},
        ),
    ]


def _serial() -> list[Evidence]:
    return [
        *instances(),
        evidence("ec2", "GetSerialConsoleAccessStatus", {"SerialConsoleAccessEnabled": True}),
    ]


SSO = "arn:aws:sso:::instance/ssoins-1"
SET = "arn:aws:sso:::permissionSet/ssoins-1/ps-1"
RESERVED = (
    f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/{REGION}/AWSReservedSSO_Dev_0123456789abcdef"
)


def _identity_center() -> list[Evidence]:
    one = {"InstanceArn": SSO, "IdentityStoreId": "d-1", "OwnerAccountId": ACCOUNT, "Status": "ACTIVE"}
    provisioned = {"InstanceArn": SSO, "AccountId": ACCOUNT}
    assigned = {"PrincipalType": "GROUP", "PrincipalId": "11111111-2222-3333-4444-555555555555"}
    return [
        evidence("sso-admin", "ListInstances", {"Instances": [one]}),
        evidence(
            "sso-admin",
            "ListPermissionSetsProvisionedToAccount",
            {"PermissionSets": [SET]},
            params=provisioned,
        ),
        evidence(
            "sso-admin",
            "DescribePermissionSet",
            {"PermissionSet": {"Name": "Dev", "PermissionSetArn": SET}},
            params={"InstanceArn": SSO, "PermissionSetArn": SET},
        ),
        evidence(
            "sso-admin",
            "ListAccountAssignments",
            {"AccountAssignments": [{"AccountId": ACCOUNT, "PermissionSetArn": SET, **assigned}]},
            params={"InstanceArn": SSO, "AccountId": ACCOUNT, "PermissionSetArn": SET},
        ),
    ]


OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/login.example.com"
SAML = f"arn:aws:iam::{ACCOUNT}:saml-provider/company"

RESOURCES: dict[str, Callable[[], list[Evidence]]] = {
    "any-instance": instances,
    "instance": instances,
    "running-instance": managed,
    "entered-instance": managed,
    "bare-instance": lambda: instances(profile=False),
    "serial-instance": _serial,
    "ssm-instance": managed,
    "launch-template": _launch_template,
    "launch-configuration": _launch_configuration,
    "asg": _scaling_group,
    "deployment-group": _deployment,
    "function": function,
    "any-function": function,
    "ecs-cluster": cluster,
    "ecs-hosts": cluster,
    "ecs-service": service,
    "task-definition": definition,
    "hosted-task-definition": definition,
    "exec-task": task,
    "apprunner-service": runner,
    "job-queue": queue,
    "job-definition": job_definition,
    "eks-any-cluster": eks,
    "eks-cluster": eks,
    "any-project": project,
    "project": project,
    "batch-project": lambda: project(batch=True),
    "any-stack": lambda: stack(""),
    "stack": stack,
    "stack-set": stack_set,
    "state-machine": _machine,
    "glue-job": glue_job,
    "dev-endpoint": dev_endpoint,
    "notebook": _notebook,
    "running-notebook": _notebook,
    "studio-profile": _studio,
    "emr-cluster": _emr,
    "identity-pool": _pool,
    "code-interpreter": _agentcore(
        "ListCodeInterpreters",
        "codeInterpreterSummaries",
        "GetCodeInterpreter",
        "codeInterpreterId",
        "code-interpreter-custom",
    ),
    "browser": _agentcore("ListBrowsers", "browserSummaries", "GetBrowser", "browserId", "browser-custom"),
    "agent-runtime": _agentcore(
        "ListAgentRuntimes", "agentRuntimes", "GetAgentRuntime", "agentRuntimeId", "runtime"
    ),
    "oidc-provider": lambda: [
        evidence(
            "iam",
            "ListOpenIDConnectProviders",
            {"OpenIDConnectProviderList": [{"Arn": OIDC}]},
            region="us-east-1",
        )
    ],
    "saml-provider": lambda: [
        evidence("iam", "ListSAMLProviders", {"SAMLProviderList": [{"Arn": SAML}]}, region="us-east-1")
    ],
    "identity-center": _identity_center,
    "own-permission-set": _identity_center,
    "assigned-group": _identity_center,
}

#: ARNs of what the resources above hold, by the words of the catalogue.
EXISTING: dict[str, str] = {
    "instance": INSTANCE,
    "entered-profile": PROFILE,
    "machine": arn("states", "stateMachine:flow"),
    "interpreter": arn("bedrock-agentcore", "code-interpreter-custom/own-1"),
    "agent-browser": arn("bedrock-agentcore", "browser-custom/own-1"),
    "runtime": arn("bedrock-agentcore", "runtime/own-1"),
    "runtime-endpoint": arn("bedrock-agentcore", "runtime/own-1/runtime-endpoint/*"),
    "endpoint": arn("glue", "devEndpoint/dev"),
    "job": arn("glue", "job/job"),
    "queue": arn("batch", "job-queue/default"),
    "definition": arn("batch", "job-definition/job:1"),
    "notebook-instance": arn("sagemaker", "notebook-instance/nb"),
    "profile": arn("sagemaker", "user-profile/d-1/ana"),
    "emr-cluster": arn("elasticmapreduce", "cluster/j-1"),
    "service": arn("ecs", "service/apps/app"),
    "runner": arn("apprunner", "service/app/0123"),
    "task": arn("ecs", "task/apps/0123"),
    "application": arn("codedeploy", "application:web"),
    "deployment-group": arn("codedeploy", "deploymentgroup:web/fleet"),
    "eks-cluster": arn("eks", "cluster/shop"),
    "eks-entry": arn("eks", "access-entry/shop/*"),
    "asg": GROUP_ARN,
    "sso-instance": SSO,
    "permission-set": SET,
    "new-permission-set": "arn:aws:sso:::permissionSet/ssoins-1/*",
    "sso-account": f"arn:aws:sso:::account/{ACCOUNT}",
    "identity-store": f"arn:aws:identitystore::{ACCOUNT}:identitystore/d-1",
    "store-group": "arn:aws:identitystore:::group/11111111-2222-3333-4444-555555555555",
    "store-user": "arn:aws:identitystore:::user/*",
}
EXISTING_IF: dict[str, dict[str, str]] = {
    "function": {"function": arn("lambda", "function:app")},
    "any-function": {"function": arn("lambda", "function:app")},
    "stack": {"stack": arn("cloudformation", "stack/net/1f2e")},
    "any-stack": {"stack": arn("cloudformation", "stack/net/1f2e")},
    "stack-set": {"stack-set": arn("cloudformation", "stackset/base:1f2e")},
    "project": {"project": arn("codebuild", "project/build")},
    "any-project": {"project": arn("codebuild", "project/build")},
    "batch-project": {"project": arn("codebuild", "project/build")},
    "launch-template": {"launch-template": arn("ec2", "launch-template/lt-1")},
    "task-definition": {"task-definition": TASK_DEFINITION, "cluster": CLUSTER},
    "hosted-task-definition": {"task-definition": TASK_DEFINITION, "cluster": CLUSTER},
    "exec-task": {"cluster": CLUSTER},
    "oidc-provider": {"provider": OIDC},
    "saml-provider": {"provider": SAML},
}
