"""The accounts of the organisation."""

from __future__ import annotations

from srtui.account.model import Record


class OrganizationMember(Record):
    """An account of the organisation, as its management account sees it; `name` is its id, `title` its name."""

    title: str = ""
    status: str = ""  # ACTIVE, SUSPENDED, …
