"""Statements of an account's policies, each with the actions it can bear on as a bitset (see `catalogue`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from srtui.policy.catalogue import Catalogue, load_catalogue
from srtui.policy.document import Document, Statement, parse_document
from srtui.policy.errors import PolicyError
from srtui.policy.overlap import arn_holds_all, arn_overlaps
from srtui.policy.readable import condition_text
from srtui.policy.target import Kind, pattern_segments


class NamedDocument(NamedTuple):
    """A policy document and where it comes from.

    `kind`: inline, managed, group-inline, group-managed, boundary, scp, rcp or resource. `arn`: of a managed policy,
    or of whom or what an inline policy is in; None where there is none.
    """

    name: str
    kind: str
    arn: str | None
    document: Mapping[str, Any]

    def __str__(self) -> str:
        """`managed policy deploy`, `inline policy own of group ops`, for a person."""
        if self.kind.endswith("inline"):
            _, _, owner = (self.arn or "").rpartition(":")
            kind, _, name = owner.partition("/")
            return f"inline policy {self.name} of {kind} {name.rpartition('/')[2]}"
        return f"{_SPOKEN.get(self.kind, '')} {self.name}".strip()


_SPOKEN: Final = {
    "managed": "managed policy",
    "group-managed": "managed policy",
    "boundary": "permissions boundary",
    "scp": "SCP",
    "rcp": "RCP",
}


class Grant:
    """One statement of one policy, with the actions that it names and that its Resource can be about."""

    __slots__ = ("_patterns", "actions", "arn", "kind", "parsed", "policy")

    def __init__(self, named: NamedDocument, parsed: Statement, actions: int) -> None:
        self.policy = named.name
        self.kind = named.kind
        self.arn = named.arn
        self.parsed = parsed
        self.actions = actions
        self._patterns: tuple[list[str], ...] | None = None

    @property
    def statement(self) -> int:
        """The place in the document, counted from 0."""
        return self.parsed.index

    @property
    def sid(self) -> str:
        return self.parsed.sid

    @property
    def allow(self) -> bool:
        return self.parsed.allow

    @property
    def resources(self) -> tuple[str, ...]:
        """Resource as written; empty where the statement has NotResource."""
        return () if self.parsed.not_resource else self.parsed.resources or ()

    @property
    def not_resources(self) -> tuple[str, ...]:
        return self.parsed.resources or () if self.parsed.not_resource else ()

    @property
    def conditions(self) -> dict[str, dict[str, list[str]]]:
        """Condition as written, every value as a list of texts."""
        found: dict[str, dict[str, list[str]]] = {}
        for condition in self.parsed.conditions:
            found.setdefault(condition.operator, {})[condition.name] = list(condition.texts)
        return found

    @property
    def condition_texts(self) -> tuple[str, ...]:
        """The conditions, each in words."""
        return tuple(condition_text(condition) for condition in self.parsed.conditions)

    @property
    def everywhere(self) -> bool:
        """Whether the Resource element covers every resource."""
        return self.parsed.any_resource and not self.parsed.not_resource

    @property
    def unlimited(self) -> bool:
        """Every resource, no condition."""
        return self.parsed.any_resource and not self.parsed.not_resource and not self.parsed.conditions

    @property
    def label(self) -> str:
        """`policy · Sid` or `policy · statement 2`, for a person."""
        return f"{self.policy} · {self.parsed.label}"

    @property
    def patterns(self) -> tuple[list[str], ...]:
        """The segments of each value of Resource or NotResource, variables as wildcards; `*` is all wildcards."""
        if self._patterns is None:
            self._patterns = tuple(self._segments())
        return self._patterns

    def _segments(self) -> Iterator[list[str]]:
        for text in self.parsed.resources or ():
            plain = without_variables(text) if self.parsed.with_variables else text
            segments = [*"******"] if not plain.strip("*") else pattern_segments(plain, self.parsed.kind)
            if segments is not None:
                yield segments

    def may_cover(self, segments: list[str]) -> bool:
        """Whether the statement is about some resource of this ARN pattern."""
        if self.parsed.not_resource:
            return not any(arn_holds_all(pattern, segments) for pattern in self.patterns)
        return any(arn_overlaps(pattern, segments) for pattern in self.patterns)

    def covers_all(self, segments: list[str]) -> bool:
        """Whether the statement is about every resource of this ARN pattern, whatever variables stand for."""
        if self.parsed.with_variables:
            return False
        if self.parsed.not_resource:
            return not any(arn_overlaps(pattern, segments) for pattern in self.patterns)
        return any(arn_holds_all(pattern, segments) for pattern in self.patterns)


_VARIABLE = re.compile(r"\$\{[^}]*\}")


def without_variables(text: str) -> str:
    """A Resource value in which whatever a variable may stand for is a wildcard."""
    return _VARIABLE.sub("*", text)


class ReadPolicy(NamedTuple):
    """A policy of the account, read: `document` None if it could not be, with the reason in `problem`."""

    named: NamedDocument
    document: Document | None
    grants: tuple[Grant, ...]
    problem: str = ""


_KINDS: Final[dict[str, Kind]] = {"boundary": "boundary", "scp": "scp", "rcp": "rcp", "resource": "resource"}
_read: dict[tuple[int, str, str, str | None], ReadPolicy] = {}
_MOST_READ: Final = 200_000


def read_policy(named: NamedDocument) -> ReadPolicy:
    """Read a policy; done once for each document object that an account holds, whatever is asked of it."""
    key = (id(named.document), named.name, named.kind, named.arn)
    found = _read.get(key)
    # The document is kept beside what was read of it, so that its id cannot come to mean another one.
    if found is None or found.named.document is not named.document:
        if len(_read) >= _MOST_READ:
            _read.clear()
        found = _read[key] = _read_anew(named)
    return found


def _read_anew(named: NamedDocument) -> ReadPolicy:
    try:
        document = parse_document(named.document, _KINDS.get(named.kind, "identity"))
    except PolicyError as error:
        return ReadPolicy(named, None, (), str(error))
    catalogue = load_catalogue()
    grants = tuple(Grant(named, one, actions_of(one, catalogue)) for one in document.statements)
    return ReadPolicy(named, document, grants)


def actions_of(statement: Statement, catalogue: Catalogue) -> int:
    """The actions that a statement names and that its Resource element can be about.

    An action without resource-level permissions is covered by the bare `*` only: for it a statement with other
    resources says nothing, whether it allows or denies.
    """
    actions = catalogue.expand_all(statement.actions)
    if statement.not_action:
        actions = catalogue.everything & ~actions
    if statement.resources is None:
        return actions
    if statement.not_resource:
        return 0 if statement.any_resource else actions
    if statement.any_resource:
        return actions
    scope = 0
    for text in statement.resources:
        scope |= catalogue.scope(without_variables(text) if statement.with_variables else text)
    return catalogue.shared(actions & scope)


def all_grants(policies: Iterable[ReadPolicy]) -> list[Grant]:
    """The statements of several policies, in order."""
    return [grant for policy in policies for grant in policy.grants]
