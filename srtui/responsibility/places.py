"""Where a call was answered, so that what is missing there is a fact, and how an account stands in its organisation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from srtui.account import UNREAD, Account
from srtui.account.model import Record, Trail
from srtui.responsibility.control import Check
from srtui.services.declare import Call

RecordT = TypeVar("RecordT", bound=Record)


def answered(check: Check, call: Call) -> list[str]:
    """The enabled regions that have the service and answered the listing completely."""
    account = check.account
    found = {
        one.region
        for one in account.outcomes_of(*call.id)
        if one.error is None and one.complete and account.offers(*call.id, one.region)
    }
    unfinished = {
        one.region for one in account.outcomes_of(*call.id) if one.error is not None or not one.complete
    }
    found -= unfinished
    return sorted(found & set(account.regions) or found)


def in_region(items: Iterable[RecordT], region: str) -> list[RecordT]:
    """The records of one region."""
    return [item for item in items if item.region == region]


def by_region(check: Check, call: Call, items: Iterable[RecordT]) -> Iterator[tuple[str, list[RecordT]]]:
    """Each region that answered the listing, with the records that are there."""
    found: dict[str, list[RecordT]] = {}
    for item in items:
        found.setdefault(item.region, []).append(item)
    for region in answered(check, call):
        yield region, found.get(region, [])


def whole(account: Account, call: Call, **params: object) -> bool:
    """Whether a dependent call was answered completely for these parameters."""
    asked = [
        one
        for one in account.outcomes_of(*call.id)
        if all(one.params.get(name) == value for name, value in params.items())
    ]
    return bool(asked) and all(one.error is None and one.complete for one in asked)


def own_trails(account: Account) -> list[Trail]:
    """The trails that this account keeps; an organisation's trail is set up where it is kept, not in each member."""
    return [trail for trail in account.trails.values() if f":{account.id}:" in trail.arn]


def is_member(account: Account) -> bool:
    """Whether the account is known to belong to an organisation that another account manages."""
    found = account.organization
    return found is not UNREAD and found is not None and found.management_account not in ("", account.id)


def is_manager(account: Account) -> bool:
    """Whether the account is known to manage an organisation."""
    found = account.organization
    return found is not UNREAD and found is not None and found.management_account == account.id
