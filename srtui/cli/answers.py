"""Answers of can and who-can as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from srtui.access import AccessIndex, Answer, Reason, WhoCan
from srtui.access.answer import VERDICTS
from srtui.access.patterns import Each
from srtui.account import Account
from srtui.evidence import canonical_json
from srtui.policy.catalogue import load_catalogue

#: So many of those are named whom only what was not read could let in.
_NAMED: Final = 20


def as_json(kind: str, account: Account, answer: Mapping[str, Any], **more: Any) -> str:
    """One JSON object."""
    body = {"srtui": kind, "version": 1, "account": account.id, **answer}
    return canonical_json(body | {name: msgspec.to_builtins(value) for name, value in more.items()})


def _short(arn: str) -> str:
    """`user/staff/ana`: what is left of an ARN where the account is clear."""
    return arn.split(":", 5)[-1]


def answer_lines(answer: Answer) -> Iterator[str]:
    """A principal's answer, with its reasons."""
    yield f"{answer.verdict}: {_short(answer.principal)}  {answer.action} on {answer.resource}"
    if answer.verdict == "denied":
        yield f"  because     {answer.gate}"
    for condition in answer.conditions:
        yield f"  if          {condition}"
    for need in answer.needs:
        yield f"  not read    {need}"
    if answer.otherwise:
        yield f"  otherwise   {answer.otherwise}, if what was not read says nothing"
    for reason in answer.allowed_by:
        yield f"  allowed by  {_reason(reason)}"
    for reason in answer.denied_by:
        yield f"  {'denied by ' if answer.denial == 'explicit' else 'limited by'}  {_reason(reason)}"
    yield from _remarks(answer.gaps, answer.notes)


def _reason(reason: Reason) -> str:
    matched = [
        f"{name} {value}"
        for name, value in (("Action", reason.action), ("Resource", reason.resource))
        if value
    ]
    if reason.principal:
        matched.append(f"names {reason.principal}")
    where = f"  {reason.arn}" if reason.arn else ""
    text = f"{reason.label} ({', '.join(matched)}){where}" if matched else reason.label + where
    return text + (f"  if {' and '.join(reason.conditions)}" if reason.conditions else "")


def _remarks(gaps: Iterable[str], notes: Iterable[str]) -> Iterator[str]:
    for gap in gaps:
        yield f"  upper bound {gap}"
    for note in notes:
        yield f"  note        {note}"


def listed(found: WhoCan) -> tuple[str, ...]:
    """Those of whom the reasons are said."""
    return (*found.allowed, *found.conditional, *found.likely)


def who_lines(index: AccessIndex, found: WhoCan, answers: Mapping[str, Answer]) -> Iterator[str]:
    """Everyone who can, outsiders first."""
    able = len(found.allowed) + len(found.conditional)
    counts = f"{able:,} of {len(index.principals):,} users and roles"
    if found.unknown:
        counts += f", {len(found.unknown):,} unknown"
    yield f"{found.action} on {found.resource or 'some resource'}: {counts}"
    if found.outsiders:
        yield f"from outside ({len(found.outsiders):,}), by the resource's own policy"
        for one in found.outsiders:
            conditions = f"  if {' and '.join(one.conditions)}" if one.conditions else ""
            unless = f"  unless {'; '.join(one.unless)}" if one.unless else ""
            yield f"  {one.kind} {one.name}  {one.label}{conditions}{unless}"
    for name, arns in (("allowed", found.allowed), ("conditional", found.conditional)):
        if arns:
            yield f"{name} ({len(arns):,})"
            yield from (f"  {_short(arn)}  {_why(answers[arn])}" for arn in arns)
    if found.unknown:
        yield f"unknown ({len(found.unknown):,}), because policies were not read"
        yield from (f"  {_short(arn)}  {answers[arn].sentence}" for arn in found.likely)
        likely = set(found.likely)
        rest = [arn for arn in found.unknown if arn not in likely]
        if rest:
            more = f" and {len(rest) - _NAMED:,} more" if len(rest) > _NAMED else ""
            yield f"  only by what was not read: {', '.join(map(_short, rest[:_NAMED]))}{more}"
    if not any((found.allowed, found.conditional, found.unknown)):
        yield "nobody in the account"
    yield from _remarks(found.gaps, found.notes)


def _why(answer: Answer) -> str:
    if answer.verdict == "conditional":
        return f"if {' and '.join(answer.conditions)}"
    return answer.allowed_by[0].label if answer.allowed_by else "needs no permission"


# --- patterns of actions ----------------------------------------------------------------------------------


def each_lines(
    principal: str, pattern: str, resource: str | None, answers: Sequence[Answer]
) -> Iterator[str]:
    """What of a pattern a principal may do: by verdict and access level."""
    yield f"{pattern} stands for {len(answers):,} actions: {_short(principal)} on {resource or 'some resource'}"
    catalogue = load_catalogue()
    for verdict in VERDICTS:
        names = [answer.action for answer in answers if answer.verdict == verdict]
        if not names:
            continue
        yield f"{verdict} ({len(names):,})"
        for level in catalogue.level_bits:
            of_level = [name for name in names if catalogue.access_level(name) == level]
            if of_level:
                yield f"  {level.lower()} ({len(of_level):,})  {', '.join(_without_service(of_level))}"
    yield from _remarks(
        dict.fromkeys(gap for answer in answers for gap in answer.gaps),
        dict.fromkeys(note for answer in answers if answer.verdict != "denied" for note in answer.notes),
    )
    yield "  why         ask about one action for the statements that decide"


def _without_service(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield name.partition(":")[2]


def who_each_lines(index: AccessIndex, found: Each) -> Iterator[str]:
    """Who may do how many of the actions of a pattern."""
    total = len(found.actions)
    able = len({*found.allowed, *found.conditional})
    unknown = len(found.principals) - able
    yield (
        f"{found.pattern} stands for {total:,} actions on {found.resource or 'some resource'}: "
        f"{able:,} of {len(index.principals):,} users and roles can do some of them"
        + (f", of {unknown:,} more it is unknown" if unknown else "")
    )
    if found.outsiders:
        yield f"from outside ({len(found.outsiders):,}), by the resource's own policy"
        yield from (f"  {name}  {count} of {total} actions" for name, count in found.outsiders.items())
    for arn in found.principals:
        yield f"  {_short(arn)}  {found.sentence(arn)}"
    if not found.principals:
        yield "nobody in the account"
    yield "  why         ask about one action for the statements that decide"
