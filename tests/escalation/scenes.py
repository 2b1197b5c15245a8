"""The smallest account in which a technique works: who calls, what it may do, and what has to be there."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from srtui.account import Account
from srtui.escalation.catalogue import Permission, Technique, load_techniques
from srtui.evidence import Evidence
from srtui.policy.catalogue import load_catalogue
from tests.responsibility.recorded import (
    ACCOUNT,
    REGION,
    account,
    allow,
    details,
    evidence,
    inline,
    report,
    role,
    trust,
    user,
)

CATALOGUE = load_techniques()
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
MALLORY = f"arn:aws:iam::{ACCOUNT}:user/mallory"
PRIZE = f"arn:aws:iam::{ACCOUNT}:role/prize"
PROFILE = f"arn:aws:iam::{ACCOUNT}:instance-profile/prize"
OTHER_SERVICE = "nothing.amazonaws.com"

EVERYTHING = allow("*")
NOTHING = allow("s3:ListAllMyBuckets")


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


@dataclass
class Scene:
    """An account in the making. `statements` are what the caller may do; `prize` what the target may."""

    technique: Technique
    caller: str = MALLORY
    statements: list[dict[str, Any]] = field(default_factory=list)
    prize: dict[str, Any] = field(default_factory=lambda: EVERYTHING)
    trusted: list[dict[str, Any]] = field(default_factory=list)  # statements of the prize's trust
    boundary: dict[str, Any] | None = None  # of the caller
    users: list[dict[str, Any]] = field(default_factory=list)
    roles: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    policies: list[dict[str, Any]] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)  # of the credential report
    resources: list[Evidence] = field(default_factory=list)
    profiles: bool = True
    bound_prize: bool = False  # a boundary takes everything from the prize
    groups_of_caller: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)  # policies of the caller
    inline: list[dict[str, Any]] = field(default_factory=list)  # further policies of the caller

    @property
    def document(self) -> dict[str, Any]:
        return {"Version": "2012-10-17", "Statement": self.statements}

    def account(self, *further: Evidence) -> Account:
        """The account as evidence shows it."""
        policies = list(self.policies)
        more: dict[str, Any] = {}
        if self.boundary is not None:
            policies.append(policy("boundary", self.boundary))
            more |= bounded("boundary")
        attached = [{"PolicyName": one.rsplit("/", 1)[-1], "PolicyArn": one} for one in self.attached]
        own = [inline(self.document)] if self.statements else []
        own += self.inline
        name = self.caller.rsplit("/", 1)[-1]
        users, roles = list(self.users), list(self.roles)
        if ":user/" in self.caller:
            entry = {
                "UserPolicyList": own,
                "GroupList": self.groups_of_caller,
                "AttachedManagedPolicies": attached,
            }
            users.append(user(name, **{**entry, **more}))
        else:
            trusting = trust(
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
            )
            entry = role(name, trusting, RolePolicyList=own, AttachedManagedPolicies=attached, **more)
            roles.append({**entry, "Arn": self.caller, "Path": path_of(self.caller)})
        if self.trusted:
            profile = {
                "Path": "/",
                "InstanceProfileName": "prize",
                "InstanceProfileId": "AIPA0000000000000PRIZE",
                "Arn": PROFILE,
                "CreateDate": "2026-01-01T00:00:00Z",
                "Roles": [],
            }
            carried = any(one["PolicyName"] == "of-prize" for one in self.policies)
            held = f"arn:aws:iam::{ACCOUNT}:policy/of-prize"
            made = role(
                "prize",
                trust(*self.trusted),
                RolePolicyList=[inline(self.prize, "prize")],
                AttachedManagedPolicies=[{"PolicyName": "of-prize", "PolicyArn": held}] if carried else [],
                **(bounded("nothing") if self.bound_prize else {}),
            )
            if self.bound_prize:
                policies.append(policy("nothing", NOTHING))
            roles.append({**made, "InstanceProfileList": [profile] if self.profiles else []})
        found = [
            details(
                UserDetailList=users, RoleDetailList=roles, GroupDetailList=self.groups, Policies=policies
            ),
            report(*self.rows),
            *self.resources,
            *further,
        ]
        return account(*found)

    def but(self, **changes: Any) -> Scene:
        """The same scene with something changed."""
        made = copy.deepcopy(self)
        for name, value in changes.items():
            setattr(made, name, value)
        return made


def bounded(name: str) -> dict[str, Any]:
    """What an entry says of its boundary."""
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/{name}"
    return {
        "PermissionsBoundary": {
            "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
            "PermissionsBoundaryArn": boundary,
        }
    }


def path_of(principal: str) -> str:
    return "/" + "".join(f"{part}/" for part in principal.split("/")[1:-1])


def policy(name: str, *documents: dict[str, Any]) -> dict[str, Any]:
    """A customer-managed policy; the last document is the default version."""
    return {
        "Arn": f"arn:aws:iam::{ACCOUNT}:policy/{name}",
        "PolicyName": name,
        "AttachmentCount": 1,
        "PolicyVersionList": [
            {
                "VersionId": f"v{number}",
                "IsDefaultVersion": number == len(documents),
                "Document": document,
                "CreateDate": "2026-01-01T00:00:00Z",
            }
            for number, document in enumerate(documents, 1)
        ],
    }


def group(name: str, *documents: dict[str, Any], attached: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "Arn": f"arn:aws:iam::{ACCOUNT}:group/{name}",
        "GroupName": name,
        "Path": "/",
        "GroupPolicyList": [inline(one, f"p{number}") for number, one in enumerate(documents)],
        "AttachedManagedPolicies": [
            {"PolicyName": one.rsplit("/", 1)[-1], "PolicyArn": one} for one in attached
        ],
    }


def statement(action: str, resource: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


# --- what has to be there -----------------------------------------------------------------------------------

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
_EXISTING: dict[str, str] = {
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
_EXISTING_IF: dict[str, dict[str, str]] = {
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


def resource_for(technique: Technique, permission: Permission, scene: Scene) -> str:
    """The narrowest Resource that lets a permission be used."""
    if not load_catalogue().has_resource_level(permission.action):
        return "*"
    word = permission.on
    own_policy = f"arn:aws:iam::{ACCOUNT}:policy/own"
    fixed = {
        "*": "*",
        "self": scene.caller,
        "group": f"arn:aws:iam::{ACCOUNT}:group/own",
        "target-group": f"arn:aws:iam::{ACCOUNT}:group/admins",
        "own-policy": own_policy,
        "role-policy": f"arn:aws:iam::{ACCOUNT}:policy/of-prize",
        "user": f"arn:aws:iam::{ACCOUNT}:user/victim",
        "role": PRIZE,
    }
    if word in fixed:
        return fixed[word]
    existing = _EXISTING_IF.get(technique.needs, {})
    if word in existing:
        return existing[word]
    if word in _EXISTING and technique.needs:
        return _EXISTING[word]
    if word == "run-document":
        return f"arn:aws:ssm:{REGION}::document/AWS-RunShellScript"
    pattern = CATALOGUE.resources[word][0]
    return pattern.format(partition="aws", account=ACCOUNT, region="*", name="mallory-*")


def service_trust(name: str) -> dict[str, Any]:
    if name.startswith("cognito-identity."):
        return {
            "Effect": "Allow",
            "Principal": {"Federated": name},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{name}:aud": f"{REGION}:0000-1111"}},
        }
    return {"Effect": "Allow", "Principal": {"Service": name}, "Action": "sts:AssumeRole"}


def scene(technique: Technique) -> Scene:
    """The smallest account in which the technique makes mallory administrator."""
    made = Scene(technique)
    if technique.caller == "role":
        made.caller = f"arn:aws:iam::{ACCOUNT}:role/team/mallory"
    elif technique.caller == "sso" or technique.needs in ("identity-center", "assigned-group"):
        made.caller = RESERVED
    permissions = [*technique.allow, *technique.any[:1], *technique.also[:1]]
    for one in permissions:
        more: dict[str, Any] = {}
        if one.action == "iam:PassRole":
            more["Condition"] = {"StringEquals": {"iam:PassedToService": technique.service}}
        made.statements.append(statement(one.action, resource_for(technique, one, made), **more))
    _targets(technique, made)
    if technique.needs in RESOURCES:
        made.resources += RESOURCES[technique.needs]()
    return made


def _targets(technique: Technique, made: Scene) -> None:
    gain = technique.gain
    if gain in ("passed", "resource-role"):
        made.trusted = [service_trust(technique.service or technique.runs_as or "ec2.amazonaws.com")]
    if technique.helper_service:
        made.roles.append(role("helper", trust(service_trust(technique.helper_service))))
        made.statements.append(
            statement(
                "iam:PassRole",
                f"arn:aws:iam::{ACCOUNT}:role/helper",
                Condition={"StringEquals": {"iam:PassedToService": technique.helper_service}},
            )
        )
    if technique.through_execution_role:
        # The administration role may do nothing but assume the execution role, which may do everything.
        execution = f"arn:aws:iam::{ACCOUNT}:role/execution"
        made.prize = allow("sts:AssumeRole", execution)
        trusting = trust({"Effect": "Allow", "Principal": {"AWS": PRIZE}, "Action": "sts:AssumeRole"})
        made.roles.append(role("execution", trusting, RolePolicyList=[inline(EVERYTHING)]))
    if gain in ("role", "role-admin", "role-unbounded", "role-by-trust"):
        named = {"Effect": "Allow", "Principal": {"AWS": made.caller}, "Action": "sts:AssumeRole"}
        made.trusted = [named] if technique.enter == "assume" else [service_trust("lambda.amazonaws.com")]
    if gain == "role-admin":
        made.prize = NOTHING
        _of_prize(made)
    if gain in ("user", "user-admin"):
        _victim(technique, made)
    if gain == "roles-of-provider":
        provider, action = (OIDC, "WebIdentity") if "oidc" in technique.needs else (SAML, "SAML")
        made.trusted = [
            {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": f"sts:AssumeRoleWith{action}"}
        ]
    if technique.needs == "assigned-group":
        entry = role("AWSReservedSSO_Dev_0123456789abcdef", trust(service_trust("lambda.amazonaws.com")))
        made.roles.append(
            {**entry, "Arn": RESERVED, "Path": path_of(RESERVED), "RolePolicyList": [inline(EVERYTHING)]}
        )
        made.caller = RESERVED.replace("_Dev_", "_Low_")
    _of_self(technique, made)
    _special(technique, made)


def _of_prize(made: Scene) -> None:
    """The prize carries a customer-managed policy, which some techniques change."""
    made.policies.append(policy("of-prize", NOTHING))


def _victim(technique: Technique, made: Scene) -> None:
    document = EVERYTHING if technique.gain == "user" else NOTHING
    made.users.append(user("victim", UserPolicyList=[inline(document)]))
    no_keys = ("false", "N/A", "N/A")
    key = ("true", "2026-01-01T00:00:00+00:00", "N/A")
    off = ("false", "2026-01-01T00:00:00+00:00", "N/A")
    password, first, second = "false", no_keys, no_keys
    match technique.when:
        case "user-has-two-keys":
            first = second = key
        case "user-has-inactive-key":
            first = off
        case "user-has-password":
            password = "true"
    made.rows.append(("victim", password, "N/A", "N/A", "false", *first[:2], "N/A", *second[:2], "N/A"))


def _of_self(technique: Technique, made: Scene) -> None:
    words = {one.on for one in technique.allow}
    if "group" in words:
        made.groups.append(group("own"))
        made.groups_of_caller = ["own"]
    if "target-group" in words:
        made.groups.append(group("admins", EVERYTHING))
    if "own-policy" in words:
        older = [EVERYTHING] if technique.gain == "self-older-version" else []
        made.policies.append(policy("own", *older, NOTHING))
        made.attached.append(f"arn:aws:iam::{ACCOUNT}:policy/own")


def _special(technique: Technique, made: Scene) -> None:
    """What single techniques need besides."""
    match technique.gain:
        case "self-unbounded" | "self-rebounded":
            made.boundary = {
                "Version": "2012-10-17",
                "Statement": [statement("*", "*"), {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}],
            }
            made.statements = [statement("*", "*")]
        case "role-unbounded":
            made.bound_prize = True
        case (
            "self-without-inline"
            | "self-without-attached"
            | "self-without-group"
            | "self-without-group-attached"
        ):
            _denied(technique, made)
    if technique.enter in ("pass", "pass-after-trust"):
        functions = f"arn:aws:lambda:*:{ACCOUNT}:function:mallory-*"
        made.statements += [
            statement("iam:PassRole", PRIZE),
            statement("lambda:CreateFunction", functions),
            statement("lambda:InvokeFunction", functions),
        ]
        made.trusted = [service_trust("lambda.amazonaws.com")]
    if technique.enter == "pass-after-trust":
        made.trusted = [service_trust("ec2.amazonaws.com")]
        # Otherwise the role could be assumed directly, which is another technique.
        made.statements.append({**statement("sts:AssumeRole", "*"), "Effect": "Deny"})
    if technique.any_service:
        made.trusted = [service_trust(OTHER_SERVICE)]
        made.statements = [statement("iam:PassRole", PRIZE)]


def _denied(technique: Technique, made: Scene) -> None:
    """The caller may do everything, but for a policy that denies all that matters."""
    deny = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Deny", "NotAction": [one.action for one in technique.allow], "Resource": "*"}
        ],
    }
    own = f"arn:aws:iam::{ACCOUNT}:policy/deny"
    made.statements = [statement("*", "*")]
    match technique.gain:
        case "self-without-inline":
            made.inline = [inline(deny, "deny")]
        case "self-without-attached":
            made.policies.append(policy("deny", deny))
            made.attached.append(own)
        case "self-without-group":
            made.groups = [group("own", deny)]
        case "self-without-group-attached":
            made.policies.append(policy("deny", deny))
            made.groups = [group("own", attached=(own,))]
