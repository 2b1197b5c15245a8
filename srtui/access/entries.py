"""The statements of one layer of policies, found by the resource that is asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from srtui.policy.document import Document, Statement
from srtui.policy.match import is_everything, segments_match
from srtui.policy.target import Target, pattern_segments


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
        self._exact: dict[str, dict[int, int]] = {}
        self._prefixes: dict[int, dict[str, dict[int, int]]] = {}
        self._others: list[tuple[list[str], int, int]] = []
        self._odd: list[int] = []
        for number, group in enumerate(groups):
            statement = group.statement
            if statement.resources is None or (statement.any_resource and not statement.not_resource):
                self._always.append(number)
            elif statement.not_resource:
                self._odd.append(number)
            elif not statement.variables:
                for text in statement.resources:
                    self._add(text, statement, number, group.carriers)
            else:
                self._add_resolved(number, group, resolved(group))

    def _add_resolved(self, number: int, group: Grouped, patterns: Iterator[tuple[str, int]] | None) -> None:
        if patterns is None:
            self._odd.append(number)
            return
        for text, carriers in patterns:
            self._add(text, group.statement, number, carriers)

    def _add(self, text: str, statement: Statement, number: int, carriers: int) -> None:
        if is_everything(text):
            self._merge(self._prefixes.setdefault(0, {}).setdefault("", {}), number, carriers)
            return
        segments = pattern_segments(text, statement.kind)
        if segments is None:
            # No ARN: it may count where it takes access away, which only looking at each resource tells.
            if not statement.allow and number not in self._odd:
                self._odd.append(number)
            return
        head, tail = segments[:-1], segments[-1]
        plain_head = not any("*" in part or "?" in part for part in head)
        if plain_head and "?" not in tail and "*" not in tail[:-1]:
            whole = ":".join(segments)
            if whole.endswith("*"):
                found = self._prefixes.setdefault(len(whole) - 1, {}).setdefault(whole[:-1], {})
            else:
                found = self._exact.setdefault(whole, {})
            self._merge(found, number, carriers)
        else:
            self._others.append((segments, number, carriers))

    @staticmethod
    def _merge(found: dict[int, int], number: int, carriers: int) -> None:
        found[number] = found.get(number, 0) | carriers

    def about(self, target: Target) -> tuple[dict[int, int], list[int]]:
        """The statements about a resource with their carriers by number, and those that must be looked at."""
        found = {number: self.groups[number].carriers for number in self._always}
        self._take(found, self._exact.get(target.text))
        for length, prefixes in self._prefixes.items():
            self._take(found, prefixes.get(target.text[:length]))
        for segments, number, carriers in self._others:
            if segments_match(segments, target.segments):
                found[number] = found.get(number, 0) | carriers
        return found, self._odd

    @staticmethod
    def _take(found: dict[int, int], more: dict[int, int] | None) -> None:
        for number, carriers in (more or {}).items():
            found[number] = found.get(number, 0) | carriers

    def all(self) -> dict[int, int]:
        """Every statement with its carriers."""
        return {number: group.carriers for number, group in enumerate(self.groups)}
