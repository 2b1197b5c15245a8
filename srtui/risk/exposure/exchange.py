"""The data exchange of an account: what flows out and what comes in, by other party and service.

It is put together from who outside may use what (exposures), from statements that name resources of other accounts, and
from settings that send data elsewhere by themselves: replication, trails, copies of backups, peered networks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

import msgspec

from srtui.account import UNREAD, Account
from srtui.account.backups import BackupPlan
from srtui.account.networks import VpcPeering
from srtui.policy.catalogue import load_catalogue
from srtui.policy.effective import EffectivePermissions
from srtui.policy.grants import Grant
from srtui.risk.exposure.exposures import Exposure, Exposures
from srtui.risk.exposure.parties import Parties, Party
from srtui.risk.exposure.surface import How

Direction = Literal["out", "in"]
Basis = Literal["policy", "permission", "setting"]
#: Which way data goes when someone outside uses something inside like this.
_OF_OUTSIDERS: Final[Mapping[How, Direction]] = {
    "read": "out",
    "copy": "out",
    "list": "out",
    "write": "in",
    "use": "in",
    "manage": "in",
    "become": "in",
}
_SERVICE_OF_BUCKETS: Final = "s3"


class Flow(msgspec.Struct, frozen=True):
    """What goes one way between the account and one party through one service.

    `here` and `there`: ARNs inside and outside; `principals` inside who may do it, where it hangs on their permissions.
    `basis` setting: AWS does it by itself. `sure`: no condition stands in between.
    """

    direction: Direction
    party: Party
    service: str
    basis: Basis
    how: tuple[str, ...]
    here: tuple[str, ...]
    there: tuple[str, ...]
    principals: tuple[str, ...]
    sure: bool


class _Gathered:
    """Flows that are being put together."""

    def __init__(self) -> None:
        self.how: dict[str, None] = {}
        self.here: dict[str, None] = {}
        self.there: dict[str, None] = {}
        self.principals: dict[str, None] = {}
        self.sure = False


_Key = tuple[Direction, Party, str, Basis]


def data_exchange(
    account: Account,
    exposures: Exposures,
    permissions: Mapping[str, EffectivePermissions],
    parties: Parties,
) -> tuple[Flow, ...]:
    """Every flow, those of strangers first."""
    found: dict[_Key, _Gathered] = {}
    for exposure in exposures.all:
        if exposure.open:
            _of_exposure(found, exposure)
    _of_permissions(found, account, permissions, parties)
    for direction, party, service, how, here, there in _settings(account, parties):
        gathered = found.setdefault((direction, party, service, "setting"), _Gathered())
        gathered.how[how] = None
        gathered.here[here] = None
        gathered.there[there] = None
        gathered.sure = True
    flows = [
        Flow(
            direction=direction,
            party=party,
            service=service,
            basis=basis,
            how=tuple(one.how),
            here=tuple(one.here),
            there=tuple(one.there),
            principals=tuple(one.principals),
            sure=one.sure,
        )
        for (direction, party, service, basis), one in found.items()
    ]
    flows.sort(key=lambda one: (not one.party.stranger, one.direction != "out", one.party.name, one.service))
    return tuple(flows)


def _of_exposure(found: dict[_Key, _Gathered], exposure: Exposure) -> None:
    for how in exposure.how:
        key: _Key = (_OF_OUTSIDERS[how], exposure.party, exposure.surface.service, "policy")
        gathered = found.setdefault(key, _Gathered())
        gathered.how[how] = None
        gathered.here[exposure.arn] = None
        gathered.sure = gathered.sure or exposure.outcome == "allowed"


# --- what permissions say about other accounts ----------------------------------------------------------------


def _of_permissions(
    found: dict[_Key, _Gathered],
    account: Account,
    permissions: Mapping[str, EffectivePermissions],
    parties: Parties,
) -> None:
    """Statements of identity policies that name resources of other accounts."""
    catalogue = load_catalogue()
    reads = catalogue.level_bits["Read"] | catalogue.level_bits["List"]
    assume = catalogue.expand("sts:AssumeRole")
    known: dict[int, list[tuple[str, str]]] = {}
    for arn, held in permissions.items():
        if arn in account.groups:
            continue
        for grant in held.grants:
            if not grant.allow:
                continue
            foreign = known.get(id(grant))
            if foreign is None:
                foreign = known[id(grant)] = list(_foreign(grant, account))
            allowed = grant.actions & held.actions
            if not foreign or not allowed:
                continue
            for owner, resource in foreign:
                party = parties.account(owner) if owner else _SOMEONE
                service = resource.split(":")[2]
                uses: list[tuple[Direction, str]] = []
                if allowed & assume:
                    uses.append(("out", "become"))
                if allowed & reads & ~assume:
                    uses.append(("in", "read"))
                if allowed & ~reads & ~assume:
                    uses.append(("out", "write"))
                for direction, how in uses:
                    gathered = found.setdefault((direction, party, service, "permission"), _Gathered())
                    gathered.how[how] = None
                    gathered.there[resource] = None
                    gathered.principals[arn] = None
                    gathered.sure = gathered.sure or not grant.parsed.conditions


#: Of a bucket that is not one of the account's own the ARN does not tell the owner.
_SOMEONE: Final = Party("account", "", "an account that the bucket's name does not tell", "unknown")


def _foreign(grant: Grant, account: Account) -> Iterator[tuple[str, str]]:
    """(account, ARN) of each resource of other accounts that a statement names; "" where the ARN does not tell whose."""
    for resource in grant.resources:
        parts = resource.split(":", 5)
        if len(parts) < 6:
            continue
        owner = parts[4]
        if len(owner) == 12 and owner.isdigit() and owner != account.id:
            yield owner, resource
        elif parts[2] == _SERVICE_OF_BUCKETS and not owner and _lists_buckets(account):
            name = parts[5].partition("/")[0]
            plain = name and not set(name) & {"*", "?", "$"}
            if plain and f"{':'.join(parts[:5])}:{name}" not in account.buckets:
                yield "", resource


def _lists_buckets(account: Account) -> bool:
    outcomes = account.outcomes_of("s3", "ListBuckets")
    return bool(outcomes) and all(one.error is None and one.complete for one in outcomes)


# --- settings -----------------------------------------------------------------------------------------------


def _settings(account: Account, parties: Parties) -> Iterator[tuple[Direction, Party, str, str, str, str]]:
    """(direction, party, service, how, from, to) of what AWS moves by itself."""
    names = {bucket.name for bucket in account.buckets.values()}
    for bucket in account.buckets.values():
        for name in bucket.replicates_to if bucket.replicates_to is not UNREAD else ():
            if name not in names and _lists_buckets(account):
                yield "out", _SOMEONE, "s3", "replicate", bucket.arn, f"arn:{account.partition}:s3:::{name}"
    for trail in account.trails.values():
        if trail.bucket and trail.bucket not in names and _lists_buckets(account) and not trail.organization:
            there = f"arn:{account.partition}:s3:::{trail.bucket}"
            yield "out", _SOMEONE, "cloudtrail", "deliver", trail.arn, there
    for plan in account.table(BackupPlan).values():
        for vault in plan.copies_to if plan.copies_to is not UNREAD else ():
            owner = vault.split(":")[4] if vault.count(":") >= 5 else ""
            if owner and owner != account.id:
                yield "out", parties.account(owner), "backup", "copy", plan.arn, vault
    for peering in account.table(VpcPeering).values():
        for side in (peering.requester, peering.accepter):
            if (
                side is not None
                and side.account
                and side.account != account.id
                and peering.status == "active"
            ):
                party = parties.account(side.account)
                yield "out", party, "ec2", "network", peering.arn, side.vpc
                yield "in", party, "ec2", "network", peering.arn, side.vpc
