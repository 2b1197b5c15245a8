"""What an organisation decides for its accounts, as far as this account is shown it."""

from __future__ import annotations

from datetime import datetime

from srtui.account.model import UNREAD, Document, Record, Unread


class EffectivePolicy(Record):
    """A management policy as it applies to this account; `name` is its type. `document` is None if none applies."""

    document: Document | Unread | None = UNREAD


class DelegatedAdministrator(Record):
    """An account that administers a service for the organisation; `name` is its account id."""

    title: str = ""
    status: str = ""
    joined: str = ""  # CREATED or INVITED
    since: datetime | None = None


class RootAccessFeatures(Record):
    """Which features of centralised root access the organisation uses."""

    enabled: tuple[str, ...] = ()
