"""The graph of who becomes whom: sets of nodes are ints, one bit a node, and searches go through whole sets at once.

For each node and each level of certainty there is one set: those from whom some technique leads there. A search
backwards from a target is then a union of such sets for each new node, whatever the number of edges.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from srtui.access.reach import members
from srtui.escalation.edges import ADMIN, TIERS, Edge, Tier

#: Levels of certainty: each holds the edges of its tier and of all better ones.
LEVELS: Final = range(len(TIERS))
#: A path of more hops is not looked for.
MOST_HOPS: Final = 12
#: Paths that are this many hops longer than the shortest are detours, which nobody asks for.
_DETOUR: Final = 3
#: So many beginnings of paths are looked at for one question.
_MOST_LOOKED_AT: Final = 5_000
_MOST_KEPT: Final = 16  # distances to a goal


class Goal(msgspec.Struct, frozen=True):
    """Where paths lead: to one of these nodes, or (`admin`) also to becoming administrator on the way."""

    nodes: int
    admin: bool = False


class Hop(msgspec.Struct, frozen=True):
    """One step of a path: `edge` is the best technique for it, `others` the further ones."""

    source: int
    target: int  # ADMIN for administrator
    edge: Edge
    tier: Tier
    others: tuple[Edge, ...] = ()


class Path(msgspec.Struct, frozen=True):
    """A way from one node to another, or to administrator. Its tier is the least certain of its hops'."""

    start: int
    hops: tuple[Hop, ...]

    @property
    def tier(self) -> Tier:
        return max((hop.tier for hop in self.hops), key=TIERS.index, default="confirmed")

    @property
    def end(self) -> int:
        return self.hops[-1].target if self.hops else self.start


def edge_tier(edge: Edge, source: int) -> Tier | None:
    """How certain an edge is for one node; None if it does not lead from it."""
    found, bit = edge.sources, 1 << source
    if found.allowed & bit:
        return "needs-target" if edge.missing else "confirmed"
    if found.conditional & bit:
        return "needs-target" if edge.missing else "conditional"
    return "unknown" if found.unknown & bit else None


class Graph:
    """Nodes by number and the edges between them. `admins`: who is administrator as it is."""

    def __init__(self, count: int, edges: Iterable[Edge], admins: int) -> None:
        self.count = count
        self.admins = admins
        self.into: dict[int, list[Edge]] = {}
        for edge in edges:
            self.into.setdefault(edge.target, []).append(edge)
        self._masks: list[dict[int, int]] = [{} for _ in LEVELS]
        self._sets: dict[int, int] = {}
        for target, found in self.into.items():
            self._add_masks(target, found)
        #: the nodes that share each set of sources, by level: far fewer sets than nodes
        self._grouped = [_by_sources(masks) for masks in self._masks]
        self._layers: dict[tuple[Goal, int], list[int]] = {}
        self._distances: dict[tuple[Goal, int], dict[int, int]] = {}
        self._next: dict[tuple[int, int], list[int]] = {}
        self._alike_into: dict[int, list[list[tuple[int, Edge]]]] = {}

    def _add_masks(self, target: int, edges: Sequence[Edge]) -> None:
        sure = maybe = missing = unread = 0
        for edge in edges:
            found = edge.sources
            if edge.missing:
                missing |= found.allowed | found.conditional
            else:
                sure |= found.allowed
                maybe |= found.conditional
            unread |= found.unknown
        if target != ADMIN:
            keep = ~(1 << target)
            sure, maybe, missing, unread = sure & keep, maybe & keep, missing & keep, unread & keep
        bits = 0
        for level, more in enumerate((sure, maybe, missing, unread)):
            if more & ~bits:
                # The same sets again and again: each is kept once.
                bits = self._sets.setdefault(bits | more, bits | more)
            if bits:
                self._masks[level][target] = bits

    @property
    def edges(self) -> Iterator[Edge]:
        """Every edge."""
        return (edge for found in self.into.values() for edge in found)

    def sources(self, target: int, level: int) -> int:
        """Who gets to a node in one hop of this level or better."""
        return self._masks[level].get(target, 0)

    # --- backwards ----------------------------------------------------------------------------------------

    @property
    def to_admin(self) -> Goal:
        """To be administrator."""
        return Goal(self.admins, admin=True)

    def layers(self, goal: Goal, level: int) -> list[int]:
        """Sets of nodes by their distance to a goal: those who are there, those one hop away, and so on."""
        known = self._layers.get((goal, level))
        if known is None:
            known = self._layers[goal, level] = self.layers_with(goal, self._masks[level])
        return known

    def layers_with(self, goal: Goal, masks: dict[int, int]) -> list[int]:
        """The same with other sets of sources, for asking what would be without some edges."""
        found = [goal.nodes]
        seen = goal.nodes
        while len(found) <= MOST_HOPS:
            reached = masks.get(ADMIN, 0) if goal.admin and len(found) == 1 else 0
            for node in members(found[-1]):
                reached |= masks.get(node, 0)
            reached &= ~seen
            if not reached:
                break
            seen |= reached
            found.append(reached)
        return found

    def masks(self, level: int) -> dict[int, int]:
        """The sets of sources of each node on a level."""
        return self._masks[level]

    def reaching(self, goal: Goal, level: int) -> int:
        """Everyone who gets to a goal, and who is there already."""
        bits = 0
        for layer in self.layers(goal, level):
            bits |= layer
        return bits

    def tier(self, source: int, goal: Goal) -> Tier | None:
        """How certain it is that a node gets to a goal; None if it does not."""
        for level in LEVELS:
            if self.reaching(goal, level) >> source & 1:
                return TIERS[level]
        return None

    # --- forwards -----------------------------------------------------------------------------------------

    def reachable(self, source: int, level: int) -> list[int]:
        """Sets of nodes by their distance from one, itself first."""
        found = [1 << source]
        seen = found[0]
        while len(found) <= MOST_HOPS:
            front = found[-1]
            reached = 0
            for sources, nodes in self._grouped[level]:
                if sources & front:
                    for node in nodes:
                        if node != ADMIN:
                            reached |= 1 << node
            reached &= ~seen
            if not reached:
                break
            seen |= reached
            found.append(reached)
        return found

    def neighbours(self, source: int, level: int) -> list[int]:
        """The nodes one hop away, ADMIN among them."""
        known = self._next.get((source, level))
        if known is None:
            bit = 1 << source
            known = self._next[source, level] = [
                node for sources, nodes in self._grouped[level] if sources & bit for node in nodes
            ]
        return known

    # --- paths --------------------------------------------------------------------------------------------

    def paths(self, source: int, goal: Goal, level: int, most: int) -> Iterator[Path]:
        """Paths of a level or better, the shortest first, without coming to a node twice; `most` of them."""
        distance = self._distance(goal, level)
        if source not in distance:
            return
        if not distance[source]:
            yield Path(source, ())
            return
        longest = min(distance[source] + _DETOUR, MOST_HOPS)
        found = 0
        for length in range(distance[source], longest + 1):
            for nodes in self._of_length(source, level, distance, length):
                yield Path(source, tuple(self._hops(nodes, level)))
                found += 1
                if found >= most:
                    return

    def _distance(self, goal: Goal, level: int) -> dict[int, int]:
        """How many hops each node is away from a goal."""
        known = self._distances.get((goal, level))
        if known is None:
            known = {
                node: hops for hops, layer in enumerate(self.layers(goal, level)) for node in members(layer)
            }
            if goal.admin:
                known[ADMIN] = 0
            if len(self._distances) >= _MOST_KEPT:
                self._distances.clear()
            self._distances[goal, level] = known
        return known

    def _of_length(
        self, source: int, level: int, distance: dict[int, int], length: int
    ) -> Iterator[tuple[int, ...]]:
        """The ways of so many hops, one after another as they are asked for."""
        ways = [iter(self._onward(source, level, distance, length - 1))]
        nodes = [source]
        looked_at = 0
        while ways and looked_at < _MOST_LOOKED_AT:
            node = next(ways[-1], None)
            if node is None:
                ways.pop()
                nodes.pop()
                continue
            looked_at += 1
            if node in nodes:
                continue
            left = length - len(nodes)
            if not distance[node]:
                if not left:
                    yield (*nodes, node)
                continue
            nodes.append(node)
            ways.append(iter(self._onward(node, level, distance, left - 1)))

    def _onward(self, node: int, level: int, distance: dict[int, int], left: int) -> list[int]:
        """The neighbours from which the goal is in reach in what is left of the hops, and not nearer than must be."""
        return [
            one
            for one in self.neighbours(node, level)
            if distance.get(one, MOST_HOPS) <= left and (distance[one] or not left)
        ]

    def _hops(self, nodes: Sequence[int], level: int) -> Iterator[Hop]:
        for source, target in pairwise(nodes):
            yield self.hop(source, target, level)

    def hop(self, source: int, target: int, level: int) -> Hop:
        """The hop between two neighbours: its most certain technique, then the others of the level."""
        best: dict[str, tuple[int, int, Edge]] = {}
        for edges in self._alike(target):
            tier = edge_tier(edges[0][1], source)
            rank = len(TIERS) if tier is None else TIERS.index(tier)
            if rank > level:
                continue
            for place, edge in edges:
                id = edge.technique.id
                if id not in best or (rank, place) < best[id][:2]:
                    best[id] = (rank, place, edge)
        found = sorted(best.values(), key=lambda one: one[:2])
        rank, _, edge = found[0]
        return Hop(source, target, edge, TIERS[rank], tuple(other for _, _, other in found[1:]))

    def _alike(self, target: int) -> list[list[tuple[int, Edge]]]:
        """The edges into a node with their places, by who has them: of each technique the first says enough."""
        known = self._alike_into.get(target)
        if known is None:
            found: dict[tuple[int, bool], dict[str, tuple[int, Edge]]] = {}
            for place, edge in enumerate(self.into[target]):
                # Sets of sources that are equal are one object (see `engine`), so that few of them are tested.
                alike = found.setdefault((id(edge.sources), edge.missing), {})
                alike.setdefault(edge.technique.id, (place, edge))
            known = self._alike_into[target] = [list(alike.values()) for alike in found.values()]
        return known


def _by_sources(masks: dict[int, int]) -> list[tuple[int, list[int]]]:
    """The nodes of each set of sources."""
    found: dict[int, tuple[int, list[int]]] = {}
    for node, sources in masks.items():
        found.setdefault(id(sources), (sources, []))[1].append(node)
    return list(found.values())
