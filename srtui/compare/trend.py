"""The trend since an earlier look at the account: how many findings are new, fixed and still open, by severity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from srtui.analysis import Analysis
from srtui.compare.findings import FindingDiff, compare_findings
from srtui.findings.finding import Finding
from srtui.findings.triage import Triage
from srtui.responsibility.verdict import Severity


class Trend(msgspec.Struct, frozen=True):
    """Counts by severity. `new` holds what came to light, too; `out_of_sight` is neither fixed nor open."""

    since: datetime
    new: Mapping[Severity, int]
    reopened: Mapping[Severity, int]
    still_open: Mapping[Severity, int]
    fixed: Mapping[Severity, int]
    out_of_sight: Mapping[Severity, int]

    @property
    def sentence(self) -> str:
        """`3 new, 1 reopened, 5 fixed, 40 still open`."""
        parts = [
            (self.new, "new"),
            (self.reopened, "reopened"),
            (self.fixed, "fixed"),
            (self.out_of_sight, "out of sight"),
            (self.still_open, "still open"),
        ]
        said = [
            f"{sum(counts.values()):,} {word}" for counts, word in parts if counts or word == "still open"
        ]
        return ", ".join(said)


def trend(old: Analysis, new: Analysis, triage: Triage | None = None) -> Trend:
    """The trend from one analysis of an account to a later one."""
    return trend_of(compare_findings(old, new, triage), old.now)


def trend_of(diff: FindingDiff, since: datetime) -> Trend:
    """The figures of a comparison that is at hand already."""
    return Trend(
        since=since,
        new=_by_severity((*diff.new, *diff.came_to_light)),
        reopened=_by_severity(diff.reopened),
        still_open=_by_severity(diff.still_open),
        fixed=_by_severity(one.finding for one in diff.fixed),
        out_of_sight=_by_severity(one.finding for one in diff.out_of_sight),
    )


def _by_severity(findings: Iterable[Finding]) -> Mapping[Severity, int]:
    return dict(Counter(finding.severity for finding in findings))
