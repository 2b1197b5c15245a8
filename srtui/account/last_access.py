"""What principals have used, as IAM's last-accessed data tells: asked for one principal at a time, when somebody looks."""

from __future__ import annotations

from datetime import datetime

import msgspec

from srtui.account.model import UNREAD, Record, Unread


class ActionAccess(msgspec.Struct, frozen=True):
    """An action that AWS keeps count of, and when it was last tried; None: not in the time that is kept."""

    name: str
    last: datetime | None = None


class ServiceAccess(msgspec.Struct, frozen=True):
    """A service that a principal's policies allow, by its prefix. Denied attempts count as well.

    `actions` None: AWS keeps count of the service only, not of its actions.
    """

    service: str
    title: str
    last: datetime | None = None
    region: str = ""
    actions: tuple[ActionAccess, ...] | None = None


class LastAccess(Record):
    """Last-accessed data of a principal, whose ARN this is. `problem`: why AWS has none."""

    job: str = ""
    completed: datetime | None = None
    services: tuple[ServiceAccess, ...] | Unread = UNREAD
    problem: str = ""


class AccessJob(Record):
    """A report that was asked for; `name` is its id, `arn` the principal's."""
