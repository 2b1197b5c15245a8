"""What the controls say about each row of the matrix. A row with anything unknown never shows as good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final

import msgspec

from srtui.account import Account
from srtui.account.inventory import MANAGED
from srtui.account.model import Record
from srtui.responsibility.control import Control
from srtui.responsibility.matrix import Row, rows
from srtui.responsibility.verdict import PRECEDENCE, SEVERITIES, Result, Severity, Status


class ServiceUse(msgspec.Struct, frozen=True):
    """A managed service that the evidence shows in use: how many of what, where. Empty region: global."""

    service: str
    detail: str  # e.g. the database engine
    region: str
    count: int


class Inherited(msgspec.Struct, frozen=True):
    """What AWS answers for in a row, and what is left."""

    what: str
    attestation: tuple[str, ...]  # reports and certificates; AWS Artifact has them
    attested_at: str
    in_use: tuple[ServiceUse, ...]
    remains: str


class ControlStatus(msgspec.Struct, frozen=True):
    """One control of a row: its verdict over all subjects, and how many subjects have which status."""

    control: Control
    status: Status
    counts: Mapping[Status, int]
    reason: str = ""  # of the first unknown or not applicable result


class RowStatus(msgspec.Struct, frozen=True):
    """The state of one row. `worst` is the highest severity among its failed controls."""

    row: Row
    status: Status
    controls: tuple[ControlStatus, ...]
    control_counts: Mapping[Status, int]
    subject_counts: Mapping[Status, int]
    worst: Severity | None
    inherited: Inherited | None = None

    @property
    def number(self) -> int:
        return self.row.number

    @property
    def evaluated(self) -> int:
        """How many controls have a complete verdict (nothing unknown about them)."""
        return sum(not control.counts.get("unknown") for control in self.controls)

    @property
    def share_evaluated(self) -> float:
        """The part of the controls with a complete verdict, 0 to 1; 0 for a row without controls."""
        return self.evaluated / len(self.controls) if self.controls else 0.0

    @property
    def percent_evaluated(self) -> int:
        """The same in whole percent, rounded down: 100 is said only where nothing is unknown."""
        return int(100 * self.share_evaluated + 1e-9)


def overall(statuses: Iterable[Status]) -> Status:
    """The verdict over several: fail, then unknown, then pass; not applicable if nothing else was said."""
    seen = set(statuses)
    return next((status for status in PRECEDENCE if status in seen), "not_applicable")


def control_statuses(results: Iterable[Result], controls: Mapping[str, Control]) -> dict[str, ControlStatus]:
    """The verdict of each control by id; a control without any result is unknown."""
    by_control: dict[str, list[Result]] = {id: [] for id in controls}
    for result in results:
        by_control[result.control].append(result)
    return {id: _control_status(controls[id], found) for id, found in by_control.items()}


def _control_status(control: Control, found: list[Result]) -> ControlStatus:
    if not found:
        return ControlStatus(control, "unknown", {"unknown": 1}, "not evaluated")
    counts = Counter(result.status for result in found)
    status = overall(counts)
    reason = next((result.reason for result in found if result.reason and result.status == status), "")
    if not reason:
        reason = next((result.reason for result in found if result.reason), "")
    return ControlStatus(control, status, dict(counts), reason)


def matrix_status(
    results: Iterable[Result], controls: Mapping[str, Control], account: Account
) -> tuple[RowStatus, ...]:
    """The 13 rows in order."""
    statuses = control_statuses(results, controls)
    return tuple(_row_status(row, statuses.values(), account) for row in rows())


def _row_status(row: Row, statuses: Iterable[ControlStatus], account: Account) -> RowStatus:
    mine = tuple(status for status in statuses if row.number in status.control.rows)
    subjects: Counter[Status] = Counter()
    for status in mine:
        subjects.update(status.counts)
    failed = [SEVERITIES.index(status.control.severity) for status in mine if status.status == "fail"]
    return RowStatus(
        row=row,
        status=overall(status.status for status in mine),
        controls=mine,
        control_counts=dict(Counter(status.status for status in mine)),
        subject_counts=dict(subjects),
        worst=SEVERITIES[min(failed)] if failed else None,
        inherited=_inherited(row, account) if row.owner == "A" else None,
    )


_CONSOLES: Final = {
    "aws": "https://console.aws.amazon.com/artifact/",
    "aws-us-gov": "https://console.amazonaws-us-gov.com/artifact/",
    "aws-cn": "https://console.amazonaws.cn/artifact/",
}


def _inherited(row: Row, account: Account) -> Inherited:
    in_use = [use for kind in row.services for use in _USES[kind](account)]
    return Inherited(
        what=row.inherited,
        attestation=row.attestation,
        attested_at=f"AWS Artifact, {_CONSOLES.get(account.partition, _CONSOLES['aws'])}",
        in_use=tuple(in_use),
        remains=row.remains,
    )


def _counted(service: str, seen: Iterable[tuple[str, str]]) -> Iterator[ServiceUse]:
    for (region, detail), count in sorted(Counter(seen).items()):
        yield ServiceUse(service=service, detail=detail, region=region, count=count)


def _regions(account: Account) -> Iterator[ServiceUse]:
    if account.regions:
        yield ServiceUse("regions", "enabled", "", len(account.regions))


def _databases(account: Account) -> Iterator[ServiceUse]:
    return _counted("rds", ((item.region, item.engine) for item in account.databases.values()))


def _functions(account: Account) -> Iterator[ServiceUse]:
    return _counted("lambda", ((item.region, "functions") for item in account.functions.values()))


def _buckets(account: Account) -> Iterator[ServiceUse]:
    return _counted("s3", ((item.region, "buckets") for item in account.buckets.values()))


def _keys(account: Account) -> Iterator[ServiceUse]:
    return _counted("kms", ((item.region, "keys") for item in account.keys.values()))


def _instances(account: Account) -> Iterator[ServiceUse]:
    return _counted("ec2", ((item.region, "instances") for item in account.instances.values()))


def _recorded(service: str, record: type[Record], detail: str, account: Account) -> Iterator[ServiceUse]:
    return _counted(service, ((item.region, detail) for item in account.table(record).values()))


_USES: Final[dict[str, Callable[[Account], Iterator[ServiceUse]]]] = {
    "regions": _regions,
    "rds": _databases,
    "lambda": _functions,
    "s3": _buckets,
    "kms": _keys,
    "ec2": _instances,
    **{service: partial(_recorded, service, *kind) for service, kind in MANAGED.items()},
}
