"""Weak spots: the policies and trusts that let someone escalate, each once, with everyone who can and whom they become.

One broad statement makes a thousand edges and is one weak spot. Spots are about administrators first: whoever becomes
one in one hop; then chains, whose first hop alone looks harmless; then what else is gained.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final, Literal

import msgspec

from srtui.access.reach import members
from srtui.escalation.edges import ADMIN, Ask, Asker, Edge
from srtui.escalation.engine import Built
from srtui.escalation.explain import Explainer
from srtui.policy.catalogue import load_catalogue
from srtui.policy.document import Document
from srtui.policy.grants import NamedDocument

SpotKind = Literal[
    "self-escalation",
    "assumption",
    "principal-access",
    "new-passrole",
    "existing-passrole",
    "chain",
    "conditional",
    "lateral",
]
_EXAMPLES: Final = 25


class Spot(msgspec.Struct, kw_only=True):
    """One policy or trust that lets someone escalate. `subject`: ARN of the managed policy, of the principal whose inline
    policy it is, or of the role whose trust it is. `statements`: labels. `targets`: ARNs, `admin` for a new
    administrator.
    """

    kind: SpotKind
    subject: str
    statements: dict[str, None] = {}
    techniques: dict[str, str] = {}  # id → name
    holders: dict[str, None] = {}
    targets: dict[str, None] = {}
    conditions: dict[str, None] = {}
    example: str = ""  # a chain, for a person

    def add(self, label: str, edge: Edge, target: str) -> None:
        """Add what one edge says."""
        self.statements[label] = None
        self.techniques[edge.technique.id] = edge.technique.name
        self.targets[target] = None
        if edge.conditions:
            self.conditions.update(dict.fromkeys(edge.conditions))


class Spots:
    """The weak spots of one graph."""

    def __init__(self, built: Built, explainer: Explainer) -> None:
        self.built = built
        self.explainer = explainer
        self.asker: Asker = built.askers[0][1]
        self.real = (1 << len(built.principals)) - 1
        self._named: dict[int, NamedDocument] = {}
        self._labels: dict[tuple[int, int], str] = {}  # of statements, by document and statement
        self._by_action: dict[int, int] = {}
        self._holders: dict[tuple[SpotKind, str], int] = {}  # in numbers until all are found
        for carrier in built.index.carriers:
            for source, document in carrier.identity:
                if isinstance(document, Document) and isinstance(source, NamedDocument):
                    self._named.setdefault(id(document), source)

    def found(self) -> list[Spot]:
        """Every weak spot, by kind and subject."""
        spots: dict[tuple[SpotKind, str], Spot] = {}
        graph = self.built.graph
        sure = graph.layers(graph.to_admin, 0)
        first = sure[1] if len(sure) > 1 else 0
        settled = graph.reaching(graph.to_admin, 0)
        maybe = graph.reaching(graph.to_admin, 1) & ~settled
        for edge in graph.edges:
            if edge.missing:
                continue
            to_admin = edge.target == ADMIN or bool(self.built.admins >> edge.target & 1)
            if to_admin:
                self._collect(spots, _kind_of(edge), edge, edge.sources.allowed & first)
            if to_admin or maybe >> edge.target & 1 or settled >> max(edge.target, 0) & 1:
                who = edge.sources.allowed | edge.sources.conditional
                self._collect(spots, "conditional", edge, who & maybe)
            elif edge.target != ADMIN and edge.technique.gain != "role":
                self._collect(spots, "lateral", edge, self._gaining(edge, ~settled & ~maybe))
        self._chains(spots, sure)
        for key, spot in spots.items():
            numbers = members(self._holders[key])
            spot.holders = dict.fromkeys(self.built.principals[number].arn for number in numbers)
        return [spots[key] for key in sorted(spots)]

    # --- who gains something ------------------------------------------------------------------------------

    def _gaining(self, edge: Edge, among: int) -> int:
        """The sources for whom the target may do something that they may not."""
        target = self.built.permissions.get(self.explainer.arn(edge.target))
        left = edge.sources.allowed & self.real & among
        if target is None or not left:
            return 0
        # What is allowed on every resource cannot be surpassed; where both are limited the resources differ.
        match_all = left
        for action in members(target.actions):
            match_all &= self._holding(action)
            if not match_all:
                break
        return left & ~match_all

    def _holding(self, action: int) -> int:
        """Who may do an action, by its number, on every resource."""
        found = self._by_action.get(action)
        if found is None:
            place, bit = divmod(action, 8)
            found = 0
            for unlimited, who in self._unlimited:
                if unlimited[place] >> bit & 1:
                    found |= who
            self._by_action[action] = found
        return found

    @cached_property
    def _unlimited(self) -> tuple[tuple[bytes, int], ...]:
        """What principals may do on every resource, as bytes, each once with everyone of whom it is so."""
        size = load_catalogue().everything.bit_length() // 8 + 1
        found: dict[int, int] = {}
        for number, principal in enumerate(self.built.principals):
            unlimited = self.built.permissions[principal.arn].unlimited
            found[unlimited] = found.get(unlimited, 0) | 1 << number
        return tuple((unlimited.to_bytes(size, "little"), who) for unlimited, who in found.items())

    # --- by statement -------------------------------------------------------------------------------------

    def _collect(
        self, spots: dict[tuple[SpotKind, str], Spot], kind: SpotKind, edge: Edge, sources: int
    ) -> None:
        sources &= self.real
        if not sources:
            return
        target = self._target(edge)
        left = sources
        for ask in _first_asks(edge):
            for granting in self.asker.batch.granting(ask.action, ask.arn, dict(ask.given)):
                holders = sources & granting.possible
                if holders:
                    named = self._named[id(granting.document)]
                    key = id(granting.document), id(granting.statement)
                    label = self._labels.get(key)
                    if label is None:
                        label = self._labels[key] = f"{named}, {granting.statement.label}"
                    self._add(spots, kind, named.arn or named.name, label, edge, holders, target)
                    left &= ~holders
        if left:
            # No statement of theirs is needed: the trust of the role, or the policy of a resource, names them.
            subject = edge.via or target
            self._add(spots, kind, subject, f"policy of {subject.rpartition('/')[2]}", edge, left, target)

    def _add(
        self,
        spots: dict[tuple[SpotKind, str], Spot],
        kind: SpotKind,
        subject: str,
        label: str,
        edge: Edge,
        holders: int,
        target: str,
    ) -> None:
        spot = spots.get((kind, subject))
        if spot is None:
            spot = spots[kind, subject] = Spot(kind=kind, subject=subject)
        self._holders[kind, subject] = self._holders.get((kind, subject), 0) | holders
        spot.add(label, edge, target)

    def _target(self, edge: Edge) -> str:
        if edge.target != ADMIN:
            return self.explainer.arn(edge.target)
        return edge.via if edge.via.startswith("arn:") else "admin"

    # --- chains -------------------------------------------------------------------------------------------

    def _chains(self, spots: dict[tuple[SpotKind, str], Spot], layers: list[int]) -> None:
        """Whoever surely becomes administrator in two hops or more, by the statement of the first of them."""
        graph = self.built.graph
        for distance, layer in enumerate(layers):
            if distance < 2:
                continue
            nearer = layers[distance - 1]
            for target in members(nearer):
                for edge in graph.into.get(target, ()):
                    sources = edge.sources.allowed & layer & self.real
                    if sources and not edge.missing:
                        self._collect(spots, "chain", edge, sources)
                        self._explain(spots, edge, sources)

    def _explain(self, spots: dict[tuple[SpotKind, str], Spot], edge: Edge, sources: int) -> None:
        """Give the spots of a first hop the way of one of those who can go it."""
        graph = self.built.graph
        node = next(members(sources))
        for key, spot in spots.items():
            if key[0] == "chain" and not spot.example and self._holders[key] >> node & 1:
                for path in graph.paths(node, graph.to_admin, 0, 1):
                    route = self.explainer.route(path)
                    names = [_short(route.start)] + [
                        f"{_short(step.target)} ({step.technique})" for step in route.steps
                    ]
                    spot.example = " → ".join(names)


def _kind_of(edge: Edge) -> SpotKind:
    if edge.technique.gain == "role":
        return "assumption"  # which may well be meant to be
    category = edge.technique.category
    return "principal-access" if category == "credential-access" else category


def _first_asks(edge: Edge) -> Iterator[Ask]:
    """The permission that is the heart of a technique: the first that it needs."""
    if edge.uses:
        yield from edge.uses[0]
        return
    for option in edge.options:
        if option.uses:
            yield from option.uses[0]


def _short(arn: str) -> str:
    return arn.split(":", 5)[-1] if ":iam:" in arn else arn


def examples(values: dict[str, None], most: int = _EXAMPLES) -> str:
    """Names for a fact: all, or the first and how many more."""
    names = [_short(value) for value in values]
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
