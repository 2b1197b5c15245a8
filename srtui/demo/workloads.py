"""What the practice account runs as its roles: containers, notebooks and data jobs. Answers in AWS's shapes.

The practice server lacks half of these services and gives the others ids that differ from run to run, so all of
them are answered in front of it; `srtui.demo.answers` says which request gets which answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from srtui.demo.policies import ACCOUNT
from srtui.demo.resources import HOME

Params = Mapping[str, Any]
Answer = Callable[[Params], dict[str, Any]]


def arn_of(service: str, resource: str) -> str:
    """An ARN in the home region of the practice account."""
    return f"arn:aws:{service}:{HOME}:{ACCOUNT}:{resource}"


def service_role(name: str, path: str = "/service/") -> str:
    """The ARN of one of the practice account's roles."""
    return f"arn:aws:iam::{ACCOUNT}:role{path}{name}"


_CLUSTER: Final = arn_of("ecs", "cluster/apps")
_TASK_DEFINITION: Final = arn_of("ecs", "task-definition/orders-worker:7")
_TASK: Final = arn_of("ecs", "task/apps/4f1c9e0a7b3d4c5e8f90a1b2c3d4e5f6")
_SERVICE: Final = arn_of("ecs", "service/apps/orders-worker")
_RUNNER: Final = arn_of("apprunner", "service/status/8fe1e10304f84fd2b0df550fe98a71fa")
_NOTEBOOK: Final = arn_of("sagemaker", "notebook-instance/churn-model")
_DOMAIN: Final = "d-acme0research"
_CONTAINER: Final = {
    "name": "worker",
    "image": f"{ACCOUNT}.dkr.ecr.{HOME}.amazonaws.com/orders-worker:7",
    "essential": True,
    "privileged": False,
    "environment": [
        {"name": "QUEUE", "value": "orders"},
        {"name": "DB_PASSWORD", "value": "correct-horse-battery"},
    ],
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/orders-worker"}},
}

CONTAINERS: Final[dict[tuple[str, str], Answer]] = {
    ("ecs", "ListClusters"): lambda _: {"clusterArns": [_CLUSTER]},
    ("ecs", "DescribeClusters"): lambda _: {
        "clusters": [
            {
                "clusterArn": _CLUSTER,
                "clusterName": "apps",
                "status": "ACTIVE",
                "registeredContainerInstancesCount": 0,
                "runningTasksCount": 1,
                "settings": [{"name": "containerInsights", "value": "disabled"}],
            }
        ]
    },
    ("ecs", "ListServices"): lambda _: {"serviceArns": [_SERVICE]},
    ("ecs", "DescribeServices"): lambda _: {
        "services": [
            {
                "serviceArn": _SERVICE,
                "serviceName": "orders-worker",
                "clusterArn": _CLUSTER,
                "status": "ACTIVE",
                "runningCount": 1,
                "launchType": "FARGATE",
                "taskDefinition": _TASK_DEFINITION,
                "enableExecuteCommand": True,
                "networkConfiguration": {
                    "awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"], "assignPublicIp": "DISABLED"}
                },
            }
        ]
    },
    ("ecs", "ListTasks"): lambda _: {"taskArns": [_TASK]},
    ("ecs", "DescribeTasks"): lambda _: {
        "tasks": [
            {
                "taskArn": _TASK,
                "clusterArn": _CLUSTER,
                "taskDefinitionArn": _TASK_DEFINITION,
                "enableExecuteCommand": True,
                "lastStatus": "RUNNING",
                "launchType": "FARGATE",
                "overrides": {"containerOverrides": []},
            }
        ]
    },
    ("ecs", "ListTaskDefinitionFamilies"): lambda _: {"families": ["orders-worker"]},
    ("ecs", "DescribeTaskDefinition"): lambda _: {
        "taskDefinition": {
            "taskDefinitionArn": _TASK_DEFINITION,
            "family": "orders-worker",
            "revision": 7,
            "status": "ACTIVE",
            "taskRoleArn": service_role("ecs-tasks"),
            "executionRoleArn": service_role("ecs-tasks"),
            "networkMode": "awsvpc",
            "compatibilities": ["EC2", "FARGATE"],
            "containerDefinitions": [_CONTAINER],
        }
    },
    ("eks", "ListClusters"): lambda _: {"clusters": ["shop"]},
    ("eks", "DescribeCluster"): lambda _: {
        "cluster": {
            "name": "shop",
            "arn": arn_of("eks", "cluster/shop"),
            "version": "1.31",
            "status": "ACTIVE",
            "roleArn": service_role("eks-cluster"),
            "resourcesVpcConfig": {
                "endpointPublicAccess": True,
                "endpointPrivateAccess": False,
                "publicAccessCidrs": ["0.0.0.0/0"],
            },
            "logging": {"clusterLogging": [{"types": ["api", "audit"], "enabled": True}]},
            "identity": {
                "oidc": {
                    "issuer": f"https://oidc.eks.{HOME}.amazonaws.com/id/7A1B2C3D4E5F60718293A4B5C6D7E8F9"
                }
            },
            "accessConfig": {"authenticationMode": "API"},
            "upgradePolicy": {"supportType": "EXTENDED"},
        }
    },
    ("eks", "ListAccessEntries"): lambda _: {"accessEntries": [service_role("platform-lead", "/")]},
    ("eks", "ListAssociatedAccessPolicies"): lambda params: {
        "clusterName": "shop",
        "principalArn": params["principalArn"],
        "associatedAccessPolicies": [
            {
                "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
                "accessScope": {"type": "cluster", "namespaces": []},
            }
        ],
    },
    ("eks", "ListPodIdentityAssociations"): lambda _: {
        "associations": [
            {
                "clusterName": "shop",
                "namespace": "orders",
                "serviceAccount": "api",
                "associationArn": arn_of("eks", "podidentityassociation/shop/a-0f1e2d3c4b5a69788"),
                "associationId": "a-0f1e2d3c4b5a69788",
            }
        ]
    },
    ("eks", "DescribePodIdentityAssociation"): lambda _: {
        "association": {
            "clusterName": "shop",
            "namespace": "orders",
            "serviceAccount": "api",
            "roleArn": service_role("shop-pods"),
            "associationArn": arn_of("eks", "podidentityassociation/shop/a-0f1e2d3c4b5a69788"),
            "associationId": "a-0f1e2d3c4b5a69788",
        }
    },
    ("eks", "ListNodegroups"): lambda _: {"nodegroups": ["general"]},
    ("eks", "DescribeNodegroup"): lambda _: {
        "nodegroup": {
            "nodegroupName": "general",
            "nodegroupArn": arn_of("eks", "nodegroup/shop/general/1ec2f3a4"),
            "clusterName": "shop",
            "amiType": "AL2_x86_64",
            "releaseVersion": "1.31.0-20250103",
            "nodeRole": service_role("eks-nodes"),
        }
    },
    ("apprunner", "ListServices"): lambda _: {
        "ServiceSummaryList": [
            {
                "ServiceName": "status",
                "ServiceId": "8fe1e10304f84fd2b0df550fe98a71fa",
                "ServiceArn": _RUNNER,
                "ServiceUrl": f"acmestatus.{HOME}.awsapprunner.com",
                "Status": "RUNNING",
            }
        ]
    },
    ("apprunner", "DescribeService"): lambda _: {
        "Service": {
            "ServiceName": "status",
            "ServiceId": "8fe1e10304f84fd2b0df550fe98a71fa",
            "ServiceArn": _RUNNER,
            "Status": "RUNNING",
            "InstanceConfiguration": {"Cpu": "256", "Memory": "512"},
            "NetworkConfiguration": {"IngressConfiguration": {"IsPubliclyAccessible": True}},
        }
    },
    ("batch", "DescribeJobDefinitions"): lambda _: {
        "jobDefinitions": [
            {
                "jobDefinitionName": "month-end",
                "jobDefinitionArn": arn_of("batch", "job-definition/month-end:3"),
                "revision": 3,
                "status": "ACTIVE",
                "type": "container",
                "containerProperties": {"image": "acme/month-end", "jobRoleArn": service_role("ecs-tasks")},
            }
        ]
    },
    ("batch", "DescribeComputeEnvironments"): lambda _: {
        "computeEnvironments": [
            {
                "computeEnvironmentName": "spot",
                "computeEnvironmentArn": arn_of("batch", "compute-environment/spot"),
                "type": "MANAGED",
                "state": "ENABLED",
                "status": "VALID",
                "computeResources": {
                    "type": "SPOT",
                    "maxvCpus": 16,
                    "subnets": ["subnet-0a1b2c3d"],
                    "instanceRole": f"arn:aws:iam::{ACCOUNT}:instance-profile/worker-instance",
                },
            }
        ]
    },
    ("batch", "DescribeJobQueues"): lambda _: {
        "jobQueues": [
            {
                "jobQueueName": "default",
                "jobQueueArn": arn_of("batch", "job-queue/default"),
                "state": "ENABLED",
                "status": "VALID",
                "priority": 1,
                "computeEnvironmentOrder": [
                    {"order": 1, "computeEnvironment": arn_of("batch", "compute-environment/spot")}
                ],
            }
        ]
    },
}

DATA: Final[dict[tuple[str, str], Answer]] = {
    ("glue", "GetJobs"): lambda _: {
        "Jobs": [
            {
                "Name": "nightly-join",
                "Role": service_role("glue-jobs"),
                "Command": {"Name": "glueetl", "ScriptLocation": "s3://acme-artifacts/glue/nightly_join.py"},
                "DefaultArguments": {
                    "--job-language": "python",
                    "--warehouse_password": "correct-horse-battery",
                },
                "GlueVersion": "3.0",
            }
        ]
    },
    ("glue", "GetDevEndpoints"): lambda _: {"DevEndpoints": []},
    ("glue", "GetDataCatalogEncryptionSettings"): lambda _: {
        "DataCatalogEncryptionSettings": {
            "EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"},
            "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": False},
        }
    },
    ("sagemaker", "ListNotebookInstances"): lambda _: {
        "NotebookInstances": [
            {
                "NotebookInstanceName": "churn-model",
                "NotebookInstanceArn": _NOTEBOOK,
                "NotebookInstanceStatus": "InService",
            }
        ]
    },
    ("sagemaker", "DescribeNotebookInstance"): lambda _: {
        "NotebookInstanceName": "churn-model",
        "NotebookInstanceArn": _NOTEBOOK,
        "NotebookInstanceStatus": "InService",
        "RoleArn": service_role("notebooks"),
        "DirectInternetAccess": "Enabled",
        "RootAccess": "Enabled",
    },
    ("sagemaker", "ListDomains"): lambda _: {
        "Domains": [
            {
                "DomainArn": arn_of("sagemaker", f"domain/{_DOMAIN}"),
                "DomainId": _DOMAIN,
                "DomainName": "research",
                "Status": "InService",
            }
        ]
    },
    ("sagemaker", "DescribeDomain"): lambda _: {
        "DomainArn": arn_of("sagemaker", f"domain/{_DOMAIN}"),
        "DomainId": _DOMAIN,
        "DomainName": "research",
        "Status": "InService",
        "AuthMode": "IAM",
        "AppNetworkAccessType": "PublicInternetOnly",
        "DefaultUserSettings": {"ExecutionRole": service_role("notebooks")},
    },
    ("sagemaker", "ListUserProfiles"): lambda _: {
        "UserProfiles": [{"DomainId": _DOMAIN, "UserProfileName": "priya", "Status": "InService"}]
    },
    ("sagemaker", "DescribeUserProfile"): lambda _: {
        "DomainId": _DOMAIN,
        "UserProfileArn": arn_of("sagemaker", f"user-profile/{_DOMAIN}/priya"),
        "UserProfileName": "priya",
        "Status": "InService",
        "UserSettings": {},
    },
    ("elasticmapreduce", "ListClusters"): lambda _: {
        "Clusters": [
            {
                "Id": "j-2ACMEORDERS1",
                "Name": "orders-history",
                "Status": {"State": "WAITING"},
                "ClusterArn": arn_of("elasticmapreduce", "cluster/j-2ACMEORDERS1"),
            }
        ]
    },
    ("elasticmapreduce", "DescribeCluster"): lambda _: {
        "Cluster": {
            "Id": "j-2ACMEORDERS1",
            "Name": "orders-history",
            "Status": {"State": "WAITING"},
            "Ec2InstanceAttributes": {"IamInstanceProfile": "worker-instance"},
            "ServiceRole": "worker-instance",
            "ReleaseLabel": "emr-6.9.0",
            "MasterPublicDnsName": f"ip-10-20-1-40.{HOME}.compute.internal",
        }
    },
    ("airflow", "ListEnvironments"): lambda _: {"Environments": ["ledger"]},
    ("airflow", "GetEnvironment"): lambda _: {
        "Environment": {
            "Name": "ledger",
            "Arn": arn_of("airflow", "environment/ledger"),
            "Status": "AVAILABLE",
            "ExecutionRoleArn": service_role("airflow"),
            "SourceBucketArn": "arn:aws:s3:::acme-artifacts",
            "WebserverAccessMode": "PUBLIC_ONLY",
        }
    },
}
