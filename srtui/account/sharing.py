"""AWS RAM: what the account shares."""

from __future__ import annotations

from srtui.account.model import UNREAD, Record, Unread


class ResourceShare(Record):
    """A resource share of the account's own. `principals` are (account, organisation or role, outside the organisation)."""

    external_allowed: bool = False
    status: str = ""
    principals: tuple[tuple[str, bool], ...] | Unread = UNREAD
