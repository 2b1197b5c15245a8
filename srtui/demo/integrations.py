"""What builds and deploys in the practice account, who comes in from outside, and its agents. Answers in AWS's shapes."""

from __future__ import annotations

from typing import Any, Final

from srtui.demo.policies import ACCOUNT
from srtui.demo.resources import HOME
from srtui.demo.workloads import Answer, arn_of, service_role

_POOL: Final = f"{HOME}:0d9f2c1e-4b7a-4c55-9a3e-6f1b2c3d4e5f"
_MACHINE: Final = arn_of("states", "stateMachine:refunds")
_INSTANCE: Final = "arn:aws:sso:::instance/ssoins-6804acme00c0ffee"
_SETS: Final = {
    "arn:aws:sso:::permissionSet/ssoins-6804acme00c0ffee/ps-8f1c2a7b9d3e4f50": "AdministratorAccess",
    "arn:aws:sso:::permissionSet/ssoins-6804acme00c0ffee/ps-1b2c3d4e5f607182": "ViewOnlyAccess",
}
_RUNTIME: Final = arn_of("bedrock-agentcore", "runtime/helpdesk-Ab3dEf9hIj")
_INTERPRETER: Final = arn_of("bedrock-agentcore", "code-interpreter-custom/analyst-Kl4mNo0pQr")
_BROWSER: Final = arn_of("bedrock-agentcore", "browser-custom/researcher-St5uVw1xYz")
_SIGNING: Final = arn_of("lambda", "code-signing-config:csc-0f6c334abcdea4d8b")

DELIVERY: Final[dict[tuple[str, str], Answer]] = {
    ("codebuild", "ListProjects"): lambda _: {"projects": ["images"]},
    ("codebuild", "BatchGetProjects"): lambda _: {
        "projects": [
            {
                "name": "images",
                "arn": arn_of("codebuild", "project/images"),
                "source": {"type": "GITHUB", "location": "https://github.com/acme/images"},
                "environment": {
                    "type": "LINUX_CONTAINER",
                    "image": "aws/codebuild/standard:7.0",
                    "computeType": "BUILD_GENERAL1_SMALL",
                    "privilegedMode": True,
                    "environmentVariables": [
                        {"name": "NPM_TOKEN", "value": "/ci/npm-token", "type": "PARAMETER_STORE"}
                    ],
                },
                "serviceRole": service_role("codebuild-images", "/ci/"),
            }
        ]
    },
    ("codedeploy", "ListApplications"): lambda _: {"applications": ["web"]},
    ("codedeploy", "ListDeploymentGroups"): lambda _: {
        "applicationName": "web",
        "deploymentGroups": ["web-fleet"],
    },
    ("codedeploy", "BatchGetDeploymentGroups"): lambda _: {
        "deploymentGroupsInfo": [
            {
                "applicationName": "web",
                "deploymentGroupName": "web-fleet",
                "computePlatform": "Server",
                "serviceRoleArn": service_role("worker-instance"),
                "ec2TagFilters": [{"Key": "Name", "Value": "web-1", "Type": "KEY_AND_VALUE"}],
            }
        ]
    },
    ("states", "ListStateMachines"): lambda _: {
        "stateMachines": [
            {
                "stateMachineArn": _MACHINE,
                "name": "refunds",
                "type": "STANDARD",
                "creationDate": "2026-01-01T00:00:00Z",
            }
        ]
    },
    ("states", "DescribeStateMachine"): lambda _: {
        "stateMachineArn": _MACHINE,
        "name": "refunds",
        "status": "ACTIVE",
        "definition": "",
        "roleArn": service_role("workflows"),
        "type": "STANDARD",
        "creationDate": "2026-01-01T00:00:00Z",
        "loggingConfiguration": {"level": "OFF"},
    },
    ("lambda", "ListCodeSigningConfigs"): lambda _: {
        "CodeSigningConfigs": [
            {
                "CodeSigningConfigId": "csc-0f6c334abcdea4d8b",
                "CodeSigningConfigArn": _SIGNING,
                "AllowedPublishers": {"SigningProfileVersionArns": []},
                "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Enforce"},
                "LastModified": "2026-02-01T08:00:00Z",
            }
        ]
    },
    ("lambda", "ListFunctionsByCodeSigningConfig"): lambda _: {
        "FunctionArns": [arn_of("lambda", "function:orders-api")]
    },
}


def _managed_nodes() -> list[dict[str, Any]]:
    """The instances with an agent, by the ids that the practice server gave them; only in the server's process."""
    from moto.ec2.models import ec2_backends

    found = []
    for instance in ec2_backends[ACCOUNT][HOME].all_instances():
        name = next((tag["value"] for tag in instance.get_tags() if tag["key"] == "Name"), "")
        if name in ("bastion", "worker-1"):
            found.append(
                {
                    "InstanceId": instance.id,
                    "PingStatus": "Online",
                    "PlatformType": "Linux",
                    "PlatformName": "Amazon Linux",
                    "AgentVersion": "3.3.1611.0",
                    "IsLatestVersion": False,
                    "ResourceType": "EC2Instance",
                }
            )
    return found


FEDERATION: Final[dict[tuple[str, str], Answer]] = {
    ("ssm", "DescribeInstanceInformation"): lambda _: {"InstanceInformationList": _managed_nodes()},
    ("ssm", "ListDocuments"): lambda _: {
        "DocumentIdentifiers": [
            {
                "Name": "acme-rotate-logs",
                "Owner": ACCOUNT,
                "DocumentType": "Command",
                "DocumentVersion": "2",
                "SchemaVersion": "2.2",
            }
        ]
    },
    ("cognito-identity", "ListIdentityPools"): lambda _: {
        "IdentityPools": [{"IdentityPoolId": _POOL, "IdentityPoolName": "shop_visitors"}]
    },
    ("cognito-identity", "DescribeIdentityPool"): lambda _: {
        "IdentityPoolId": _POOL,
        "IdentityPoolName": "shop_visitors",
        "AllowUnauthenticatedIdentities": True,
    },
    ("cognito-identity", "GetIdentityPoolRoles"): lambda _: {
        "IdentityPoolId": _POOL,
        "Roles": {"unauthenticated": service_role("shop-visitors")},
    },
    ("rolesanywhere", "ListTrustAnchors"): lambda _: {
        "trustAnchors": [
            {
                "trustAnchorId": "0c1d2e3f-0000-4000-8000-000000000001",
                "trustAnchorArn": arn_of(
                    "rolesanywhere", "trust-anchor/0c1d2e3f-0000-4000-8000-000000000001"
                ),
                "name": "datacenter-ca",
                "enabled": True,
                "source": {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": "-"}},
            }
        ]
    },
    ("rolesanywhere", "ListProfiles"): lambda _: {
        "profiles": [
            {
                "profileId": "0c1d2e3f-0000-4000-8000-000000000002",
                "profileArn": arn_of("rolesanywhere", "profile/0c1d2e3f-0000-4000-8000-000000000002"),
                "name": "tape-library",
                "enabled": True,
                "roleArns": [service_role("onprem-backup")],
            }
        ]
    },
    ("iot", "ListRoleAliases"): lambda _: {"roleAliases": ["scanners"]},
    ("iot", "DescribeRoleAlias"): lambda _: {
        "roleAliasDescription": {
            "roleAlias": "scanners",
            "roleAliasArn": arn_of("iot", "rolealias/scanners"),
            "roleArn": service_role("scanners"),
        }
    },
    ("sso", "ListInstances"): lambda _: {
        "Instances": [
            {
                "InstanceArn": _INSTANCE,
                "IdentityStoreId": "d-9367acme01",
                "OwnerAccountId": ACCOUNT,
                "Name": "acme",
                "Status": "ACTIVE",
            }
        ]
    },
    ("sso", "ListPermissionSetsProvisionedToAccount"): lambda _: {"PermissionSets": list(_SETS)},
    ("sso", "DescribePermissionSet"): lambda params: {
        "PermissionSet": {
            "Name": _SETS[params["PermissionSetArn"]],
            "PermissionSetArn": params["PermissionSetArn"],
            "SessionDuration": "PT8H",
        }
    },
    ("sso", "ListAccountAssignments"): lambda params: {
        "AccountAssignments": [
            {
                "AccountId": ACCOUNT,
                "PermissionSetArn": params["PermissionSetArn"],
                "PrincipalType": "GROUP",
                "PrincipalId": "9367acme01-11111111-2222-4333-8444-555555555555",
            }
        ]
    },
}

AGENTS: Final[dict[tuple[str, str], Answer]] = {
    ("bedrock", "ListAgents"): lambda _: {
        "agentSummaries": [
            {
                "agentId": "HELPDESK01",
                "agentName": "helpdesk",
                "agentStatus": "PREPARED",
                "updatedAt": "2026-09-01T08:00:00Z",
            }
        ]
    },
    ("bedrock", "GetAgent"): lambda _: {
        "agent": {
            "agentId": "HELPDESK01",
            "agentName": "helpdesk",
            "agentArn": arn_of("bedrock", "agent/HELPDESK01"),
            "agentVersion": "DRAFT",
            "agentStatus": "PREPARED",
            "agentResourceRoleArn": service_role("agents"),
        }
    },
    ("bedrock-agentcore", "ListAgentRuntimes"): lambda _: {
        "agentRuntimes": [
            {
                "agentRuntimeArn": _RUNTIME,
                "agentRuntimeId": "helpdesk-Ab3dEf9hIj",
                "agentRuntimeVersion": "1",
                "agentRuntimeName": "helpdesk",
                "status": "READY",
            }
        ]
    },
    ("bedrock-agentcore", "GetAgentRuntime"): lambda _: {
        "agentRuntimeArn": _RUNTIME,
        "agentRuntimeId": "helpdesk-Ab3dEf9hIj",
        "agentRuntimeVersion": "1",
        "agentRuntimeName": "helpdesk",
        "roleArn": service_role("agents"),
        "networkConfiguration": {"networkMode": "PUBLIC"},
        "status": "READY",
    },
    ("bedrock-agentcore", "ListCodeInterpreters"): lambda _: {
        "codeInterpreterSummaries": [
            {
                "codeInterpreterId": "analyst-Kl4mNo0pQr",
                "codeInterpreterArn": _INTERPRETER,
                "name": "analyst",
                "status": "READY",
            }
        ]
    },
    ("bedrock-agentcore", "GetCodeInterpreter"): lambda _: {
        "codeInterpreterId": "analyst-Kl4mNo0pQr",
        "codeInterpreterArn": _INTERPRETER,
        "name": "analyst",
        "executionRoleArn": service_role("agents"),
        "networkConfiguration": {"networkMode": "PUBLIC"},
        "status": "READY",
    },
    ("bedrock-agentcore", "ListBrowsers"): lambda _: {
        "browserSummaries": [
            {
                "browserId": "researcher-St5uVw1xYz",
                "browserArn": _BROWSER,
                "name": "researcher",
                "status": "READY",
            }
        ]
    },
    ("bedrock-agentcore", "GetBrowser"): lambda _: {
        "browserId": "researcher-St5uVw1xYz",
        "browserArn": _BROWSER,
        "name": "researcher",
        "networkConfiguration": {"networkMode": "PUBLIC"},
        "status": "READY",
    },
}
