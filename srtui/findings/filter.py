"""The filter language of findings: plain words and `key:value` terms, all of which must hold.

`severity:critical,high -status:suppressed row:11 "public bucket"`: commas are alternatives, a minus turns a term
round, quotes keep spaces together. Case never counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from srtui.findings.finding import Finding
from srtui.findings.triage import STATES, State
from srtui.responsibility.verdict import SEVERITIES

KEYS: Final = ("severity", "row", "service", "status", "control", "region", "arn")
#: What findings of the account as a whole are found by.
NO_REGION: Final = "global"
NO_SERVICE: Final = "account"
_TERM: Final = re.compile(r'(-?)(?:([A-Za-z][A-Za-z0-9_]*):)?(?:"([^"]*)"?|(\S+))')


class Searchable(msgspec.Struct, frozen=True):
    """A finding with its triage state and, made once, the text that plain words are looked for in."""

    finding: Finding
    state: State
    text: str


def searchable(finding: Finding, state: State = "open") -> Searchable:
    """Prepare a finding for filtering."""
    parts = (
        finding.title,
        finding.control,
        finding.subject,
        finding.region,
        finding.severity,
        *(f"{fact.label} {fact.value}" for fact in finding.facts),
    )
    return Searchable(finding, state, "\n".join(parts).casefold())


Predicate = Callable[[Searchable], bool]


class Filter(msgspec.Struct, frozen=True):
    """A parsed filter. `errors` are sentences for the person who typed it; such terms are left out."""

    text: str
    terms: tuple[Predicate, ...]
    errors: tuple[str, ...] = ()

    def matches(self, item: Searchable) -> bool:
        """Whether every term holds."""
        return all(term(item) for term in self.terms)

    def select(self, items: Iterable[Searchable]) -> list[Searchable]:
        """The items for which every term holds, in their order."""
        found = list(items)
        for term in self.terms:
            found = [item for item in found if term(item)]
        return found


def parse_filter(text: str) -> Filter:
    """Read a filter; an empty one matches everything."""
    terms: list[Predicate] = []
    errors: list[str] = []
    for found in _TERM.finditer(text):
        minus, key, quoted, bare = found.groups()
        value = (quoted if quoted is not None else bare).casefold()
        if not key and not value.strip("-"):
            continue
        predicate = _word(value) if not key else _keyed(key.lower(), value, errors)
        if predicate is not None:
            terms.append(_negated(predicate) if minus else predicate)
    return Filter(text, tuple(terms), tuple(errors))


def _negated(predicate: Predicate) -> Predicate:
    return lambda item: not predicate(item)


def _word(value: str) -> Predicate:
    return lambda item: value in item.text


def _keyed(key: str, value: str, errors: list[str]) -> Predicate | None:
    if key not in KEYS:
        errors.append(f"there is no key {key!r}: use {', '.join(KEYS)}, or quote the text")
        return None
    # An ARN may hold commas in its name, though hardly ever; alternatives matter more.
    values = [part for part in value.split(",") if part]
    if not values:
        errors.append(f"{key}: needs a value")
        return None
    if key == "severity":
        wanted = _named(key, values, SEVERITIES, errors)
        return (lambda item: item.finding.severity in wanted) if wanted else None
    if key == "status":
        wanted = _named(key, values, STATES, errors)
        return (lambda item: item.state in wanted) if wanted else None
    if key == "row":
        return _rows(values, errors)
    if key == "service":
        return lambda item: (item.finding.service or NO_SERVICE) in values
    if key == "control":
        return lambda item: any(part in item.finding.control for part in values)
    if key == "region":
        return lambda item: any((item.finding.region or NO_REGION).startswith(part) for part in values)
    return lambda item: any(part in item.finding.subject.casefold() for part in values)


def _named(key: str, values: list[str], names: Iterable[str], errors: list[str]) -> frozenset[str]:
    """The names that the values begin; a value that begins none is an error."""
    found: set[str] = set()
    for value in values:
        hits = [name for name in names if name.startswith(value)]
        if not hits:
            errors.append(f"{key}:{value} is none of {', '.join(names)}")
        found.update(hits)
    return frozenset(found)


def _rows(values: list[str], errors: list[str]) -> Predicate | None:
    numbers = {str(number): number for number in range(1, 14)}
    errors.extend(f"row:{value} is none of 1 to 13" for value in values if value not in numbers)
    wanted = {numbers[value] for value in values if value in numbers}
    return (lambda item: not wanted.isdisjoint(item.finding.rows)) if wanted else None
