"""Fix first: the statements and trust policies whose removal takes the way to administrator from most principals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Final, Literal

import msgspec

from srtui.access.reach import members
from srtui.escalation.catalogue import Technique
from srtui.escalation.graph import Path
from srtui.escalation.without import LEVEL, Place, Removal, Without

#: So many are tried out; those that are on the ways of most principals first.
_MOST_TRIED: Final = 60
_EXAMPLES: Final = 5
#: The ways of so many of those who lose by a cut tell by which technique they go.
_MOST_ASKED: Final = 25
#: So many cures are told at once.
_CURES: Final = 2
_TRUST: Final = "Name exactly who may assume the role in its trust, and require MFA of people."
_AWS: Final = (
    "Detach it, for AWS's own policies cannot be changed: give its holders a policy of what they need."
)
_ACTION: Final = re.compile(r"\b[a-z][a-z0-9-]*:[A-Z]\w+")


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


def cuts(without: Without, most: int = 20) -> tuple[Cut, ...]:
    """The best cuts, those that stop most principals first."""
    return tuple(_Search(without).found(most))


class _Search:
    def __init__(self, without: Without) -> None:
        self.built = without.built
        self.without = without
        self.starts = without.starts
        self._ways: dict[int, Path | None] = {}  # the first way of a start

    # --- candidates ---------------------------------------------------------------------------------------

    def found(self, most: int) -> Iterator[Cut]:
        """The best cuts in order."""
        total = self.starts.bit_count()
        if not total:
            return
        weight = self.without.users
        tried = sorted(weight, key=lambda key: (-weight[key].bit_count(), self._order(key)))[:_MOST_TRIED]
        stopped = {key: self.without.stopped({key}) for key in tried}
        loses = {key: (weight[key] | stopped[key]) & self.starts for key in tried}
        best = sorted(
            (key for key in tried if loses[key]),
            key=lambda key: (-stopped[key].bit_count(), -loses[key].bit_count(), self._order(key)),
        )
        for key in best[:most]:
            yield self._cut(key, stopped[key], loses[key], total)

    @staticmethod
    def _order(key: Removal) -> Place:
        return key if isinstance(key, tuple) else (str(key), "", -1)

    def _techniques(self, key: Removal, stopped: int, loses: int) -> tuple[list[Technique], int]:
        """The techniques that it makes possible, those first by which most who lose by it go, and how many of them."""
        users: dict[str, int] = {}
        resting = set()
        for edges in self.without.edges_of[key]:
            sources = edges[0].sources
            using = (sources.allowed | sources.conditional) & loses
            resting |= {id(edge) for edge in edges}
            for name in dict.fromkeys(edge.technique.id for edge in edges):
                users[name] = users.get(name, 0) | using
        first: Counter[str] = Counter()
        others: Counter[str] = Counter()
        for start in islice(members(stopped or loses), _MOST_ASKED):
            way = self._way(start)
            for hop in way.hops if way else ():
                first.update({hop.edge.technique.id} if id(hop.edge) in resting else ())
                others.update({edge.technique.id for edge in hop.others if id(edge) in resting})
        # Role assumption comes last: of what a statement gives beside it, it is the least of the trouble.
        order = sorted(
            users, key=lambda id: (-first[id], -others[id], -users[id].bit_count(), id == "sts-001")
        )
        gone_by = len({*first, *others})
        return [self.built.catalogue.technique(id) for id in order], gone_by

    def _way(self, start: int) -> Path | None:
        """The way that is shown first of a start: the shortest of the most certain."""
        if start not in self._ways:
            levels = range(LEVEL + 1)
            found = (path for level in levels for path in self._graph_paths(start, level))
            self._ways[start] = next(found, None)
        return self._ways[start]

    def _graph_paths(self, start: int, level: int) -> Iterator[Path]:
        return self.without.graph.paths(start, self.without.goal, level, 1)

    def _cure(self, key: Removal, techniques: list[Technique]) -> str:
        """What to do instead of taking it out, about what it gives itself and not about what others give."""
        if isinstance(key, str):
            return _TRUST
        if isinstance(key, tuple) and ":iam::aws:" in key[0]:
            return _AWS
        own = [one.fix for one in techniques if self._is_about(key, one)]
        if own:
            # What the ways go by most must be stopped too, by whatever stops it.
            return " ".join(list(dict.fromkeys((own[0], techniques[0].fix, *own)))[:_CURES])
        given = sorted(self.without.given_by(key, techniques[0].id))
        fix = techniques[0].fix
        return f"Give {' and '.join(given)} only to those who need it, or {fix[:1].lower()}{fix[1:]}"

    def _is_about(self, key: Removal, technique: Technique) -> bool:
        """Whether the cure of a technique limits nothing but what it has from this statement."""
        needed = {one.action for one in technique.permissions}
        limited = {action for action in _ACTION.findall(technique.fix) if action in needed}
        return limited <= self.without.given_by(key, technique.id)

    # --- telling it ---------------------------------------------------------------------------------------

    def _cut(self, key: Removal, stopped: int, loses: int, total: int) -> Cut:
        techniques, gone_by = self._techniques(key, stopped, loses)
        ids = tuple(one.id for one in techniques)
        fix = self._cure(key, techniques[: gone_by or 1])
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
                techniques=ids,
                fix=fix,
            )
        granting = self.without.statements[key]
        named = self.without.named(granting)
        return Cut(
            kind="statement",
            label=f"{named}, {granting.statement.label}",
            policy=named.arn or "",
            name=named.name,
            statement=granting.statement.index,
            carriers=self.without.carriers[key].bit_count(),
            stops=stopped.bit_count(),
            weakens=loses.bit_count(),
            of=total,
            starts=tuple(starts),
            techniques=ids,
            fix=fix,
        )
