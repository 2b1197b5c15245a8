"""EKS, ECS, builds, stacks, notebooks and scaling groups, through evidence of AWS's shape."""

from __future__ import annotations

import json
from typing import Any

import pytest

from srtui.account import Account
from srtui.evidence import REDACTED, REDACTED_SECRET, Evidence
from tests.responsibility.recorded import ACCOUNT, REGION, account, check, evidence, statuses

CLUSTERS = evidence("eks", "ListClusters", {"clusters": ["prod"]})
NAMED = {"clusterName": "prod"}
ALL_LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]


def eks(**more: Any) -> Evidence:
    described = {
        "name": "prod",
        "version": "1.33",
        "resourcesVpcConfig": {"endpointPublicAccess": False},
        "logging": {"clusterLogging": [{"types": ALL_LOGS, "enabled": True}]},
        "accessConfig": {"authenticationMode": "API"},
        **more,
    }
    return evidence("eks", "DescribeCluster", {"cluster": described}, params={"name": "prod"})


def public(*cidrs: str) -> dict[str, Any]:
    return {"resourcesVpcConfig": {"endpointPublicAccess": True, "publicAccessCidrs": list(cidrs)}}


@pytest.mark.parametrize(
    ("control", "more", "status"),
    [
        ("eks-endpoint-public", {}, "pass"),
        ("eks-endpoint-public", public("198.51.100.0/24"), "pass"),
        ("eks-endpoint-public", public("0.0.0.0/0"), "fail"),
        ("eks-endpoint-public", public(), "fail"),
        ("eks-endpoint-public", {"resourcesVpcConfig": {}}, "unknown"),
        ("eks-logging", {}, "pass"),
        ("eks-logging", {"logging": {"clusterLogging": [{"types": ["api"], "enabled": True}]}}, "fail"),
        ("eks-logging", {"logging": {"clusterLogging": [{"types": ALL_LOGS, "enabled": False}]}}, "fail"),
        ("eks-secrets-kms", {}, "pass"),
        ("eks-secrets-kms", {"version": "1.27"}, "fail"),
        ("eks-secrets-kms", {"version": "1.9"}, "fail"),
        (
            "eks-secrets-kms",
            {
                "version": "1.27",
                "encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": "k"}}],
            },
            "pass",
        ),
    ],
)
def test_clusters(control: str, more: dict[str, Any], status: str) -> None:
    assert statuses(control, account(CLUSTERS, eks(**more))) == {"prod": status}
    denied = evidence("eks", "DescribeCluster", error="AccessDeniedException", params={"name": "prod"})
    (result,) = check(control, account(CLUSTERS, denied))
    assert (result.status, "AccessDeniedException" in result.reason) == ("unknown", True)


def test_versions_of_kubernetes() -> None:
    def supported(until: str) -> dict[str, str]:
        entry = {"clusterVersion": "1.33", "endOfStandardSupportDate": until}
        told = evidence(
            "eks", "DescribeClusterVersions", {"clusterVersions": [entry]}, params={"includeAll": True}
        )
        return statuses("eks-version", account(CLUSTERS, eks(), told))

    assert supported("2027-01-01T00:00:00Z") == {"prod": "pass"}
    assert supported("2026-01-01T00:00:00Z") == {"prod": "fail"}
    assert statuses("eks-version", account(CLUSTERS, eks())) == {"prod": "unknown"}


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"releaseVersion": "1.33.1-20261101", "amiType": "AL2023_x86_64_STANDARD"}, {"web": "pass"}),
        ({"releaseVersion": "1.33.1-20260101", "amiType": "AL2023_x86_64_STANDARD"}, {"web": "fail"}),
        ({"releaseVersion": "1.20.3-5d9ac849", "amiType": "BOTTLEROCKET_x86_64"}, {"web": "unknown"}),
        ({"releaseVersion": "1.33.1-20269999"}, {"web": "unknown"}),
        ({"releaseVersion": "ami-1", "amiType": "CUSTOM"}, {"root": "not_applicable"}),
    ],
)
def test_images_of_nodes(more: dict[str, str], status: dict[str, str]) -> None:
    listed = evidence("eks", "ListNodegroups", {"nodegroups": ["web"]}, params=NAMED)
    group = {"nodegroupName": "web", "nodegroupArn": "arn:aws:eks:nodegroup/web", **more}
    told = evidence(
        "eks", "DescribeNodegroup", {"nodegroup": group}, params={**NAMED, "nodegroupName": "web"}
    )
    assert statuses("eks-node-ami", account(CLUSTERS, eks(), listed, told)) == status


ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


def entered(*entries: tuple[str, str], mode: str = "API", read: bool = True) -> Account:
    principals = [principal for principal, _ in entries]
    found = [
        CLUSTERS,
        eks(accessConfig={"authenticationMode": mode}),
        evidence("eks", "ListAccessEntries", {"accessEntries": principals}, params=NAMED),
    ]
    for principal, policy in entries if read else ():
        policies = [{"policyArn": policy, "accessScope": {"type": "cluster"}}]
        found.append(
            evidence(
                "eks",
                "ListAssociatedAccessPolicies",
                {"associatedAccessPolicies": policies},
                params={**NAMED, "principalArn": principal},
            )
        )
    return account(*found)


def role(name: str, owner: str = ACCOUNT) -> str:
    return f"arn:aws:iam::{owner}:role/{name}"


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (entered((role("a"), ADMIN), (role("b"), VIEW)), "pass"),
        (entered((role("a"), ADMIN), (role("b"), ADMIN), (role("c"), ADMIN)), "fail"),
        (entered((f"arn:aws:iam::{ACCOUNT}:user/bob", ADMIN)), "fail"),
        (entered((role("a", "111122223333"), ADMIN)), "fail"),
        (entered((role("a"), ADMIN), read=False), "unknown"),
        (entered((role("a"), ADMIN), mode="API_AND_CONFIG_MAP"), "unknown"),
    ],
)
def test_cluster_administrators(made: Account, status: str) -> None:
    assert statuses("eks-access-entries", made) == {"prod": status}


FAMILIES = evidence("ecs", "ListTaskDefinitionFamilies", {"families": ["web"]})
FAMILY = {"taskDefinition": "web"}


def task(*containers: dict[str, Any], **more: Any) -> Account:
    definition = {
        "taskDefinitionArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/web:7",
        "containerDefinitions": list(containers),
        **more,
    }
    told = evidence("ecs", "DescribeTaskDefinition", {"taskDefinition": definition}, params=FAMILY)
    return account(FAMILIES, told)


def test_containers_and_their_host() -> None:
    plain = {"name": "app", "privileged": False}
    assert statuses("ecs-privileged", task(plain)) == {"7": "pass"}
    assert statuses("ecs-privileged", task(plain, {"name": "side", "privileged": True})) == {"7": "fail"}
    assert statuses("ecs-privileged", task(plain, pidMode="host")) == {"7": "fail"}
    assert statuses("ecs-privileged", task(plain, networkMode="host")) == {"7": "fail"}


def test_secrets_of_containers() -> None:
    def holding(value: str) -> Account:
        return task({"name": "app", "environment": [{"name": "DB_PASSWORD", "value": value}]})

    assert statuses("ecs-env-secret", holding(REDACTED_SECRET)) == {"7": "fail"}
    assert statuses("ecs-env-secret", holding(REDACTED)) == {"7": "pass"}
    denied = evidence("ecs", "DescribeTaskDefinition", error="AccessDeniedException", params=FAMILY)
    for control in ("ecs-env-secret", "ecs-privileged"):
        (result,) = check(control, account(FAMILIES, denied))
        assert (result.status, "AccessDeniedException" in result.reason) == ("unknown", True)


def test_fargate_platforms() -> None:
    arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/c"
    listed = evidence("ecs", "ListClusters", {"clusterArns": [arn]})
    asked = {"cluster": arn, "services": ["s"], "include": ["TAGS"]}

    def service(**more: str) -> dict[str, str]:
        entry = {"serviceArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/c/s", "serviceName": "s", **more}
        told = evidence("ecs", "DescribeServices", {"services": [entry]}, params=asked)
        return statuses("fargate-platform", account(listed, told))

    assert service(platformVersion="LATEST") == {"s": "pass"}
    assert service(platformVersion="1.3.0") == {"s": "fail"}
    assert service(launchType="EC2") == {"root": "not_applicable"}
    denied = evidence("ecs", "DescribeServices", error="AccessDeniedException", params=asked)
    assert statuses("fargate-platform", account(listed, denied)) == {"c": "unknown"}


def test_the_data_catalogue() -> None:
    def policy(principal: Any) -> dict[str, str]:
        statement = {"Effect": "Allow", "Principal": principal, "Action": "glue:*", "Resource": "*"}
        told = evidence("glue", "GetResourcePolicy", {"PolicyInJson": json.dumps({"Statement": [statement]})})
        return statuses("glue-catalog-public", account(told))

    assert policy("*") == {"catalog": "fail"}
    assert policy({"AWS": ACCOUNT}) == {"catalog": "pass"}
    none = evidence("glue", "GetResourcePolicy", error="EntityNotFoundException")
    assert statuses("glue-catalog-public", account(none)) == {"catalog": "pass"}


def test_notebooks() -> None:
    arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:notebook-instance/n"
    entry = {"NotebookInstanceArn": arn, "NotebookInstanceName": "n"}
    listed = evidence("sagemaker", "ListNotebookInstances", {"NotebookInstances": [entry]})

    def notebook(internet: str, root: str) -> dict[str, str]:
        told = evidence(
            "sagemaker",
            "DescribeNotebookInstance",
            {"NotebookInstanceArn": arn, "DirectInternetAccess": internet, "RootAccess": root},
            params={"NotebookInstanceName": "n"},
        )
        return statuses("sagemaker-notebook", account(listed, told))

    assert notebook("Disabled", "Disabled") == {"n": "pass"}
    assert notebook("Enabled", "Disabled") == {"n": "fail"}
    assert notebook("Disabled", "Enabled") == {"n": "fail"}
    assert statuses("sagemaker-notebook", account(listed)) == {"n": "unknown"}


def test_builds() -> None:
    listed = evidence("codebuild", "ListProjects", {"projects": ["site"]})
    asked = {"names": ["site"]}

    def project(value: str, kind: str = "PLAINTEXT", **more: Any) -> dict[str, str]:
        variable = {"name": "API_KEY", "value": value, "type": kind}
        environment = {
            "type": "LINUX_CONTAINER",
            "image": "i",
            "computeType": "BUILD_GENERAL1_SMALL",
            "privilegedMode": True,
            "environmentVariables": [variable],
        }
        arn = f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/site"
        entry = {"name": "site", "arn": arn, "environment": environment, **more}
        told = evidence("codebuild", "BatchGetProjects", {"projects": [entry]}, params=asked)
        return statuses("codebuild-secrets", account(listed, told))

    assert project(REDACTED) == {"site": "pass"}
    assert project(REDACTED_SECRET) == {"site": "fail"}
    assert project("prod/api-key", "SECRETS_MANAGER") == {"site": "pass"}
    assert project(REDACTED, projectVisibility="PUBLIC_READ") == {"site": "fail"}
    denied = evidence("codebuild", "BatchGetProjects", error="AccessDeniedException", params=asked)
    assert statuses("codebuild-secrets", account(listed, denied)) == {"root": "unknown"}


def stack(**more: Any) -> Account:
    entry = {
        "StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/net/1",
        "StackName": "net",
        "CreationTime": "2026-01-01T00:00:00Z",
        "StackStatus": "CREATE_COMPLETE",
        **more,
    }
    return account(evidence("cloudformation", "DescribeStacks", {"Stacks": [entry]}))


def test_stacks() -> None:
    on = {"EnableTerminationProtection": True}
    assert statuses("stack-protection", stack(**on)) == {"1": "pass"}
    assert statuses("stack-protection", stack()) == {"1": "fail"}
    drifted = {"DriftInformation": {"StackDriftStatus": "DRIFTED"}}
    assert statuses("stack-protection", stack(**on, **drifted)) == {"1": "fail"}
    assert statuses("stack-protection", stack(ParentId="arn")) == {"root": "not_applicable"}

    def output(value: str) -> dict[str, str]:
        return statuses(
            "cfn-output-secrets", stack(Outputs=[{"OutputKey": "AdminPassword", "OutputValue": value}])
        )

    assert output(REDACTED_SECRET) == {"1": "fail"}
    assert output("https://acme.example") == {"1": "pass"}


def test_guests_of_identity_pools() -> None:
    pool = f"{REGION}:1"
    listed = evidence(
        "cognito-identity",
        "ListIdentityPools",
        {"IdentityPools": [{"IdentityPoolId": pool, "IdentityPoolName": "app"}]},
    )

    def guests(allowed: bool) -> dict[str, str]:
        told = evidence(
            "cognito-identity",
            "DescribeIdentityPool",
            {"IdentityPoolId": pool, "AllowUnauthenticatedIdentities": allowed},
            params={"IdentityPoolId": pool},
        )
        return statuses("cognito-guest", account(listed, told))

    assert guests(True) == {"1": "fail"}
    assert guests(False) == {"1": "pass"}
    assert statuses("cognito-guest", account(listed)) == {"1": "unknown"}


def group(**more: Any) -> Evidence:
    entry = {
        "AutoScalingGroupARN": f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:1:autoScalingGroupName/web",
        "AutoScalingGroupName": "web",
        "AvailabilityZones": [f"{REGION}a", f"{REGION}b"],
        **more,
    }
    return evidence("autoscaling", "DescribeAutoScalingGroups", {"AutoScalingGroups": [entry]})


TEMPLATE = evidence(
    "ec2",
    "DescribeLaunchTemplates",
    {"LaunchTemplates": [{"LaunchTemplateId": "lt-1", "DefaultVersionNumber": 1, "LatestVersionNumber": 3}]},
)


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "$Latest"}}, {"web": "pass"}),
        ({"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "3"}}, {"web": "pass"}),
        ({"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "2"}}, {"web": "fail"}),
        ({"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "$Default"}}, {"web": "fail"}),
        ({"LaunchTemplate": {"LaunchTemplateId": "lt-2", "Version": "1"}}, {"web": "unknown"}),
        ({"LaunchConfigurationName": "old"}, {"web": "fail"}),
        ({}, {"root": "not_applicable"}),
    ],
)
def test_what_scaling_groups_start(more: dict[str, Any], status: dict[str, str]) -> None:
    assert statuses("asg-launch-template", account(group(**more), TEMPLATE)) == status


def test_zones_of_scaling_groups() -> None:
    assert statuses("asg-elb-multi-az", account(group())) == {"web": "pass"}
    assert statuses("asg-elb-multi-az", account(group(AvailabilityZones=[f"{REGION}a"]))) == {"web": "fail"}


def test_primary_nodes() -> None:
    listed = evidence("emr", "ListClusters", {"Clusters": [{"Id": "j-1"}]})

    def node(host: str) -> dict[str, str]:
        told = evidence(
            "emr",
            "DescribeCluster",
            {"Cluster": {"Id": "j-1", "MasterPublicDnsName": host}},
            params={"ClusterId": "j-1"},
        )
        return statuses("emr-public", account(listed, told))

    assert node("ec2-203-0-113-7.eu-west-1.compute.amazonaws.com") == {"j-1": "fail"}
    assert node("ip-10-0-0-7.eu-west-1.compute.internal") == {"j-1": "pass"}
    assert node("") == {"j-1": "unknown"}
    assert statuses("emr-public", account(listed)) == {"j-1": "unknown"}
