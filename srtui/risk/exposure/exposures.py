"""Exposure: who outside of the account can use which resource how, and what of that could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from srtui.account import UNREAD, Account
from srtui.account.networks import VpcEndpoint
from srtui.escalation.reading import unread
from srtui.policy.errors import RequestError
from srtui.risk.exposure.outside import Allowed, Outcome, Outside, Probe
from srtui.risk.exposure.parties import ANY_AWS, ANYONE, STANDINGS, Parties, Party
from srtui.risk.exposure.spoken import Spoken, account_of, service_of, spoken_of, strange_sources
from srtui.risk.exposure.surface import How, Share, Surface, Use
from srtui.risk.exposure.surfaces import surfaces

_OUTCOMES: Final[tuple[Outcome, ...]] = ("allowed", "conditional", "unknown", "denied")
#: What can be done with a resource, the worst first.
HOWS: Final[tuple[How, ...]] = ("manage", "become", "write", "copy", "read", "use", "list")
_ALL_USERS: Final = "http://acs.amazonaws.com/groups/global/AllUsers"
_SIGNED_USERS: Final = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
#: Stands for all of them where a policy names none.
_ANY_SERVICE: Final = "s3.amazonaws.com"
_LOG_DELIVERY: Final = "http://acs.amazonaws.com/groups/s3/LogDelivery"
#: What tells which networks are the account's, by the key that names them.
_NETWORK_CALLS: Final[Mapping[str, tuple[str, str]]] = {
    "aws:sourcevpce": ("ec2", "DescribeVpcEndpoints"),
    "aws:sourcevpc": ("ec2", "DescribeVpcs"),
}


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """One party that can use one resource. `outcome` is the best over `how`; conditions are of those that have some.

    `blocked`: what keeps this party out in spite of a policy that lets it in; it is then no exposure today.
    `deputy`: a service that does it for whichever of its customers asks.
    """

    surface: Surface
    party: Party
    how: tuple[How, ...]
    actions: tuple[str, ...]
    outcome: Outcome
    conditions: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    blocked: str = ""

    @property
    def arn(self) -> str:
        return self.surface.arn

    @property
    def open(self) -> bool:
        """Whether the party gets in today, on conditions or not."""
        return not self.blocked and self.outcome in ("allowed", "conditional")

    @property
    def deputy(self) -> bool:
        return self.party.kind == "service"


class UnreadSurface(msgspec.Struct, frozen=True):
    """A resource of which it could not be told whether it is open; `need`: the calls that would tell."""

    surface: Surface
    need: str


class Exposures:
    """Every exposure of an account, worked out when it is asked for."""

    def __init__(self, account: Account, parties: Parties) -> None:
        self.account = account
        self.parties = parties
        self._outside = Outside(account, parties.organization)

    @cached_property
    def surfaces(self) -> tuple[Surface, ...]:
        """Every resource that may be open."""
        return tuple(surfaces(self.account))

    @cached_property
    def all(self) -> tuple[Exposure, ...]:
        """Every exposure, also those that something blocks: the furthest parties and the worst uses first."""
        found = [one for surface in self.surfaces for one in self._of(surface)]
        found.sort(
            key=lambda one: (
                bool(one.blocked),
                STANDINGS.index(one.party.standing),
                one.deputy,
                _OUTCOMES.index(one.outcome),
                min((HOWS.index(how) for how in one.how), default=0),
                one.arn,
            )
        )
        return tuple(found)

    @cached_property
    def by_arn(self) -> Mapping[str, tuple[Exposure, ...]]:
        """Exposures by the resource's ARN."""
        found: dict[str, list[Exposure]] = {}
        for one in self.all:
            found.setdefault(one.arn, []).append(one)
        return {arn: tuple(some) for arn, some in found.items()}

    @property
    def open(self) -> Iterator[Exposure]:
        """What is open today, to whomever; deputies left out."""
        return (one for one in self.all if one.open and not one.deputy)

    @cached_property
    def unread(self) -> tuple[UnreadSurface, ...]:
        """Resources of which nothing can be said, or not all."""
        found = []
        for surface in self.surfaces:
            if (
                surface.policy is UNREAD
                or surface.shares is UNREAD
                or (isinstance(surface.policy, dict) and self._document(surface) is None)
            ):
                found.append(UnreadSurface(surface, surface.need))
            elif need := self._unknown_networks(surface):
                found.append(UnreadSurface(surface, need))
        return tuple(found)

    def _document(self, surface: Surface) -> Any:
        if not isinstance(surface.policy, dict):
            return None
        return self._outside.document(surface.label, surface.arn, surface.policy)

    # --- one resource -------------------------------------------------------------------------------------

    def _of(self, surface: Surface) -> Iterator[Exposure]:
        document = self._document(surface)
        if document is not None:
            yield from self._by_policy(surface, spoken_of(document, self.account.id))
        if surface.shares is not UNREAD:
            yield from self._by_shares(surface, surface.shares)

    def _by_policy(self, surface: Surface, spoken: Spoken) -> Iterator[Exposure]:
        public: dict[Use, Allowed] = {}
        if spoken.anyone:
            signed = self._asked(surface, self._outside.strangers(spoken), surface.uses)
            public |= signed
            anyone: dict[Use, Allowed] = {}
            if surface.anonymous:
                uses = [use for use in surface.uses if not use.signed]
                anyone = self._asked(surface, self._outside.anonymous(spoken), uses)
                yield from self._made(surface, ANYONE, anyone)
                signed = {use: found for use, found in signed.items() if use not in anyone}
            yield from self._made(surface, ANY_AWS, signed)
            yield from self._networks(surface, spoken, {**public, **anyone})
            if spoken.for_services:
                yield from self._deputies(surface, spoken, {**public, **anyone})
        if spoken.anyone_but:
            allowed = Allowed("conditional", ("it is not one of those whom NotPrincipal names",))
            yield from self._made(surface, ANY_AWS, dict.fromkeys(surface.uses, allowed))
        for organization in spoken.organizations:
            found = self._asked(surface, [self._outside.member(organization, spoken)], surface.uses)
            yield from self._made(surface, self.parties.organisation(organization), _beyond(found, public))
        yield from self._principals(surface, spoken, public)
        for id in spoken.canonical:
            allowed = Allowed("unknown", (), (surface.label,))
            yield from self._made(
                surface, self.parties.canonical(id), dict.fromkeys(surface.uses[:1], allowed)
            )
        # Roles are passed to services by principals of their own account; see the control trust-confused-deputy.
        for name in spoken.services if surface.kind != "role" else ():
            sources = strange_sources(spoken, name, self.account.partition)
            found = self._asked(surface, self._outside.service(name, sources), surface.uses)
            yield from self._made(surface, self.parties.service(name), found)
            yield from self._for_accounts(surface, spoken, name, {**public, **found})

    def _for_accounts(
        self, surface: Surface, spoken: Spoken, service: str, public: Mapping[Use, Allowed]
    ) -> Iterator[Exposure]:
        """A service that calls for single other accounts."""
        for account in spoken.source_accounts:
            sources = [
                *strange_sources(spoken, service, self.account.partition),
                *(_filled(one) for one in spoken.sources if account_of(one) == account),
            ]
            found = self._asked(surface, self._outside.service_for(service, account, sources), surface.uses)
            yield from self._made(surface, self.parties.account(account), _beyond(found, public))

    def _networks(
        self, surface: Surface, spoken: Spoken, public: Mapping[Use, Allowed]
    ) -> Iterator[Exposure]:
        """A wildcard that is limited to VPC endpoints or VPCs is open to everyone in them, whose they are."""
        for key, network in spoken.networks:
            if network in self._own_networks or _NETWORK_CALLS.get(key) in self._unlisted:
                continue  # the unlisted are unread
            probes = self._outside.through(key, network, spoken, anonymous=surface.anonymous)
            found = self._asked(surface, probes, surface.uses)
            yield from self._made(surface, self.parties.network(key, network), _beyond(found, public))

    @cached_property
    def _own_networks(self) -> frozenset[str]:
        endpoints = self.account.table(VpcEndpoint).values()
        return frozenset((self.account.id, *(one.name for one in (*endpoints, *self.account.vpcs.values()))))

    @cached_property
    def _unlisted(self) -> frozenset[tuple[str, str]]:
        """The listings of networks without which it is not known which are the account's."""
        return frozenset(call for call in _NETWORK_CALLS.values() if unread(self.account, [call]))

    def _unknown_networks(self, surface: Surface) -> str:
        """The calls that would tell whether the networks that a policy lets in are the account's; "" for none."""
        document = self._document(surface)
        networks = spoken_of(document, self.account.id).networks if document is not None else ()
        calls = dict.fromkeys(
            ":".join(_NETWORK_CALLS[key])
            for key, network in networks
            if network not in self._own_networks and _NETWORK_CALLS.get(key) in self._unlisted
        )
        return ", ".join(calls)

    def _deputies(
        self, surface: Surface, spoken: Spoken, public: Mapping[Use, Allowed]
    ) -> Iterator[Exposure]:
        """A wildcard means services as well, which call for whichever of their customers asks."""
        for name in dict.fromkeys(map(service_of, spoken.sources)) or (_ANY_SERVICE,):
            sources = strange_sources(spoken, name, self.account.partition)
            found = self._asked(surface, self._outside.service(name, sources), surface.uses)
            yield from self._made(surface, self.parties.service(name), _beyond(found, public))
            yield from self._for_accounts(surface, spoken, name, {**public, **found})

    def _principals(
        self, surface: Surface, spoken: Spoken, public: Mapping[Use, Allowed]
    ) -> Iterator[Exposure]:
        by_account: dict[str, dict[Use, Allowed]] = {}
        for name in spoken.principals:
            account = account_of(name)
            known = by_account.setdefault(account, {})
            if not account.isdigit():
                # CloudFront's own identities and the like, which no question can be asked about.
                known.update(dict.fromkeys(surface.uses[:1], Allowed("allowed", (), (surface.label,))))
                continue
            inside = self.parties.in_organization(account)
            organization = self.parties.organization if inside else None if inside is None else ""
            probe = self._outside.principal(name, organization)
            probes = [probe, self._outside.root(name, organization)] if name.endswith(":root") else [probe]
            for use, allowed in self._asked(surface, probes, surface.uses).items():
                if use not in known or _better(allowed, known[use]):
                    known[use] = allowed
        for account, found in by_account.items():
            yield from self._made(surface, self.parties.account(account), _beyond(found, public))

    def _asked(self, surface: Surface, probes: Iterable[Probe], uses: Iterable[Use]) -> dict[Use, Allowed]:
        """What our side allows of the uses, the best answer of several probes for each."""
        found: dict[Use, Allowed] = {}
        policy = surface.policy
        if not isinstance(policy, dict):
            return found
        probes = list(probes)
        for use in uses:
            false = dict.fromkeys(use.false, "false")
            for probe in probes:
                try:
                    allowed = self._outside.ask(
                        replace(probe, values={**probe.values, **false}) if false else probe,
                        use.action,
                        surface.arn + use.suffix,
                        surface.label,
                        surface.arn,
                        policy,
                    )
                except RequestError:
                    # A principal that AWS would not have saved, or of a kind that never calls.
                    continue
                if allowed.outcome != "denied" and (use not in found or _better(allowed, found[use])):
                    found[use] = allowed
        return found

    def _by_shares(self, surface: Surface, shares: Iterable[Share]) -> Iterator[Exposure]:
        by_party: dict[Party, list[Share]] = {}
        for share in shares:
            party = self._grantee(share.grantee)
            if party is not None:
                by_party.setdefault(party, []).append(share)
        for party, some in by_party.items():
            yield Exposure(
                surface=surface,
                party=party,
                how=tuple(dict.fromkeys(one.how for one in some)),
                actions=(),
                outcome="allowed",
                by=tuple(dict.fromkeys(one.by for one in some)),
            )

    def _grantee(self, name: str) -> Party | None:
        """Who a share is for; None if he is of this account, or of AWS."""
        if name in ("all", _ALL_USERS):
            return ANYONE if name == _ALL_USERS else ANY_AWS
        if name == _SIGNED_USERS:
            return ANY_AWS
        if name == _LOG_DELIVERY or name.endswith((".amazonaws.com", ".amazonaws.com.cn")):
            return None
        if ":organizations:" in name:
            return self.parties.organisation(
                name.rsplit("/", 2)[1] if "/ou-" in name else name.rsplit("/", 1)[-1]
            )
        account = account_of(name)
        if account == self.account.id:
            return None
        if account.isdigit() and len(account) == 12:
            return self.parties.account(account)
        # Canonical ids do not tell whose they are; the owner's own is the first in every list.
        return None if name in self._own_canonical else self.parties.canonical(name)

    @cached_property
    def _own_canonical(self) -> frozenset[str]:
        """Canonical ids that have full control of buckets of the account: its own, in all likelihood of everything."""
        counts: dict[str, int] = {}
        buckets = 0
        for bucket in self.account.buckets.values():
            if bucket.acl_grants is UNREAD:
                continue
            buckets += 1
            for grantee, permission in bucket.acl_grants:
                if permission == "FULL_CONTROL" and not grantee.startswith("http"):
                    counts[grantee] = counts.get(grantee, 0) + 1
        most = max(counts.values(), default=0)
        return frozenset(id for id, count in counts.items() if count == most and 2 * count >= buckets)

    def _made(self, surface: Surface, party: Party, found: Mapping[Use, Allowed]) -> Iterator[Exposure]:
        if not found:
            return
        outcome = min((one.outcome for one in found.values()), key=_OUTCOMES.index)
        blocked = surface.blocked if _kept_out(surface, party) else ""
        conditions = dict.fromkeys(text for one in found.values() for text in one.conditions)
        if blocked is UNREAD:
            outcome, blocked = "unknown", ""
            conditions = {f"not read: {surface.need}": None}
        yield Exposure(
            surface=surface,
            party=party,
            how=tuple(dict.fromkeys(use.how for use in found)),
            actions=tuple(dict.fromkeys(use.action for use in found)),
            outcome=outcome,
            conditions=tuple(conditions),
            by=tuple(dict.fromkeys(label for one in found.values() for label in one.by)),
            blocked=blocked,
        )


def _filled(pattern: str) -> str:
    """An ARN that fits a pattern."""
    return pattern.replace("*", "anything").replace("?", "x")


def _better(one: Allowed, two: Allowed) -> bool:
    return _OUTCOMES.index(one.outcome) < _OUTCOMES.index(two.outcome)


def _beyond(found: Mapping[Use, Allowed], public: Mapping[Use, Allowed]) -> dict[Use, Allowed]:
    """What a party may do that strangers may not, or not as surely."""
    return {use: one for use, one in found.items() if use not in public or _better(one, public[use])}


def _kept_out(surface: Surface, party: Party) -> bool:
    """Whether what blocks the public counts for a party.

    Of a bucket with a public policy Block Public Access lets in only AWS services and the account's own principals;
    accounts that a policy names which is not public are let in all the same.
    """
    if surface.blocked == "" or party.kind == "service":
        return False
    return party.kind in ("anyone", "any-aws") or surface.blocks_all
