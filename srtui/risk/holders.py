"""Who holds a duty: sets of principals, asked of the truth engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

import msgspec

from srtui.access import AccessIndex, Reach, members
from srtui.access.batch import Batch
from srtui.access.questions import ask
from srtui.account import UNREAD, Account
from srtui.account.model import Record, User
from srtui.account.stores import Secret
from srtui.permissions import control_policies
from srtui.policy.catalogue import load_catalogue
from srtui.risk.duties import Duty, DutyBook, ResourceKind

NOBODY: Final = Reach(0, 0, 0)
#: The action that changes a tagged resource, by how its ARN begins behind the account (service, start of the resource).
_CHANGES: Final[tuple[tuple[str, str, str], ...]] = (
    ("ec2", "instance/", "ec2:TerminateInstances"),
    ("ec2", "volume/", "ec2:DeleteVolume"),
    ("rds", "db:", "rds:ModifyDBInstance"),
    ("rds", "cluster:", "rds:ModifyDBCluster"),
    ("ecs", "service/", "ecs:UpdateService"),
    ("eks", "cluster/", "eks:UpdateClusterConfig"),
    ("redshift", "cluster:", "redshift:ModifyCluster"),
    ("secretsmanager", "secret:", "secretsmanager:PutSecretValue"),
    ("cloudformation", "stack/", "cloudformation:UpdateStack"),
    ("autoscaling", "autoScalingGroup:", "autoscaling:UpdateAutoScalingGroup"),
    ("codebuild", "project/", "codebuild:UpdateProject"),
    ("elasticfilesystem", "file-system/", "elasticfilesystem:DeleteFileSystem"),
)
#: More tagged resources of one environment than this say nothing new.
_MOST_TAGGED: Final = 500


class Asking(msgspec.Struct, frozen=True):
    """One action on one target, with what is known of the request."""

    action: str
    target: str
    given: Mapping[str, str] = {}


class Holding(msgspec.Struct, frozen=True):
    """Who holds a duty, on what: `by_resource` for duties that are looked at resource by resource."""

    reach: Reach
    by_resource: Mapping[str, Reach] = {}


class Holders:
    """The holders of the duties of a book among the principals of an index. `whole`: the account with all resources."""

    def __init__(self, index: AccessIndex, book: DutyBook, whole: Account | None = None) -> None:
        self.index = index
        self.book = book
        self.account = whole or index.account
        self._known: dict[str, Holding] = {}

    def of(self, duty: str) -> Holding:
        """The holders of a duty. Raises KeyError."""
        found = self._known.get(duty)
        if found is None:
            found = self._known[duty] = self._find(self.book.duties[duty])
        return found

    @cached_property
    def batch(self) -> Batch:
        """All questions about the actions of all duties."""
        catalogue = load_catalogue()
        patterns = [pattern for duty in self.book.duties.values() for pattern in duty.actions]
        names = catalogue.actions(catalogue.expand_all(patterns))
        return Batch(self.index, [*names, *(action for _, _, action in _CHANGES)])

    @cached_property
    def everyone(self) -> int:
        """Every principal but those that AWS made for its services."""
        bits = 0
        for number, carrier in enumerate(self.index.carriers):
            bits |= (not carrier.caller.service_linked) << number
        return bits

    # --- one duty -----------------------------------------------------------------------------------------

    def _find(self, duty: Duty) -> Holding:
        if duty.state is not None:
            return Holding(self._in_state(duty))
        if duty.on:
            each = {
                resource: self._any(Asking(action, resource) for action in self._actions(duty))
                for resource in self._resources(duty.on)
            }
            return Holding(_union(each.values()), each)
        if any("{boundary}" in one or "{self}" in one for one in duty.within):
            return Holding(self._of_the_bounded(duty))
        return Holding(_union(self._of_action(duty, action) for action in self._actions(duty)))

    @staticmethod
    def _actions(duty: Duty) -> list[str]:
        catalogue = load_catalogue()
        return catalogue.actions(catalogue.expand_all(duty.actions))

    def _one(self, asking: Asking) -> Reach:
        found = self.batch.reach(asking.action, asking.target, dict(asking.given))
        return Reach(
            found.allowed & self.everyone, found.conditional & self.everyone, found.unknown & self.everyone
        )

    def _any(self, asked: Iterable[Asking]) -> Reach:
        return _union(self._one(one) for one in asked)

    def _of_action(self, duty: Duty, action: str) -> Reach:
        """Who may do an action on something: of every kind of resource that one call needs, on one."""
        everyone: Reach | None = None
        for group in self.targets(duty, action):
            some = self._any(Asking(action, target) for target in group)
            everyone = some if everyone is None else everyone.and_(some)
        return everyone or NOBODY

    def held_askings(self, duty: Duty, arn: str, resource: str, most: int) -> list[Asking]:
        """What a principal may do that makes it hold a duty, `most` actions of it; `resource` "" for any."""
        number = self.index.numbers[arn]
        found: list[Asking] = []
        actions = 0
        for group in self._askings(duty, arn, resource):
            held = [
                next((one for one in some if self._one(one).possible >> number & 1), None) for some in group
            ]
            if held and all(one is not None for one in held):
                found += [one for one in held if one is not None]
                actions += 1
            if actions == most:
                break
        return found

    def _askings(self, duty: Duty, arn: str, resource: str) -> Iterator[list[list[Asking]]]:
        """For each action what it is asked about: of each group one is needed."""
        if duty.state in ("production", "other"):
            yield from ([[one]] for one in self.changes_of(duty.state))
            return
        principal = self.index.principals[self.index.numbers[arn]]
        for action in self._actions(duty):
            if any("{boundary}" in one or "{self}" in one for one in duty.within):
                boundaries = {principal.boundary: 1} if principal.boundary is not None else {}
                own = [one for one, _ in self._own_askings(duty, action, boundaries)]
                yield [[one for one in own if one.target in (principal.arn, principal.boundary)]]
            elif resource:
                yield [[Asking(action, resource)]]
            else:
                groups = self.targets(duty, action)
                yield [[Asking(action, target) for target in group] for group in groups]

    def targets(self, duty: Duty, action: str) -> list[list[str]]:
        """What an action of a duty is asked about: of each group one is needed."""
        if duty.on:
            return [self._resources(duty.on)]
        if duty.within and load_catalogue().has_resource_level(action):
            return [[self._filled(pattern) for pattern in duty.within]]
        asked = ask(self.account, action, None)
        return [[target for part in group for target in self._single(part.target)] for group in asked.groups]

    def _single(self, target: object) -> Iterator[str]:
        """A bucket's name holds no slash, which a pattern cannot say: known buckets are asked about by name."""
        text, slashless = str(getattr(target, "text", "")), bool(getattr(target, "slashless", False))
        if slashless and self.account.buckets:
            yield from self.account.buckets
        else:
            yield text

    def _filled(self, pattern: str) -> str:
        return pattern.replace("{partition}", self.account.partition).replace("{account}", self.account.id)

    def _resources(self, kind: ResourceKind) -> list[str]:
        """The customer's keys, or the secrets; a pattern where nobody asked for them."""
        account = self.account
        where = f"arn:{account.partition}"
        if kind == "key":
            found = [
                key.arn for key in account.keys.values() if key.manager is UNREAD or key.manager == "CUSTOMER"
            ]
            if not found and not account.outcomes_of("kms", "ListKeys"):
                return [f"{where}:kms:*:{account.id}:key/*"]
            return found
        secrets = list(account.table(Secret))
        if not secrets and not account.outcomes_of("secretsmanager", "ListSecrets"):
            return [f"{where}:secretsmanager:*:{account.id}:secret:*"]
        return secrets

    def _of_the_bounded(self, duty: Duty) -> Reach:
        """Duties about one's own boundary or oneself, asked of those who have a boundary."""
        found = NOBODY
        boundaries: dict[str, int] = {}
        for number, principal in enumerate(self.index.principals):
            if principal.boundary is not None:
                boundaries[principal.boundary] = boundaries.get(principal.boundary, 0) | 1 << number
        for action in self._actions(duty):
            for asking, who in self._own_askings(duty, action, boundaries):
                reach = self._one(asking)
                found = found.or_(Reach(reach.allowed & who, reach.conditional & who, reach.unknown & who))
        return found

    def _own_askings(
        self, duty: Duty, action: str, boundaries: Mapping[str, int]
    ) -> Iterator[tuple[Asking, int]]:
        kinds = {kind.type.partition("/")[2] for kind in load_catalogue().resources_of(action)}
        if "policy" in kinds and "{boundary}" in duty.within:
            for boundary, who in boundaries.items():
                # AWS's own policies cannot be changed.
                if ":iam::aws:" not in boundary:
                    yield Asking(action, boundary), who
        if "{self}" in duty.within and kinds & {"user", "role"}:
            for number, principal in enumerate(self.index.principals):
                kind = "user" if isinstance(principal, User) else "role"
                if principal.boundary is not None and kind in kinds:
                    yield Asking(action, principal.arn), 1 << number

    # --- states -------------------------------------------------------------------------------------------

    def _in_state(self, duty: Duty) -> Reach:
        match duty.state:
            case "console" | "keys":
                return self._by_credentials(console=duty.state == "console")
            case "bound":
                return self._bound()
            case "bounded":
                bits = sum(
                    1 << number
                    for number, one in enumerate(self.index.principals)
                    if one.boundary is not None
                )
                return Reach(bits & self.everyone, 0, 0)
            case _:
                return _union(self._one(one) for one in self.changes_of(duty.state or ""))

    def _by_credentials(self, *, console: bool) -> Reach:
        so = unknown = 0
        for number, principal in enumerate(self.index.principals):
            if not isinstance(principal, User):
                continue
            credentials = self.account.credentials_of(principal)
            if credentials is UNREAD:
                unknown |= 1 << number
            elif credentials.password_enabled if console else credentials.active_keys:
                so |= 1 << number
        return Reach(so, 0, unknown)

    def _bound(self) -> Reach:
        organization = self.account.organization
        if organization is UNREAD:
            return Reach(0, 0, self.everyone)
        found = control_policies(self.account, "SERVICE_CONTROL_POLICY")
        return Reach(self.everyone, 0, 0) if found.levels or found.gaps else NOBODY

    def changes_of(self, environment: str) -> list[Asking]:
        """How tagged resources of an environment are changed."""
        found = []
        for record in _tagged(self.account):
            if self.book.environments.of(record.tags) != environment:
                continue
            action = _change_of(record.arn)
            if action is not None:
                found.append(Asking(action, record.arn, self._tags_given(record, action)))
        return found[:_MOST_TAGGED]

    def _tags_given(self, record: Record, action: str) -> dict[str, str]:
        """The tag that tells the environment, as conditions on the resource's tags see it."""
        service = action.partition(":")[0]
        return {
            f"{prefix}:ResourceTag/{key}": value
            for key, value in record.tags.items()
            if key.lower() in self.book.environments.tags
            for prefix in ("aws", service)
        }


def _union(found: Iterable[Reach]) -> Reach:
    whole = NOBODY
    for one in found:
        whole = whole.or_(one)
    return whole


def _tagged(account: Account) -> Iterator[Record]:
    yield from (one for one in account.instances.values() if one.tags)
    yield from (one for one in account.databases.values() if one.tags)
    for table in account.tables.values():
        yield from (one for one in table.values() if one.tags)


def _change_of(arn: str) -> str | None:
    segments = arn.split(":", 5)
    if len(segments) < 6:
        return None
    return next(
        (
            action
            for service, start, action in _CHANGES
            if segments[2] == service and segments[5].startswith(start)
        ),
        None,
    )


def arns(index: AccessIndex, bits: int) -> Iterator[str]:
    """The ARNs of a set of principals, in the order of the account."""
    for number in members(bits):
        yield index.principals[number].arn
