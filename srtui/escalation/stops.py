"""Which single change stops a path, and which changes together stop all ways of a principal; tried out on the graph."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final, Literal

import msgspec

from srtui.escalation.edges import Edge
from srtui.escalation.graph import Path
from srtui.escalation.without import LEVEL, Membership, Removal, Without

#: A set of more changes than this is no answer to "what do I change".
_MOST_CHANGES: Final = 40


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """A change that stops something: a statement taken out, a trust taken back, or a group left.

    `policy`: ARN of the managed policy, or of whom the inline policy `name` is in; of the role for a trust, of the group
    for a membership. `statement` counts from 0; -1 where there is none. `source`: ARN of who has it on the way.
    `others`: how many others have it too.
    `ends_all`: the start has no way to administrator left without it.
    """

    kind: Literal["statement", "trust", "membership"]
    label: str
    policy: str
    name: str
    source: str
    statement: int = -1
    others: int = 0
    ends_all: bool = False


class Stops:
    """Tries out changes on one graph."""

    def __init__(self, without: Without) -> None:
        self._without = without
        self._built = without.built

    def of_path(self, path: Path) -> tuple[Stop, ...]:
        """The single changes that take a hop of the path away; those that end all ways of its start come first."""
        found: dict[Removal, int] = {}
        for hop in path.hops:
            if hop.source < len(self._built.principals) and hop.tier in ("confirmed", "conditional"):
                edges = list(self._edges(hop.source, hop.target))
                for key in self._candidates(hop.source, edges):
                    if not self._kept(hop.source, edges, {key}):
                        found.setdefault(key, hop.source)
        start = 1 << path.start
        stops = [
            self._stop(key, path.start, bool(self._without.stopped({key}) & start), source)
            for key, source in found.items()
        ]
        return tuple(sorted(stops, key=lambda one: (not one.ends_all, one.others, one.label)))

    def all_ways(self, start: int) -> tuple[Stop, ...]:
        """The fewest changes found that leave a principal no way to administrator; none of them can be left out.

        Empty if it has no way that is confirmed or conditional, or if no such set was found.
        """
        without, bit = self._without, 1 << start
        if not without.starts & bit:
            return ()
        single = self._single(start)
        if single is not None:
            return (self._stop(single[0], start, True, single[1]),)
        edges = [edge for edges in self._into_any(start) for edge in edges]
        keys = [key for key in self._candidates(start, edges) if not isinstance(key, Membership)]
        if len(keys) > _MOST_CHANGES or not without.stopped(keys) & bit:
            return ()
        # Whatever is had by many goes first: it costs others most.
        for key in sorted(keys, key=lambda one: -without.carriers.get(one, 0).bit_count()):
            fewer = [one for one in keys if one != key]
            if without.stopped(fewer) & bit:
                keys = fewer
        return tuple(self._stop(key, start, len(keys) == 1, start) for key in keys)

    def _single(self, start: int) -> tuple[Removal, int] | None:
        """One change that is enough, the one that costs others least, and who has it on the way."""
        graph, bit = self._without.graph, 1 << start
        for path in graph.paths(start, self._without.goal, LEVEL, 1):
            found = [
                (key, hop.source)
                for hop in path.hops
                if hop.source < len(self._built.principals)
                for key in self._candidates(hop.source, list(self._edges(hop.source, hop.target)))
                if self._without.stopped({key}) & bit
            ]
            if found:
                return min(found, key=lambda one: self._others(one[0], start))
        return None

    # --- edges and what they rest on ----------------------------------------------------------------------

    def _edges(self, source: int, target: int) -> Iterator[Edge]:
        """The edges that lead from one node to another, conditional ones among them."""
        for edge in self._without.graph.into[target]:
            if not edge.missing and (edge.sources.allowed | edge.sources.conditional) >> source & 1:
                yield edge

    def _into_any(self, source: int) -> Iterator[list[Edge]]:
        """The edges from a node on its ways to administrator."""
        seen: set[int] = set()
        for groups in self._without.edges_of.values():
            for edges in groups:
                if id(edges) not in seen and edges[0].sources.possible >> source & 1:
                    seen.add(id(edges))
                    yield edges[:1]

    def _candidates(self, source: int, edges: Collection[Edge]) -> dict[Removal, None]:
        """What could be taken from a node so that it loses some of these edges."""
        found: dict[Removal, None] = {}
        for edge in edges:
            found |= {key: None for key, bits in self._without.removals(edge).items() if bits >> source & 1}
        return found | dict.fromkeys(self._without.memberships(source))

    def _kept(self, source: int, edges: Collection[Edge], removals: Collection[Removal]) -> bool:
        return any(self._without.left(edge, removals) >> source & 1 for edge in edges)

    # --- telling it ---------------------------------------------------------------------------------------

    def _others(self, key: Removal, start: int) -> int:
        if isinstance(key, Membership):
            return 0
        if isinstance(key, str):
            number = self._built.index.numbers[key]
            return (
                self._without.graph.sources(number, LEVEL) & self._without.real & ~(1 << start)
            ).bit_count()
        return (self._without.carriers.get(key, 0) & ~(1 << start)).bit_count()

    def _stop(self, key: Removal, start: int, ends_all: bool, source: int) -> Stop:
        whose = self._built.principals[source].arn
        others = self._others(key, start)
        if isinstance(key, Membership):
            user, group = self._built.principals[key.user], key.group.rpartition("/")[2]
            label = f"{user.name} leaves the group {group}"
            return Stop(
                kind="membership", label=label, policy=key.group, name=group, source=whose, ends_all=ends_all
            )
        if isinstance(key, str):
            name = self._built.account.roles[key].name
            label = f"trust policy of role {name}"
            return Stop(
                kind="trust",
                label=label,
                policy=key,
                name=name,
                source=whose,
                others=others,
                ends_all=ends_all,
            )
        granting = self._without.statements[key]
        named = self._without.named(granting)
        return Stop(
            kind="statement",
            label=f"{named}, {granting.statement.label}",
            policy=key[0],
            name=key[1],
            source=whose,
            statement=key[2],
            others=others,
            ends_all=ends_all,
        )
