"""Findings then and now: new, reopened, still open, fixed, and what can no longer be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, Literal

import msgspec

from srtui.account import Outcome
from srtui.analysis import Analysis
from srtui.compare.administrators import newly_administrator
from srtui.compare.unread import failed_only, unread_only, why_unread
from srtui.findings.finding import Finding
from srtui.findings.triage import Triage
from srtui.responsibility.control import describe_failure
from srtui.responsibility.verdict import PRECEDENCE, Result, Status
from srtui.services.declare import Call

#: Topics of controls on who becomes whom and what gets out, which lead through whatever resources there are.
_OF_THE_GRAPH: Final = frozenset({"escalation"})

#: Topics with controls that leave administrators out: whoever became one is told of by other controls.
_BUT_ADMINISTRATORS: Final = frozenset({"access", "duties", "escalation"})
#: Controls that another one takes over from, of the same subject, once it is worse.
_WIDER: Final = {"tox-public-compute-priv-role": "internet-instance-admin-role"}


class Fixed(msgspec.Struct, frozen=True):
    """A finding that is there no more: its subject passes now, or is gone."""

    finding: Finding
    how: Literal["passes", "gone"]


class Lost(msgspec.Struct, frozen=True):
    """A finding of which nobody can tell whether it is still there, or which is told of nobody any more, and why."""

    finding: Finding
    reason: str


class FindingDiff(msgspec.Struct, frozen=True, kw_only=True):
    """The findings of both sides, each in one list, worst first.

    `came_to_light`: there was no telling before. `reopened`: acknowledged, suppressed or fixed in the meantime, and
    open again. `quiet`: still there, and acknowledged or suppressed.
    """

    new: tuple[Finding, ...] = ()
    came_to_light: tuple[Finding, ...] = ()
    reopened: tuple[Finding, ...] = ()
    still_open: tuple[Finding, ...] = ()
    quiet: tuple[Finding, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    out_of_sight: tuple[Lost, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether any finding came, went, or cannot be told any more."""
        return bool(self.new or self.came_to_light or self.reopened or self.fixed or self.out_of_sight)


def compare_findings(old: Analysis, new: Analysis, triage: Triage | None = None) -> FindingDiff:
    """Sort the findings of two analyses of one account. Without `triage` nothing is reopened or quiet."""
    before = {finding.fingerprint: finding for finding in old.findings}
    after = {finding.fingerprint for finding in new.findings}
    verdicts = Verdicts(old, new)
    lists: dict[str, list[Finding]] = {}
    for finding in new.findings:
        if finding.fingerprint in before:
            kind = _still(finding, old.now, new.now, triage)
        else:
            kind = _arrived(finding, old.now, verdicts, triage)
        lists.setdefault(kind, []).append(finding)
    now = Verdicts(new, old)
    fixed: list[Fixed] = []
    lost: list[Lost] = []
    for finding in old.findings:
        if finding.fingerprint in after:
            continue
        status, reason = now.of(finding)
        if status == "unknown":
            lost.append(Lost(finding, reason))
        else:
            fixed.append(Fixed(finding, "passes" if status == "pass" else "gone"))
    return FindingDiff(
        new=tuple(lists.get("new", ())),
        came_to_light=tuple(lists.get("came_to_light", ())),
        reopened=tuple(lists.get("reopened", ())),
        still_open=tuple(lists.get("still_open", ())),
        quiet=tuple(lists.get("quiet", ())),
        fixed=tuple(fixed),
        out_of_sight=tuple(lost),
    )


def _still(finding: Finding, then: datetime, now: datetime, triage: Triage | None) -> str:
    if triage is None:
        return "still_open"
    decision = triage.decision(finding.fingerprint)
    if decision.state_at(now) != "open":
        return "quiet"
    if decision.at is None:
        return "still_open"
    if decision.at > then:
        # A decision for `open` is only ever written when somebody opens a finding again.
        return "reopened" if decision.state == "open" and decision.at <= now else "still_open"
    return "reopened" if decision.state_at(then) != "open" else "still_open"


def _arrived(finding: Finding, then: datetime, verdicts: Verdicts, triage: Triage | None) -> str:
    if triage is not None:
        decision = triage.decision(finding.fingerprint)
        times = [decision.at, *(note.at for note in decision.notes)]
        if any(time is not None and time <= then for time in times):
            # Somebody judged it before the earlier look, which did not find it: it had gone and is back.
            return "reopened" if verdicts.of(finding)[0] != "unknown" else "came_to_light"
    return "came_to_light" if verdicts.of(finding)[0] == "unknown" else "new"


class Verdicts:
    """What one analysis says about the subjects of findings that the other one has."""

    def __init__(self, analysis: Analysis, other: Analysis) -> None:
        self._account = analysis.account
        self._analysis, self._other = analysis, other
        self._blind_only = unread_only(analysis.account, other.account)
        self._only_here = failed_only(analysis.account, other.account)
        self._exact: dict[tuple[str, str, str], Result] = {}
        self._blind: dict[str, list[Result]] = {}
        for result in analysis.results:
            key = (result.control, result.subject, result.region)
            known = self._exact.get(key)
            if known is None or PRECEDENCE.index(result.status) < PRECEDENCE.index(known.status):
                self._exact[key] = result
            if result.status == "unknown" and result.subject == analysis.account.root_arn:
                self._blind.setdefault(result.control, []).append(result)
        self._controls = analysis.controls

    def of(self, finding: Finding) -> tuple[Status, str]:
        """The verdict on the subject of a finding, and for unknown the reason; not applicable if it is not there."""
        result = self._exact.get((finding.control, finding.subject, finding.region))
        if result is not None and result.status != "not_applicable":
            return result.status, result.reason
        if finding.control not in self._controls:
            return "unknown", f"there is no control {finding.control}"
        regions = self._account.regions
        if finding.region and regions and finding.region not in regions:
            return "unknown", f"{finding.region} was not collected"
        for blind in self._blind.get(finding.control, ()):
            # A gap in one region blinds that region; a gap of a global call, and any gap for an account, everything.
            if not blind.region or not finding.region or blind.region == finding.region:
                return "unknown", blind.reason
        reason = self._unread(finding) or self._wider(finding)
        return ("unknown", reason) if reason else ("not_applicable", "")

    def _wider(self, finding: Finding) -> str:
        """Why the subject is not told of here, though it may do more than on the other side."""
        if self._controls[finding.control].topic in _BUT_ADMINISTRATORS:
            who = newly_administrator(finding.subject, self._analysis, self._other)
            if who:
                return f"no longer told: {who} is administrator now"
        wider = _WIDER.get(finding.control, "")
        told = self._exact.get((wider, finding.subject, finding.region))
        if told is not None and told.status == "fail":
            return f"no longer told: now it is “{self._controls[wider].problem}”"
        return ""

    def _unread(self, finding: Finding) -> str:
        """Why a subject may be missing: a call that would have shown it was not answered.

        Those are the calls that the control needs, the calls that the finding itself was seen by, and, where it is about
        who becomes whom, the listings that techniques lead through.
        """
        control = self._controls[finding.control]
        seen_by = {(source.service, source.operation): bool(source.region) for source in finding.sources}
        needed = {call.id: call.scope == "regional" for call in _with_parents(control.needs)}
        for (service, operation), regional in {**seen_by, **needed}.items():
            outcomes = self._account.outcomes_of(service, operation)
            about = [one for one in outcomes if _names(one, finding.subject)]
            for outcome in outcomes:
                if outcome.error is None:
                    continue
                if outcome in about or not any(True for _ in _texts(outcome.params)):
                    concerned = not (regional and finding.region and outcome.region != finding.region)
                else:
                    # Of other things: where none is about the subject, it counts if it is what became different.
                    concerned = not about and outcome.key in self._only_here
                if concerned:
                    return describe_failure(f"{service}:{operation}", outcome.error.code, outcome.region)
        return why_unread(self._blind_only) if control.topic in _OF_THE_GRAPH else ""


def _with_parents(calls: Iterable[Call]) -> Iterator[Call]:
    """Calls, and the listings that they are made for each item of."""
    for call in calls:
        step: Call | None = call
        while step is not None:
            yield step
            step = step.for_each


def _names(outcome: Outcome, subject: str) -> bool:
    """Whether a call was about a subject, as far as its parameters tell."""
    return any(text in subject for text in _texts(outcome.params))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
