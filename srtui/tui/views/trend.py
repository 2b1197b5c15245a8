"""What became of the findings since the session before: of the account and of each row of the matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from srtui.compare.findings import FindingDiff
from srtui.findings.finding import Finding


class Change(msgspec.Struct, frozen=True):
    """How many findings came, went, stayed, and cannot be told any more."""

    new: int = 0
    fixed: int = 0
    still_open: int = 0
    out_of_sight: int = 0

    @property
    def words(self) -> str:
        """`+3 new, 2 fixed, 40 still open`."""
        parts = [f"+{self.new:,} new"] * bool(self.new) + [f"{self.fixed:,} fixed"] * bool(self.fixed)
        parts += [f"{self.out_of_sight:,} out of sight"] * bool(self.out_of_sight)
        return ", ".join([*(parts or ["nothing new, nothing fixed"]), f"{self.still_open:,} still open"])


class Trends(msgspec.Struct, frozen=True):
    """The change since an earlier session; `since` None: there is none, or it cannot be read, as `reason` says."""

    since: datetime | None
    whole: Change = Change()
    rows: Mapping[int, Change] = msgspec.field(default_factory=dict)
    reason: str = ""

    def of(self, row: int | None = None) -> Change:
        """The change of one row, or of the account."""
        return self.whole if row is None else self.rows.get(row, Change())

    @property
    def day(self) -> str:
        """`24 Nov 2026`."""
        return f"{self.since:%d %b %Y}".lstrip("0") if self.since is not None else ""


def trends_of(diff: FindingDiff, since: datetime) -> Trends:
    """The figures of a comparison, by row."""
    lists: dict[str, Iterable[Finding]] = {
        "new": (*diff.new, *diff.came_to_light, *diff.reopened),
        "fixed": (one.finding for one in diff.fixed),
        "still_open": (*diff.still_open, *diff.quiet),
        "out_of_sight": (one.finding for one in diff.out_of_sight),
    }
    whole: dict[str, int] = {}
    rows: dict[int, Counter[str]] = {}
    for name, findings in lists.items():
        whole[name] = 0
        for finding in findings:
            whole[name] += 1
            for row in finding.rows:
                rows.setdefault(row, Counter())[name] += 1
    return Trends(since, Change(**whole), {row: Change(**counts) for row, counts in rows.items()})


def trend_sentence(trends: Trends, row: int | None = None) -> str:
    """What to say under a row or the matrix."""
    if trends.since is None:
        return trends.reason
    return f"{trends.of(row).words}, since {trends.day}"
