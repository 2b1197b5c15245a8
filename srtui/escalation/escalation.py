"""The result for readers: verdicts, paths in words, what a principal reaches, who reaches it, entries, the best cures.

escalation = escalate(account)
escalation.starts[arn].admin                        # True, "conditional", "needs-target", "unknown" or False
escalation.paths(arn)                               # routes to administrator, the most certain and shortest first
escalation.paths(arn, to=other_arn)                 # to a principal, or to a resource
escalation.paths_in(arn)                            # who gets there, each by the shortest way
escalation.reach(arn)                               # principals, services and data within reach
escalation.entries                                  # ways in from outside of the account
escalation.fix_first()                              # the statements and trusts whose removal cuts most paths
escalation.stops(route)                             # the single changes that stop a path
escalation.stops_all(arn)                           # the changes that together stop all ways of a principal
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal

import msgspec

from srtui.access.index import AccessIndex
from srtui.access.reach import members
from srtui.account import Account
from srtui.escalation.cuts import Cut, cuts
from srtui.escalation.data import Blast, Data, blast
from srtui.escalation.edges import TIERS, Tier
from srtui.escalation.engine import Built
from srtui.escalation.entries import Entry
from srtui.escalation.entries import entries as find_entries
from srtui.escalation.explain import Explainer, Route
from srtui.escalation.graph import LEVELS, Goal
from srtui.escalation.held import Held, held
from srtui.escalation.spots import Spot, Spots
from srtui.escalation.stops import Stop, Stops
from srtui.escalation.without import Without
from srtui.policy.effective import EffectivePermissions

Verdict = bool | Literal["conditional", "needs-target", "unknown"]
#: How many paths are shown where nobody asked for a number.
SOME = 10
#: How many cuts are kept.
MOST_CUTS = 50


class Start(msgspec.Struct, frozen=True):
    """What a user or role can make of itself. `already`: it is administrator as it is."""

    arn: str
    tier: Tier | None
    already: bool = False
    hops: int = 0

    @property
    def admin(self) -> Verdict:
        """True only if it is administrator or surely becomes one."""
        if self.tier is None:
            return False
        return True if self.tier == "confirmed" else self.tier


class Escalation:
    """The escalation graph of one account, asked in words."""

    def __init__(self, built: Built) -> None:
        self.built = built
        self.account = built.account
        self.graph = built.graph
        self.catalogue = built.catalogue
        self.explainer = Explainer(built)
        self.numbers = built.index.numbers

    # --- verdicts -----------------------------------------------------------------------------------------

    @cached_property
    def starts(self) -> Mapping[str, Start]:
        """Every user and role, by ARN, with how certainly and in how many hops it becomes administrator."""
        found: dict[int, Start] = {}
        count = len(self.built.principals)
        for level in LEVELS:
            for hops, layer in enumerate(self.graph.layers(self.graph.to_admin, level)):
                for node in members(layer & ((1 << count) - 1)):
                    if node not in found:
                        arn = self.built.principals[node].arn
                        found[node] = Start(arn, TIERS[level], already=hops == 0, hops=hops)
        return {
            one.arn: found.get(node, Start(one.arn, None)) for node, one in enumerate(self.built.principals)
        }

    @cached_property
    def unknown_starts(self) -> Mapping[str, tuple[str, ...]]:
        """Of whom it is unknown whether they become administrator, by ARN, with what was not read, if that can be told."""
        found: dict[str, tuple[str, ...]] = {}
        for arn, start in self.starts.items():
            if start.tier == "unknown":
                permissions = self.built.permissions.get(arn)
                found[arn] = permissions.unreadable if permissions is not None else ()
        return found

    @cached_property
    def self_granting(self) -> int:
        """How many make themselves administrator by their own permissions: no administrators as they are, but the next."""
        found = (self.built.permissions.get(arn) for arn, start in self.starts.items() if not start.already)
        return sum(one is not None and one.admin is not None for one in found)

    @property
    def gaps(self) -> tuple[str, ...]:
        """Control policies that were not read: with any of these the graph is an upper bound."""
        return self.built.index.gaps

    # --- paths --------------------------------------------------------------------------------------------

    def goal(self, to: str) -> Goal:
        """What `admin`, the ARN of a user or role, or the ARN of data stands for. Raises KeyError."""
        if to == "admin":
            return self.graph.to_admin
        number = self.numbers.get(to)
        if number is not None:
            return Goal(1 << number)
        return Goal(self.data.holders(to), admin=True)

    @cached_property
    def data(self) -> Data:
        """Who gets at which data."""
        return Data(self.built.index)

    def paths(
        self, start: str, to: str = "admin", *, tier: Tier = "unknown", most: int = SOME
    ) -> tuple[Route, ...]:
        """Ways from a user or role to administrator or to another one, of a tier or better.

        The most certain come first and among these the shortest. Raises KeyError for who is not in the account.
        """
        source, goal = self.numbers[start], self.goal(to)
        found: dict[tuple[int, ...], Route] = {}
        for level in range(TIERS.index(tier) + 1):
            for path in self.graph.paths(source, goal, level, most):
                nodes = (path.start, *(hop.target for hop in path.hops))
                if nodes not in found:
                    found[nodes] = self.explainer.route(path)
            if len(found) >= most:
                break
        return tuple(list(found.values())[:most])

    def paths_in(self, to: str = "admin", *, tier: Tier = "unknown", most: int = SOME) -> tuple[Route, ...]:
        """The shortest way of everyone who gets to a principal, or to administrator, the most certain first."""
        return tuple(route for route, _ in zip(self._paths_in(to, tier), range(most), strict=False))

    def _paths_in(self, to: str, tier: Tier) -> Iterator[Route]:
        goal = self.goal(to)
        seen = 0
        for level in range(TIERS.index(tier) + 1):
            for layer in self.graph.layers(goal, level)[1:]:
                for node in members(layer & ~seen):
                    if node < len(self.built.principals):
                        for path in self.graph.paths(node, goal, level, 1):
                            yield self.explainer.route(path)
            seen |= self.graph.reaching(goal, level)

    def who_reaches(self, to: str = "admin") -> Mapping[str, Tier]:
        """Everyone who gets to a principal, or becomes administrator, with how certain that is."""
        goal = self.goal(to)
        found: dict[str, Tier] = {}
        for level in LEVELS:
            for node in members(self.graph.reaching(goal, level)):
                arn = self.explainer.arn(node)
                if arn != to and node < len(self.built.principals):
                    found.setdefault(arn, TIERS[level])
        return found

    # --- from outside, and how far ------------------------------------------------------------------------

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Ways into roles from outside of the account; those that lead to administrator first."""

        def order(entry: Entry) -> tuple[int, int, int]:
            start = self.starts[entry.role]
            reach = len(TIERS) if start.tier is None else TIERS.index(start.tier)
            return reach, TIERS.index(entry.tier), start.hops

        return tuple(sorted(find_entries(self.built), key=order))

    def reach(self, arn: str, *, tier: Tier = "conditional") -> Blast:
        """What a user or role gets to: principals, services that it may change, data. Raises KeyError."""
        return blast(self.built, self.data, self.numbers[arn], TIERS.index(tier), self.explainer.arn)

    @cached_property
    def held(self) -> Mapping[str, Held]:
        """Who would become administrator but for one guardrail alone, by ARN; computed when first asked for."""
        return held(self.built)

    @cached_property
    def spots(self) -> list[Spot]:
        """The policies and trusts that let someone escalate, each once."""
        return Spots(self.built, self.explainer).found()

    @cached_property
    def _cuts(self) -> tuple[Cut, ...]:
        return cuts(self._without, MOST_CUTS)

    @cached_property
    def _without(self) -> Without:
        return Without(self.built)

    @cached_property
    def _stops(self) -> Stops:
        return Stops(self._without)

    def fix_first(self, most: int = 20) -> tuple[Cut, ...]:
        """The statements and trusts without which most principals lose every way to administrator."""
        return self._cuts[:most]

    def stops(self, route: Route) -> tuple[Stop, ...]:
        """The single changes that stop a path, those first that leave its start no way to administrator at all."""
        return self._stops.of_path(route.path)

    def stops_all(self, arn: str) -> tuple[Stop, ...]:
        """The changes that together leave a principal no way to administrator; () if no such set was found."""
        return self._stops.all_ways(self.numbers[arn])


def escalate(
    account: Account,
    *,
    index: AccessIndex | None = None,
    permissions: Mapping[str, EffectivePermissions] | None = None,
) -> Escalation:
    """The escalation graph of an account. What is at hand already, its index and permissions, need not be made again."""
    return Escalation(Built(account, index, permissions))
