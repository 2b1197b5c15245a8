"""Ways to administrator then and now, and ways in from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from srtui.analysis import Analysis
from srtui.compare.principals import Kind, read_kinds
from srtui.escalation.edges import TIERS, Tier
from srtui.escalation.entries import Entry
from srtui.escalation.escalation import Start
from srtui.escalation.explain import Route

Change = Literal["gained", "lost", "more certain", "less certain"]


class PathChange(msgspec.Struct, frozen=True):
    """A user or role whose way to administrator appeared, went, or has another certainty. `route_of` tells the way."""

    arn: str
    how: Change
    before: Tier | None
    after: Tier | None


class EntryChange(msgspec.Struct, frozen=True):
    """A way into a role from outside the account that appeared or went."""

    how: Literal["gained", "lost"]
    entry: Entry


def compare_paths(old: Analysis, new: Analysis) -> Iterator[PathChange]:
    """Users and roles that are not administrators as they are, by ARN; the other side may not have them at all.

    Whoever became or ceased to be administrator is told with the principals, not here.
    """
    before, after = old.escalation.starts, new.escalation.starts
    known = read_kinds(old.account) & read_kinds(new.account)
    for arn in sorted(before.keys() | after.keys()):
        was, now = _tier(old, arn), _tier(new, arn)
        if (arn not in before or arn not in after) and _kind(arn) not in known:
            continue
        if was == now or _already(before, arn) or _already(after, arn):
            continue
        how: Change
        if was is None:
            how = "gained"
        elif now is None:
            how = "lost"
        else:
            how = "more certain" if TIERS.index(now) < TIERS.index(was) else "less certain"
        yield PathChange(arn, how, was, now)


def route_of(change: PathChange, old: Analysis, new: Analysis) -> Route | None:
    """The shortest way as it is now, or for a lost one as it was. Milliseconds: ask for those that are shown."""
    routes = (old if change.after is None else new).escalation.paths(change.arn, most=1)
    return routes[0] if routes and routes[0].steps else None


def _kind(arn: str) -> Kind:
    return "user" if ":user/" in arn else "role"


def _tier(analysis: Analysis, arn: str) -> Tier | None:
    start = analysis.escalation.starts.get(arn)
    if start is None or start.tier is not None:
        return start.tier if start else None
    allowed = analysis.permissions.get(arn)
    # Where policies were not read, finding no way does not mean that there is none.
    return "unknown" if allowed is not None and allowed.unreadable else None


def _already(starts: Mapping[str, Start], arn: str) -> bool:
    start = starts.get(arn)
    return start is not None and start.already


def compare_entries(old: Analysis, new: Analysis) -> Iterator[EntryChange]:
    """Ways in that only one side has, gained ones first. Without all roles of both sides nothing can be said."""
    if "role" not in read_kinds(old.account) & read_kinds(new.account):
        return
    before = {_key(entry): entry for entry in old.escalation.entries}
    after = {_key(entry): entry for entry in new.escalation.entries}
    yield from (EntryChange("gained", entry) for key, entry in after.items() if key not in before)
    yield from (EntryChange("lost", entry) for key, entry in before.items() if key not in after)


def _key(entry: Entry) -> tuple[str, ...]:
    return entry.role, entry.kind, entry.name, entry.technique, entry.tier, *sorted(entry.conditions)
