"""Separation of duty: who holds two duties that one identity should not, by itself or by what it can become.

    separation = Separation(index, permissions, book, escalation)
    separation.matrix()                                 # duty × duty with counts
    separation.held("key-data")                         # who, how certainly, directly or by becoming someone
    separation.case("key-data", arn)                    # by which statements, over which roles
    separation.changes("key-data", arn)                 # what alone would separate the two (asks the what-if engine)

Administrators hold every duty; they are counted apart, because separating them means not to be administrators.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Final, Literal

import msgspec

from srtui.access import AccessIndex, Reach, Reason
from srtui.account import Account
from srtui.escalation.escalation import Escalation
from srtui.escalation.explain import Route
from srtui.escalation.graph import Goal
from srtui.policy.effective import EffectivePermissions
from srtui.responsibility.verdict import SEVERITIES, Severity
from srtui.risk.duties import Conflict, Duty, DutyBook
from srtui.risk.holders import Holders, arns

Certainty = Literal["sure", "conditional", "unknown"]
#: Paths that hold on conditions count; what would need something that does not exist does not.
_LEVEL: Final = 1
#: So many actions of a duty are explained, each with its statements.
_MOST_ACTIONS: Final = 12


class Held(msgspec.Struct, frozen=True):
    """One identity with two duties that conflict. `direct`: by its own permissions, else by what it can become."""

    conflict: str
    arn: str
    direct: bool
    certainty: Certainty
    severity: Severity


class Cell(msgspec.Struct, frozen=True):
    """How many identities hold both of two duties: surely, on conditions, perhaps (unread), and only by becoming others."""

    one: str
    two: str
    conflicts: tuple[str, ...]
    sure: int
    conditional: int
    unknown: int
    reachable: int


class Matrix(msgspec.Struct, frozen=True):
    """Every pair of duties, each once. `administrators` hold all of them and are in no cell."""

    duties: tuple[Duty, ...]
    cells: Mapping[tuple[str, str], Cell]
    administrators: int


class Side(msgspec.Struct, frozen=True):
    """How one duty of a conflict is held: its actions that are allowed, by which statements, and over which roles."""

    duty: str
    actions: tuple[str, ...]
    reasons: tuple[Reason, ...]
    facts: tuple[str, ...]  # for duties that are states: what is so
    route: Route | None  # how the identity becomes who holds it; None: by itself


class Case(msgspec.Struct, frozen=True):
    """One conflict of one identity, explained. `resource`: the same one that both duties are about, if that matters."""

    held: Held
    resource: str
    one: Side
    two: Side


class Separation:
    """The duties of an account's principals. Everything is worked out when it is asked for, and kept."""

    def __init__(
        self,
        index: AccessIndex,
        permissions: Mapping[str, EffectivePermissions],
        book: DutyBook,
        escalation: Callable[[], Escalation],
        *,
        whole: Account | None = None,
    ) -> None:
        """`whole`: the account that resources are looked up in, if the index is of a part of it."""
        self.index = index
        self.book = book
        self.holders = Holders(index, book, whole)
        self._permissions = permissions
        self._escalate = escalation
        self._reachable: dict[str, int] = {}
        self._directly: dict[str, Reach] = {}

    @cached_property
    def administrators(self) -> int:
        """Who is administrator, and so holds every duty."""
        bits = 0
        for number, principal in enumerate(self.index.principals):
            found = self._permissions.get(principal.arn)
            bits |= (found is not None and found.admin is not None) << number
        return bits

    @cached_property
    def escalation(self) -> Escalation:
        """The graph of who becomes whom."""
        return self._escalate()

    # --- who ----------------------------------------------------------------------------------------------

    def directly(self, conflict: Conflict) -> Reach:
        """Who holds both duties by its own permissions, administrators left out."""
        found = self._directly.get(conflict.id)
        if found is None:
            one, two = self.holders.of(conflict.one), self.holders.of(conflict.two)
            if conflict.same:
                both = Reach(0, 0, 0)
                for resource, reach in one.by_resource.items():
                    if resource in two.by_resource:
                        both = both.or_(reach.and_(two.by_resource[resource]))
            else:
                both = one.reach.and_(two.reach)
            found = self._directly[conflict.id] = self._without_administrators(both)
        return found

    def _without_administrators(self, reach: Reach) -> Reach:
        keep = ~self.administrators
        return Reach(reach.allowed & keep, reach.conditional & keep, reach.unknown & keep)

    def reachable(self, conflict: Conflict) -> int:
        """Who holds both only by becoming others. Whoever becomes administrator is left out: that is another finding."""
        found = self._reachable.get(conflict.id)
        if found is None:
            one, two = self.book.duties[conflict.one], self.book.duties[conflict.two]
            found = 0
            # A state cannot be reached: becoming a role that has a boundary does not give one a boundary.
            if one.state in _REACHED and two.state in _REACHED:
                found = self._reaching(conflict) & ~self.directly(conflict).possible & ~self._becoming_admin
            self._reachable[conflict.id] = found
        return found

    def _reaching(self, conflict: Conflict) -> int:
        one, two = self.holders.of(conflict.one), self.holders.of(conflict.two)
        if not conflict.same:
            return self._to(one.reach) & self._to(two.reach)
        bits = 0
        for resource, reach in one.by_resource.items():
            if resource in two.by_resource:
                bits |= self._to(reach) & self._to(two.by_resource[resource])
        return bits

    def _to(self, reach: Reach) -> int:
        """Everyone who is or becomes one of these, of those who are not administrators."""
        goal = (reach.allowed | reach.conditional) & ~self.administrators
        return self.escalation.graph.reaching(Goal(goal), _LEVEL) & self._everyone

    @cached_property
    def _everyone(self) -> int:
        return self.holders.everyone & ~self.administrators

    @cached_property
    def _becoming_admin(self) -> int:
        graph = self.escalation.graph
        return graph.reaching(graph.to_admin, _LEVEL)

    def held(self, conflict: str, *, reachable: bool = True) -> tuple[Held, ...]:
        """Everyone with a conflict, the most certain first. Raises KeyError."""
        found = self.book.conflicts[conflict]
        direct = self.directly(found)
        sets: list[tuple[int, Certainty]] = [
            (direct.allowed, "sure"),
            (direct.conditional, "conditional"),
            (direct.unknown, "unknown"),
        ]
        held = [
            Held(conflict, arn, True, certainty, found.severity)
            for bits, certainty in sets
            for arn in arns(self.index, bits)
        ]
        if reachable:
            held += [
                Held(conflict, arn, False, "conditional", _lower(found.severity))
                for arn in arns(self.index, self.reachable(found))
            ]
        return tuple(held)

    def conflicts_of(self, arn: str, *, reachable: bool = True) -> tuple[Held, ...]:
        """The conflicts of one identity. Raises KeyError."""
        bit = 1 << self.index.numbers[arn]
        found = []
        for conflict in self.book.conflicts.values():
            direct = self.directly(conflict)
            if direct.possible & bit:
                certainty: Certainty = (
                    "sure"
                    if direct.allowed & bit
                    else "conditional"
                    if direct.conditional & bit
                    else "unknown"
                )
                found.append(Held(conflict.id, arn, True, certainty, conflict.severity))
            elif reachable and self.reachable(conflict) & bit:
                found.append(Held(conflict.id, arn, False, "conditional", _lower(conflict.severity)))
        return tuple(sorted(found, key=lambda one: SEVERITIES.index(one.severity)))

    def matrix(self, *, reachable: bool = True) -> Matrix:
        """Duty × duty: pairs that conflict as the conflict says, all others as "holds both"."""
        duties = tuple(self.book.duties.values())
        cells = {}
        for place, one in enumerate(duties):
            for two in duties[place + 1 :]:
                cells[one.id, two.id] = self._cell(one, two, reachable)
        return Matrix(duties, cells, (self.administrators & self.holders.everyone).bit_count())

    def _cell(self, one: Duty, two: Duty, reachable: bool) -> Cell:
        conflicts = self.book.conflicts_of(one.id, two.id)
        reach = Reach(0, 0, 0)
        becoming = 0
        for conflict in conflicts:
            reach = reach.or_(self.directly(conflict))
            becoming |= self.reachable(conflict) if reachable else 0
        if not conflicts:
            both = self.holders.of(one.id).reach.and_(self.holders.of(two.id).reach)
            reach = self._without_administrators(both)
        return Cell(
            one=one.id,
            two=two.id,
            conflicts=tuple(conflict.id for conflict in conflicts),
            sure=reach.allowed.bit_count(),
            conditional=reach.conditional.bit_count(),
            unknown=reach.unknown.bit_count(),
            reachable=(becoming & ~reach.possible).bit_count(),
        )

    # --- why ----------------------------------------------------------------------------------------------

    def case(self, conflict: str, arn: str) -> Case:
        """A conflict of one identity, explained. Raises KeyError if it has none such."""
        held = next((one for one in self.conflicts_of(arn) if one.conflict == conflict), None)
        if held is None:
            raise KeyError(f"{arn} has no conflict {conflict}")
        found = self.book.conflicts[conflict]
        resource = self._shared_resource(found, arn, held.direct)
        return Case(
            held=held,
            resource=resource,
            one=self.side(found.one, arn, resource, direct=held.direct),
            two=self.side(found.two, arn, resource, direct=held.direct),
        )

    def _shared_resource(self, conflict: Conflict, arn: str, direct: bool) -> str:
        """The first resource on which the identity holds both duties; "" if that does not matter."""
        if not conflict.same:
            return ""
        bit = 1 << self.index.numbers[arn]
        one, two = self.holders.of(conflict.one), self.holders.of(conflict.two)
        for resource, reach in one.by_resource.items():
            other = two.by_resource.get(resource)
            if other is None:
                continue
            both = reach.and_(other).possible if direct else self._to(reach) & self._to(other)
            if both & bit:
                return resource
        return ""

    def side(self, duty: str, arn: str, resource: str = "", *, direct: bool = True) -> Side:
        """How an identity holds a duty, or becomes who does. Raises KeyError."""
        number = self.index.numbers[arn]
        holding = self.holders.of(duty)
        reach = holding.by_resource.get(resource, holding.reach)
        if direct or reach.possible >> number & 1:
            return self._own_side(self.book.duties[duty], arn, resource, None)
        graph = self.escalation.graph
        goal = Goal((reach.allowed | reach.conditional) & ~self.administrators)
        path = next(iter(graph.paths(number, goal, _LEVEL, 1)), None)
        route = self.escalation.explainer.route(path) if path is not None else None
        who = route.end if route is not None and route.end in self.index.numbers else arn
        return self._own_side(self.book.duties[duty], who, resource, route)

    def _own_side(self, duty: Duty, arn: str, resource: str, route: Route | None) -> Side:
        facts = (_STATES[duty.state],) if duty.state is not None else ()
        actions: dict[str, None] = {}
        reasons: dict[str, Reason] = {}
        for asking in self.holders.held_askings(duty, arn, resource, _MOST_ACTIONS):
            actions[asking.action] = None
            for reason in self.index.can(arn, asking.action, asking.target, dict(asking.given)).allowed_by:
                reasons.setdefault(reason.label, reason)
        return Side(duty.id, tuple(actions), tuple(reasons.values()), facts, route)


#: States that one does not take on by becoming someone else are not among these; None stands for actions.
_REACHED: Final = (None, "production", "other")
_STATES: Final = {
    "console": "has a console password",
    "keys": "has active access keys",
    "bound": "control policies of the organisation bind it",
    "bounded": "has a permissions boundary",
    "production": "may change resources that are tagged as production",
    "other": "may change resources that are tagged as development or test",
}


def _lower(severity: Severity) -> Severity:
    """One step less severe."""
    return SEVERITIES[min(SEVERITIES.index(severity) + 1, len(SEVERITIES) - 1)]
