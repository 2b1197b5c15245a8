"""Fix first: the statements and trust policies whose removal takes the way to administrator from most principals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from srtui.access.batch import Granting
from srtui.access.reach import members
from srtui.escalation.catalogue import Technique
from srtui.escalation.edges import ADMIN, Alternatives, Ask, Asker, Edge
from srtui.escalation.engine import Built
from srtui.policy.document import Document
from srtui.policy.grants import NamedDocument

#: Conditional paths count, unread and missing ones do not.
_LEVEL: Final = 1
#: So many are tried out; those that are on the ways of most principals first.
_MOST_TRIED: Final = 60
_EXAMPLES: Final = 5

#: (ARN, name, statement) of a policy's statement, or the ARN of a role for its trust
_Place = tuple[str, str, int]
_Key = _Place | str


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """A statement, or the trust of a role, and how many lose every way, or some way, to administrator without it.

    `policy`: ARN of the managed policy, or of whom an inline policy is in; of the role for a trust. `statement` counts
    from 0; -1 for a trust. `techniques`: ids of what it makes possible on these ways.
    """

    kind: Literal["statement", "trust"]
    label: str
    policy: str
    name: str  # of the policy, or of the role
    statement: int
    carriers: int  # who has the statement; 0 for a trust
    stops: int
    weakens: int  # how many lose some way by it, those it stops among them
    of: int  # how many have a way to administrator
    starts: tuple[str, ...]  # examples of those it stops, or else of those who lose some way
    techniques: tuple[str, ...]
    fix: str


def cuts(built: Built, most: int = 20) -> tuple[Cut, ...]:
    """The best cuts, those that stop most principals first."""
    return tuple(_Search(built).found(most))


class _Search:
    def __init__(self, built: Built) -> None:
        self.built = built
        self.graph = built.graph
        self.asker: Asker = built.askers[0][1]
        real = (1 << len(built.principals)) - 1
        self.goal = self.graph.to_admin
        self.reaching = self.graph.reaching(self.goal, _LEVEL)
        self.starts = self.reaching & real & ~built.admins
        self.real = real
        self._named = self._named_documents()
        self._places: dict[int, _Place] = {}
        self._asked: dict[Ask, list[Granting]] = {}
        self._edges_of: dict[_Key, list[list[Edge]]] = {}
        self._carriers: dict[_Key, int] = {}
        self._statements: dict[_Key, Granting] = {}

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

    # --- candidates ---------------------------------------------------------------------------------------

    def found(self, most: int) -> Iterator[Cut]:
        """The best cuts in order."""
        total = self.starts.bit_count()
        if not total:
            return
        weight = self._candidates()
        tried = sorted(weight, key=lambda key: (-weight[key].bit_count(), self._order(key)))[:_MOST_TRIED]
        stopped = {key: self._stopped(key) for key in tried}
        loses = {key: (weight[key] | stopped[key]) & self.starts for key in tried}
        best = sorted(
            (key for key in tried if loses[key]),
            key=lambda key: (-stopped[key].bit_count(), -loses[key].bit_count(), self._order(key)),
        )
        for key in best[:most]:
            yield self._cut(key, stopped[key], loses[key], total)

    @staticmethod
    def _order(key: _Key) -> _Place:
        return (key, "", -1) if isinstance(key, str) else key

    def _place(self, granting: Granting) -> _Place:
        """Where a statement stands. A policy that both groups and roles carry is one policy."""
        found = self._places.get(id(granting))
        if found is None:
            named = self._named[id(granting.document)]
            found = self._places[id(granting)] = (named.arn or "", named.name, granting.statement.index)
        return found

    def _candidates(self) -> dict[_Key, int]:
        """What could be cut, with those of the starts who use it directly."""
        weight: dict[_Key, int] = {}
        for edges in self._relevant():
            edge = edges[0]
            sources = (edge.sources.allowed | edge.sources.conditional) & self.reaching
            keys: dict[_Key, int] = {}
            for ask in _asks(edge):
                for granting in self._granting(ask):
                    place = self._place(granting)
                    keys[place] = keys.get(place, 0) | granting.possible & sources
                    self._statements[place] = granting
                    self._carriers[place] = self._carriers.get(place, 0) | granting.possible
            if edge.technique.enter == "assume" and edge.via:
                keys[edge.via] = sources
            for key, bits in keys.items():
                if bits:
                    weight[key] = weight.get(key, 0) | bits
                    self._edges_of.setdefault(key, []).append(edges)
        return weight

    def _granting(self, ask: Ask) -> list[Granting]:
        found = self._asked.get(ask)
        if found is None:
            found = self._asked[ask] = self.asker.batch.granting(ask.action, ask.arn, dict(ask.given))
        return found

    # --- trying one out -----------------------------------------------------------------------------------

    def _stopped(self, key: _Key) -> int:
        """The starts that have no way left without it."""
        masks = dict(self.graph.masks(_LEVEL))
        cut: dict[int, int] = {}
        targets: set[int] = set()
        for edges in self._edges_of.get(key, ()):
            left = self._left(edges[0], key)
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

    def _left(self, edge: Edge, key: _Key) -> int:
        """Who keeps an edge without it; everyone that is not a real principal does."""
        beyond = ~self.real
        if isinstance(key, str):
            return beyond if edge.via == key and edge.technique.enter == "assume" else -1
        left = -1
        for use in edge.uses:
            left &= self._left_of(use, key)
        if edge.options:
            some = 0
            for option in edge.options:
                kept = option.sources.possible
                for use in option.uses:
                    kept &= self._left_of(use, key)
                some |= kept
            left &= some
        return left | beyond

    def _left_of(self, use: Alternatives, key: _Place) -> int:
        """Who keeps a permission without a statement."""
        left = 0
        for ask in use:
            only = others = 0
            for granting in self._granting(ask):
                if self._place(granting) == key:
                    only |= granting.possible
                else:
                    others |= granting.possible
            kept = ~(only & ~others)
            if ask.action == "sts:AssumeRole":
                kept |= self._named_in_trust(ask.arn)
            left |= kept
        return left

    def _named_in_trust(self, arn: str) -> int:
        """Who may assume a role by its trust alone."""
        role = self.built.account.roles.get(arn)
        if role is None:
            return 0
        bits = 0
        text = msgspec.json.encode(role.trust).decode()
        for number in members(self.asker.batch.reach("sts:AssumeRole", arn).possible):
            if f'"{self.built.principals[number].arn}"' in text:
                bits |= 1 << number
        return bits

    def _techniques(self, key: _Key, loses: int) -> tuple[tuple[str, ...], Technique]:
        """The techniques that it makes possible, and the one that most who lose by it could use."""
        users: dict[str, int] = {}
        for edges in self._edges_of[key]:
            sources = edges[0].sources
            using = (sources.allowed | sources.conditional) & loses
            for id in dict.fromkeys(edge.technique.id for edge in edges):
                users[id] = users.get(id, 0) | using
        # Role assumption comes last: of what a statement gives beside it, it is the least of the trouble.
        common = max(users, key=lambda id: (users[id].bit_count(), id != "sts-001"))
        return tuple(users), self.built.catalogue.technique(common)

    # --- telling it ---------------------------------------------------------------------------------------

    def _cut(self, key: _Key, stopped: int, loses: int, total: int) -> Cut:
        techniques, common = self._techniques(key, loses)
        starts = [
            self.built.principals[number].arn
            for number, _ in zip(members(stopped or loses), range(_EXAMPLES), strict=False)
        ]
        if isinstance(key, str):
            name = self.built.account.roles[key].name
            return Cut(
                kind="trust",
                label=f"trust policy of {name}",
                policy=key,
                name=name,
                statement=-1,
                carriers=0,
                stops=stopped.bit_count(),
                weakens=loses.bit_count(),
                of=total,
                starts=tuple(starts),
                techniques=techniques,
                fix=common.fix,
            )
        granting = self._statements[key]
        named = self._named[id(granting.document)]
        return Cut(
            kind="statement",
            label=f"{named}, {granting.statement.label}",
            policy=named.arn or "",
            name=named.name,
            statement=granting.statement.index,
            carriers=self._carriers[key].bit_count(),
            stops=stopped.bit_count(),
            weakens=loses.bit_count(),
            of=total,
            starts=tuple(starts),
            techniques=techniques,
            fix=common.fix,
        )


def _asks(edge: Edge) -> Iterator[Ask]:
    for use in edge.uses:
        yield from use
    for option in edge.options:
        for use in option.uses:
            yield from use
