"""How machines are kept up to date: patch states, baselines, schedules, compliance, and what Inspector sees."""

from __future__ import annotations

from datetime import datetime

from srtui.account.model import UNREAD, Record, Unread


class PatchState(Record):
    """The last patch scan of a managed node; `arn` is the node's."""

    missing: int = 0
    failed: int = 0
    critical: int = 0
    security: int = 0
    pending_reboot: int = 0
    scanned: datetime | None = None


class NodeCompliance(Record):
    """What a managed node does not comply with, of one type; `arn` is the node's, `name` the type."""

    severity: str = ""
    count: int = 0


class PatchSettings(Record):
    """How a region patches; by region. Unread until asked, which is done only where there are managed nodes."""

    own_baselines: tuple[str, ...] | Unread = UNREAD  # names of the account's own that are a default
    patch_groups: tuple[str, ...] | Unread = UNREAD
    patch_associations: tuple[str, ...] | Unread = UNREAD
    windows: int | Unread = UNREAD  # maintenance windows that are enabled
    patch_windows: tuple[str, ...] = ()  # ids of those that run a patch baseline
    compliance_read: bool = False  # whether all that does not comply was read
    session_log: str | Unread | None = UNREAD  # where sessions are logged to


class DocumentSharing(Record):
    """Whether documents may be made public in a region; by region."""

    blocked: bool | Unread = UNREAD


class Inspector(Record):
    """What Inspector scans in a region; by region. Values are ENABLED, DISABLED, …"""

    status: str = ""
    scans: dict[str, str] = {}


class InspectorFindings(Record):
    """Open findings on one resource, by severity."""

    kind: str = ""  # instance, image or function
    counts: dict[str, int] = {}


class Unscanned(Record):
    """A resource that Inspector does not scan, and why."""

    kind: str = ""
    reason: str = ""
