"""The commands can and who-can."""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from srtui import exits
from srtui.access import AccessIndex, Verdict, WhoCan, given_context
from srtui.access.misfit import meant, misfit
from srtui.access.patterns import Each, can_each, is_pattern, verdict_of_each, who_can_each
from srtui.cli.answers import answer_lines, as_json, each_lines, listed, who_each_lines, who_lines
from srtui.cli.commands import one_line, say, write
from srtui.cli.names import resolve
from srtui.engine import AccountBuilder
from srtui.policy.errors import RequestError
from srtui.source import open_source

CODES: Final = {
    "allowed": exits.ALLOWED,
    "denied": exits.DENIED,
    "conditional": exits.CONDITIONAL,
    "unknown": exits.UNKNOWN,
}


def can(options: argparse.Namespace) -> int:
    """`srtui can PRINCIPAL ACTION [RESOURCE]`: the verdict is the exit code."""
    context = _context(options)
    index = _index(options.session)
    principal = resolve(index.account, options.principal)
    if principal != options.principal:
        say(f"{options.principal} is {principal}")
    try:
        if is_pattern(options.action):
            return _can_each(options, index, principal, context)
        _check(index, options)
        answer = index.can(principal, options.action, options.resource, context)
    except RequestError as problem:
        raise _usage(problem, options) from problem
    if options.json:
        write(as_json("can", index.account, msgspec.to_builtins(answer)))
    else:
        _print(answer_lines(answer))
    return CODES[answer.verdict]


def _can_each(
    options: argparse.Namespace, index: AccessIndex, principal: str, context: Mapping[str, Any]
) -> int:
    answers = can_each(index, principal, options.action, options.resource, context)
    if options.json:
        body = {"principal": principal, "pattern": options.action, "resource": options.resource}
        write(as_json("can", index.account, body, answers=answers))
    else:
        lines = each_lines(principal, options.action, options.resource, answers)
        _print(lines)
    return CODES[verdict_of_each([answer.verdict for answer in answers])]


def who_can(options: argparse.Namespace) -> int:
    """`srtui who-can ACTION [RESOURCE]`: the widest verdict that anyone has is the exit code."""
    context = _context(options)
    index = _index(options.session)
    try:
        if is_pattern(options.action):
            each = who_can_each(index, options.action, options.resource, context)
            if options.json:
                body = {"pattern": each.pattern, "resource": each.resource, "actions": each.actions}
                named = {arn: each.names(arn) for arn in each.principals}
                write(as_json("who-can", index.account, body, principals=named, outsiders=each.outsiders))
            else:
                _print(who_each_lines(index, each))
            return CODES[_widest_of_each(each)]
        _check(index, options)
        found = index.who_can(options.action, options.resource, context)
    except RequestError as problem:
        raise _usage(problem, options) from problem
    answers = {arn: index.can(arn, options.action, options.resource, context) for arn in listed(found)}
    if options.json:
        write(as_json("who-can", index.account, msgspec.to_builtins(found), answers=answers))
    else:
        _print(who_lines(index, found, answers))
    return CODES[widest(found)]


def _print(lines: Iterable[str]) -> None:
    """Lines for a person: on a terminal they are wrapped with their continuation indented, in a pipe they stay whole."""
    plain = [one_line(line) for line in lines]
    if sys.stdout.isatty():
        width = max(shutil.get_terminal_size().columns, 40)
        plain = [part for line in plain for part in _wrapped(line, width)]
    write("\n".join(plain))


def _wrapped(line: str, width: int) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    parts = textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False, drop_whitespace=True)
    return parts or [line]


def widest(found: WhoCan) -> Verdict:
    """The widest verdict that anyone has, outsiders included."""
    sure = any(
        one.kind in ("anyone", "service") and not one.conditions and not one.unless for one in found.outsiders
    )
    if found.allowed or sure:
        return "allowed"
    if found.conditional or found.outsiders:
        return "conditional"
    return "unknown" if found.unknown else "denied"


def _widest_of_each(found: Each) -> Verdict:
    if found.allowed:
        return "allowed"
    if found.conditional or found.outsiders:
        return "conditional"
    return "unknown" if found.unknown else "denied"


def _check(index: AccessIndex, options: argparse.Namespace) -> None:
    """Raises UsageProblem for a misspelt action, which a broad statement would allow, and for a resource on which the
    action is never done: "nobody" would be true and misleading.
    """
    near = meant(options.action)
    if near:
        raise exits.UsageProblem(
            f"AWS documents no action {options.action}: did you mean {' or '.join(near)}?"
        )
    wrong = misfit(index.account, options.action, options.resource)
    if wrong is not None:
        raise exits.UsageProblem(f"{wrong.sentence}: ask about {' or '.join(wrong.instead)}")


def _usage(problem: RequestError, options: argparse.Namespace) -> exits.UsageProblem:
    """The problem in words, with what was typed and what would do."""
    text = str(problem)
    if text.startswith("action must"):
        return exits.UsageProblem(
            f"{options.action} is no action: write service:Action, s3:GetObject for example, or a pattern such as s3:Get*"
        )
    if text.startswith("resource must"):
        return exits.UsageProblem(
            f"{options.resource} is no resource: write an ARN, arn:aws:s3:::payroll/* for example, or leave it out"
        )
    return exits.UsageProblem(text)


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
