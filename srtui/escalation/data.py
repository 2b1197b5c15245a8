"""Data within reach: which principals read, change or take over which stores of data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Final, Literal

import msgspec

from srtui.access.batch import Batch
from srtui.access.index import AccessIndex
from srtui.access.reach import members
from srtui.account import UNREAD, Account
from srtui.account.messaging import Queue
from srtui.account.model import Record
from srtui.account.stores import Parameter, Secret, Table
from srtui.escalation.engine import Built
from srtui.policy.catalogue import load_catalogue

#: What can be done with data: read it, change it, or give oneself access by the store's own policy or password.
How = Literal["read", "write", "take over"]


class _Kind(msgspec.Struct, frozen=True):
    """One kind of store: the actions that show each use of it, and what of it they are about."""

    name: str
    read: str
    write: str
    take: str = ""
    suffix: str = ""


_BUCKET: Final = _Kind("bucket", "s3:GetObject", "s3:PutObject", "s3:PutBucketPolicy", "/*")
_TABLE: Final = _Kind("table", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:PutResourcePolicy")
_SECRET: Final = _Kind(
    "secret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:PutResourcePolicy",
)
_PARAMETER: Final = _Kind("parameter", "ssm:GetParameter", "ssm:PutParameter")
_QUEUE: Final = _Kind("queue", "sqs:ReceiveMessage", "sqs:SendMessage", "sqs:SetQueueAttributes")
_DATABASE: Final = _Kind("database", "", "", "rds:ModifyDBInstance")
_KEY: Final = _Kind("key", "kms:Decrypt", "", "kms:PutKeyPolicy")
_KINDS: Final = (_BUCKET, _TABLE, _SECRET, _PARAMETER, _QUEUE, _DATABASE, _KEY)


class Store(msgspec.Struct, frozen=True):
    """A store of data and who may use it how: sets of principals by number, on conditions or not."""

    arn: str
    kind: str
    who: dict[How, int]


class Data:
    """The stores of data of an account."""

    def __init__(self, index: AccessIndex) -> None:
        self._index = index
        actions = {action for kind in _KINDS for action in (kind.read, kind.write, kind.take) if action}
        self._batch = Batch(index, actions)

    @cached_property
    def stores(self) -> tuple[Store, ...]:
        """Every store that the evidence shows."""
        return tuple(self._store(record.arn, kind) for kind, record in _records(self._index.account))

    def holders(self, arn: str) -> int:
        """Who gets at the data behind an ARN in some way. Raises KeyError for an ARN that is no store of data."""
        known = next((store for store in self.stores if store.arn == arn), None)
        if known is None:
            known = self._store(arn, _kind_of(arn))
        bits = 0
        for who in known.who.values():
            bits |= who
        return bits

    def _store(self, arn: str, kind: _Kind) -> Store:
        who: dict[How, int] = {}
        uses: tuple[tuple[How, str, str], ...] = (
            ("read", kind.read, kind.suffix),
            ("write", kind.write, kind.suffix),
            ("take over", kind.take, ""),
        )
        for how, action, suffix in uses:
            if action:
                found = self._batch.reach(action, f"{arn}{suffix}")
                who[how] = found.allowed | found.conditional
        return Store(arn, kind.name, who)


def _records(account: Account) -> Iterator[tuple[_Kind, Record]]:
    yield from ((_BUCKET, one) for one in account.buckets.values())
    yield from ((_TABLE, one) for one in account.table(Table).values())
    yield from ((_SECRET, one) for one in account.table(Secret).values())
    yield from ((_PARAMETER, one) for one in account.table(Parameter).values())
    yield from ((_QUEUE, one) for one in account.table(Queue).values())
    yield from ((_DATABASE, one) for one in account.databases.values())
    for key in account.keys.values():
        if key.manager is UNREAD or key.manager == "CUSTOMER":
            yield _KEY, key


def _kind_of(arn: str) -> _Kind:
    """The kind of store that an ARN names. Raises KeyError."""
    segments = arn.split(":", 5)
    if len(segments) == 6:
        service, rest = segments[2], segments[5]
        by_service = {
            "s3": _BUCKET,
            "secretsmanager": _SECRET,
            "sqs": _QUEUE,
            "dynamodb": _TABLE if rest.startswith("table/") else None,
            "ssm": _PARAMETER if rest.startswith("parameter/") else None,
            "rds": _DATABASE if rest.startswith("db:") else None,
            "kms": _KEY if rest.startswith("key/") else None,
        }
        kind = by_service.get(service)
        if kind is not None:
            return kind
    raise KeyError(arn)


# --- how far one gets ---------------------------------------------------------------------------------------


class Reached(msgspec.Struct, frozen=True):
    """A principal within reach, in how many hops."""

    arn: str
    hops: int


class Access(msgspec.Struct, frozen=True):
    """A store of data within reach, how it can be used, and as whom."""

    arn: str
    kind: str
    how: tuple[How, ...]
    by: str  # ARN of the nearest principal that may


class Blast(msgspec.Struct, frozen=True, kw_only=True):
    """What a principal gets to. `admin`: it becomes administrator on the way, so that everything is within reach.

    `unread`: policies of it and of whom it becomes that are not in the evidence, so that it may reach more. `stores`: how
    many stores of data the evidence shows, within reach or not.
    """

    start: str
    admin: bool
    principals: tuple[Reached, ...]
    services: tuple[str, ...]  # that it may change something in, by itself or as one of these principals
    data: tuple[Access, ...]
    unread: tuple[str, ...] = ()
    stores: int = 0


def blast(built: Built, data: Data, start: int, level: int, arn_of: Callable[[int], str]) -> Blast:
    """What a node gets to on a level of certainty."""
    graph = built.graph
    layers = graph.reachable(start, level)
    everyone = 0
    reached: dict[str, int] = {}
    for hops, layer in enumerate(layers):
        everyone |= layer
        for node in members(layer):
            if arn_of(node) != arn_of(start):
                reached.setdefault(arn_of(node), hops)
    known = {variant.number: variant.permissions for variant in built.variants.found}
    bits = 0
    unread: dict[str, None] = {}
    for node in members(everyone):
        permissions = known.get(node) or built.permissions.get(arn_of(node))
        if permissions is not None:
            bits |= permissions.actions
            unread.update(dict.fromkeys(permissions.unreadable))
    catalogue = load_catalogue()
    levels = catalogue.level_bits
    bits &= levels["Write"] | levels["Permissions management"] | levels["Tagging"]
    return Blast(
        start=arn_of(start),
        admin=bool(graph.reaching(graph.to_admin, level) >> start & 1),
        principals=tuple(Reached(arn, hops) for arn, hops in reached.items()),
        services=tuple(name for name in catalogue.services if bits & catalogue.service_bits(name)),
        data=tuple(_accesses(data, layers, arn_of, len(built.principals))),
        unread=tuple(unread),
        stores=len(data.stores),
    )


def _accesses(
    data: Data, layers: list[int], arn_of: Callable[[int], str], principals: int
) -> Iterator[Access]:
    real = (1 << principals) - 1
    everyone = 0
    for layer in layers:
        everyone |= layer & real
    for store in data.stores:
        how: tuple[How, ...] = tuple(use for use, who in store.who.items() if who & everyone)
        if how:
            who = 0
            for use in how:
                who |= store.who[use]
            nearest = next(layer & who & real for layer in layers if layer & who & real)
            yield Access(store.arn, store.kind, how, arn_of(next(members(nearest))))
