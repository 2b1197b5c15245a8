"""Controls: small pure functions over the account, and the rules that keep a missing answer from passing.

A control declares the calls it `needs`. Before a verdict counts, every needed call that is made without a
parent must have been answered completely in every region where it is due; where it was not, the control gets an
`unknown` result that names the call. What was seen in spite of that may still fail, but it cannot pass.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

import msgspec

from srtui.account import Account
from srtui.policy.effective import EffectivePermissions
from srtui.services.declare import Call, home_region

Status = Literal["pass", "fail", "unknown", "not_applicable"]
Severity = Literal["critical", "high", "medium", "low", "info"]
SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "high", "medium", "low", "info")


class Source(msgspec.Struct, frozen=True):
    """The API answer a fact was read from. `at` is None only if the call was never made."""

    service: str
    operation: str
    region: str
    at: datetime | None


class Fact(msgspec.Struct, frozen=True):
    """One observed thing that a verdict rests on."""

    label: str
    value: str


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A control's verdict on one subject. `subject` is an ARN; `values` fill the fix command's placeholders."""

    control: str
    status: Status
    subject: str
    region: str = ""
    facts: tuple[Fact, ...] = ()
    sources: tuple[Source, ...] = ()
    reason: str = ""
    values: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Context:
    """What every control may look at. `permissions` holds effective permissions by principal ARN."""

    account: Account
    now: datetime
    permissions: Mapping[str, EffectivePermissions] = field(default_factory=dict)

    def is_admin(self, arn: str) -> bool:
        """Whether the principal can do everything or can give itself everything."""
        found = self.permissions.get(arn)
        return found is not None and found.admin is not None

    def days_since(self, moment: datetime | None) -> int | None:
        return None if moment is None else (self.now - moment).days


@dataclass(frozen=True, slots=True)
class Check:
    """What a control function gets: the context, and verbs that make its results."""

    control: Control
    context: Context

    @property
    def account(self) -> Account:
        return self.context.account

    @property
    def now(self) -> datetime:
        return self.context.now

    def passed(self, subject: str, *facts: Fact, region: str = "") -> Result:
        return self._result("pass", subject, facts, region)

    def failed(self, subject: str, *facts: Fact, region: str = "", **values: str) -> Result:
        """A failure; `values` are put, quoted for a shell, into the fix command's placeholders."""
        return self._result("fail", subject, facts, region, values=values)

    def unknown(self, subject: str, *needs: Call, region: str = "", reason: str = "") -> Result:
        """Could not be told: the reason is what became of the calls in `needs` for this subject."""
        calls = needs or self.control.needs
        text = reason or why_unknown(self.account, calls, subject, region)
        return self._result("unknown", subject, (), region, reason=text)

    def not_applicable(self, reason: str, subject: str = "") -> Result:
        return self._result("not_applicable", subject or self.account.root_arn, (), "", reason=reason)

    def _result(
        self,
        status: Status,
        subject: str,
        facts: tuple[Fact, ...],
        region: str,
        reason: str = "",
        values: dict[str, str] | None = None,
    ) -> Result:
        return Result(
            control=self.control.id,
            status=status,
            subject=subject,
            region=region,
            facts=facts,
            sources=sources(self.account, self.control.needs, region),
            reason=reason,
            values=values or {},
        )


Rule = Callable[[Check], Iterator[Result]]


@dataclass(frozen=True, eq=False, slots=True)
class Control:
    """A rule of the matrix. `command` is an AWS CLI command with {placeholders}; srtui prints it, never runs it."""

    id: str
    title: str
    rows: tuple[int, ...]
    severity: Severity
    topic: str
    needs: tuple[Call, ...]
    why: str
    fix: str
    command: str
    references: tuple[str, ...]
    insecure_default: bool
    frameworks: Mapping[str, tuple[str, ...]]
    rule: Rule

    def command_for(self, result: Result) -> str:
        """The fix command for one failed subject, with every value quoted for a POSIX shell."""
        values = {name: shlex.quote(value) for name, value in result.values.items()}
        values.setdefault("region", shlex.quote(result.region))
        values.setdefault("subject", shlex.quote(result.subject))
        return self.command.format_map(values) if self.command else ""


_controls: dict[str, Control] = {}


def control(
    id: str,  # noqa: A002
    *,
    title: str,
    rows: Iterable[int],
    severity: Severity,
    topic: str,
    needs: Iterable[Call],
    why: str,
    fix: str,
    command: str = "",
    references: Iterable[str] = (),
    insecure_default: bool = False,
    frameworks: Mapping[str, Iterable[str]] | None = None,
) -> Callable[[Rule], Control]:
    """Register a control. Raises ValueError for an id that is already taken."""

    def register(rule: Rule) -> Control:
        if id in _controls:
            raise ValueError(f"two controls are called {id}")
        made = Control(
            id=id,
            title=title,
            rows=tuple(rows),
            severity=severity,
            topic=topic,
            needs=tuple(needs),
            why=why,
            fix=fix,
            command=command,
            references=tuple(references),
            insecure_default=insecure_default,
            frameworks={name: tuple(ids) for name, ids in (frameworks or {}).items()},
            rule=rule,
        )
        _controls[id] = made
        return made

    return register


def registered() -> Mapping[str, Control]:
    """Every control by id. `srtui.responsibility.controls` imports them all."""
    return _controls


def evaluate(control: Control, context: Context) -> list[Result]:
    """All verdicts of one control: unknowns for unanswered calls first, then what its rule says."""
    check = Check(control, context)
    gaps = list(_gaps(check))
    results = [*gaps, *control.rule(check)]
    blind = {result.region for result in gaps}
    if gaps:
        # Absence of a problem is no evidence where the listing itself is missing or unfinished.
        results = [
            result
            for result in results
            if result.status != "not_applicable" and not (result.status == "pass" and result.region in blind and _is_account(result, context))
        ]
    elif not results:
        results = [check.not_applicable("nothing of this kind exists here")]
    return results


def _is_account(result: Result, context: Context) -> bool:
    return result.subject == context.account.root_arn


def _gaps(check: Check) -> Iterator[Result]:
    """An unknown for each needed call (made without a parent) that has no complete answer, per region."""
    account = check.account
    for call in check.control.needs:
        if call.for_each is not None:
            continue
        due = list(account.regions) if call.scope == "regional" else [""]
        if call.scope == "regional" and not due:
            due = [""]
        seen = account.outcomes_of(*call.id)
        for region in due:
            here = [outcome for outcome in seen if call.scope == "global" or outcome.region == region]
            if not here:
                yield check.unknown(account.root_arn, call, region=region, reason=f"{call} was not collected")
            for outcome in here:
                if outcome.error is not None:
                    yield check.unknown(account.root_arn, call, region=region, reason=describe_failure(outcome_text(call), outcome.error.code, outcome.region))
                elif not outcome.complete:
                    yield check.unknown(account.root_arn, call, region=region, reason=f"{call} is still being read")


def outcome_text(call: Call) -> str:
    return f"{call.service.name}:{call.operation}"


def describe_failure(call: str, code: str, region: str) -> str:
    """One line for a person: which call failed, where, and how."""
    where = f" in {region}" if region else ""
    return f"{call} failed{where}: {code}"


def why_unknown(account: Account, calls: Iterable[Call], subject: str, region: str) -> str:
    """What became of the calls that would have told something about the subject."""
    name = subject.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    for call in calls:
        for outcome in account.outcomes_of(*call.id):
            if outcome.error is None or (region and call.scope == "regional" and outcome.region != region):
                continue
            if not outcome.params or any(value in (subject, name) for value in outcome.params.values()):
                return describe_failure(outcome_text(call), outcome.error.code, outcome.region)
    names = ", ".join(outcome_text(call) for call in calls)
    return f"no answer yet from {names}"


def sources(account: Account, calls: Iterable[Call], region: str) -> tuple[Source, ...]:
    """Where the facts come from, with the time of the newest answer of each call in the region."""
    found = []
    for call in calls:
        where = region if call.scope == "regional" and region else ""
        outcomes = [outcome for outcome in account.outcomes_of(*call.id) if not where or outcome.region == where]
        newest = max((outcome.at for outcome in outcomes), default=None)
        place = where or (outcomes[0].region if outcomes else home_region(call.service, account.partition))
        found.append(Source(service=call.service.name, operation=call.operation, region=place, at=newest))
    return tuple(found)
