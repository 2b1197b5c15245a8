"""Who has access, for all principals at once: sets of principals are ints, one bit a principal.

Each statement that names the action is evaluated once, not once a principal, unless one of its conditions or variables
has a value of its own for each principal. The result is the same as asking `decide` for every one of them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from srtui.access.facts import depends_on_principal
from srtui.account.model import Role, User
from srtui.policy.covering import means, requirement_of
from srtui.policy.decide import beyond_rcps, decide, is_direct, must_be_granted, needs_no_allow, needs_nothing
from srtui.policy.document import Document, Statement
from srtui.policy.principal import Caller, Naming
from srtui.policy.request import Hit, Request, Source
from srtui.policy.requirement import Requirement, Unread, both


class Carrier:
    """A user or role with the policies it carries."""

    __slots__ = ("boundary", "caller", "identity", "principal")

    def __init__(
        self,
        principal: User | Role,
        caller: Caller,
        identity: Sequence[Source],
        boundary: Sequence[Source] | None,
    ) -> None:
        self.principal = principal
        self.caller = caller
        self.identity = identity
        self.boundary = boundary


_A_USER: Final = Caller("user", "")


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


def members(bits: int) -> Iterator[int]:
    """The numbers of the principals in a set, ascending."""
    text = bin(bits)[:1:-1]
    number = text.find("1")
    while number != -1:
        yield number
        number = text.find("1", number + 1)


#: A statement, who carries it, and whether what it asks has a value of its own for each principal.
_Limited = tuple[Statement, int, bool]
#: Two sets of principals: of whom something is surely so, and of whom it may be so. The second holds the first.
_Pair = tuple[int, int]


class Named:
    """The statements of a layer that name an action: whom those without limits allow and deny, and the others."""

    __slots__ = ("allowed", "denied", "limited")

    def __init__(self, statements: Iterable[tuple[Statement, int]]) -> None:
        self.allowed = self.denied = 0
        self.limited: list[_Limited] = []
        for statement, who in statements:
            limited = not statement.any_resource or statement.not_resource
            if limited or statement.conditions or statement.with_variables:
                self.limited.append((statement, who, _depends(statement)))
            elif statement.allow:
                self.allowed |= who
            else:
                self.denied |= who


class Layers:
    """The policies of all principals of an account, each once, with the set of who carries it."""

    def __init__(self, account: str, carriers: Sequence[Carrier]) -> None:
        self.account = account
        self.carriers = carriers
        self.everyone = (1 << len(carriers)) - 1
        self.users = self.linked = self.bounded = 0
        self.unread_identity = self.unread_boundary = 0
        self._identity: dict[int, tuple[Document, int]] = {}
        self._boundary: dict[int, tuple[Document, int]] = {}
        self._named: dict[str, tuple[Named, Named]] = {}
        self._by_arn: dict[str, int] = {}
        self._by_role_name: dict[str, int] = {}
        for number, carrier in enumerate(carriers):
            bit = 1 << number
            arn = carrier.principal.arn
            self._by_arn[arn] = number
            if carrier.caller.kind == "user":
                self.users |= bit
            else:
                self._by_role_name[arn.rpartition("/")[2]] = number
            self.linked |= bit if carrier.caller.service_linked else 0
            self.unread_identity |= _carry(carrier.identity, bit, self._identity)
            if carrier.boundary is not None:
                self.bounded |= bit
                self.unread_boundary |= _carry(carrier.boundary, bit, self._boundary)

    def candidates(self, statement: Statement) -> Iterable[int]:
        """The numbers of the principals whom a Principal element may mean."""
        element = statement.principal
        if element is None or statement.not_principal or element.everyone or not statement.allow:
            return range(len(self.carriers))
        found = set()
        for name in element.aws:
            if name == self.account or name.endswith(":root"):
                return range(len(self.carriers))
            number = self._by_arn.get(name)
            if number is None and ":assumed-role/" in name:
                number = self._by_role_name.get(name.split("/")[1])
            if number is not None:
                found.add(number)
        return found

    def named(self, action: str) -> tuple[Named, Named]:
        """The statements of identity policies and of boundaries that name a lower-case action."""
        found = self._named.get(action)
        if found is None:
            if len(self._named) >= 64:
                self._named.clear()
            found = self._named[action] = (_naming(self._identity, action), _naming(self._boundary, action))
        return found


def _carry(sources: Sequence[Source], bit: int, found: dict[int, tuple[Document, int]]) -> int:
    unread = 0
    for _, document in sources:
        if isinstance(document, Unread):
            unread = bit
        else:
            found[id(document)] = (document, found.get(id(document), (document, 0))[1] | bit)
    return unread


def _naming(documents: dict[int, tuple[Document, int]], action: str) -> Named:
    return Named(
        (statement, carriers)
        for document, carriers in documents.values()
        for statement in document.statements
        if statement.matches_action(action) is not statement.not_action
    )


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
        # Who has some statement, and who has two or more, of which it is not sure that they count.
        self._unsure = self._unsure_twice = 0
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
        unbounded = layers.everyone & ~layers.bounded
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
        """With those looked at one by one of whom two or more open tests might cancel each other out."""
        doubtful = (found.conditional | found.unknown) & self._unsure_twice
        known: dict[object, str] = {}
        for number in members(doubtful):
            carrier = self._layers.carriers[number]
            key: object = number
            if self._alike:
                key = (carrier.caller.kind, carrier.caller.service_linked, *_identities(carrier))
            if key not in known:
                known[key] = decide(self._request(number)).outcome
            bit = 1 << number
            if known[key] != "open":
                sure = found.allowed | bit if known[key] == "allow" else found.allowed
                found = Reach(sure, found.conditional & ~bit, found.unknown & ~bit)
        return found

    # --- layers -------------------------------------------------------------------------------------------

    def _layer(self, named: Named, unread: int = 0) -> _Pair:
        """Who is allowed by some statement, surely and possibly; what denies is noted."""
        sure = possible = named.allowed
        self._denied_surely |= named.denied
        for statement, carriers, depends in named.limited:
            found = self._covered(statement, carriers, depends)
            if statement.allow:
                sure |= found[0]
                possible |= found[1]
            else:
                self._deny(found)
        return sure, possible | unread

    def _deny(self, found: _Pair) -> None:
        self._denied_surely |= found[0]
        self._denied_maybe |= found[1] & ~found[0]

    def _covered(
        self, statement: Statement, who: int, depends: bool, requirement: Requirement = True
    ) -> _Pair:
        """For whom of `who` Resource and Condition cover the target, surely and possibly."""
        if not depends:
            found = both(requirement, requirement_of(statement, self._common))
            if found is False:
                return 0, 0
            sure, possible = (who if found is True else 0), who
        else:
            self._alike = False
            sure = possible = 0
            for number in members(who):
                found = both(requirement, requirement_of(statement, self._request(number)))
                sure |= (found is True) << number
                possible |= (found is not False) << number
        unsure = possible & ~sure
        self._unsure_twice |= self._unsure & unsure
        self._unsure |= unsure
        return sure, possible

    def _request(self, number: int) -> Request:
        found = self._requests.get(number)
        if found is None:
            found = self._requests[number] = self._of(number)
        return found

    def _scps(self) -> _Pair:
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
            self._deny(self._covered(statement, who & among, _depends(statement), requirement))

    # --- the resource's side ------------------------------------------------------------------------------

    def _allowed(self, identity: _Pair, boundary: _Pair) -> _Pair:
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

    def _by_resource(self) -> tuple[_Pair, _Pair, _Pair]:
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
                found = self._covered(statement, who, _depends(statement), requirement)
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
        probe = copy.copy(self._common)
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


def _identities(carrier: Carrier) -> Iterator[int]:
    yield from (id(document) for _, document in carrier.identity)
    yield -1
    yield from (id(document) for _, document in carrier.boundary or ())


def _depends(statement: Statement) -> bool:
    """Whether a condition or a variable of the statement has a value of its own for each principal."""
    return any(
        depends_on_principal(condition.key)
        or any(depends_on_principal(variable.key) for variable in condition.variables)
        for condition in statement.conditions
    ) or any(depends_on_principal(variable.key) for variable in statement.variables)
