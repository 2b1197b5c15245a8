"""Controls: small pure functions over the account, and the rules that keep a missing answer from passing.

A control declares the calls it `needs`. Before a verdict counts, every needed call that is made without a
parent must have been answered completely in every region where it is due; where it was not, the control gets an
`unknown` result that names the call. What was seen in spite of that may still fail, but it cannot pass; what fails
because it is missing from a listing (`failing_needs`) cannot fail without that listing either. Calls that are made for
single items keep the account as a whole from passing while one of them has no answer.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from srtui.account import Account, Outcome
from srtui.evidence import LEFT_OUT
from srtui.policy.effective import EffectivePermissions
from srtui.responsibility.csf import categories
from srtui.responsibility.verdict import SEVERITIES, Fact, Result, Severity, Source, Status
from srtui.services.declare import Call, CallContext, home_region

#: What a module of controls needs, in one import.
__all__ = [
    "SEVERITIES",
    "Check",
    "Context",
    "Control",
    "Fact",
    "Result",
    "Rule",
    "Severity",
    "Source",
    "Status",
    "control",
    "describe_failure",
    "evaluate",
    "failures_of",
    "gaps_of",
    "registered",
    "sources",
    "unread_items",
]


class Context(msgspec.Struct, frozen=True):
    """What every control may look at. `permissions` holds effective permissions by principal ARN."""

    account: Account
    now: datetime
    permissions: Mapping[str, EffectivePermissions] = msgspec.field(default_factory=dict)
    #: what rules share within one evaluation, by name
    cache: dict[str, Any] = msgspec.field(default_factory=dict)

    def is_admin(self, arn: str) -> bool:
        """Whether the principal can do everything or can give itself everything."""
        found = self.permissions.get(arn)
        return found is not None and found.admin is not None

    def days_since(self, moment: datetime | None) -> int | None:
        return None if moment is None else (self.now - moment).days


class Check(msgspec.Struct, frozen=True):
    """What a control function gets: the context, and verbs that make its results."""

    control: Control
    context: Context
    _sources: dict[str, tuple[Source, ...]] = msgspec.field(default_factory=dict)
    _failed: dict[Call, _Failures] = msgspec.field(default_factory=dict)

    @property
    def account(self) -> Account:
        return self.context.account

    @property
    def now(self) -> datetime:
        return self.context.now

    def answered(self, *calls: Call) -> bool:
        """Whether these listings are complete, so that what is missing from them is a fact."""
        return not any(True for call in calls for _ in gaps_of(self, call))

    def passed(self, subject: str, *facts: Fact, region: str = "") -> Result:
        return self._result("pass", subject, facts, region)

    def failed(self, subject: str, *facts: Fact, region: str = "", **values: str) -> Result:
        """A failure; `values` are put, quoted for a shell, into the fix command's placeholders."""
        return self._result("fail", subject, facts, region, values=values)

    def failed_as(
        self, severity: Severity, subject: str, *facts: Fact, region: str = "", **values: str
    ) -> Result:
        """A failure of another severity than the control's."""
        return self._result("fail", subject, facts, region, values=values, severity=severity)

    def unknown(self, subject: str, *needs: Call, region: str = "", reason: str = "") -> Result:
        """Could not be told: the reason is what became of the calls in `needs` for this subject."""
        calls = needs or self.control.needs
        text = reason or self._why_unknown(calls, subject, region)
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
        severity: Severity | None = None,
    ) -> Result:
        return Result(
            control=self.control.id,
            status=status,
            subject=subject,
            region=region,
            facts=facts,
            sources=self._sources_in(region),
            reason=reason,
            values=values or {},
            severity=severity,
        )

    def _sources_in(self, region: str) -> tuple[Source, ...]:
        found = self._sources.get(region)
        if found is None:
            found = self._sources[region] = sources(self.account, self.control.needs, region)
        return found

    def _why_unknown(self, calls: Iterable[Call], subject: str, region: str) -> str:
        """What became of the calls that would have told something about the subject."""
        for call in calls:
            failures = self._failed.get(call)
            if failures is None:
                failures = self._failed[call] = failures_of(self.account, call)
            if found := failures.about(subject, region if call.scope == "regional" else ""):
                return describe_failure(repr(call), found.code, found.region)
        return f"no answer yet from {', '.join(map(repr, calls))}"


class _Failure(msgspec.Struct, frozen=True):
    code: str
    region: str


class _Failures(msgspec.Struct, frozen=True):
    """The failures of one call by what it was asked about; those of a call about nothing in particular under "".

    `everywhere` has one for each region ("": for all of them) in which no question of this kind was answered.
    """

    by_value: Mapping[str, list[_Failure]]
    everywhere: Mapping[str, _Failure]

    def about(self, subject: str, region: str) -> _Failure | None:
        name = subject.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
        found = (failure for key in (subject, name, "") for failure in self.by_value.get(key, ()))
        named = next((failure for failure in found if not region or failure.region == region), None)
        # What a group or a batch was asked for is not named after the subject.
        return named or self.everywhere.get(region)


def failures_of(account: Account, call: Call) -> _Failures:
    """Index the failures of a call, because a rule may ask about thousands of subjects."""
    by_value: dict[str, list[_Failure]] = {}
    everywhere: dict[str, _Failure] = {}
    answered: set[str] = set()
    for outcome in account.outcomes_of(*call.id):
        if outcome.error is None:
            answered.update((outcome.region, ""))
            continue
        failure = _Failure(outcome.error.code, outcome.region)
        values = [value for value in outcome.params.values() if isinstance(value, str)]
        for place in (outcome.region, ""):
            everywhere.setdefault(place, failure)
        for value in values if call.for_each is not None and values else [""]:
            by_value.setdefault(value, []).append(failure)
    return _Failures(by_value, {place: one for place, one in everywhere.items() if place not in answered})


Rule = Callable[[Check], Iterator[Result]]


class Control(msgspec.Struct, frozen=True, eq=False):
    """A rule of the matrix: `title` says what is right, `problem` in a few words what is wrong where it fails.

    `command` is an AWS CLI command with {placeholders}; srtui prints it, never runs it.
    """

    id: str
    title: str
    problem: str
    rows: tuple[int, ...]
    severity: Severity
    topic: str
    needs: tuple[Call, ...]
    failing_needs: frozenset[Call]
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
    id: str,
    *,
    title: str,
    problem: str,
    rows: Iterable[int],
    severity: Severity,
    topic: str,
    needs: Iterable[Call],
    failing_needs: Iterable[Call] = (),
    why: str,
    fix: str,
    command: str = "",
    references: Iterable[str] = (),
    insecure_default: bool = False,
    frameworks: Mapping[str, Iterable[str]] | None = None,
) -> Callable[[Rule], Control]:
    """Register a control. Raises ValueError for an id that is already taken.

    `failing_needs`: those of its listings whose gaps also keep it from failing, because it fails for what is not in them.
    """

    def register(rule: Rule) -> Control:
        if id in _controls:
            raise ValueError(f"two controls are called {id}")
        made = Control(
            id=id,
            title=title,
            problem=problem,
            rows=tuple(rows),
            severity=severity,
            topic=topic,
            needs=tuple(needs),
            failing_needs=frozenset(failing_needs),
            why=why,
            fix=fix,
            command=command,
            references=tuple(references),
            insecure_default=insecure_default,
            frameworks={
                **{name: tuple(ids) for name, ids in (frameworks or {}).items()},
                "nist-csf": categories(id, topic),
            },
            rule=rule,
        )
        _controls[id] = made
        return made

    return register


def registered() -> Mapping[str, Control]:
    """Every control by id. `srtui.responsibility.controls` imports them all."""
    return _controls


def evaluate(control: Control, context: Context) -> list[Result]:
    """All verdicts of one control: unknowns for unanswered calls first, then what its rule says.

    Where a listing is missing or unfinished nothing can pass: what was seen may still fail. A gap in one region
    blinds that region and verdicts on the account; a gap in a global call blinds everything.
    """
    check = Check(control, context)
    for call in control.needs:
        if call.for_each is None and not call.offered_in(context.account.partition):
            return [check.not_applicable(f"{context.account.partition} does not have {call.service.title}")]
    gaps = [(call, gap) for call in control.needs if call.for_each is None for gap in gaps_of(check, call)]
    results = [*control.rule(check)]
    if gaps:
        blind = {gap.region for _, gap in gaps}
        # Where one of these is missing, what looks missing may be there.
        doubtful = {gap.region for call, gap in gaps if call in control.failing_needs}
        root_arn = context.account.root_arn
        results = [one for one in results if _stands(one, blind, doubtful, root_arn)]
    results = [*(gap for _, gap in gaps), *results]
    return _with_unread_items(check, results) or [check.not_applicable("nothing of this kind exists here")]


def _stands(result: Result, blind: set[str], doubtful: set[str], root_arn: str) -> bool:
    """Whether a verdict holds in spite of the gaps in these regions ("" is a gap of a global call).

    A failure rests on what was seen, unless the gap is in a listing that its control names in `failing_needs`.
    """
    if result.status == "fail":
        return not doubtful or not ("" in doubtful or not result.region or result.region in doubtful)
    if result.status == "unknown":
        # The gap has said so already, and why.
        return result.subject != root_arn or result.region not in blind
    if result.status == "not_applicable" or "" in blind:
        return False
    return bool(result.region) and result.region not in blind


def _with_unread_items(check: Check, results: list[Result]) -> list[Result]:
    """The results without what they say of the account as a whole while items that it rests on were not read.

    A rule answers for each item it knows. That there is none, and that the account as a whole is fine, is known only
    once every needed call that is made for single items was answered; the first that was not is named instead.
    """
    root_arn = check.account.root_arn
    # A pass for one region is about a setting of it, which its rule has looked at.
    kept = [one for one in results if one.status != "pass" or one.subject != root_arn or one.region]
    if results and len(kept) == len(results):
        return results
    unread = [one for call in check.control.needs if call.for_each for one in unread_items(check, call)]
    if not unread:
        return results
    return kept if any(one.status == "unknown" for one in kept) else [unread[0], *kept]


def unread_items(check: Check, call: Call) -> Iterator[Result]:
    """An unknown for each region in which a call for single items was not answered completely for one of them."""
    cache: dict[tuple[str, str], dict[str, str]] = check.context.cache.setdefault("unread items", {})
    if call.id not in cache:
        cache[call.id] = _items_without_answer(check.account, call)
    for region, reason in cache[call.id].items():
        yield check.unknown(check.account.root_arn, call, region=region, reason=reason)


def _items_without_answer(account: Account, call: Call) -> dict[str, str]:
    found: dict[str, str] = {}
    for outcome in account.outcomes_of(*call.id):
        if outcome.error is not None:
            reason = describe_failure(repr(call), outcome.error.code, outcome.region)
        elif not outcome.complete:
            reason = f"{call} is still being read"
        else:
            continue
        found.setdefault(outcome.region if call.scope == "regional" else "", reason)
    for key in sorted(account.due.get(call.id, set()) - account.outcomes.keys()):
        found.setdefault(key[2] if call.scope == "regional" else "", f"{call} was not collected")
    return found


def gaps_of(check: Check, call: Call) -> Iterator[Result]:
    """An unknown for each place in which one listing has no complete answer."""
    account = check.account
    seen = account.outcomes_of(*call.id)
    if call.scope == "global":
        yield from _call_gaps(check, call, "", seen)
        return
    if not account.regions:
        # Whatever was answered, other regions may exist that nobody asked.
        reason = (
            f"{call} may be due in regions that could not be listed" if seen else f"{call} was not collected"
        )
        yield check.unknown(account.root_arn, call, reason=reason)
    for region in account.regions:
        yield from _call_gaps(check, call, region, [one for one in seen if one.region == region])


def _call_gaps(check: Check, call: Call, region: str, seen: list[Outcome]) -> Iterator[Result]:
    subject = check.account.root_arn
    context = CallContext(check.account.id, check.account.partition, region)
    for variant in call.due_variants(context):
        here = [outcome for outcome in seen if _answers(outcome, variant)]
        if not here:
            yield check.unknown(
                subject, call, region=region, reason=f"{call} was not collected{_of(variant)}"
            )
            return
        for outcome in here:
            if outcome.error is not None:
                reason = describe_failure(repr(call), outcome.error.code, outcome.region) + _of(variant)
                yield check.unknown(subject, call, region=region, reason=reason)
                return
            if not outcome.complete:
                yield check.unknown(
                    subject, call, region=region, reason=f"{call} is still being read{_of(variant)}"
                )
                return


def _answers(outcome: Outcome, variant: Mapping[str, object]) -> bool:
    """Whether this is the answer to the variant: asked with its parameters, or without any, which gives them all."""
    return not outcome.params or all(outcome.params.get(name) == value for name, value in variant.items())


def _of(variant: Mapping[str, object]) -> str:
    return f" for {', '.join(str(value) for value in variant.values())}" if variant else ""


def describe_failure(call: str, code: str, region: str) -> str:
    """One line for a person: which call failed, where, and how."""
    where = f" in {region}" if region else ""
    if code == LEFT_OUT:
        return f"{call} is not collected{where}, by configuration"
    return f"{call} failed{where}: {code}"


def sources(account: Account, calls: Iterable[Call], region: str) -> tuple[Source, ...]:
    """Where the facts come from, with the time of the newest answer of each call in the region."""
    found = []
    for call in calls:
        placed = call.scope == "regional" or call.region_of is not None
        where = region if placed and region else ""
        outcomes = [
            outcome for outcome in account.outcomes_of(*call.id) if not where or outcome.region == where
        ]
        newest = max((outcome.at for outcome in outcomes), default=None)
        regions = {outcome.region for outcome in outcomes}
        # A verdict on the account rests on the answers of several regions: naming one of them would be wrong.
        place = where or (next(iter(regions)) if len(regions) == 1 else "")
        if not regions and not where:
            place = home_region(call.service, account.partition)
        found.append(Source(service=call.service.name, operation=call.operation, region=place, at=newest))
    return tuple(found)
