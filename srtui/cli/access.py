"""The commands can and who-can, and what shells need to complete their words."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from srtui import exits
from srtui.access import AccessIndex, Answer, Reason, Verdict, WhoCan, given_context
from srtui.account import Account
from srtui.cli.commands import one_line, say, write
from srtui.engine import AccountBuilder
from srtui.evidence import canonical_json
from srtui.files import BadData
from srtui.policy.catalogue import load_catalogue
from srtui.policy.errors import RequestError
from srtui.source import open_source

CODES: Final = {
    "allowed": exits.ALLOWED,
    "denied": exits.DENIED,
    "conditional": exits.CONDITIONAL,
    "unknown": exits.UNKNOWN,
}
#: Shells offer no more than this; whoever has more types another letter.
_MOST_OFFERED: Final = 500


def can(options: argparse.Namespace) -> int:
    """`srtui can PRINCIPAL ACTION [RESOURCE]`: the verdict is the exit code."""
    context = _context(options)
    index = _index(options.session)
    principal = resolve(index.account, options.principal)
    try:
        answer = index.can(principal, options.action, options.resource, context)
    except RequestError as problem:
        raise exits.UsageProblem(str(problem)) from problem
    if options.json:
        write(_json("can", index.account, answer))
    else:
        write("\n".join(one_line(line) for line in _answer_lines(answer)))
    return CODES[answer.verdict]


def who_can(options: argparse.Namespace) -> int:
    """`srtui who-can ACTION [RESOURCE]`: the widest verdict that anyone has is the exit code."""
    context = _context(options)
    index = _index(options.session)
    try:
        found = index.who_can(options.action, options.resource, context)
    except RequestError as problem:
        raise exits.UsageProblem(str(problem)) from problem
    answers = {arn: index.can(arn, options.action, options.resource, context) for arn in _listed(found)}
    if options.json:
        write(_json("who-can", index.account, found, answers=answers))
    else:
        write("\n".join(one_line(line) for line in _who_lines(index, found, answers)))
    return CODES[_widest(found)]


def _widest(found: WhoCan) -> Verdict:
    """The widest verdict that anyone has, outsiders included."""
    sure = any(
        one.kind in ("anyone", "service") and not one.conditions and not one.unless for one in found.outsiders
    )
    if found.allowed or sure:
        return "allowed"
    if found.conditional or found.outsiders:
        return "conditional"
    return "unknown" if found.unknown else "denied"


def _context(options: argparse.Namespace) -> Mapping[str, Any]:
    try:
        return given_context(options.context)
    except ValueError as problem:
        raise exits.UsageProblem(f"--context {problem}") from problem


def _index(ref: str) -> AccessIndex:
    source = open_source(ref)
    builder = AccountBuilder()
    for item in source.evidence:
        builder.apply(item)
    for note in (*source.notes, *builder.problems):
        say(note)
    return AccessIndex(builder.account)


def resolve(account: Account, text: str) -> str:
    """The ARN of the user or role that a person means: an ARN, a name, or `user/NAME` and `role/NAME`.

    Raises UsageProblem if there is none or more than one.
    """
    if text in account.users or text in account.roles:
        return text
    session = text.split("/")
    if ":assumed-role/" in text and len(session) == 3:
        text = f"role/{session[1]}"
    kind, slash, name = text.rpartition("/")
    wanted = name if slash and kind in ("user", "role") else text
    found = [
        one.arn
        for table, word in ((account.users, "user"), (account.roles, "role"))
        for one in table.values()
        if one.name == wanted and kind in ("", word)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise exits.UsageProblem(
            f"{text} is {' and '.join(found)}: give the ARN, or user/{text} or role/{text}"
        )
    if account.group_named(text) or text in account.groups:
        raise exits.UsageProblem(f"{text} is a group, and a group is no principal: ask about a member")
    raise exits.UsageProblem(f"there is no user or role {text} in the account")


# --- output -----------------------------------------------------------------------------------------------


def _json(kind: str, account: Account, answer: Answer | WhoCan, **more: Any) -> str:
    body = {"srtui": kind, "version": 1, "account": account.id, **msgspec.to_builtins(answer)}
    return canonical_json(body | {name: msgspec.to_builtins(value) for name, value in more.items()})


def _short(arn: str) -> str:
    """`user/staff/ana`: what is left of an ARN where the account is clear."""
    return arn.split(":", 5)[-1]


def _answer_lines(answer: Answer) -> Iterator[str]:
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


def _listed(found: WhoCan) -> tuple[str, ...]:
    return (*found.allowed, *found.conditional, *found.likely)


def _who_lines(index: AccessIndex, found: WhoCan, answers: Mapping[str, Answer]) -> Iterator[str]:
    yield f"{found.action} on {found.resource or 'some resource'}: {len(index.principals):,} users and roles"
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
        rest = len(found.unknown) - len(found.likely)
        if rest:
            yield f"  {rest:,} more, whom only what was not read could let in"
    if not any((found.allowed, found.conditional, found.unknown)):
        yield "nobody in the account"
    yield from _remarks(found.gaps, found.notes)


def _why(answer: Answer) -> str:
    if answer.verdict == "conditional":
        return f"if {' and '.join(answer.conditions)}"
    return answer.allowed_by[0].label if answer.allowed_by else "needs no permission"


# --- completion -------------------------------------------------------------------------------------------


def complete(options: argparse.Namespace) -> int:
    """Words that begin with PREFIX, one a line, for the scripts that `srtui completion` prints."""
    words = (
        _actions(options.prefix)
        if options.kind == "actions"
        else _principals(options.prefix, options.session)
    )
    offered = sorted(set(words))[:_MOST_OFFERED]
    if offered:
        write("\n".join(one_line(word) for word in offered))
    return exits.OK


def _actions(prefix: str) -> Iterator[str]:
    """Services first, and actions once the service is complete; in the letter case of AWS."""
    lower = prefix.lower()
    service, colon, _ = lower.partition(":")
    catalogue = load_catalogue()
    if not colon:
        yield from (f"{name}:" for name in catalogue.services if name.startswith(lower))
        return
    for name in catalogue.actions(catalogue.service_bits(service)):
        if name.lower().startswith(lower):
            yield name


def _principals(prefix: str, ref: str) -> Iterator[str]:
    builder = AccountBuilder()
    try:
        for item in open_source(ref).evidence:
            if item.service == "iam":
                builder.apply(item)
    except (BadData, OSError):
        return
    for one in builder.account.principals():
        if one.arn.startswith(prefix) if prefix.startswith("arn:") else one.name.startswith(prefix):
            yield one.arn if prefix.startswith("arn:") else one.name
