"""Edges: who becomes whom by which technique, with what it takes and what it hangs on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

import msgspec

from srtui.access.batch import Batch
from srtui.access.reach import Reach, members
from srtui.access.resources import WITH_POLICIES
from srtui.account.model import User
from srtui.escalation.catalogue import Permission, Technique
from srtui.escalation.examples import examples, meeting
from srtui.escalation.inventory import Holder
from srtui.policy.catalogue import load_catalogue

Tier = Literal["confirmed", "conditional", "needs-target", "unknown"]
#: The most certain first.
TIERS: Final[tuple[Tier, ...]] = ("confirmed", "conditional", "needs-target", "unknown")
#: What people are shown for them, the same words everywhere.
TIER_WORDS: Final[dict[Tier, str]] = {
    "confirmed": "confirmed",
    "conditional": "conditional",
    "needs-target": "needs target",
    "unknown": "unknown",
}

#: The node that stands for "administrator", beside the numbers of principals.
ADMIN: Final = -1

NOBODY: Final = Reach(0, 0, 0)


class Ask(msgspec.Struct, frozen=True):
    """One permission that is used: an action on an ARN (or a pattern of ARNs), with what is known of the request."""

    action: str
    arn: str
    given: tuple[tuple[str, str | None], ...] = ()
    new: bool = False  # about a resource that does not exist yet


#: Several asks of which one is enough.
Alternatives = tuple[Ask, ...]


class Option(msgspec.Struct, frozen=True):
    """One of several resources that a technique may use, and who may use it so."""

    sources: Reach
    uses: tuple[Alternatives, ...] = ()
    holder: Holder | None = None
    conditions: tuple[str, ...] = ()  # for those who are in it conditionally
    needs: tuple[str, ...] = ()


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A technique by which principals become `target` (ADMIN: administrators), each bit of `sources` one of them.

    `sources` are of nodes by number; conditions and what was not read are accounted for in them. Besides `uses`, one of
    `options` must be possible if there are any. `via`: ARN of what is changed or used on the way, "" for nothing in
    particular.
    """

    technique: Technique
    target: int
    sources: Reach
    uses: tuple[Alternatives, ...] = ()
    via: str = ""
    conditions: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    service: str = ""
    missing: bool = False  # allowed, but there is no such target: of the tier needs-target


def limited(sources: Reach, among: int) -> Reach:
    """Only these principals."""
    if not sources.possible & ~among:
        return sources
    return Reach(sources.allowed & among, sources.conditional & among, sources.unknown & among)


def without(sources: Reach, principals: int) -> Reach:
    """Not these principals."""
    return limited(sources, ~principals)


def on_condition(sources: Reach) -> Reach:
    """The same when something besides permissions must be so."""
    return Reach(0, sources.allowed | sources.conditional, sources.unknown) if sources.allowed else sources


def unread(sources: Reach) -> Reach:
    """The same when something besides permissions was not read."""
    return Reach(0, 0, sources.possible)


def edge(
    technique: Technique,
    target: int,
    sources: Reach,
    *,
    uses: Sequence[Alternatives] = (),
    via: str = "",
    conditions: Sequence[str] = (),
    needs: Sequence[str] = (),
    options: tuple[Option, ...] = (),
    service: str = "",
    missing: bool = False,
    met: bool = False,
) -> Edge | None:
    """An edge, its sources lowered by its conditions and by what was not read; None if nobody is left.

    `met`: the condition of the technique is known to be so.
    """
    if technique.condition and not met:
        conditions = (*conditions, technique.condition)
    if conditions:
        sources = on_condition(sources)
    if needs:
        sources = unread(sources)
    if not sources.possible:
        return None
    return Edge(
        technique=technique,
        target=target,
        sources=sources,
        uses=tuple(uses),
        via=via,
        conditions=tuple(conditions),
        needs=tuple(needs),
        options=options,
        service=service,
        missing=missing,
    )


class Asker:
    """Puts permissions of techniques to those who may use them, each on the right resource and with what is known.

    Its sets number the principals of its own index, which are the account's or changed ones (see `variants`).
    """

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.callers = batch.index.principals
        self.everyone = Reach((1 << len(self.callers)) - 1, 0, 0)
        self.users = self.roles = self.reserved = 0
        for number, caller in enumerate(self.callers):
            if isinstance(caller, User):
                self.users |= 1 << number
            else:
                self.roles |= 1 << number
                self.reserved |= caller.aws_reserved << number
        #: everyone but those who are administrators anyway
        self.worth_asking = self.everyone.allowed
        self._same: dict[tuple[tuple[Alternatives, ...], str], Reach] = {}

    def bit(self, arn: str) -> int:
        """The set of one caller; empty for who is not among them."""
        number = self.batch.index.numbers.get(arn)
        return 0 if number is None else 1 << number

    def possible(self, technique: Technique) -> bool:
        """Whether any caller who is worth asking about is given each action of a technique by some statement.

        Where resources have policies of their own, or roles name who may assume them, that alone does not tell.
        """
        named = self.worth_asking
        for one in technique.allow:
            service = one.action.partition(":")[0].lower()
            if service not in WITH_POLICIES and service != "sts":
                named &= self.batch.carriers(one.action)
        return bool(named)

    def given(self, action: str, known: Mapping[str, str | None]) -> tuple[tuple[str, str | None], ...]:
        """Of what is known of a request only what the policies about the action ask for."""
        keys = self.batch.keys(action)
        return tuple((key, value) for key, value in known.items() if key in keys) if keys else ()

    def tags(self, action: str, tags: Mapping[str, str]) -> dict[str, str | None]:
        """The tags of a resource as condition keys, as far as policies about the action ask for them."""
        lower = {key.lower(): value for key, value in tags.items()}
        found: dict[str, str | None] = {}
        for key in self.batch.keys(action):
            _, mark, name = key.partition("resourcetag/")
            if mark:
                found[key] = lower.get(name)
        return found

    def ask(self, action: str, arns: Iterable[str], known: Mapping[str, str | None]) -> Alternatives:
        """The ways in which an action can be allowed on one of these ARNs."""
        given = self.given(action, known)
        if not has_resources(action):
            return (Ask(action, "*", given),)
        return tuple(Ask(action, arn, given) for arn in arns)

    def one(self, ask: Ask) -> Reach:
        """Who is allowed this, of those who are worth asking about."""
        found = self.batch.reach(ask.action, ask.arn, dict(ask.given), new=ask.new, lenient=True)
        return limited(found, self.worth_asking)

    def any(self, alternatives: Alternatives) -> Reach:
        """Who is allowed one of these."""
        found: Reach | None = None
        for ask in alternatives:
            reach = self.one(ask)
            found = reach if found is None else found.or_(reach)
        return found or NOBODY

    def all(self, uses: Iterable[Alternatives]) -> Reach:
        """Who is allowed all of these."""
        found = Reach(self.worth_asking, 0, 0)
        for alternatives in uses:
            if not found.possible:
                return NOBODY
            found = found.and_(self.any(alternatives))
        return found

    # --- resources that do not exist yet ------------------------------------------------------------------

    def same(self, uses: tuple[Alternatives, ...], pattern: str) -> Reach:
        """Who is allowed all of these on one and the same ARN of a pattern, which all of them ask about."""
        found = self._same.get((uses, pattern))
        if found is None:
            found = self._same[uses, pattern] = self._on_the_same(uses, pattern)
        return found

    def _on_the_same(self, uses: tuple[Alternatives, ...], pattern: str) -> Reach:
        most = self.all(uses)
        named = [ask.action for one in uses for ask in one if ask.arn == pattern]
        if len(named) < 2 or not most.possible:
            return most
        texts = frozenset().union(*(self.batch.resources(action) for action in named))
        found = self._on_any(uses, pattern, examples(texts, pattern))
        for number in members(most.possible & ~found.possible):
            # Whoever is left may have resources of its own, with its name in them, or two patterns that meet.
            own = frozenset().union(*(self.batch.resources_of(action, number) for action in named))
            found = found.or_(limited(self._on_any(uses, pattern, meeting(own, pattern)), 1 << number))
        return Reach(
            found.allowed & most.allowed,
            (found.allowed & most.conditional) | (found.conditional & ~most.unknown & most.possible),
            found.possible & most.unknown,
        )

    def _on_any(self, uses: tuple[Alternatives, ...], pattern: str, arns: Iterable[str]) -> Reach:
        found = NOBODY
        for arn in arns:
            moved = tuple(
                tuple(Ask(ask.action, arn, ask.given, new=True) if ask.arn == pattern else ask for ask in one)
                for one in uses
            )
            found = found.or_(self.all(moved))
        return found


def has_resources(action: str) -> bool:
    """Whether AWS checks the action on a resource."""
    return load_catalogue().has_resource_level(action)


def actions_of(permissions: Iterable[Permission]) -> set[str]:
    """The actions of permissions."""
    return {one.action for one in permissions}
