"""AWS Backup: vaults, plans, and what they protect."""

from __future__ import annotations

from datetime import datetime

from srtui.account.model import UNREAD, Document, Record, Unread


class BackupVault(Record):
    locked: bool = False
    key: str = ""  # ARN
    kind: str = ""
    recovery_points: int = 0
    policy: Document | Unread | None = UNREAD


class BackupPlan(Record):
    """`name` is its id."""

    title: str = ""
    last_run: datetime | None = None
    selections: int | Unread = UNREAD
    copies_to: tuple[str, ...] | Unread = UNREAD  # ARNs of vaults


class ProtectedResource(Record):
    """What has been backed up; `arn` is its own."""

    kind: str = ""
    last_backup: datetime | None = None
