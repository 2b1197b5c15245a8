"""Where data and secrets are kept: secrets, parameters, file systems, tables, archives, image repositories."""

from __future__ import annotations

from datetime import datetime

from srtui.account.model import UNREAD, Document, Record, Unread


class Secret(Record):
    """A secret of Secrets Manager, without its value."""

    policy: Document | Unread | None = UNREAD
    key: str = ""  # "" is AWS's own
    rotates: bool = False
    rotated: datetime | None = None
    created: datetime | None = None
    last_used: datetime | None = None  # a date; None: never
    owner: str = ""  # the service that manages it


class Parameter(Record):
    """A parameter of Systems Manager, without its value."""

    kind: str = ""  # String, StringList or SecureString
    key: str = ""


class FileSystem(Record):
    """An EFS file system; `name` is its id."""

    title: str = ""
    encrypted: bool = False
    mount_targets: int = 0
    policy: Document | Unread | None = UNREAD


class Table(Record):
    """A DynamoDB table."""

    policy: Document | Unread | None = UNREAD
    recovery: bool | Unread = UNREAD  # point-in-time recovery
    deletion_protection: bool | Unread = UNREAD


class ArchiveVault(Record):
    """A vault of S3 Glacier."""

    archives: int = 0
    policy: Document | Unread | None = UNREAD


class Repository(Record):
    """An ECR repository, and the newest image in it."""

    immutable: bool = False
    scan_on_push: bool = False
    key: str = ""
    policy: Document | Unread | None = UNREAD
    newest_image: str | Unread | None = UNREAD  # digest; None: there is none
    newest_tags: tuple[str, ...] = ()
    newest_pushed: datetime | None = None
    newest_findings: dict[str, int] | None = None  # by severity; None: no scan told
    newest_scan: str = ""  # state of its scan


class RegistryScanning(Record):
    """How the registry of a region scans; by region. `filters` are the repositories that are scanned by themselves."""

    kind: str = ""  # BASIC or ENHANCED
    filters: tuple[str, ...] = ()
