"""The account as evidence has shown it so far: plain records, and the outcome of every call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from srtui.account.model import (
    UNREAD,
    AccessPoint,
    Analyzer,
    Bucket,
    Contact,
    Credentials,
    Database,
    DatabaseSnapshot,
    Detector,
    FlowLog,
    Function,
    Group,
    IdentityProvider,
    Instance,
    Key,
    ManagedPolicy,
    Organization,
    OrganizationPolicy,
    Principal,
    PublicAccessBlock,
    Record,
    Recorder,
    RegionSettings,
    Role,
    SecurityGroup,
    SecurityHub,
    ServerCertificate,
    Trail,
    Unread,
    User,
    VirtualMfaDevice,
    Vpc,
)
from srtui.evidence import CallError, CallKey

RecordT = TypeVar("RecordT", bound=Record)

#: The messages of calls that configuration leaves out.
SERVICE_LEFT_OUT: Final = "the configuration leaves the service out"
REGION_LEFT_OUT: Final = "the configuration leaves the region out"


class Outcome(msgspec.Struct):
    """How one call went: `error` is None for an answer, and for an error that its declaration calls an answer."""

    key: CallKey
    at: datetime
    params: dict[str, Any]
    error: CallError | None = None
    complete: bool = True
    pages: int = 1
    offered: bool = True  # False: AWS has no such service in the region, so there is nothing to know

    @property
    def service(self) -> str:
        return self.key[0]

    @property
    def operation(self) -> str:
        return self.key[1]

    @property
    def region(self) -> str:
        return self.key[2]


class Account(msgspec.Struct):
    """One AWS account. Keys of the dicts are ARNs unless said otherwise."""

    id: str = ""
    partition: str = "aws"
    caller_arn: str = ""
    alias: str | Unread | None = UNREAD
    regions: dict[str, str] = msgspec.field(default_factory=dict)  # name → opt-in status, enabled ones only
    disabled_regions: tuple[str, ...] = ()
    outcomes: dict[CallKey, Outcome] = msgspec.field(default_factory=dict)
    #: the same outcomes by (service, operation), because rules ask that way
    outcomes_by_call: dict[tuple[str, str], list[Outcome]] = msgspec.field(default_factory=dict)
    #: by (service, operation): the calls for single items that the answers so far lead to
    due: dict[tuple[str, str], set[CallKey]] = msgspec.field(default_factory=dict)
    first_evidence: datetime | None = None
    last_evidence: datetime | None = None

    users: dict[str, User] = msgspec.field(default_factory=dict)
    groups: dict[str, Group] = msgspec.field(default_factory=dict)
    group_arns: dict[str, str] = msgspec.field(default_factory=dict)  # by name, as users name their groups
    roles: dict[str, Role] = msgspec.field(default_factory=dict)
    #: (longest session in seconds, description) by role ARN, as ListRoles may answer before the role is known
    role_sessions: dict[str, tuple[int, str]] = msgspec.field(default_factory=dict)
    policies: dict[str, ManagedPolicy] = msgspec.field(default_factory=dict)
    providers: dict[str, IdentityProvider] = msgspec.field(default_factory=dict)
    server_certificates: dict[str, ServerCertificate] = msgspec.field(default_factory=dict)
    virtual_mfa: dict[str, VirtualMfaDevice] = msgspec.field(default_factory=dict)  # by serial
    credentials: dict[str, Credentials] = msgspec.field(
        default_factory=dict
    )  # credential report, by user ARN
    mfa_devices: dict[str, tuple[str, ...]] = msgspec.field(
        default_factory=dict
    )  # serials or ARNs, by user name
    root_credentials: Credentials | Unread = UNREAD
    credential_report_at: datetime | None = None
    summary: dict[str, int] | Unread = UNREAD  # GetAccountSummary
    password_policy: dict[str, Any] | Unread | None = UNREAD
    contacts: dict[str, Contact | None] = msgspec.field(
        default_factory=dict
    )  # SECURITY, OPERATIONS, BILLING; None: not set
    primary_contact: Contact | Unread | None = UNREAD
    organization: Organization | Unread | None = UNREAD
    organization_parents: tuple[str, ...] | Unread = UNREAD  # ids of the OU or root above the account
    organization_policies: dict[str, OrganizationPolicy] = msgspec.field(default_factory=dict)  # by id

    account_public_access_block: PublicAccessBlock | Unread | None = UNREAD
    buckets: dict[str, Bucket] = msgspec.field(default_factory=dict)
    access_points: dict[str, AccessPoint] = msgspec.field(default_factory=dict)
    instances: dict[str, Instance] = msgspec.field(default_factory=dict)
    security_groups: dict[str, SecurityGroup] = msgspec.field(default_factory=dict)
    vpcs: dict[str, Vpc] = msgspec.field(default_factory=dict)
    flow_logs: dict[str, FlowLog] = msgspec.field(default_factory=dict)
    region_settings: dict[str, RegionSettings] = msgspec.field(default_factory=dict)  # by region
    functions: dict[str, Function] = msgspec.field(default_factory=dict)
    keys: dict[str, Key] = msgspec.field(default_factory=dict)
    trails: dict[str, Trail] = msgspec.field(default_factory=dict)
    detectors: dict[str, Detector] = msgspec.field(default_factory=dict)
    recorders: dict[str, Recorder] = msgspec.field(default_factory=dict)
    analyzers: dict[str, Analyzer] = msgspec.field(default_factory=dict)
    security_hubs: dict[str, SecurityHub] = msgspec.field(default_factory=dict)
    databases: dict[str, Database] = msgspec.field(default_factory=dict)
    database_snapshots: dict[str, DatabaseSnapshot] = msgspec.field(default_factory=dict)
    #: records of every other kind, by their type and then by ARN; see `table`
    tables: dict[type[Record], dict[str, Any]] = msgspec.field(default_factory=dict)

    def table(self, kind: type[RecordT]) -> dict[str, RecordT]:
        """The records of one kind by ARN. A new service needs no field of its own here, only a record type."""
        return self.tables.setdefault(kind, {})

    def principal(self, arn: str) -> Principal | None:
        """The user, role or group with this ARN."""
        return self.users.get(arn) or self.roles.get(arn) or self.groups.get(arn)

    def resource(self, arn: str) -> Record | None:
        """The record with this ARN, of whatever kind."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, dict) and isinstance(found := value.get(arn), Record):
                return found
        return next((records[arn] for records in self.tables.values() if arn in records), None)

    def principals(self) -> Iterator[User | Role]:
        """Every user and role, users first."""
        yield from self.users.values()
        yield from self.roles.values()

    def group_named(self, name: str) -> Group | None:
        """A group by the name that users refer to it by; names are unique in an account."""
        arn = self.group_arns.get(name)
        return self.groups.get(arn) if arn else None

    def settings(self, region: str) -> RegionSettings:
        """The settings of a region, made on first use."""
        return self.region_settings.setdefault(region, RegionSettings())

    def credentials_of(self, user: User) -> Credentials | Unread:
        """The user's row of the credential report; unread if there is no report or no row for it (a newer user)."""
        return self.credentials.get(user.arn, UNREAD)

    @property
    def root_arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.id}:root"

    def record(self, outcome: Outcome) -> None:
        """Note how a call went. A later page or a repeated call replaces what was known."""
        old = self.outcomes.get(outcome.key)
        if old is None:
            self.outcomes[outcome.key] = outcome
            self.outcomes_by_call.setdefault(outcome.key[:2], []).append(outcome)
        else:
            old.at, old.error, old.complete, old.params, old.offered = (
                outcome.at,
                outcome.error,
                outcome.complete,
                outcome.params,
                outcome.offered,
            )
            old.pages += 1
        if self.first_evidence is None or outcome.at < self.first_evidence:
            self.first_evidence = outcome.at
        if self.last_evidence is None or outcome.at > self.last_evidence:
            self.last_evidence = outcome.at

    def outcomes_of(self, service: str, operation: str) -> list[Outcome]:
        return self.outcomes_by_call.get((service, operation), [])

    def offers(self, service: str, operation: str, region: str) -> bool:
        """Whether the region has the service, as far as the call has shown."""
        return all(one.offered for one in self.outcomes_of(service, operation) if one.region == region)

    def failures(self) -> Iterator[Outcome]:
        """Every call that was made and did not get an answer."""
        return (
            outcome
            for outcome in self.outcomes.values()
            if outcome.error is not None and outcome.error.kind != "left-out"
        )

    def left_out(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The services and the regions that the user's configuration leaves out."""
        services: set[str] = set()
        regions: set[str] = set()
        for outcome in self.outcomes.values():
            if outcome.error is not None and outcome.error.kind == "left-out":
                if outcome.error.message == SERVICE_LEFT_OUT:
                    services.add(outcome.service)
                else:
                    regions.add(outcome.region)
        return tuple(sorted(services)), tuple(sorted(regions))
