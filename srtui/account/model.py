"""Plain typed records of what an account holds. No behaviour: rules live in the layers above.

A field that a further API call must fill has the type `X | Unread` and starts as `UNREAD`. The type checker
then makes every rule say what it does when the call was denied, so that missing evidence cannot pass.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, Final, Literal

import msgspec


class Unread(Enum):
    """The type of a fact that no answer has filled yet (not collected, denied, throttled, …)."""

    UNREAD = "unread"

    def __repr__(self) -> str:
        return "UNREAD"

    def __bool__(self) -> bool:
        raise TypeError("an unread fact is neither true nor false: compare it with `is UNREAD` first")


UNREAD: Final = Unread.UNREAD

Document = dict[str, Any]


class Record(msgspec.Struct, kw_only=True):
    """A thing with an ARN."""

    arn: str
    name: str
    region: str = ""
    tags: dict[str, str] = {}


# --- identities ---------------------------------------------------------------------------------------------


class InlinePolicy(msgspec.Struct, frozen=True):
    """A policy embedded in one user, group or role."""

    name: str
    document: Document


class PolicyVersion(msgspec.Struct, frozen=True):
    """One version of a customer-managed policy."""

    version: str
    document: Document
    default: bool
    created: datetime | None = None


class ManagedPolicy(Record):
    """A managed policy, AWS's or the customer's."""

    path: str = "/"
    created: datetime | None = None
    updated: datetime | None = None
    attachments: int = 0
    boundary_uses: int = 0
    versions: tuple[PolicyVersion, ...] = ()

    @property
    def aws_managed(self) -> bool:
        return self.arn.split(":")[4] == "aws"

    @property
    def document(self) -> Document | None:
        """The default version's document; None if the evidence does not hold it."""
        return next((version.document for version in self.versions if version.default), None)


class AccessKey(msgspec.Struct, frozen=True):
    """One of the two access key slots of a user, from the credential report. Times are None when never or N/A."""

    slot: int
    active: bool
    rotated: datetime | None = None
    last_used: datetime | None = None
    last_used_service: str = ""
    last_used_region: str = ""


class Credentials(msgspec.Struct, frozen=True):
    """A row of the credential report (IAM User Guide, "Getting credential reports")."""

    password_enabled: bool | None  # None: the report says not_supported or no_information
    password_last_used: datetime | None
    password_last_changed: datetime | None
    mfa_active: bool
    keys: tuple[AccessKey, ...]
    certificates_active: int = 0
    #: no sign-in by the password is recorded (no_information), which differs from no password (N/A)
    password_use_untracked: bool = False

    @property
    def active_keys(self) -> tuple[AccessKey, ...]:
        return tuple(key for key in self.keys if key.active)


class Principal(Record):
    """What users, groups and roles have in common."""

    path: str = "/"
    unique_id: str = ""
    created: datetime | None = None
    inline: tuple[InlinePolicy, ...] = ()
    attached: tuple[str, ...] = ()  # ARNs of managed policies
    boundary: str | None = None  # ARN of the managed policy that bounds it


class User(Principal):
    groups: tuple[str, ...] = ()  # names


class Group(Principal):
    """A group; it is no principal in IAM's sense, but carries policies like one."""


class Role(Principal):
    trust: Document = {}
    instance_profiles: tuple[str, ...] = ()
    last_used: datetime | None = None
    last_used_region: str = ""
    description: str = ""
    max_session_seconds: int | Unread = UNREAD

    @property
    def service_linked(self) -> bool:
        return self.path.startswith("/aws-service-role/")

    @property
    def aws_reserved(self) -> bool:
        """Made by AWS, as IAM Identity Center does for its permission sets."""
        return self.path.startswith("/aws-reserved/")


class IdentityProvider(Record):
    """A SAML or OpenID Connect provider that role trust policies may name."""

    kind: Literal["saml", "oidc"]
    created: datetime | None = None
    valid_until: datetime | None = None
    url: str | Unread = UNREAD
    client_ids: tuple[str, ...] | Unread = UNREAD
    thumbprints: tuple[str, ...] | Unread = UNREAD


class ServerCertificate(Record):
    expires: datetime | None = None
    uploaded: datetime | None = None


class VirtualMfaDevice(msgspec.Struct, frozen=True):
    serial: str
    user_arn: str  # of the owner; ends in :root for the root user
    enabled: datetime | None = None


# --- resources ----------------------------------------------------------------------------------------------


class PublicAccessBlock(msgspec.Struct, frozen=True):
    """The four flags of S3 Block Public Access."""

    block_acls: bool = False
    ignore_acls: bool = False
    block_policy: bool = False
    restrict_buckets: bool = False

    @property
    def full(self) -> bool:
        return self.block_acls and self.ignore_acls and self.block_policy and self.restrict_buckets


class Bucket(Record):
    created: datetime | None = None
    policy: Document | Unread | None = UNREAD  # None: there is none
    policy_public: bool | Unread = UNREAD  # S3's own verdict (GetBucketPolicyStatus)
    acl_grants: tuple[tuple[str, str], ...] | Unread = UNREAD  # (grantee URI or canonical id, permission)
    acl_owner: str = ""  # canonical id of the owner, who has everything; "" if it was not read
    public_access_block: PublicAccessBlock | Unread | None = UNREAD
    ownership: str | Unread | None = UNREAD
    encryption: str | Unread | None = UNREAD  # "AES256", "aws:kms", …
    versioning: str | Unread = UNREAD  # "Enabled", "Suspended", "" (never set)
    mfa_delete: bool | Unread = UNREAD
    logging_target: str | Unread | None = UNREAD
    website: bool | Unread = UNREAD
    object_lock: bool | Unread = UNREAD
    lifecycle: int | Unread = UNREAD  # rules that are enabled
    replicates_to: tuple[str, ...] | Unread = UNREAD  # names of buckets


class AccessPoint(Record):
    """An access point of a bucket, or of buckets in several regions (`region` is then empty)."""

    bucket: str = ""
    network_origin: str = ""  # Internet or VPC
    public_access_block: PublicAccessBlock | Unread | None = UNREAD
    policy: Document | Unread | None = UNREAD


class NetworkPermission(msgspec.Struct, frozen=True):
    """One rule of a security group: protocol ("-1" is all), ports (None: all), and who."""

    protocol: str
    from_port: int | None
    to_port: int | None
    cidrs: tuple[str, ...]  # IPv4 and IPv6
    groups: tuple[str, ...]
    prefix_lists: tuple[str, ...] = ()

    def covers_port(self, port: int, protocol: str = "tcp") -> bool:
        if self.protocol == "-1":
            return True
        if self.protocol not in {protocol, {"tcp": "6", "udp": "17"}.get(protocol, protocol)}:
            return False
        if self.from_port is None or self.to_port is None or self.from_port == -1:
            return True
        return self.from_port <= port <= self.to_port

    @property
    def all_ports(self) -> bool:
        if self.protocol == "-1" or self.from_port is None or self.from_port == -1:
            return True
        return self.from_port <= 1 and (self.to_port or 0) >= 65535


class SecurityGroup(Record):
    vpc: str = ""
    description: str = ""
    ingress: tuple[NetworkPermission, ...] = ()
    egress: tuple[NetworkPermission, ...] = ()


class Vpc(Record):
    cidr: str = ""
    default: bool = False


class Instance(Record):
    state: str = ""
    instance_type: str = ""
    image: str = ""
    launched: datetime | None = None
    public_ip: str = ""
    private_ip: str = ""
    ipv6: tuple[str, ...] = ()
    vpc: str = ""
    security_groups: tuple[str, ...] = ()
    instance_profile: str = ""  # ARN
    imdsv2_required: bool = False
    metadata_enabled: bool = True
    hop_limit: int = 1
    platform: str = ""
    zone: str = ""
    tenancy: str = "default"  # default (shared), dedicated or host
    host: str = ""  # id of the dedicated host
    user_data: str | Unread | None = UNREAD  # redacted; None: there is none


class FlowLog(Record):
    resource: str = ""
    status: str = ""
    delivery_failed: bool = False


class RegionSettings(msgspec.Struct, kw_only=True):
    """What EC2 calls account attributes of one region."""

    ebs_encryption: bool | Unread = UNREAD
    snapshot_public_access: str | Unread = UNREAD  # block-all-sharing | block-new-sharing | unblocked
    image_public_access: str | Unread = UNREAD  # block-new-sharing | unblocked
    metadata_tokens: str | Unread = UNREAD  # required | optional | no-preference
    serial_console: bool | Unread = UNREAD
    vpc_public_access: str | Unread = UNREAD  # off | block-bidirectional | block-ingress


class Function(Record):
    runtime: str = ""
    role: str = ""  # ARN of the execution role
    environment: dict[str, str] = {}  # values are redacted
    modified: datetime | None = None
    package: str = ""  # Zip or Image
    policy: Document | Unread | None = UNREAD
    url_auth: str | Unread | None = UNREAD  # None: no URL; NONE or AWS_IAM


class Key(Record):
    manager: str | Unread = UNREAD  # AWS or CUSTOMER
    state: str | Unread = UNREAD
    spec: str | Unread = UNREAD
    origin: str = ""
    usage: str = ""
    deletion: datetime | None = None
    multi_region_replica: bool = False
    policy: Document | Unread | None = UNREAD
    rotation: bool | Unread = UNREAD


class DataEvents(msgspec.Struct, frozen=True):
    """Data events that a trail records. `everything` is False where a selector names some resources only."""

    kind: str  # AWS::S3::Object, AWS::Lambda::Function, …
    read: bool
    write: bool
    everything: bool


class Trail(Record):
    home_region: str = ""
    multi_region: bool = False
    organization: bool = False
    validation: bool = False
    kms_key: str = ""
    bucket: str = ""
    log_group: str = ""
    logging: bool | Unread = UNREAD
    latest_delivery_error: str = ""
    log_group_delivery: datetime | Unread | None = UNREAD
    log_group_error: str = ""
    insights: tuple[str, ...] | Unread = UNREAD
    management_read: bool | Unread = UNREAD
    management_write: bool | Unread = UNREAD
    excludes_management_sources: bool = False
    data_events: tuple[DataEvents, ...] | Unread = UNREAD


class Detector(Record):
    """A GuardDuty detector."""

    enabled: bool | Unread = UNREAD
    features: dict[str, str] | Unread = UNREAD
    administrator: str | Unread = UNREAD  # account id, "" for none
    members: int | Unread = UNREAD  # accounts that this one administers
    #: ids of open findings by what was asked for; see services/guardduty.py
    finding_ids: dict[str, tuple[str, ...]] = {}
    findings: dict[str, Document] = {}  # by id, as far as they were read


class Recorder(Record):
    """An AWS Config configuration recorder."""

    all_supported: bool = False
    global_resources: bool = False
    recording: bool | Unread = UNREAD
    last_status: str = ""


class Analyzer(Record):
    kind: str = ""  # ACCOUNT, ORGANIZATION, ACCOUNT_UNUSED_ACCESS, …
    status: str = ""
    findings: tuple[Document, ...] | Unread = UNREAD


class HubFinding(msgspec.Struct, frozen=True):
    """A failed check that Security Hub reports and nobody has taken on."""

    title: str
    severity: str
    created: datetime | None
    resource: str


class SecurityHub(Record):
    standards: tuple[Document, ...] | Unread = UNREAD
    failed: tuple[HubFinding, ...] | Unread = UNREAD  # the oldest first
    failed_more: bool = False  # there are more than those


class Database(Record):
    """An RDS DB instance."""

    engine: str = ""
    engine_version: str = ""
    status: str = ""
    public: bool = False
    encrypted: bool = False
    multi_az: bool = False
    deletion_protection: bool = False
    backup_days: int = 0
    auto_minor: bool = False
    iam_authentication: bool = False
    log_exports: tuple[str, ...] = ()
    cluster: str = ""
    endpoint: str = ""
    security_groups: tuple[str, ...] = ()
    certificate_authority: str = ""
    parameter_group: str = ""
    lifecycle_support: str = ""  # open-source-rds-extended-support, or …-disabled


class DatabaseSnapshot(Record):
    engine: str = ""
    encrypted: bool = False
    kind: str = ""
    shared_with: tuple[str, ...] | Unread = UNREAD  # account ids, or "all"


class Contact(msgspec.Struct, frozen=True):
    name: str
    email: str
    phone: str = ""


class OrganizationPolicy(msgspec.Struct, kw_only=True):
    """An SCP or RCP of the organisation."""

    id: str
    name: str
    kind: str  # SERVICE_CONTROL_POLICY or RESOURCE_CONTROL_POLICY
    aws_managed: bool
    document: Document | Unread = UNREAD
    targets: tuple[str, ...] | Unread = UNREAD


class Organization(msgspec.Struct, kw_only=True):
    id: str
    arn: str
    management_account: str
    feature_set: str
