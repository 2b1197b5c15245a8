"""Fix first: the statements and trust policies whose removal takes the way to administrator from most principals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from srtui.access.reach import members
from srtui.escalation.catalogue import Technique
from srtui.escalation.without import Place, Removal, Without

#: So many are tried out; those that are on the ways of most principals first.
_MOST_TRIED: Final = 60
_EXAMPLES: Final = 5


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

    def _techniques(self, key: Removal, loses: int) -> tuple[tuple[str, ...], Technique]:
        """The techniques that it makes possible, and the one that most who lose by it could use."""
        users: dict[str, int] = {}
        for edges in self.without.edges_of[key]:
            sources = edges[0].sources
            using = (sources.allowed | sources.conditional) & loses
            for id in dict.fromkeys(edge.technique.id for edge in edges):
                users[id] = users.get(id, 0) | using
        # Role assumption comes last: of what a statement gives beside it, it is the least of the trouble.
        common = max(users, key=lambda id: (users[id].bit_count(), id != "sts-001"))
        return tuple(users), self.built.catalogue.technique(common)

    # --- telling it ---------------------------------------------------------------------------------------

    def _cut(self, key: Removal, stopped: int, loses: int, total: int) -> Cut:
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
            techniques=techniques,
            fix=common.fix,
        )
