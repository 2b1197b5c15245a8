"""What would be left of the graph without some statements, trusts or memberships: who still gets to administrator."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import msgspec

from srtui.access.batch import Granting
from srtui.access.reach import members
from srtui.account.model import Group, User
from srtui.escalation.edges import ADMIN, Alternatives, Ask, Asker, Edge
from srtui.escalation.engine import Built
from srtui.policy.document import Document
from srtui.policy.grants import NamedDocument

#: Conditional paths count, unread and missing ones do not.
LEVEL: Final = 1

#: (ARN, name, statement) of a policy's statement
Place = tuple[str, str, int]


class Membership(msgspec.Struct, frozen=True):
    """That a user, by number, is in a group."""

    user: int
    group: str  # ARN


#: What could be taken away: a statement, the trust of a role (its ARN), or a membership.
Removal = Place | str | Membership


class Without:
    """A graph from which something is taken away. What it says is on the safe side: more is never stopped than it says."""

    def __init__(self, built: Built) -> None:
        self.built = built
        self.graph = built.graph
        self.goal = built.graph.to_admin
        self.real = (1 << len(built.principals)) - 1
        self.reaching = self.graph.reaching(self.goal, LEVEL)
        self.starts = self.reaching & self.real & ~built.admins
        self._asker: Asker = built.askers[0][1]
        self._named = self._named_documents()
        self._places: dict[int, Place] = {}
        self._asked: dict[Ask, list[Granting]] = {}
        #: the edges on ways to administrator by what could be taken from them, those alike together
        self.edges_of: dict[Removal, list[list[Edge]]] = {}
        #: who uses it there, and who has it
        self.users: dict[Removal, int] = {}
        self.carriers: dict[Removal, int] = {}
        self.statements: dict[Removal, Granting] = {}
        self._alike = list(self._relevant())
        for edges in self._alike:
            self._note(edges)

    def _relevant(self) -> Iterator[list[Edge]]:
        """The edges of principals on ways to administrator, those together that the same statements give.

        Whoever may manage every user has an edge into each of them: what is worked out for one holds for all.
        """
        alike: dict[tuple[object, ...], list[Edge]] = {}
        on_the_way = self.reaching & self.real
        for target, edges in self.graph.into.items():
            if target == ADMIN or self.reaching >> target & 1:
                for edge in edges:
                    if not edge.missing and (edge.sources.allowed | edge.sources.conditional) & on_the_way:
                        alike.setdefault(self._likeness(edge), []).append(edge)
        yield from alike.values()

    def _likeness(self, edge: Edge) -> tuple[object, ...]:
        """Equal for edges that any cut leaves to the same principals."""
        return (
            id(edge.sources),
            tuple(map(self._likeness_of_use, edge.uses)),
            tuple(
                (option.sources.possible, tuple(map(self._likeness_of_use, option.uses)))
                for option in edge.options
            ),
            edge.via if edge.technique.enter == "assume" else "",
        )

    def _likeness_of_use(self, use: Alternatives) -> tuple[object, ...]:
        return tuple(
            (id(self._granting(ask)), ask.arn if ask.action == "sts:AssumeRole" else "") for ask in use
        )

    def _named_documents(self) -> dict[int, NamedDocument]:
        found: dict[int, NamedDocument] = {}
        for carrier in self.built.index.carriers:
            for source, document in carrier.identity:
                if isinstance(document, Document) and isinstance(source, NamedDocument):
                    found.setdefault(id(document), source)
        return found

    def _note(self, edges: list[Edge]) -> None:
        """What could be taken from edges that are alike, and who uses it."""
        for key, bits in self.removals(edges[0]).items():
            used = bits & self.reaching
            if used:
                self.users[key] = self.users.get(key, 0) | used
                self.edges_of.setdefault(key, []).append(edges)

    def removals(self, edge: Edge) -> dict[Removal, int]:
        """The statements and trusts that an edge rests on, with who has it by them."""
        sources = edge.sources.allowed | edge.sources.conditional
        found: dict[Removal, int] = {}
        for ask in _asks(edge):
            for granting in self._granting(ask):
                place = self._place(granting)
                found[place] = found.get(place, 0) | granting.possible & sources
                self.statements[place] = granting
                self.carriers[place] = self.carriers.get(place, 0) | granting.possible
        if edge.technique.enter == "assume" and edge.via:
            found[edge.via] = sources
        return found

    def given_by(self, key: Removal, technique: str) -> set[str]:
        """The actions that a technique has from a statement."""
        return {
            ask.action
            for edges in self.edges_of[key]
            for edge in edges
            if edge.technique.id == technique
            for ask in _asks(edge)
            if any(self._place(granting) == key for granting in self._granting(ask))
        }

    def named(self, granting: Granting) -> NamedDocument:
        """The policy of a statement."""
        return self._named[id(granting.document)]

    # --- taking away --------------------------------------------------------------------------------------

    def stopped(self, removals: Collection[Removal]) -> int:
        """The starts that have no way to administrator left."""
        masks = dict(self.graph.masks(LEVEL))
        cut: dict[int, int] = {}
        targets: set[int] = set()
        for edges in self._touched(removals):
            left = self.left(edges[0], removals)
            cut |= {id(edge): left for edge in edges}
            targets |= {edge.target for edge in edges}
        for target in targets:
            bits = 0
            for edge in self.graph.into[target]:
                if not edge.missing:
                    whole = edge.sources.allowed | edge.sources.conditional
                    bits |= whole & cut[id(edge)] if id(edge) in cut else whole
            masks[target] = bits
        kept = 0
        for layer in self.graph.layers_with(self.goal, masks):
            kept |= layer
        return self.starts & ~kept

    def _touched(self, removals: Collection[Removal]) -> Iterator[list[Edge]]:
        seen: set[int] = set()
        for key in removals:
            found = (
                [edges for edges in self._alike if edges[0].sources.possible >> key.user & 1]
                if isinstance(key, Membership)
                else self.edges_of.get(key, ())
            )
            for edges in found:
                if id(edges) not in seen:
                    seen.add(id(edges))
                    yield edges

    def left(self, edge: Edge, removals: Collection[Removal]) -> int:
        """Who keeps an edge; everyone that is not a real principal does."""
        beyond = ~self.real
        if edge.technique.enter == "assume" and edge.via in removals:
            return beyond
        left = -1
        for use in edge.uses:
            left &= self._left_of(use, removals)
        if edge.options:
            some = 0
            for option in edge.options:
                kept = option.sources.possible
                for use in option.uses:
                    kept &= self._left_of(use, removals)
                some |= kept
            left &= some
        return left | beyond

    def _left_of(self, use: Alternatives, removals: Collection[Removal]) -> int:
        """Who keeps a permission."""
        memberships = [one for one in removals if isinstance(one, Membership)]
        left = 0
        for ask in use:
            gone = others = 0
            for granting in self._granting(ask):
                place, possible = self._place(granting), granting.possible
                lost = possible if place in removals else 0
                for one in memberships:
                    if possible >> one.user & 1 and self._only_through(one, place[0]):
                        lost |= 1 << one.user
                gone |= lost
                others |= possible & ~lost
            kept = ~(gone & ~others)
            if ask.action == "sts:AssumeRole":
                kept |= self._named_in_trust(ask.arn)
            left |= kept
        return left

    def memberships(self, number: int) -> list[Membership]:
        """The groups that a user could leave. One that denies something is none: without it more may be possible."""
        user = self.built.principals[number]
        groups = (
            [self.built.account.group_named(name) for name in user.groups] if isinstance(user, User) else []
        )
        return [
            Membership(number, group.arn) for group in groups if group is not None and not self._denies(group)
        ]

    def _denies(self, group: Group) -> bool:
        texts: list[Mapping[str, Any] | None] = [one.document for one in group.inline]
        policies = self.built.account.policies
        texts += [policies[arn].document if arn in policies else None for arn in group.attached]
        return any(text is None or b'"Deny"' in msgspec.json.encode(text) for text in texts)

    def _only_through(self, membership: Membership, policy: str) -> bool:
        """Whether a user has a policy by this membership alone."""
        user = self.built.principals[membership.user]
        if not isinstance(user, User) or policy in user.attached:
            return False
        groups = [
            group for name in user.groups if (group := self.built.account.group_named(name)) is not None
        ]
        having = [group.arn for group in groups if policy == group.arn or policy in group.attached]
        return having == [membership.group]

    def _place(self, granting: Granting) -> Place:
        """Where a statement stands. A policy that both groups and roles carry is one policy."""
        found = self._places.get(id(granting))
        if found is None:
            named = self._named[id(granting.document)]
            found = self._places[id(granting)] = (named.arn or "", named.name, granting.statement.index)
        return found

    def _granting(self, ask: Ask) -> list[Granting]:
        found = self._asked.get(ask)
        if found is None:
            found = self._asked[ask] = self._asker.batch.granting(ask.action, ask.arn, dict(ask.given))
        return found

    def _named_in_trust(self, arn: str) -> int:
        """Who may assume a role by its trust alone."""
        role = self.built.account.roles.get(arn)
        if role is None:
            return 0
        bits = 0
        text = msgspec.json.encode(role.trust).decode()
        for number in members(self._asker.batch.reach("sts:AssumeRole", arn).possible):
            if f'"{self.built.principals[number].arn}"' in text:
                bits |= 1 << number
        return bits


def _asks(edge: Edge) -> Iterator[Ask]:
    for use in edge.uses:
        yield from use
    for option in edge.options:
        for use in option.uses:
            yield from use
