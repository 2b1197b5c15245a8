"""EKS and ECS: how clusters are reached and kept up to date, and what containers may do to their host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from srtui.account import UNREAD
from srtui.account.containers import (
    AccessEntry,
    EcsService,
    EksCluster,
    EksVersion,
    NodeGroup,
    TaskDefinition,
)
from srtui.evidence import REDACTED_SECRET, moment
from srtui.responsibility.control import Check, Fact, Result, control, unread_items
from srtui.responsibility.judging import Verdict, bad, each, good, settled, untold
from srtui.responsibility.places import whole
from srtui.responsibility.ranges import internet
from srtui.services.ecs import clusters as ecs_clusters
from srtui.services.ecs import families, service_details, services, task_definition
from srtui.services.eks import (
    access_entries,
    access_policies,
    cluster_details,
    clusters,
    node_group,
    node_groups,
    versions,
)

_EKS: Final = "https://docs.aws.amazon.com/eks/latest/userguide/"
_ECS: Final = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"
_CONFIG: Final = "aws eks update-cluster-config --region {region} --name {name} "
_OLD_NODES: Final = 90  # days


@control(
    "eks-endpoint-public",
    title="The API of clusters is not open to the internet",
    problem="Cluster API is open to the internet",
    rows=[8],
    severity="high",
    topic="network",
    needs=[clusters, cluster_details],
    why="A stolen token, or the next weakness of the API server, can be used from anywhere.",
    fix="Switch the public endpoint off, or limit it to your addresses.",
    command=_CONFIG + "--resources-vpc-config endpointPublicAccess=false,endpointPrivateAccess=true",
    references=[_EKS + "cluster-endpoint.html"],
    insecure_default=True,
)
def eks_endpoint_public(check: Check) -> Iterator[Result]:
    def judge(one: EksCluster) -> Verdict:
        if one.public_endpoint is UNREAD or one.public_cidrs is UNREAD:
            return untold(cluster_details)
        if not one.public_endpoint:
            return good(Fact("endpoint", "private"))
        # Without a limit the endpoint answers everyone.
        world = internet(one.public_cidrs)
        limits = ", ".join(one.public_cidrs) or "no limit"
        return settled(bool(one.public_cidrs) and not world, Fact("endpoint", f"public, from {limits}"))

    yield from each(check, check.account.table(EksCluster).values(), judge)


@control(
    "eks-logging",
    title="Clusters log all that their control plane does",
    problem="Cluster logs too little",
    rows=[1, 12],
    severity="medium",
    topic="detection",
    needs=[clusters, cluster_details],
    why="Who read which secret and who started which pod is in the audit log only.",
    fix="Switch all five kinds of control plane log on.",
    command=_CONFIG
    + '--logging \'{{"clusterLogging":[{{"types":["api","audit","authenticator","controllerManager","scheduler"],"enabled":true}}]}}\'',
    references=[_EKS + "control-plane-logs.html"],
    insecure_default=True,
)
def eks_logging(check: Check) -> Iterator[Result]:
    kinds = {"api", "audit", "authenticator", "controllerManager", "scheduler"}

    def judge(one: EksCluster) -> Verdict:
        if one.logging is UNREAD:
            return untold(cluster_details)
        missing = sorted(kinds - set(one.logging))
        facts = [Fact("logs", ", ".join(one.logging) or "nothing")]
        return settled(not missing, *facts, *([Fact("missing", ", ".join(missing))] if missing else []))

    yield from each(check, check.account.table(EksCluster).values(), judge)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


@control(
    "eks-secrets-kms",
    title="Secrets of clusters are encrypted under a key of KMS",
    problem="Cluster secrets are not encrypted",
    rows=[12],
    severity="medium",
    topic="compute",
    needs=[clusters, cluster_details],
    why="Who gets at the disks or backups of the control plane reads every secret.",
    fix="Associate a key of your own; it cannot be taken back.",
    command="aws eks associate-encryption-config --region {region} --cluster-name {name} --encryption-config 'resources=secrets,provider={{keyArn=KEY}}'",
    references=[_EKS + "envelope-encryption.html"],
    insecure_default=True,
)
def eks_secrets_kms(check: Check) -> Iterator[Result]:
    def judge(one: EksCluster) -> Verdict:
        if one.encrypted_secrets is UNREAD or one.version is UNREAD:
            return untold(cluster_details)
        if one.encrypted_secrets:
            return good(Fact("secrets", "encrypted under a key of yours"))
        # From 1.28 on EKS encrypts all API data by itself.
        by_default = _number(one.version) >= (1, 28)
        text = "encrypted under AWS's own key" if by_default else "not encrypted by a key"
        return settled(by_default, Fact("secrets", text), Fact("version", one.version))

    yield from each(check, check.account.table(EksCluster).values(), judge)


@control(
    "eks-version",
    title="Clusters run a version of Kubernetes in standard support",
    problem="Kubernetes is past standard support",
    rows=[10],
    severity="high",
    topic="patching",
    needs=[clusters, cluster_details, versions],
    why="After standard support it costs six times as much, and in the end AWS upgrades it on a day of its own choice.",
    fix="Upgrade one version at a time, then the nodes and add-ons.",
    command="aws eks update-cluster-version --region {region} --name {name} --kubernetes-version VERSION",
    references=[_EKS + "kubernetes-versions.html"],
)
def eks_version(check: Check) -> Iterator[Result]:
    known = {(one.region, one.name): one for one in check.account.table(EksVersion).values()}

    def judge(one: EksCluster) -> Verdict:
        if one.version is UNREAD:
            return untold(cluster_details)
        version = known.get((one.region, one.version))
        if version is None or version.standard_until is None:
            return untold(versions)
        facts = [
            Fact("version", one.version),
            Fact("standard support until", f"{version.standard_until:%Y-%m-%d}"),
        ]
        return settled(version.standard_until > check.now, *facts)

    yield from each(check, check.account.table(EksCluster).values(), judge)


_RELEASE_DATE: Final = re.compile(r"-(20\d{2})(\d{2})(\d{2})$")


@control(
    "eks-node-ami",
    title="Node groups run images younger than 90 days",
    problem="Nodes run an old image",
    rows=[10],
    severity="medium",
    topic="patching",
    needs=[clusters, node_groups, node_group],
    why="The operating system of nodes is yours to patch, and is patched by a new image only.",
    fix="Update the node group to the newest release.",
    command="aws eks update-nodegroup-version --region {region} --cluster-name {cluster} --nodegroup-name {name}",
    references=[_EKS + "update-managed-node-group.html"],
)
def eks_node_ami(check: Check) -> Iterator[Result]:
    def judge(one: NodeGroup) -> Verdict | None:
        if one.ami_type == "CUSTOM":
            return None  # its instances are judged by their image
        found = _RELEASE_DATE.search(one.release)
        made = moment("-".join(found.groups())) if found else None
        if made is None:
            return untold(node_group, reason=f"the age of release {one.release or '?'} is not in its name")
        days = (check.now - made).days
        facts = (Fact("release", one.release), Fact("made", f"{days} days ago"))
        return settled(days <= _OLD_NODES, *facts, cluster=one.cluster.rsplit("/", 1)[-1])

    yield from each(check, check.account.table(NodeGroup).values(), judge)
    yield from unread_items(check, node_groups)
    yield from unread_items(check, node_group)


@control(
    "eks-access-entries",
    title="Few roles administer a cluster",
    problem="Many or strange cluster administrators",
    rows=[11],
    severity="medium",
    topic="access",
    needs=[clusters, cluster_details, access_entries, access_policies],
    why="A cluster administrator reads every secret in it, and becomes every role that its pods have.",
    fix="Leave two roles with the cluster admin policy; give the others namespaces.",
    command="aws eks list-access-entries --region {region} --cluster-name {name} --associated-policy-arn arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
    references=[_EKS + "access-entries.html"],
)
def eks_access_entries(check: Check) -> Iterator[Result]:
    entries: dict[str, list[AccessEntry]] = {}
    for entry in check.account.table(AccessEntry).values():
        entries.setdefault(entry.cluster, []).append(entry)

    def judge(one: EksCluster) -> Verdict:
        if one.authentication is UNREAD:
            return untold(cluster_details)
        if one.authentication != "API":
            reason = "who else enters stands in its config map, which AWS's API does not tell"
            return untold(reason=reason)
        mine = entries.get(one.arn, [])
        admins, unread = [], not (mine and whole(check.account, access_entries, clusterName=one.name))
        for entry in mine:
            if entry.policies is UNREAD:
                unread = True
            elif any(
                arn.endswith("/AmazonEKSClusterAdminPolicy") and scope == "cluster"
                for arn, scope in entry.policies
            ):
                admins.append(entry.principal)
        users = [arn for arn in admins if ":user/" in arn]
        strangers = [arn for arn in admins if f":{check.account.id}:" not in arn]
        facts = [Fact("administrators", ", ".join(admins) or "none")]
        if len(admins) > 2 or users or strangers:
            return bad(*facts)
        return untold(access_entries, access_policies) if unread else good(*facts)

    yield from each(check, check.account.table(EksCluster).values(), judge)


@control(
    "ecs-privileged",
    title="No container has the host's privileges",
    problem="Container has the host's privileges",
    rows=[12],
    severity="high",
    topic="compute",
    needs=[families, task_definition],
    why="Who breaks into the container has the host, with all other containers and their roles.",
    fix="Register a revision without privileged containers and host namespaces.",
    command="aws ecs describe-task-definition --region {region} --task-definition {name}",
    references=[_ECS + "security-tasks-containers.html"],
)
def ecs_privileged(check: Check) -> Iterator[Result]:
    def judge(one: TaskDefinition) -> Verdict:
        facts = [Fact("privileged", container.name) for container in one.containers if container.privileged]
        if one.pid_mode == "host":
            facts.append(Fact("processes", "shared with the host"))
        if one.network_mode == "host":
            facts.append(Fact("network", "shared with the host"))
        return bad(*facts) if facts else good(Fact("containers", f"{len(one.containers)}, none privileged"))

    yield from each(check, check.account.table(TaskDefinition).values(), judge)
    yield from _unread_families(check)


def _unread_families(check: Check) -> Iterator[Result]:
    """Families whose task definition was asked for and not told."""
    for outcome in check.account.outcomes_of(*task_definition.id):
        if outcome.error is not None:
            family = outcome.params.get("taskDefinition", "")
            arn = f"arn:{check.account.partition}:ecs:{outcome.region}:{check.account.id}:task-definition/{family}"
            yield check.unknown(arn, task_definition, region=outcome.region)
    if not check.account.outcomes_of(*task_definition.id):
        yield from unread_items(check, task_definition)


@control(
    "ecs-env-secret",
    title="No task definition holds a secret",
    problem="Task definition holds a secret",
    rows=[12],
    severity="high",
    topic="compute",
    needs=[families, task_definition],
    why="Everyone who may read task definitions reads it, in every revision ever registered.",
    fix="Refer to Secrets Manager in `secrets`; then change the secret and deregister the old revisions.",
    command="aws ecs describe-task-definition --region {region} --task-definition {name}",
    references=[_ECS + "specifying-sensitive-data.html"],
)
def ecs_env_secret(check: Check) -> Iterator[Result]:
    def judge(one: TaskDefinition) -> Verdict:
        found = [
            f"{container.name}: {name}"
            for container in one.containers
            for name, value in container.environment.items()
            if value.startswith(REDACTED_SECRET)
        ]
        return settled(not found, Fact("variables that look like secrets", ", ".join(found) or "none"))

    yield from each(check, check.account.table(TaskDefinition).values(), judge)
    yield from _unread_families(check)


@control(
    "fargate-platform",
    title="Fargate services run on the newest platform",
    problem="Fargate platform is pinned",
    rows=[10],
    severity="low",
    topic="patching",
    needs=[ecs_clusters, services, service_details],
    why="AWS patches a platform version until it retires it; a service that names one stays behind.",
    fix="Use LATEST, and deploy the service again.",
    command="aws ecs update-service --region {region} --cluster {cluster} --service {name} --platform-version LATEST --force-new-deployment",
    references=[_ECS + "platform-fargate.html"],
)
def fargate_platform(check: Check) -> Iterator[Result]:
    def judge(one: EcsService) -> Verdict | None:
        if not one.platform_version or one.status == "INACTIVE":
            return None
        fact = Fact("platform version", one.platform_version)
        return settled(one.platform_version == "LATEST", fact, cluster=one.cluster)

    yield from each(check, check.account.table(EcsService).values(), judge)
    for outcome in check.account.outcomes_of(*service_details.id):
        if outcome.error is not None:
            subject = outcome.params.get("cluster") or check.account.root_arn
            yield check.unknown(subject, service_details, region=outcome.region)
    yield from unread_items(check, services)
