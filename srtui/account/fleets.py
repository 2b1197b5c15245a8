"""How instances are started and reached: launch templates, launch configurations, scaling groups, Systems Manager."""

from __future__ import annotations

from srtui.account.model import UNREAD, Record, Unread


class LaunchTemplate(Record):
    """A launch template by what its default and its latest version say; facts are of the latest."""

    default_version: int = 0
    latest_version: int = 0
    #: ARN or name of the instance profile by version number, of the default and the latest version
    instance_profiles: dict[int, str] | Unread = UNREAD
    imdsv2_required: bool | Unread | None = UNREAD  # None: not said, so the region's default counts
    public_ip: bool | Unread = UNREAD
    user_data: str | Unread = UNREAD  # redacted


class LaunchConfiguration(Record):
    instance_profile: str = ""  # ARN or name
    imdsv2_required: bool | None = None  # None: not said, so the region's default counts
    public_ip: bool | None = None  # None: the subnet decides
    user_data: str = ""  # redacted


class AutoScalingGroup(Record):
    launch_template: str = ""  # id
    launch_template_version: str = ""  # a number, $Latest or $Default
    launch_configuration: str = ""  # name
    instances: tuple[str, ...] = ()  # ids
    zones: tuple[str, ...] = ()
    health_check: str = ""
    load_balanced: bool = False


class ManagedNode(Record):
    """A machine that Systems Manager reaches; `name` is its instance id, or mi-… outside EC2."""

    ping: str = ""  # Online, ConnectionLost or Inactive
    platform: str = ""
    agent_version: str = ""
    agent_latest: bool | None = None
    role: str = ""  # name of the role of a hybrid node; EC2 instances have their profile
    patches_read: bool = False  # whether its patch state was asked for: none means it was never scanned


class SsmDocument(Record):
    """A Systems Manager document that the account owns."""

    kind: str = ""  # Command, Automation, Session, …
    version: str = ""
    shared_with: tuple[str, ...] | Unread = UNREAD  # account ids, or "all"
