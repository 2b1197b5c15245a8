"""Two analyses of one account, compared as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from srtui.analysis import Analysis
from srtui.compare.findings import FindingDiff, compare_findings
from srtui.compare.paths import EntryChange, PathChange, compare_entries, compare_paths
from srtui.compare.policies import PolicyChange, compare_guardrails, compare_policies
from srtui.compare.principals import FILTERS, PrincipalChange, compare_principals, read_kinds
from srtui.compare.trend import Trend, trend_of
from srtui.findings.triage import Triage


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All that changed from `old_at` to `new_at`. `notes`: what could not be compared, and why."""

    account: str
    old_at: datetime
    new_at: datetime
    findings: FindingDiff
    principals: tuple[PrincipalChange, ...]
    policies: tuple[PolicyChange, ...]
    paths: tuple[PathChange, ...]
    entries: tuple[EntryChange, ...]
    notes: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether anything did; findings that are still open are no change."""
        return self.findings.changed or bool(self.principals or self.policies or self.paths or self.entries)

    @property
    def trend(self) -> Trend:
        return trend_of(self.findings, self.old_at)


def compare(old: Analysis, new: Analysis, triage: Triage | None = None) -> Comparison:
    """What changed. Depends on nothing but its arguments. Raises ValueError for two different accounts."""
    if old.account.id and new.account.id and old.account.id != new.account.id:
        raise ValueError(f"these are two accounts, {old.account.id} and {new.account.id}")
    managed = tuple(compare_policies(old.account, new.account))
    changed = {change.arn for change in managed if change.how == "changed"}
    return Comparison(
        account=new.account.id or old.account.id,
        old_at=old.now,
        new_at=new.now,
        findings=compare_findings(old, new, triage),
        principals=tuple(compare_principals(old, new, changed)),
        policies=(*managed, *compare_guardrails(old.account, new.account)),
        paths=tuple(compare_paths(old, new)),
        entries=tuple(compare_entries(old, new)),
        notes=tuple(_notes(old, new)),
    )


def _notes(old: Analysis, new: Analysis) -> Iterator[str]:
    if old.now > new.now:
        yield "the first of the two is the newer one"
    for analysis, side in ((old, "the old"), (new, "the new")):
        missing = [f"{kind}s" for kind in FILTERS if kind not in read_kinds(analysis.account)]
        if missing:
            yield f"{side} side has no complete list of {', '.join(missing)}: who of them came or went is not told"
    one, other = old.escalation.gaps, new.escalation.gaps
    for gap in dict.fromkeys((*one, *other)):
        side = (
            "both sides" if gap in one and gap in other else "the old side" if gap in one else "the new side"
        )
        yield f"{side}: {gap}"
    before, after = set(old.account.regions), set(new.account.regions)
    if before and after:
        if before - after:
            yield f"only the old side has {', '.join(sorted(before - after))}"
        if after - before:
            yield f"only the new side has {', '.join(sorted(after - before))}"
