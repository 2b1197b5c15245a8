"""Managed databases beside RDS instances: clusters, caches, warehouses, search, and how long engines are supported."""

from __future__ import annotations

from datetime import datetime

from srtui.account.model import UNREAD, Document, Record, Unread


class DatabaseCluster(Record):
    """An Aurora, multi-AZ, DocumentDB or Neptune cluster."""

    engine: str = ""
    engine_version: str = ""
    encrypted: bool = False
    deletion_protection: bool = False
    iam_authentication: bool = False
    log_exports: tuple[str, ...] = ()
    parameter_group: str = ""


class ParameterGroup(Record):
    """A parameter group of RDS or Redshift, by the parameters that demand encryption on the way."""

    parameters: dict[str, str] = {}


class EngineVersion(Record):
    """A version of a database engine that is in use; `name` is engine and version."""

    deprecated: bool = False


class EngineLifecycle(Record):
    """How long a major version of an engine is supported; `name` is the engine."""

    major: str = ""
    standard_until: datetime | None = None
    extended_until: datetime | None = None


class PendingMaintenance(Record):
    """Maintenance that waits for a database; `arn` is the database's, `name` the action."""

    description: str = ""
    applied_on: datetime | None = None  # when it will be applied; None: nobody has asked for it
    forced_on: datetime | None = None


class Warehouse(Record):
    """A Redshift cluster."""

    public: bool = False
    encrypted: bool = False
    upgrades: bool = False  # takes new versions in its maintenance window
    parameter_group: str = ""
    roles: tuple[str, ...] = ()
    logging: str | Unread = UNREAD  # where to; "" for nowhere
    security_groups: tuple[str, ...] = ()


class Cache(Record):
    """An ElastiCache replication group, or a cluster that is in none."""

    engine: str = ""
    version: str = ""
    replicated: bool = False
    tls: str = ""  # required, preferred or "" for none
    encrypted: bool = False
    authenticates: bool = False
    auto_minor: bool = False


class CacheUpdate(Record):
    """A service update that was not applied; `arn` is of the cache, `name` of the update."""

    severity: str = ""
    apply_by: datetime | None = None


class MemoryDatabase(Record):
    """A MemoryDB cluster."""

    engine: str = ""
    version: str = ""
    tls: bool = False
    auto_minor: bool = False


class SearchDomain(Record):
    """An OpenSearch or Elasticsearch domain."""

    version: str = ""
    vpc: str = ""  # "" for a public endpoint
    policy: Document | Unread | None = UNREAD
    fine_grained: bool = False
    anonymous: bool = False
    at_rest: bool = False
    node_to_node: bool = False
    https_only: bool = False
    tls_policy: str = ""
    update_available: bool | Unread = UNREAD
    update_required_by: datetime | None = None


class EmrSettings(Record):
    """EMR's block of public access in a region; by region."""

    blocked: bool | Unread = UNREAD
    exceptions: tuple[str, ...] = ()  # port ranges that may be public


class ModelLogging(Record):
    """Where Bedrock logs the calls of models in a region; by region. None: nowhere."""

    target: str | Unread | None = UNREAD
