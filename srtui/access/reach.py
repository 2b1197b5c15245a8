"""Who has access, for all principals at once: sets of principals are ints, one bit a principal.

Each statement that names the action is evaluated once, not once a principal, unless one of its conditions or variables
has a value of its own for each principal. The result is the same as asking `decide` for every one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from srtui.access.facts import depends_on_principal
from srtui.access.layers import Carrier, Layers, Limited, Named, Pair, members, personal_keys
from srtui.policy.covering import means, requirement_of
from srtui.policy.decide import beyond_rcps, decide, is_direct, must_be_granted, needs_no_allow, needs_nothing
from srtui.policy.document import Statement
from srtui.policy.principal import Caller, Naming
from srtui.policy.request import Hit, Request, Source
from srtui.policy.requirement import Proviso, Requirement, Unread, both, leaves
from srtui.policy.target import covers_resource

__all__ = ["Evaluation", "Reach", "members"]

_A_USER: Final = Caller("user", "")
#: From so many carriers of a statement on, its conditions are worked out for everyone instead of one by one.
_MANY: Final = 64


class Reach:
    """Who may do something: sets of principals, disjoint; whoever is in none of them is denied."""

    __slots__ = ("allowed", "conditional", "unknown")

    def __init__(self, allowed: int, conditional: int, unknown: int) -> None:
        self.allowed = allowed
        self.conditional = conditional
        self.unknown = unknown

    @property
    def possible(self) -> int:
        """Everyone who is not surely denied."""
        return self.allowed | self.conditional | self.unknown

    def or_(self, other: Reach) -> Reach:
        """Who may do one thing or another."""
        allowed = self.allowed | other.allowed
        conditional = (self.conditional | other.conditional) & ~allowed
        return Reach(allowed, conditional, (self.unknown | other.unknown) & ~allowed & ~conditional)

    def and_(self, other: Reach) -> Reach:
        """Who may do both."""
        possible = self.possible & other.possible
        allowed = self.allowed & other.allowed
        unknown = possible & (self.unknown | other.unknown)
        return Reach(allowed, possible & ~allowed & ~unknown, unknown)


class Evaluation:
    """One action on one target, for everyone.

    `common` is a request without caller and without the facts of a principal; `of` gives the request of a principal by
    number.
    """

    def __init__(
        self, layers: Layers, common: Request, of: Callable[[int], Request], *, read_only: bool = False
    ) -> None:
        """With `read_only`, policies that were not read are taken to say nothing."""
        self._layers = layers
        self._read_only = read_only
        self._common = common
        self._of = of
        self._requests: dict[int, Request] = {}
        self._denied_surely = self._denied_maybe = 0
        # Who needs an open test to come out true, and who to come out false, by the key of the test.
        self._wanting: dict[object, int] = {}
        self._shunning: dict[object, int] = {}
        self._alike = common.resource_policy is None or isinstance(common.resource_policy[1], Unread)

    def reach(self) -> Reach:
        """Who may do it."""
        layers, common = self._layers, self._common
        if not layers.carriers:
            return Reach(0, 0, 0)
        if needs_nothing(layers.carriers[0].caller, common.action):
            return Reach(layers.everyone, 0, 0)
        identity_named, boundary_named = layers.named(common.action)
        unread = layers.unread_identity | layers.unread_boundary
        identity = self._layer(identity_named, 0 if self._read_only else layers.unread_identity)
        boundary = self._layer(boundary_named, layers.unread_boundary)
        unbounded = layers.everyone & ~layers.bounded | (layers.unread_boundary if self._read_only else 0)
        boundary = (boundary[0] | unbounded, boundary[1] | unbounded)
        scps = self._scps()
        self._rcps()
        sure, possible = self._allowed(identity, boundary)
        sure &= scps[0] & ~self._denied_surely & ~self._denied_maybe
        possible &= scps[1] & ~self._denied_surely
        if self._read_only:
            unread = 0
        if common.resource_policy is not None and isinstance(common.resource_policy[1], Unread):
            unread = layers.everyone
        found = Reach(sure & ~unread, possible & ~sure & ~unread, possible & unread)
        return self._exactly(found)

    def _exactly(self, found: Reach) -> Reach:
        """With those looked at one by one who need the same test both ways, which may be impossible or certain."""
        doubtful = 0
        for key, who in self._wanting.items():
            doubtful |= who & self._shunning.get(key, 0)
        doubtful &= found.conditional | found.unknown
        known: dict[object, str] = {}
        for number in members(doubtful):
            carrier = self._layers.carriers[number]
            same: object = number
            if self._alike:
                same = (carrier.caller.kind, carrier.caller.service_linked, *_identities(carrier))
            if same not in known:
                known[same] = decide(self._request(number)).outcome
            bit = 1 << number
            if known[same] != "open":
                sure = found.allowed | bit if known[same] == "allow" else found.allowed
                found = Reach(sure, found.conditional & ~bit, found.unknown & ~bit)
        return found

    # --- layers -------------------------------------------------------------------------------------------

    def _layer(self, named: Named, unread: int = 0) -> Pair:
        """Who is allowed by some statement, surely and possibly; what denies is noted."""
        sure = possible = named.allowed
        self._denied_surely |= named.denied
        for limited in named.limited:
            statement = limited.statement
            found = self._covered(statement, self._about(limited), limited.keys)
            if statement.allow:
                sure |= found[0]
                possible |= found[1]
            else:
                self._deny(found)
        return sure, possible | unread

    def _deny(self, found: Pair) -> None:
        self._denied_surely |= found[0]
        self._denied_maybe |= found[1] & ~found[0]

    def _about(self, limited: Limited) -> int:
        """Whoever carries a statement that may be about the target, with the variables in its resources put in."""
        target, statement = self._common.target, limited.statement
        if not statement.variables or not limited.keys or target.pattern or statement.not_resource:
            return limited.who
        if not self._nothing_given(limited.keys):
            return limited.who
        return limited.maybe_about(target.text, self._layers.values_of)

    def _covered(
        self, statement: Statement, who: int, keys: Sequence[str], requirement: Requirement = True
    ) -> Pair:
        """For whom of `who` Resource and Condition cover the target, surely and possibly.

        `keys`: the keys of principals that the statement looks at.
        """
        if not who:
            return 0, 0
        if not keys:
            return self._alike_for(statement, who, both(requirement, requirement_of(statement, self._common)))
        self._alike = False
        # Without the facts of a principal: often the resource tells that the statement is about something else.
        if covers_resource(statement, self._common.target, self._common.context, _anything) is False:
            return 0, 0
        if who.bit_count() >= _MANY and not statement.with_variables and self._nothing_given(keys):
            return self._by_conditions(statement, who, requirement)
        sure = possible = 0
        for same in self._layers.alike(keys, who):
            request = self._request(same.bit_length() - 1)
            found = self._alike_for(statement, same, both(requirement, requirement_of(statement, request)))
            sure |= found[0]
            possible |= found[1]
        return sure, possible

    def _alike_for(self, statement: Statement, who: int, found: Requirement) -> Pair:
        if found is False:
            return 0, 0
        if found is True:
            return who, who
        self._note(found, who, statement)
        return 0, who

    def _note(self, requirement: Requirement, who: int, statement: Statement) -> None:
        for leaf in leaves(requirement):
            if not isinstance(leaf, Unread):
                noted = self._wanting if leaf.wanted is statement.allow else self._shunning
                noted[leaf.key] = noted.get(leaf.key, 0) | who

    def _nothing_given(self, keys: Sequence[str]) -> bool:
        """Whether the person who asks leaves these keys of principals alone."""
        unknown = self._common.unknown
        return all(key not in self._common.context and (unknown is None or unknown(key)) for key in keys)

    def _by_conditions(self, statement: Statement, who: int, requirement: Requirement) -> Pair:
        """For many principals: each condition on a key of principals is worked out for all of them, and kept."""
        others = []
        sure, possible = who, who
        for condition in statement.conditions:
            if not depends_on_principal(condition.key):
                others.append(condition)
                continue
            fulfilled, open_for = self._layers.fulfilling(condition, self._request)
            sure &= fulfilled
            possible &= fulfilled | open_for
            if possible & open_for:
                self._note(Proviso(condition), possible & open_for, statement)
        found = both(requirement, requirement_of(statement, self._common, others))
        common = self._alike_for(statement, possible, found)
        return sure & common[0], common[1]

    def _request(self, number: int) -> Request:
        found = self._requests.get(number)
        if found is None:
            found = self._requests[number] = self._of(number)
        return found

    def _scps(self) -> Pair:
        everyone, bound = self._layers.everyone, self._layers.everyone & ~self._layers.linked
        sure = possible = everyone
        for level in self._common.scps:
            allowed = self._layer(Named((statement, bound) for statement in self._statements(level)))
            sure &= allowed[0] | self._layers.linked
            possible &= allowed[1] | self._layers.linked
        return sure, possible

    def _rcps(self) -> None:
        if beyond_rcps(self._common.action):
            return
        for level in self._common.rcps:
            for statement in self._statements(level):
                if not statement.allow:
                    self._deny_meant(statement, ~self._layers.linked)

    def _statements(self, sources: Sequence[Source]) -> Iterator[Statement]:
        for _, document in sources:
            if isinstance(document, Unread):
                continue
            for statement in document.statements:
                if statement.matches_action(self._common.action) is not statement.not_action:
                    yield statement

    def _deny_meant(self, statement: Statement, among: int) -> None:
        for _, who, requirement in self._meant(statement):
            self._deny(self._covered(statement, who & among, personal_keys(statement), requirement))

    # --- the resource's side ------------------------------------------------------------------------------

    def _allowed(self, identity: Pair, boundary: Pair) -> Pair:
        layers, common = self._layers, self._common
        direct, granted, delegated = self._by_resource()
        free = layers.users if needs_no_allow(_A_USER, common.action) else 0
        direct = (direct[0] | free, direct[1] | free)
        found = []
        for side in (0, 1):
            if common.resource_account != layers.account:
                found.append(
                    (direct[side] | granted[side] | delegated[side]) & identity[side] & boundary[side]
                )
                continue
            own = identity[side] & delegated[side] if must_be_granted(common) else identity[side]
            found.append(direct[side] | ((granted[side] | own) & boundary[side]))
        return found[0], found[1]

    def _by_resource(self) -> tuple[Pair, Pair, Pair]:
        """Whom the resource's policy names itself, whom it grants, and to whose account it delegates."""
        source = self._common.resource_policy
        direct = granted = delegated = (0, 0)
        if source is None:
            return direct, granted, delegated
        if isinstance(source[1], Unread):
            return direct, (0, self._layers.everyone), delegated
        for statement in self._statements((source,)):
            if not statement.allow:
                self._deny_meant(statement, self._layers.everyone)
                continue
            for naming, who, requirement in self._meant(statement):
                found = self._covered(statement, who, personal_keys(statement), requirement)
                if is_direct(Hit("resource", "", statement, True, naming)):
                    direct = (direct[0] | found[0], direct[1] | found[1])
                elif naming == "account":
                    delegated = (delegated[0] | found[0], delegated[1] | found[1])
                else:
                    granted = (granted[0] | found[0], granted[1] | found[1])
        return direct, granted, delegated

    def _meant(self, statement: Statement) -> Iterator[tuple[Naming | None, int, Requirement]]:
        """Whom the Principal element means, and how: (naming, principals, what else must be so)."""
        layers, element = self._layers, statement.principal
        if element is not None and element.everyone and not statement.not_principal and not element.aws[1:]:
            yield "everyone", layers.everyone, True
            return
        probe = self._common.of(self._common.caller, self._common.context, self._common.unknown)
        groups: dict[Naming | None, int] = {}
        for number in layers.candidates(statement):
            carrier = layers.carriers[number]
            probe.caller, probe.boundary = carrier.caller, carrier.boundary
            who, naming = means(statement, probe)
            if who is True:
                groups[naming] = groups.get(naming, 0) | 1 << number
            elif who is not False:
                self._alike = False
                yield naming, 1 << number, who
        for naming, members_of in groups.items():
            yield naming, members_of, True


def _anything(key: str) -> bool:
    return True


def _identities(carrier: Carrier) -> Iterator[int]:
    yield from (id(document) for _, document in carrier.identity)
    yield -1
    yield from (id(document) for _, document in carrier.boundary or ())
