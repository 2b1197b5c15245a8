"""Ways to administrator then and now, and ways in from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

import msgspec

from srtui.analysis import Analysis
from srtui.compare.principals import Kind, read_kinds
from srtui.compare.unread import services_of, unread_only, why_unread
from srtui.escalation.edges import TIERS, Tier
from srtui.escalation.entries import Entry
from srtui.escalation.escalation import Start
from srtui.escalation.explain import Route

#: Whose resources ways in from outside lead through.
_OF_GUESTS: Final = frozenset({"cognito-identity"})
_OF_SIGN_IN: Final = frozenset({"iam", "rolesanywhere", "eks", "sso-admin", "lambda", "cognito-identity"})
_MOST_TOLD: Final = 300
Change = Literal["gained", "lost", "more certain", "less certain", "not comparable"]


class PathChange(msgspec.Struct, frozen=True):
    """A user or role whose way to administrator appeared, went, or has another certainty. `route_of` tells the way.

    `reason`: why the two cannot be compared, for `how` "not comparable": a call that one side lacks.
    """

    arn: str
    how: Change
    before: Tier | None
    after: Tier | None
    reason: str = ""


class EntryChange(msgspec.Struct, frozen=True):
    """A way into a role from outside the account that appeared or went, or that only one side could tell (`reason`)."""

    how: Literal["gained", "lost", "not comparable"]
    entry: Entry
    reason: str = ""


def compare_paths(old: Analysis, new: Analysis) -> Iterator[PathChange]:
    """Users and roles that are not administrators as they are, by ARN; the other side may not have them at all.

    Whoever became or ceased to be administrator is told with the principals, not here.
    """
    before, after = old.escalation.starts, new.escalation.starts
    known = read_kinds(old.account) & read_kinds(new.account)
    blind = _Blind(old, new)
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
        yield blind.judged(PathChange(arn, how, was, now))


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
    blind = _Blind(old, new)
    for entries, known, how in ((after, before, "gained"), (before, after, "lost")):
        for key, entry in entries.items():
            if key not in known:
                yield blind.judged_entry(entry, gained=how == "gained")


class _Blind:
    """What only one of the two sides could not read."""

    def __init__(self, old: Analysis, new: Analysis) -> None:
        self._old, self._new = old, new
        self._of_old = unread_only(old.account, new.account)
        self._of_new = unread_only(new.account, old.account)
        self._told = 0

    def judged(self, change: PathChange) -> PathChange:
        """The change, unless the side on which the way is not there, or less certain, did not read what it leads through."""
        better = change.how in ("gained", "more certain")
        outcomes = self._of_old if better else self._of_new
        # Who was not there at all had no way, whatever else was read.
        if not outcomes or change.arn not in (self._old if better else self._new).escalation.starts:
            return change
        self._told += 1
        # To tell a way takes milliseconds; beyond some hundreds any unread call is taken for a reason.
        services = None
        if self._told <= _MOST_TOLD:
            routes = (self._new if better else self._old).escalation.paths(change.arn, most=1)
            services = services_of(routes[0] if routes else None)
        reason = why_unread(outcomes, services)
        return (
            PathChange(change.arn, "not comparable", change.before, change.after, reason)
            if reason
            else change
        )

    def judged_entry(self, entry: Entry, *, gained: bool) -> EntryChange:
        """A way in that one side has, unless the other one did not read what it leads through."""
        outcomes = self._of_old if gained else self._of_new
        services = _OF_GUESTS if entry.kind == "guest" else _OF_SIGN_IN
        reason = why_unread(outcomes, services)
        return EntryChange("not comparable" if reason else "gained" if gained else "lost", entry, reason)


def _key(entry: Entry) -> tuple[str, ...]:
    return entry.role, entry.kind, entry.name, entry.technique, entry.tier, *sorted(entry.conditions)
