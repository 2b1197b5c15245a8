"""Weak spots: the policies and trusts that let someone escalate, each once, with everyone who can and whom they become.

One broad statement makes a thousand edges and is one weak spot. Spots are about administrators first: whoever becomes
one in one hop; then chains, whose first hop alone looks harmless; then what else is gained.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Mapping
from typing import Final, Literal

import msgspec

from srtui.access.batch import Granting
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
#: So many actions of a set are looked at one by one before it is compared as a whole.
_TELLING: Final = 4


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

    def add(self, label: str, alike: _Alike, targets: dict[str, None]) -> None:
        """Add what edges alike say."""
        self.statements[label] = None
        self.techniques.update(alike.techniques)
        self.targets.update(targets)
        self.conditions.update(alike.conditions)


class _Alike(msgspec.Struct):
    """Edges with the same statements and the same holders: they differ in their targets and techniques."""

    kind: SpotKind
    conditions: dict[str, None]
    techniques: dict[str, str]
    sources: int
    granting: list[list[Granting]]
    targets: dict[str, None]
    subjects: dict[
        str, dict[str, None]
    ]  # whose policy it is if no statement of the holders is needed → targets


class _Holdings:
    """What some principals may do on every resource: each set of actions once, with everyone of whom it is so."""

    def __init__(self, alike: Mapping[int, int]) -> None:
        size = load_catalogue().everything.bit_length() // 8 + 1
        self._sets = [(held.to_bytes(size, "little"), held, who) for held, who in alike.items()]
        self._everyone = 0
        self._holders = [0] * (8 * size)  # by action: how many of the sets hold it
        for held, who in alike.items():
            self._everyone |= who
            for number in members(held):
                self._holders[number] += 1

    def not_holding(self, actions: int) -> int:
        """Who may not do all of these on every resource."""
        left = self._sets
        # What few hold tells most sets apart, which is far cheaper than to compare whole ones.
        for number in heapq.nsmallest(_TELLING, members(actions), key=self._holders.__getitem__):
            place, bit = number >> 3, 1 << (number & 7)
            left = [one for one in left if one[0][place] & bit]
        holding = 0
        for _, held, who in left:
            if held & actions == actions:
                holding |= who
        return self._everyone & ~holding


class Spots:
    """The weak spots of one graph."""

    def __init__(self, built: Built, explainer: Explainer) -> None:
        self.built = built
        self.explainer = explainer
        self.asker: Asker = built.askers[0][1]
        self.real = (1 << len(built.principals)) - 1
        self._named: dict[int, NamedDocument] = {}
        self._labels: dict[tuple[int, int], str] = {}  # of statements, by document and statement
        self._gainers: dict[tuple[int, int], int] = {}  # by who is asked about and what a target may do
        self._holdings: dict[int, _Holdings] = {}  # by who is asked about
        self._alike: dict[tuple[object, ...], _Alike] = {}
        self._holders: dict[tuple[SpotKind, str], int] = {}  # in numbers until all are found
        for carrier in built.index.carriers:
            for source, document in carrier.identity:
                if isinstance(document, Document) and isinstance(source, NamedDocument):
                    self._named.setdefault(id(document), source)

    def found(self) -> list[Spot]:
        """Every weak spot, by kind and subject."""
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
                self._collect(_kind_of(edge), edge, edge.sources.allowed & first)
            if to_admin or maybe >> edge.target & 1 or settled >> max(edge.target, 0) & 1:
                who = edge.sources.allowed | edge.sources.conditional
                self._collect("conditional", edge, who & maybe)
            elif edge.target != ADMIN and edge.technique.gain != "role":
                self._collect("lateral", edge, self._gaining(edge, ~settled & ~maybe))
        chains = list(self._chains(sure))
        spots = self._spots()
        for edge, sources in chains:
            self._explain(spots, edge, sources)
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
        actions, found = target.actions, self._gainers.get((left, target.actions))
        if found is None:
            found = self._alike_by_permissions(left).not_holding(actions)
            self._gainers[left, actions] = found
        return found

    def _alike_by_permissions(self, among: int) -> _Holdings:
        known = self._holdings.get(among)
        if known is None:
            alike: dict[int, int] = {}
            for number in members(among):
                unlimited = self.built.permissions[self.built.principals[number].arn].unlimited
                alike[unlimited] = alike.get(unlimited, 0) | 1 << number
            known = self._holdings[among] = _Holdings(alike)
        return known

    # --- by statement -------------------------------------------------------------------------------------

    def _collect(self, kind: SpotKind, edge: Edge, sources: int) -> None:
        """Put an edge to those that are alike."""
        sources &= self.real
        if not sources:
            return
        target = self._target(edge)
        batch = self.asker.batch
        granting = [batch.granting(ask.action, ask.arn, dict(ask.given)) for ask in _first_asks(edge)]
        # The batch answers alike questions with one and the same list, and keeps it.
        key = (kind, sources, tuple(map(id, granting)), edge.conditions)
        alike = self._alike.get(key)
        if alike is None:
            conditions = dict.fromkeys(edge.conditions)
            alike = self._alike[key] = _Alike(kind, conditions, {}, sources, granting, {}, {})
        alike.techniques[edge.technique.id] = edge.technique.name
        alike.targets[target] = None
        alike.subjects.setdefault(edge.via or target, {})[target] = None

    def _spots(self) -> dict[tuple[SpotKind, str], Spot]:
        """The spots of everything that was collected, by kind and subject."""
        spots: dict[tuple[SpotKind, str], Spot] = {}
        for alike in self._alike.values():
            left = alike.sources
            for one in itertools.chain.from_iterable(alike.granting):
                holders = alike.sources & one.possible
                if holders:
                    named = self._named[id(one.document)]
                    self._add(spots, named.arn or named.name, self._label(one), alike, holders, alike.targets)
                    left &= ~holders
            if left:
                # No statement of theirs is needed: the trust of the role, or the policy of a resource, names them.
                for subject, targets in alike.subjects.items():
                    label = f"policy of {subject.rpartition('/')[2]}"
                    self._add(spots, subject, label, alike, left, targets)
        return spots

    def _label(self, granting: Granting) -> str:
        key = id(granting.document), id(granting.statement)
        label = self._labels.get(key)
        if label is None:
            label = f"{self._named[key[0]]}, {granting.statement.label}"
            self._labels[key] = label
        return label

    def _add(
        self,
        spots: dict[tuple[SpotKind, str], Spot],
        subject: str,
        label: str,
        alike: _Alike,
        holders: int,
        targets: dict[str, None],
    ) -> None:
        key = alike.kind, subject
        spot = spots.get(key)
        if spot is None:
            spot = spots[key] = Spot(kind=alike.kind, subject=subject)
        self._holders[key] = self._holders.get(key, 0) | holders
        spot.add(label, alike, targets)

    def _target(self, edge: Edge) -> str:
        if edge.target != ADMIN:
            return self.explainer.arn(edge.target)
        return edge.via if edge.via.startswith("arn:") else "admin"

    # --- chains -------------------------------------------------------------------------------------------

    def _chains(self, layers: list[int]) -> Iterator[tuple[Edge, int]]:
        """Whoever surely becomes administrator in two hops or more, by the first of them."""
        graph = self.built.graph
        for distance, layer in enumerate(layers):
            if distance < 2:
                continue
            nearer = layers[distance - 1]
            for target in members(nearer):
                for edge in graph.into.get(target, ()):
                    sources = edge.sources.allowed & layer & self.real
                    if sources and not edge.missing:
                        self._collect("chain", edge, sources)
                        yield edge, sources

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


def unread_ways(built: Built, kind: SpotKind) -> dict[str, None]:
    """What was not read that spots of a kind may hang on: nobody can tell whether there are more of them."""
    found: dict[str, None] = {}
    others = (1 << len(built.principals)) - 1 & ~built.admins
    for edge in built.graph.edges:
        if edge.sources.unknown & others and not edge.missing:
            to_admin = edge.target == ADMIN or bool(built.admins >> edge.target & 1)
            if kind in ("chain", "conditional") or (_kind_of(edge) if to_admin else "lateral") == kind:
                found.update(dict.fromkeys(edge.needs))
                found.update(dict.fromkeys(need for option in edge.options for need in option.needs))
    return found


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
