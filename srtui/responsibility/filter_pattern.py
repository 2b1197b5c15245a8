"""CloudWatch Logs filter patterns on JSON events: read once, then asked whether they match an event.

The language is that of the CloudWatch Logs User Guide, "Filter pattern syntax for JSON log events". What is not understood
(space-delimited patterns, regular expressions) raises UnreadablePatternError: it must count neither as a match nor as none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from srtui.policy.match import match_parts

Event = Mapping[str, Any]
Pattern = Callable[[Event], bool]

_TOKENS: Final = re.compile(
    r"""\s*(?:(?P<mark>\(|\)|&&|\|\||!=|<=|>=|=|<|>)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>[^\s()&|!<>="]+))"""
)
_PATH: Final = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[['\"]([^'\"]+)['\"]\]")
_COMPARISONS: Final = frozenset({"=", "!=", "<", ">", "<=", ">="})
#: Deeper nesting than this is nobody's monitoring.
_DEEPEST: Final = 40
_MISSING: Final = object()


class UnreadablePatternError(ValueError):
    """A pattern that cannot be told to match or not."""


@lru_cache(maxsize=1024)
def read_pattern(text: str) -> Pattern:
    """The pattern as a function of an event. Raises UnreadablePatternError."""
    text = text.strip()
    if not (text.startswith("{") and text.endswith("}")):
        raise UnreadablePatternError("not a pattern on JSON")
    reader = _Reader(_tokens(text[1:-1]))
    found = reader.either(0)
    if reader.at < len(reader.tokens):
        raise UnreadablePatternError(f"unexpected {reader.tokens[reader.at][1]}")
    return found


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        token = _TOKENS.match(text, at)
        if token is None or token.lastgroup is None:
            raise UnreadablePatternError(f"unexpected sign at {at}")
        found.append((token.lastgroup, token[token.lastgroup]))
        at = token.end()
    return found


class _Reader:
    """Recursive descent: `||` binds weaker than `&&`."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.at = 0

    def either(self, depth: int) -> Pattern:
        return self._joined("||", any, lambda: self._both(depth))

    def _both(self, depth: int) -> Pattern:
        return self._joined("&&", all, lambda: self._one(depth))

    def _joined(
        self, mark: str, join: Callable[[Iterator[bool]], bool], part: Callable[[], Pattern]
    ) -> Pattern:
        parts = [part()]
        while self._next_is(mark):
            self.at += 1
            parts.append(part())
        if len(parts) == 1:
            return parts[0]
        return lambda event: join(one(event) for one in parts)

    def _one(self, depth: int) -> Pattern:
        if not self._next_is("("):
            return self._comparison()
        if depth >= _DEEPEST:
            raise UnreadablePatternError("nested too deeply")
        self.at += 1
        inner = self.either(depth + 1)
        if not self._next_is(")"):
            raise UnreadablePatternError("a parenthesis is not closed")
        self.at += 1
        return inner

    def _comparison(self) -> Pattern:
        path = _path(self._word())
        sign = self._take()
        if sign[1] in _COMPARISONS and sign[0] == "mark":
            return _compared(path, sign[1], *self._take())
        words = f"{sign[1]} {self._word()}".upper()
        test = _TESTS.get(words)
        if test is None:
            raise UnreadablePatternError(f"no such test: {words}")
        return lambda event: test(_value(event, path))

    def _next_is(self, mark: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at] == ("mark", mark)

    def _take(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise UnreadablePatternError("ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def _word(self) -> str:
        kind, text = self._take()
        if kind != "word":
            raise UnreadablePatternError(f"unexpected {text}")
        return text


_TESTS: Final[dict[str, Callable[[Any], bool]]] = {
    "NOT EXISTS": lambda value: value is _MISSING,
    "IS NULL": lambda value: value is None,
    "IS TRUE": lambda value: value is True,
    "IS FALSE": lambda value: value is False,
}


def _path(selector: str) -> tuple[str | int, ...]:
    if not selector.startswith("$"):
        raise UnreadablePatternError(f"no selector: {selector}")
    steps, at = [], 1
    while at < len(selector):
        step = _PATH.match(selector, at)
        if step is None:
            raise UnreadablePatternError(f"no selector: {selector}")
        steps.append(int(step[2]) if step[2] else step[1] or step[3])
        at = step.end()
    return tuple(steps)


def _value(event: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        if isinstance(step, int):
            event = event[step] if isinstance(event, list) and step < len(event) else _MISSING
        else:
            event = event.get(step, _MISSING) if isinstance(event, Mapping) else _MISSING
    return event


def _compared(path: tuple[str | int, ...], sign: str, kind: str, wanted: str) -> Pattern:
    if kind == "mark":
        raise UnreadablePatternError(f"unexpected {wanted}")
    if kind == "word" and wanted.startswith("%"):
        raise UnreadablePatternError("a regular expression")
    if kind == "text":
        wanted = re.sub(r"\\(.)", r"\1", wanted[1:-1])
    if sign in ("=", "!="):
        return _equality(path, sign == "=", wanted)
    limit = _number(wanted)
    if limit is None:
        raise UnreadablePatternError(f"no number: {wanted}")
    return _order(path, sign, limit)


def _equality(path: tuple[str | int, ...], equal: bool, wanted: str) -> Pattern:
    parts, number = wanted.split("*"), _number(wanted)

    def matches(event: Event) -> bool:
        value = _value(event, path)
        if value is _MISSING or value is None or isinstance(value, Mapping | list):
            # Whether a missing member differs from a value is not documented: it never counts as a match.
            return False
        if isinstance(value, bool):
            same = str(value).lower() == wanted.lower()
        elif isinstance(value, int | float):
            same = value == number
        else:
            same = match_parts(parts, value)
        return same is equal

    return matches


def _order(path: tuple[str | int, ...], sign: str, limit: float) -> Pattern:
    def matches(event: Event) -> bool:
        value = _value(event, path)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return {"<": value < limit, ">": value > limit, "<=": value <= limit, ">=": value >= limit}[sign]

    return matches


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
