"""The statements of one layer of policies, found by the resource that is asked about."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from srtui.policy.document import Document, Statement
from srtui.policy.match import is_everything, segments_match
from srtui.policy.target import Target, pattern_segments

#: What a matching pattern adds: the number of its statement, who carries it, and what tells it from other patterns.
_Hit = tuple[int, int, int]
#: The segments of a pattern, and what it adds.
_Pattern = tuple[list[str], _Hit]


def _behind(text: str) -> str:
    """The text behind the last wildcard."""
    return text[max(text.rfind("*"), text.rfind("?")) + 1 :]


def _before(text: str) -> str:
    """The text before the first wildcard."""
    return text[: min((at for at in (text.find("*"), text.find("?")) if at >= 0), default=len(text))]


class Grouped:
    """Statements of one layer that say the same about an action, as one, with everyone who carries any of them."""

    __slots__ = ("carriers", "places", "statement")

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.carriers = 0
        #: each statement as it stands: (document, statement, carriers)
        self.places: list[tuple[Document, Statement, int]] = []


class Entries:
    """The statements of one layer that name an action, by what their Resource elements are about."""

    def __init__(
        self, groups: Sequence[Grouped], resolved: Callable[[Grouped], Iterator[tuple[str, int]] | None]
    ):
        self.groups = groups
        self._always: list[int] = []
        self._exact: dict[str, list[_Hit]] = {}
        self._prefixes: dict[int, dict[str, list[_Hit]]] = {}
        self._marks = len(groups)
        # Others by how the last segment ends behind its last wildcard, or begins before its first one.
        self._ends: dict[int, dict[str, list[_Pattern]]] = {}
        self._heads: dict[int, dict[str, list[_Pattern]]] = {}
        self._odd: list[int] = []
        # Made when they are first needed.
        self._decided: frozenset[int] | None = None
        self._others: set[int] | None = None
        self._sorted: list[tuple[str, tuple[int, ...]]] | None = None
        for number, group in enumerate(groups):
            statement = group.statement
            if statement.resources is None or (statement.any_resource and not statement.not_resource):
                self._always.append(number)
            elif statement.not_resource:
                self._odd.append(number)
            elif not statement.variables:
                for text in statement.resources:
                    self._add(text, statement, (number, group.carriers, number))
            else:
                self._add_resolved(number, group, resolved(group))

    def _add_resolved(self, number: int, group: Grouped, patterns: Iterator[tuple[str, int]] | None) -> None:
        if patterns is None:
            self._odd.append(number)
            return
        for text, carriers in patterns:
            # Each is about other principals, so each has a mark of its own.
            self._marks += 1
            self._add(text, group.statement, (number, carriers, self._marks))

    def _add(self, text: str, statement: Statement, hit: _Hit) -> None:
        if is_everything(text):
            self._prefixes.setdefault(0, {}).setdefault("", []).append(hit)
            return
        segments = pattern_segments(text, statement.kind)
        if segments is None:
            # No ARN: it may count where it takes access away, which only looking at each resource tells.
            if not statement.allow and hit[0] not in self._odd:
                self._odd.append(hit[0])
            return
        head, tail = segments[:-1], segments[-1]
        plain_head = not any("*" in part or "?" in part for part in head)
        if plain_head and "?" not in tail and "*" not in tail[:-1]:
            whole = ":".join(segments)
            if whole.endswith("*"):
                self._prefixes.setdefault(len(whole) - 1, {}).setdefault(whole[:-1], []).append(hit)
            else:
                self._exact.setdefault(whole, []).append(hit)
        else:
            self._add_other((segments, hit))

    def _add_other(self, pattern: _Pattern) -> None:
        tail = pattern[0][-1]
        end = _behind(tail)
        if end:
            self._ends.setdefault(len(end), {}).setdefault(end, []).append(pattern)
        else:
            head = _before(tail)
            self._heads.setdefault(len(head), {}).setdefault(head, []).append(pattern)

    def about(self, target: Target) -> tuple[dict[int, int], list[int], list[int]]:
        """The statements about a resource with their carriers by number, those that must be looked at, and marks.

        Resources with the same marks have the same statements with the same carriers.
        """
        found = {number: self.groups[number].carriers for number in self._always}
        marks: set[int] = set()
        hits = list(self._exact.get(target.text, ()))
        for length, prefixes in self._prefixes.items():
            hits += prefixes.get(target.text[:length], ())
        hits += [
            hit
            for segments, hit in self._candidates(target.segments[-1])
            if segments_match(segments, target.segments)
        ]
        for number, carriers, mark in hits:
            if mark not in marks:
                marks.add(mark)
                found[number] = found[number] | carriers if number in found else carriers
        return found, self._odd, sorted(marks)

    def decided(self, number: int) -> bool:
        """Whether being about a resource is all that a statement asks: no condition, and nothing left to look at."""
        if self._decided is None:
            looked_at = {*self._always, *self._odd}
            self._decided = frozenset(
                number
                for number, group in enumerate(self.groups)
                if number not in looked_at and not group.statement.conditions
            )
        return number in self._decided

    def _candidates(self, tail: str) -> Iterator[_Pattern]:
        for length, ends in self._ends.items():
            yield from ends.get(tail[-length:], ())
        for length, heads in self._heads.items():
            yield from heads.get(tail[:length], ())

    def overlapping(self, target: Target) -> dict[int, int]:
        """The statements that may be about some resource of a pattern, with everyone who carries them.

        More than are about it: whoever gets them has to look. Those left out begin otherwise than the pattern does.
        """
        if target.wildcard_only:
            return {number: group.carriers for number, group in enumerate(self.groups)}
        begins = _before(":".join(target.segments))
        found = {*self._always, *self._odd, *self._scattered()}
        for length, prefixes in self._prefixes.items():
            if length <= len(begins):
                found.update(number for number, _, _ in prefixes.get(begins[:length], ()))
        found.update(self._beginning(begins))
        return {number: self.groups[number].carriers for number in sorted(found)}

    def _scattered(self) -> set[int]:
        """The statements with wildcards in places that tell nothing of how a resource begins."""
        if self._others is None:
            tables = (*self._ends.values(), *self._heads.values())
            self._others = {hit[0] for table in tables for patterns in table.values() for _, hit in patterns}
        return self._others

    def _beginning(self, begins: str) -> Iterator[int]:
        """The statements with a name, or the beginning of one, that begins so."""
        if self._sorted is None:
            named = [
                *self._exact.items(),
                *(one for table in self._prefixes.values() for one in table.items()),
            ]
            self._sorted = sorted((text, tuple(number for number, _, _ in hits)) for text, hits in named)
        position = bisect_left(self._sorted, (begins, ()))
        while position < len(self._sorted) and self._sorted[position][0].startswith(begins):
            yield from self._sorted[position][1]
            position += 1
