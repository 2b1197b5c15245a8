"""Verdicts on one record at a time, for rules that judge every record of a kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

import msgspec

from srtui.account import UNREAD, Unread
from srtui.account.model import Document, Record
from srtui.policy.effective import as_list
from srtui.responsibility.control import Check, Fact, Result, Status
from srtui.responsibility.openness import readable, statements, stranger_openings
from srtui.services.declare import Call

RecordT = TypeVar("RecordT", bound=Record)


class Verdict(msgspec.Struct, frozen=True):
    """What a rule says about one record. `calls` would have told more; `values` are for the fix command."""

    status: Status
    facts: tuple[Fact, ...] = ()
    calls: tuple[Call, ...] = ()
    reason: str = ""
    values: dict[str, str] = {}


def good(*facts: Fact) -> Verdict:
    """The record is as it should be."""
    return Verdict("pass", facts)


def bad(*facts: Fact, **values: str) -> Verdict:
    """The record is not as it should be."""
    return Verdict("fail", facts, values=values)


def untold(*calls: Call, reason: str = "") -> Verdict:
    """Nothing can be said without the answers of these calls, or for this reason."""
    return Verdict("unknown", calls=calls, reason=reason)


def settled(right: bool, *facts: Fact, **values: str) -> Verdict:
    """Good or bad, with the same facts."""
    return good(*facts) if right else bad(*facts, **values)


def on_off(value: bool) -> str:
    return "on" if value else "off"


def each(
    check: Check, records: Iterable[RecordT], judge: Callable[[RecordT], Verdict | None]
) -> Iterator[Result]:
    """One result a record; None means that the rule does not concern it. The fix command may use {name}."""
    for one in records:
        verdict = judge(one)
        if verdict is None:
            continue
        if verdict.status == "pass":
            yield check.passed(one.arn, *verdict.facts, region=one.region)
        elif verdict.status == "fail":
            yield check.failed(
                one.arn, *verdict.facts, region=one.region, **{"name": one.name, **verdict.values}
            )
        else:
            yield check.unknown(one.arn, *verdict.calls, region=one.region, reason=verdict.reason)


def switched(value: bool | Unread, label: str, *calls: Call, wanted: bool = True) -> Verdict:
    """A setting that should be on (or off)."""
    if value is UNREAD:
        return untold(*calls)
    return settled(value is wanted, Fact(label, on_off(value)))


def not_open(policy: Document | Unread | None, call: Call, **values: str) -> Verdict:
    """A resource policy that should let no strangers in."""
    if policy is UNREAD or (policy is not None and not readable(policy)):
        return untold(call)
    found = stranger_openings(policy)
    if found:
        facts = (Fact("lets anyone in", f"{one.label}: {', '.join(one.actions)}") for one in found)
        return bad(*facts, **values)
    return good(Fact("resource policy", "none" if policy is None else "names who may"))


_ACCOUNT: Final = re.compile(r"(?:^|:)(\d{12})(?::|$)")


def other_accounts(document: Mapping[str, Any] | None, own: str) -> list[str]:
    """The other accounts that Allow statements name as principals; whom a wildcard lets in is another question."""
    found: dict[str, None] = {}
    for _, statement in statements(document):
        principal = statement.get("Principal")
        if statement.get("Effect") != "Allow" or not isinstance(principal, Mapping):
            continue
        for value in (str(one) for one in as_list(principal.get("AWS"))):
            match = _ACCOUNT.search(value)
            if match and match[1] != own:
                found[match[1]] = None
    return list(found)


def _canonical(document: Mapping[str, Any] | None) -> bool:
    """Whether an Allow statement names somebody by a canonical user id."""
    return any(
        statement.get("Effect") == "Allow"
        and isinstance(principal := statement.get("Principal"), Mapping)
        and bool(principal.get("CanonicalUser"))
        for _, statement in statements(document)
    )


def not_shared(policy: Document | Unread | None, call: Call, own: str) -> Verdict:
    """A resource policy that should name no other account."""
    if policy is UNREAD or (policy is not None and not readable(policy)):
        return untold(call)
    others = other_accounts(policy, own)
    if not others and _canonical(policy):
        return untold(call, reason="its policy names canonical user ids, which do not tell whose they are")
    return settled(not others, Fact("shared with", ", ".join(others) or "no other account"))
