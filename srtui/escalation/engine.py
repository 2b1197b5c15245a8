"""From an account to its graph of escalation: every technique for every principal, then for what they make of themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

import msgspec

from srtui.access.batch import Batch
from srtui.access.index import AccessIndex
from srtui.access.reach import Reach, members
from srtui.account import Account
from srtui.escalation import holders, holders_more
from srtui.escalation.catalogue import Catalogue, Technique, load_techniques
from srtui.escalation.edges import ADMIN, Asker, Edge, Option, actions_of, without
from srtui.escalation.graph import Graph
from srtui.escalation.identity_edges import IdentityEdges
from srtui.escalation.pass_edges import PassEdges
from srtui.escalation.resource_edges import ResourceEdges
from srtui.escalation.self_edges import SelfEdges
from srtui.escalation.variants import Variant, Variants
from srtui.escalation.world import World
from srtui.permissions import account_permissions
from srtui.policy.effective import EffectivePermissions

#: What these modules register is looked up by name.
_REGISTERED = (holders, holders_more)
#: Steps whose worth only a changed principal shows; not asked about callers who are administrators anyway.
_LATER = frozenset(
    {
        "self-older-version",
        "join-group",
        "self-without-attached",
        "self-without-inline",
        "self-without-group",
        "self-without-group-attached",
    }
)
_ALSO_ASKED = ("sts:AssumeRole", "iam:PassRole", "iam:DeactivateMFADevice", "iam:UpdateAssumeRolePolicy")


class Built:
    """An account's graph, and what it was made from."""

    def __init__(
        self,
        account: Account,
        index: AccessIndex | None = None,
        permissions: Mapping[str, EffectivePermissions] | None = None,
    ) -> None:
        self.account = account
        self.catalogue = load_techniques()
        self.index = index or AccessIndex(account)
        self.permissions = permissions if permissions is not None else account_permissions(account)
        self.world = World(account, self.index, self.permissions)
        self.principals = self.index.principals
        self.variants = Variants(account, len(self.principals))
        self.askers: list[tuple[int, Asker, list[Variant]]] = []
        actions = set(_ALSO_ASKED)
        for technique in self.catalogue.techniques:
            actions |= set(actions_of((*technique.permissions, *technique.met_by)))
        self.admins = 0
        for number, principal in enumerate(self.principals):
            if self.world.is_admin(principal.arn):
                self.admins |= 1 << number
        edges = list(self._edges(sorted(actions)))
        for variant in self.variants.found:
            self.admins |= variant.admin << variant.number
        self.graph = Graph(len(self.principals) + len(self.variants.found), edges, self.admins)

    def _edges(self, actions: list[str]) -> Iterator[Edge]:
        base = Asker(Batch(self.index, actions))
        self.askers.append((0, base, []))
        assuming = IdentityEdges(self.world, base, self.variants)
        yield from self._of_callers(base, assuming, assuming, None, self.admins)
        done = 0
        while done < len(self.variants.found):
            upto = len(self.variants.found)
            for shadow, variants in self.variants.accounts(done):
                asker = Asker(Batch(AccessIndex(shadow), actions))
                identity = IdentityEdges(self.world, asker, self.variants)
                self.askers.append((0, asker, variants))
                admins = sum(variant.admin << place for place, variant in enumerate(variants))
                yield from self._of_callers(asker, identity, assuming, _moved(variants), admins)
            done = upto

    def _of_callers(
        self,
        asker: Asker,
        identity: IdentityEdges,
        assuming: IdentityEdges,
        move: Callable[[Reach], Reach] | None,
        admins: int,
    ) -> Iterator[Edge]:
        """The edges from the callers of one index, their sets renumbered by `move`."""
        renumbering = _Renumbering(move, admins)
        asker.worth_asking &= ~admins
        settled = admins
        passing = PassEdges(self.world, asker, self.catalogue, identity, assuming)
        resources = ResourceEdges(passing, self.variants)
        own = SelfEdges(self.world, asker, self.variants, identity)
        handlers = _Handlers(identity, passing, resources, own)
        first, later = _ordered(self.catalogue)
        for technique in first:
            for edge in handlers.of(technique):
                if edge is not None:
                    if edge.target == ADMIN and not edge.missing:
                        settled |= edge.sources.allowed
                    found = renumbering.of(edge)
                    if found is not None:
                        yield found
        own.settled = settled
        for technique in later:
            for edge in handlers.of(technique):
                found = None if edge is None else renumbering.of(edge)
                if found is not None:
                    yield found


class _Handlers:
    """Which module finds the edges of which gain."""

    def __init__(
        self, identity: IdentityEdges, passing: PassEdges, resources: ResourceEdges, own: SelfEdges
    ) -> None:
        self._asker = identity.asker
        self._identity = identity
        self._passing = passing
        self._resources = resources
        self._own = own

    def of(self, technique: Technique) -> Iterable[Edge | None]:
        """The edges of one technique; none for those that gain nothing, or data only, by themselves."""
        gain = technique.gain
        if gain in ("none", "data") or technique.caller in ("account", "anyone", "federated"):
            return ()
        if not self._asker.possible(technique):
            return ()
        if technique.needs in ("own-permission-set", "identity-center", "assigned-group"):
            return self._resources.of(technique)
        if technique.enter in ("pass", "pass-after-trust") or gain == "passed":
            return self._passing.of(technique)
        if gain in ("resource-role", "roles-of-provider"):
            return self._resources.of(technique)
        if gain.startswith("self-") or gain == "join-group":
            return self._own.of(technique)
        return self._identity.of(technique)


def _ordered(catalogue: Catalogue) -> tuple[list[Technique], list[Technique]]:
    """The techniques in an order in which each finds what it builds on: first, and later."""
    first = [one for one in catalogue.techniques if one.gain not in _LATER]
    first.sort(key=lambda one: bool(one.enter.startswith("pass")))
    return first, [one for one in catalogue.techniques if one.gain in _LATER]


def _moved(variants: list[Variant]) -> Callable[[Reach], Reach]:
    """Renumbers sets of changed principals: as they ask, to the numbers of their nodes."""
    numbers = [variant.number for variant in variants]
    if numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        first = numbers[0]
        return lambda reach: Reach(reach.allowed << first, reach.conditional << first, reach.unknown << first)

    @cache
    def spread(bits: int) -> int:
        found = 0
        for place in members(bits):
            found |= 1 << numbers[place]
        return found

    return lambda reach: Reach(spread(reach.allowed), spread(reach.conditional), spread(reach.unknown))


class _Renumbering:
    """Makes the sets of edges be of nodes; options that edges share stay shared."""

    def __init__(self, move: Callable[[Reach], Reach] | None, admins: int) -> None:
        self._move = move
        self._admins = admins
        self._options: dict[int, tuple[tuple[Option, ...], tuple[Option, ...]]] = {}
        self._sources: dict[tuple[int, int, int], Reach] = {}

    def of(self, edge: Edge) -> Edge | None:
        """The edge for all who are not administrators already; None if nobody is left."""
        sources = without(edge.sources, self._admins) if self._move is None else self._move(edge.sources)
        if not sources.possible:
            return None
        # Thousands of edges have the same few sets of sources, each of them kilobytes in a large account.
        sources = self._sources.setdefault((sources.allowed, sources.conditional, sources.unknown), sources)
        return msgspec.structs.replace(edge, sources=sources, options=self._moved(edge.options))

    def _moved(self, options: tuple[Option, ...]) -> tuple[Option, ...]:
        if self._move is None or not options:
            return options
        known = self._options.get(id(options))
        if known is None:
            moved = tuple(msgspec.structs.replace(one, sources=self._move(one.sources)) for one in options)
            known = self._options[id(options)] = (options, moved)
        return known[1]
