"""Containers and what they run as: ECS, EKS, App Runner and Batch."""

from __future__ import annotations

from datetime import datetime

from srtui.account.model import UNREAD, Record, Unread


class EcsCluster(Record):
    status: str | Unread = UNREAD
    container_instances: int | Unread = UNREAD  # registered EC2 hosts
    insights: str | Unread = UNREAD  # containerInsights: enabled, enhanced, disabled
    exec_logging: str | Unread = UNREAD  # of execute-command sessions: NONE, DEFAULT, OVERRIDE


class EcsService(Record):
    cluster: str = ""  # ARN
    task_definition: str = ""  # ARN with revision
    running: int = 0
    exec_enabled: bool = False
    launch_type: str = ""
    public_ip: bool = False
    platform_version: str = ""  # of Fargate: LATEST or a number; "" elsewhere
    status: str = ""


class EcsTask(Record):
    """A running task. `role_override` is the task role given at its start; "" leaves the definition's."""

    cluster: str = ""  # ARN
    task_definition: str = ""  # ARN with revision
    exec_enabled: bool = False
    role_override: str = ""
    status: str = ""


class ContainerSettings(Record):
    """One container of a task definition, without its secrets."""

    image: str = ""
    privileged: bool = False
    user: str = ""
    read_only_root: bool = False
    environment: dict[str, str] = {}  # values are redacted
    log_driver: str = ""


class TaskDefinition(Record):
    """The newest active revision of a family."""

    family: str = ""
    revision: int = 0
    role: str = ""  # ARN of the task role, "" if there is none
    execution_role: str = ""
    network_mode: str = ""
    pid_mode: str = ""
    compatibilities: tuple[str, ...] = ()
    containers: tuple[ContainerSettings, ...] = ()


class EksCluster(Record):
    version: str | Unread = UNREAD
    role: str | Unread = UNREAD  # ARN of the role of the control plane
    authentication: str | Unread = UNREAD  # API, API_AND_CONFIG_MAP or CONFIG_MAP
    public_endpoint: bool | Unread = UNREAD
    public_cidrs: tuple[str, ...] | Unread = UNREAD
    encrypted_secrets: bool | Unread = UNREAD
    logging: tuple[str, ...] | Unread = UNREAD  # kinds of control plane log that are on
    support: str | Unread = UNREAD  # STANDARD or EXTENDED
    issuer: str | Unread = UNREAD  # of OIDC tokens, without https://


class EksVersion(Record):
    """A version of Kubernetes and how long EKS supports it; `name` is the version."""

    standard_until: datetime | None = None
    extended_until: datetime | None = None


class AccessEntry(Record):
    """Who may enter a cluster. `policies`: (access policy ARN, cluster or namespace)."""

    cluster: str = ""  # ARN
    principal: str = ""  # ARN of the user or role
    policies: tuple[tuple[str, str], ...] | Unread = UNREAD


class PodIdentity(Record):
    """Pods of one service account run as a role."""

    cluster: str = ""  # ARN
    namespace: str = ""
    service_account: str = ""
    role: str | Unread = UNREAD


class NodeGroup(Record):
    cluster: str = ""  # ARN
    role: str | Unread = UNREAD
    ami_type: str = ""
    release: str = ""
    remote_access: bool | Unread = UNREAD


class AppRunnerService(Record):
    status: str = ""
    role: str | Unread = UNREAD  # of the instances; "" if there is none
    public: bool | Unread = UNREAD
    url: str = ""


class JobDefinition(Record):
    """An active revision of a Batch job definition."""

    revision: int = 0
    kind: str = ""
    role: str = ""
    execution_role: str = ""
    privileged: bool = False
    environment: dict[str, str] = {}  # values are redacted


class ComputeEnvironment(Record):
    state: str = ""
    kind: str = ""  # MANAGED or UNMANAGED
    service_role: str = ""
    instance_role: str = ""  # ARN or name of an instance profile


class JobQueue(Record):
    state: str = ""
    environments: tuple[str, ...] = ()  # ARNs
