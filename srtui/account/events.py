"""What CloudTrail's event history tells of the last day: a few events that are worth a look each."""

from __future__ import annotations

from datetime import datetime

from srtui.account.model import UNREAD, Record, Unread


class RecordedEvent(Record):
    """One event; `name` is the API call, `arn` names the event, `who` the identity's ARN or user name."""

    at: datetime | None = None
    who: str = ""
    identity: str | Unread = UNREAD  # IAMUser, Root, AssumedRole, …
    source_ip: str = ""
    error: str | Unread = UNREAD  # error code, "" where the call succeeded
    mfa: bool | Unread = UNREAD  # of a console sign-in
    signed_in: bool | Unread = UNREAD  # of a console sign-in: whether it succeeded
    resources: tuple[str, ...] = ()


class EventSearch(Record):
    """How far back the events of one name were read in a region; None: as far as there are any."""

    since: datetime | None = None
