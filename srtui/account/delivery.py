"""What builds, deploys and orchestrates, and as whom: CodeBuild, CodeDeploy, CloudFormation and Step Functions."""

from __future__ import annotations

from srtui.account.model import UNREAD, Record, Unread


class BuildProject(Record):
    role: str = ""
    source: str = ""  # GITHUB, CODECOMMIT, S3, NO_SOURCE, …
    location: str = ""
    image: str = ""
    privileged: bool = False
    batch: bool = False  # whether batch builds are configured
    environment: dict[str, str] = {}  # values are redacted; of parameter and secret references the reference
    environment_kinds: dict[str, str] = {}  # PLAINTEXT, PARAMETER_STORE or SECRETS_MANAGER, by variable
    public: bool = False
    webhook: bool = False
    encryption_key: str = ""


class DeploymentGroup(Record):
    """A CodeDeploy deployment group; `arn` has AWS's form deploymentgroup:application/group."""

    application: str = ""
    platform: str | Unread = UNREAD  # Server, Lambda or ECS
    service_role: str | Unread = UNREAD
    #: each filter is (key, value, KEY_ONLY | VALUE_ONLY | KEY_AND_VALUE); groups are ANDed, filters in one ORed
    tag_groups: tuple[tuple[tuple[str, str, str], ...], ...] | Unread = UNREAD
    auto_scaling_groups: tuple[str, ...] | Unread = UNREAD  # names


class Stack(Record):
    """A CloudFormation stack. `role` is the service role it keeps for later updates."""

    role: str = ""
    status: str = ""
    parent: str = ""  # ARN of the stack that it is nested in
    termination_protection: bool = False
    capabilities: tuple[str, ...] = ()
    outputs: dict[str, str] = {}  # values are redacted
    parameters: dict[str, str] = {}  # values are redacted
    drift: str = ""


class StackSet(Record):
    admin_role: str | Unread = UNREAD  # ARN; "" with service-managed permissions
    execution_role: str | Unread = UNREAD  # name, in the target accounts
    permission_model: str = ""


class StateMachine(Record):
    kind: str = ""
    role: str | Unread = UNREAD
    logging: str | Unread = UNREAD  # ALL, ERROR, FATAL or OFF
    tracing: bool | Unread = UNREAD


class CodeSigningConfig(Record):
    """Which code Lambda functions accept. `enforced`: anything that is not signed is refused."""

    enforced: bool = False
    functions: tuple[str, ...] | Unread = UNREAD  # ARNs
