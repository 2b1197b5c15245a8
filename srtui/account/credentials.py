"""Credentials of users beside passwords and access keys."""

from __future__ import annotations

from datetime import datetime

from srtui.account.model import Record


class ServiceCredential(Record):
    """A service-specific credential (CodeCommit, Keyspaces, a Bedrock API key); `name` is its user's, `arn` his without a path."""

    service: str = ""
    status: str = ""
    created: datetime | None = None
    expires: datetime | None = None  # None: never
