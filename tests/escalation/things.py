"""Existing resources for scenes: evidence of each kind that a technique needs, with the prize as its role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srtui.evidence import Evidence
from tests.responsibility.recorded import ACCOUNT, REGION, evidence

PRIZE = f"arn:aws:iam::{ACCOUNT}:role/prize"
PROFILE = f"arn:aws:iam::{ACCOUNT}:instance-profile/prize"


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


INSTANCE = arn("ec2", "instance/i-0123456789abcdef0")
_TASK_DEFINITION = arn("ecs", "task-definition/app:1")
_CLUSTER = arn("ecs", "cluster/apps")


def _instances(profile: bool = True, state: str = "running") -> list[Evidence]:
    one: dict[str, Any] = {"InstanceId": "i-0123456789abcdef0", "State": {"Name": state}}
    if profile:
        one["IamInstanceProfile"] = {"Arn": PROFILE}
    return [evidence("ec2", "DescribeInstances", {"Reservations": [{"Instances": [one]}]})]


def _managed() -> list[Evidence]:
    node = {"InstanceId": "i-0123456789abcdef0", "PingStatus": "Online"}
    return [
        *_instances(),
        evidence("ssm", "DescribeInstanceInformation", {"InstanceInformationList": [node]}),
    ]


def _function() -> list[Evidence]:
    one = {"FunctionName": "app", "FunctionArn": arn("lambda", "function:app"), "Role": PRIZE}
    return [
        evidence("lambda", "ListFunctions", {"Functions": [one]}),
        evidence("lambda", "GetPolicy", error="ResourceNotFoundException", params={"FunctionName": "app"}),
    ]


def _stack(role_arn: str = PRIZE) -> list[Evidence]:
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


def _stack_set() -> list[Evidence]:
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


def _project(batch: bool = False) -> list[Evidence]:
    one: dict[str, Any] = {"name": "build", "arn": arn("codebuild", "project/build"), "serviceRole": PRIZE}
    if batch:
        one["buildBatchConfig"] = {"serviceRole": PRIZE}
    return [
        evidence("codebuild", "ListProjects", {"projects": ["build"]}),
        evidence("codebuild", "BatchGetProjects", {"projects": [one]}, params={"names": ["build"]}),
    ]


def _cluster(hosts: int = 1) -> list[Evidence]:
    one = {
        "clusterArn": _CLUSTER,
        "clusterName": "apps",
        "status": "ACTIVE",
        "registeredContainerInstancesCount": hosts,
    }
    return [
        evidence("ecs", "ListClusters", {"clusterArns": [_CLUSTER]}),
        evidence("ecs", "DescribeClusters", {"clusters": [one]}, params={"clusters": [_CLUSTER]}),
    ]


def _definition(task_role: str = PRIZE) -> list[Evidence]:
    one = {"taskDefinitionArn": _TASK_DEFINITION, "family": "app", "revision": 1, "taskRoleArn": task_role}
    return [
        *_cluster(),
        evidence("ecs", "ListTaskDefinitionFamilies", {"families": ["app"]}, params={"status": "ACTIVE"}),
        evidence("ecs", "DescribeTaskDefinition", {"taskDefinition": one}, params={"taskDefinition": "app"}),
    ]


def _service() -> list[Evidence]:
    one = {
        "serviceArn": arn("ecs", "service/apps/app"),
        "serviceName": "app",
        "clusterArn": _CLUSTER,
        "status": "ACTIVE",
    }
    listed = [one["serviceArn"]]
    return [
        *_cluster(),
        evidence("ecs", "ListServices", {"serviceArns": listed}, params={"cluster": _CLUSTER}),
        evidence(
            "ecs", "DescribeServices", {"services": [one]}, params={"cluster": _CLUSTER, "services": listed}
        ),
    ]


def _task() -> list[Evidence]:
    one = {
        "taskArn": arn("ecs", "task/apps/0123"),
        "clusterArn": _CLUSTER,
        "taskDefinitionArn": _TASK_DEFINITION,
        "enableExecuteCommand": True,
        "lastStatus": "RUNNING",
    }
    listed = [one["taskArn"]]
    return [
        *_definition(),
        evidence("ecs", "ListTasks", {"taskArns": listed}, params={"cluster": _CLUSTER}),
        evidence("ecs", "DescribeTasks", {"tasks": [one]}, params={"cluster": _CLUSTER, "tasks": listed}),
    ]


def _queue() -> list[Evidence]:
    one = {"jobQueueName": "default", "jobQueueArn": arn("batch", "job-queue/default"), "state": "ENABLED"}
    more = {"status": "VALID", "priority": 1, "computeEnvironmentOrder": []}
    return [evidence("batch", "DescribeJobQueues", {"jobQueues": [{**one, **more}]})]


def _job_definition() -> list[Evidence]:
    one = {
        "jobDefinitionName": "job",
        "jobDefinitionArn": arn("batch", "job-definition/job:1"),
        "revision": 1,
        "type": "container",
        "containerProperties": {"jobRoleArn": PRIZE},
    }
    return [
        *_queue(),
        evidence("batch", "DescribeJobDefinitions", {"jobDefinitions": [one]}, params={"status": "ACTIVE"}),
    ]


def _runner() -> list[Evidence]:
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


def _eks() -> list[Evidence]:
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


def _glue_job() -> list[Evidence]:
    return [evidence("glue", "GetJobs", {"Jobs": [{"Name": "job", "Role": "prize"}]})]


def _dev_endpoint() -> list[Evidence]:
    return [
        evidence("glue", "GetDevEndpoints", {"DevEndpoints": [{"EndpointName": "dev", "RoleArn": PRIZE}]})
    ]


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
        *_instances(),
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
    "any-instance": _instances,
    "instance": _instances,
    "running-instance": _managed,
    "entered-instance": _managed,
    "bare-instance": lambda: _instances(profile=False),
    "serial-instance": _serial,
    "ssm-instance": _managed,
    "launch-template": _launch_template,
    "launch-configuration": _launch_configuration,
    "asg": _scaling_group,
    "deployment-group": _deployment,
    "function": _function,
    "any-function": _function,
    "ecs-cluster": _cluster,
    "ecs-hosts": _cluster,
    "ecs-service": _service,
    "task-definition": _definition,
    "hosted-task-definition": _definition,
    "exec-task": _task,
    "apprunner-service": _runner,
    "job-queue": _queue,
    "job-definition": _job_definition,
    "eks-any-cluster": _eks,
    "eks-cluster": _eks,
    "any-project": _project,
    "project": _project,
    "batch-project": lambda: _project(batch=True),
    "any-stack": lambda: _stack(""),
    "stack": _stack,
    "stack-set": _stack_set,
    "state-machine": _machine,
    "glue-job": _glue_job,
    "dev-endpoint": _dev_endpoint,
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
    "task-definition": {"task-definition": _TASK_DEFINITION, "cluster": _CLUSTER},
    "hosted-task-definition": {"task-definition": _TASK_DEFINITION, "cluster": _CLUSTER},
    "exec-task": {"cluster": _CLUSTER},
    "oidc-provider": {"provider": OIDC},
    "saml-provider": {"provider": SAML},
}
