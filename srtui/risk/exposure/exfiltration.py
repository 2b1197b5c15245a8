"""Ways out: which principals can read data and put it somewhere outside of the account.

Reading alone moves nothing through IAM's doors; writing into another account's bucket, sharing a snapshot or opening a
policy does. Both together make a principal able to move data out, whether it does or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final, Literal

import msgspec

from srtui.access import AccessIndex, Reach, members
from srtui.access.batch import Batch
from srtui.escalation.data import Data, Store
from srtui.policy.grants import NamedDocument, read_policy
from srtui.risk.exposure.exposures import Exposures
from srtui.risk.exposure.spoken import STRANGER

WayKind = Literal["outside", "share", "open", "public place"]

#: What is known of a request to a resource of a stranger's.
_THEIRS: Final[Mapping[str, str]] = {
    "aws:ResourceAccount": STRANGER,
    "s3:ResourceAccount": STRANGER,
    "aws:ResourceOrgID": "o-0000000000",
}
_WELCOME: Final = NamedDocument(
    "the policy of a resource outside",
    "resource",
    None,
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    },
)


class WayOut(msgspec.Struct, frozen=True):
    """One way to put data outside: an action on a target. `kind` outside: into a resource of another account."""

    id: str
    kind: WayKind
    title: str
    action: str
    target: str


def _ways(partition: str, account: str) -> Iterator[WayOut]:
    there, here = f"arn:{partition}:{{}}:*:{STRANGER}:{{}}", f"arn:{partition}:{{}}:*:{account}:{{}}"
    for id, title, action, service, resource in (
        ("queue-outside", "sends messages to queues of other accounts", "sqs:SendMessage", "sqs", "outside"),
        ("topic-outside", "publishes to topics of other accounts", "sns:Publish", "sns", "outside"),
        ("bus-outside", "puts events on buses of other accounts", "events:PutEvents", "events", "event-bus/outside"),
        ("stream-outside", "writes to streams of other accounts", "kinesis:PutRecord", "kinesis", "stream/outside"),
        ("function-outside", "invokes functions of other accounts", "lambda:InvokeFunction", "lambda", "function:outside"),
    ):  # fmt: skip
        yield WayOut(id, "outside", title, action, there.format(service, resource))
    yield WayOut(
        "bucket-outside",
        "outside",
        "writes into buckets of other accounts",
        "s3:PutObject",
        f"arn:{partition}:s3:::srtui-bucket-of-a-stranger/object",
    )
    for id, title, action, service, resource in (
        ("database-snapshot", "shares database snapshots", "rds:ModifyDBSnapshotAttribute", "rds", "snapshot:*"),
        ("cluster-snapshot", "shares cluster snapshots", "rds:ModifyDBClusterSnapshotAttribute", "rds", "cluster-snapshot:*"),
        ("resource-share", "shares resources through RAM", "ram:CreateResourceShare", "ram", "*"),
        ("secret-policy", "opens secrets by their policy", "secretsmanager:PutResourcePolicy", "secretsmanager", "secret:*"),
        ("table-policy", "opens tables by their policy", "dynamodb:PutResourcePolicy", "dynamodb", "table/*"),
        ("repository-policy", "opens image repositories by their policy", "ecr:SetRepositoryPolicy", "ecr", "repository/*"),
        ("queue-policy", "opens queues by their policy", "sqs:SetQueueAttributes", "sqs", "*"),
    ):  # fmt: skip
        kind: WayKind = "open" if id.endswith("policy") else "share"
        yield WayOut(id, kind, title, action, here.format(service, resource))
    snapshot, image = f"arn:{partition}:ec2:*::snapshot/*", f"arn:{partition}:ec2:*::image/*"
    yield WayOut(
        "volume-snapshot", "share", "shares volume snapshots", "ec2:ModifySnapshotAttribute", snapshot
    )
    yield WayOut("image-share", "share", "shares machine images", "ec2:ModifyImageAttribute", image)


class Way(msgspec.Struct, frozen=True):
    """A way out and who has it: sets of principals by number."""

    way: WayOut
    reach: Reach

    @property
    def may(self) -> int:
        return self.reach.allowed | self.reach.conditional


class Movement(msgspec.Struct, frozen=True):
    """A principal that can move data out: which stores it reads, and by which ways it gets the data out.

    `sure`: it can read some store and has some way without conditions.
    """

    arn: str
    stores: tuple[str, ...]
    ways: tuple[WayOut, ...]
    sure: bool
    administrator: bool


class Exfiltration:
    """Who can move data out of an account."""

    def __init__(self, index: AccessIndex, data: Data, exposures: Exposures, administrators: int) -> None:
        self.index = index
        self._data = data
        self._exposures = exposures
        self._administrators = administrators
        self._read: dict[tuple[int, ...], tuple[str, ...]] = {}

    @cached_property
    def stores(self) -> tuple[Store, ...]:
        """The stores whose content can be read."""
        return tuple(store for store in self._data.stores if store.who.get("read") and store.kind != "key")

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """Every way out that somebody has."""
        account = self.index.account
        ways = [*_ways(account.partition, account.id), *self._buckets(), *self._public_places()]
        batch = Batch(self.index, {way.action for way in ways})
        found: dict[str, Way] = {}
        for way in ways:
            reach = self._asked(batch, way)
            if reach.allowed | reach.conditional:
                # Ways of one kind through several buckets are one way.
                known = found.get(way.id)
                found[way.id] = Way(way, reach) if known is None else Way(known.way, known.reach.or_(reach))
        return tuple(found.values())

    def _buckets(self) -> Iterator[WayOut]:
        """Opening a bucket, asked bucket by bucket: a bucket's name is no pattern."""
        for bucket in self.index.account.buckets.values():
            yield WayOut(
                "bucket-policy", "open", "opens buckets by their policy", "s3:PutBucketPolicy", bucket.arn
            )

    def _public_places(self) -> Iterator[WayOut]:
        """Buckets from which strangers read: what is put there is outside."""
        for arn, exposures in self._exposures.by_arn.items():
            surface = exposures[0].surface
            read = any(one.open and one.party.stranger and "read" in one.how for one in exposures)
            if surface.kind == "bucket" and read:
                title = f"writes into bucket {surface.name}, which strangers read"
                yield WayOut("public-place", "public place", title, "s3:PutObject", f"{arn}/*")

    def _asked(self, batch: Batch, way: WayOut) -> Reach:
        if way.kind != "outside":
            return batch.reach(way.action, way.target, new=self._says_nothing(way))
        if way.action == "s3:PutObject" and not self._knows_buckets:
            # Without a list of buckets a name is taken for one of the account's own.
            return batch.reach(way.action, way.target, dict(_THEIRS), new=True)
        return batch.reach(way.action, way.target, dict(_THEIRS), policy=_WELCOME)

    def _says_nothing(self, way: WayOut) -> bool:
        """Whether the policy of the bucket that a way leads through is about something else."""
        bucket = self.index.account.buckets.get(way.target.removesuffix("/*"))
        if bucket is None or not isinstance(bucket.policy, dict):
            return False
        named = NamedDocument(f"bucket policy of {bucket.name}", "resource", bucket.arn, bucket.policy)
        document = read_policy(named).document
        return document is not None and not any(
            statement.covers_action(way.action.lower()) for statement in document.statements
        )

    @property
    def _knows_buckets(self) -> bool:
        outcomes = self.index.account.outcomes_of("s3", "ListBuckets")
        return bool(outcomes) and all(one.error is None and one.complete for one in outcomes)

    # --- who ----------------------------------------------------------------------------------------------

    @cached_property
    def readers(self) -> int:
        """Who can read some store of data, on conditions or not."""
        bits = 0
        for store in self.stores:
            bits |= store.who["read"]
        return bits

    @cached_property
    def movers(self) -> int:
        """Who can read some data and has some way out."""
        bits = 0
        for way in self.ways:
            bits |= way.may
        return bits & self.readers & ~self._linked

    @cached_property
    def _linked(self) -> int:
        return sum(
            1 << number for number, carrier in enumerate(self.index.carriers) if carrier.caller.service_linked
        )

    @cached_property
    def movements(self) -> tuple[Movement, ...]:
        """Everyone who can move data out; administrators, who can do that anyhow, last."""
        found = [self._movement(number) for number in members(self.movers)]
        found.sort(key=lambda one: (one.administrator, not one.sure, -len(one.stores), one.arn))
        return tuple(found)

    def movement(self, arn: str) -> Movement | None:
        """What a principal can move out, and how; None if it cannot. Raises KeyError."""
        number = self.index.numbers[arn]
        return self._movement(number) if self.movers >> number & 1 else None

    @cached_property
    def _readable(self) -> dict[int, set[int]]:
        """Stores by their place among all, by who reads them: thousands are read by the same principals."""
        found: dict[int, set[int]] = {}
        for place, store in enumerate(self.stores):
            found.setdefault(store.who["read"], set()).add(place)
        return found

    def _read_by(self, bit: int) -> tuple[str, ...]:
        readers = tuple(who for who in self._readable if who & bit)
        known = self._read.get(readers)
        if known is None:
            places = sorted(place for who in readers for place in self._readable[who])
            known = self._read[readers] = tuple(self.stores[place].arn for place in places)
        return known

    def _movement(self, number: int) -> Movement:
        bit = 1 << number
        ways = [way for way in self.ways if way.may & bit]
        return Movement(
            arn=self.index.principals[number].arn,
            stores=self._read_by(bit),
            ways=tuple(way.way for way in ways),
            sure=any(way.reach.allowed & bit for way in ways),
            administrator=bool(self._administrators & bit),
        )
