"""Matching of the policy language: globs, action patterns, ARNs by segment, policy variables.

Everything here is linear in the text it looks at: a `*` is taken up by the leftmost place where what follows
fits, which is enough for globs and never needs to go back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

ContextValue = str | Sequence[str]
Context = Mapping[str, ContextValue]

ARN_SEGMENTS: Final = 6
#: Patterns up to this length are kept ready; longer ones are taken apart each time, so that memory stays bounded.
_KEPT_LENGTH: Final = 256
#: A stretch with more pieces between its `?` than this is searched bit by bit instead of piece by piece.
_MANY_PIECES: Final = 8

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DEFAULT = re.compile(r"(.*?),\s*'(.*)'\Z", re.DOTALL)
_ESCAPES = frozenset("*?$")


# --- globs ------------------------------------------------------------------------------------------------


class Stretch:
    """What stands between two `*` and holds a `?`: pieces of text with their offsets, and the whole length."""

    __slots__ = ("length", "pieces")

    def __init__(self, text: str, any_at: Sequence[int]) -> None:
        """`any_at`: the places in `text`, ascending, where any one character fits."""
        self.length = len(text)
        self.pieces: list[tuple[int, str]] = []
        start = 0
        for place in (*any_at, len(text)):
            if place > start:
                self.pieces.append((start, text[start:place]))
            start = place + 1

    def fits_at(self, text: str, start: int) -> bool:
        if start < 0 or start + self.length > len(text):
            return False
        return all(text.startswith(piece, start + offset) for offset, piece in self.pieces)

    def find(self, text: str, start: int) -> int:
        """The leftmost place at or after `start` where the stretch fits; -1 if there is none."""
        if start + self.length > len(text):
            return -1
        if not self.pieces:
            return start
        if len(self.pieces) > _MANY_PIECES:
            return self._find_bitwise(text, start)
        offset, rarest = max(self.pieces, key=lambda piece: len(piece[1]))
        at = text.find(rarest, start + offset)
        while at >= 0:
            if self.fits_at(text, at - offset):
                return at - offset
            at = text.find(rarest, at + 1)
        return -1

    def _find_bitwise(self, text: str, start: int) -> int:
        # Shift-and: bit i of `state` says that the first i + 1 places fit what was read last.
        wild = (1 << self.length) - 1
        masks: dict[str, int] = {}
        for offset, piece in self.pieces:
            for place, character in enumerate(piece, offset):
                masks[character] = masks.get(character, 0) | 1 << place
                wild &= ~(1 << place)
        state, done = 0, 1 << (self.length - 1)
        for place in range(start, len(text)):
            state = (state << 1 | 1) & (masks.get(text[place], 0) | wild)
            if state & done:
                return place - self.length + 1
        return -1


GlobPart = str | Stretch


def _fits_at(part: GlobPart, text: str, start: int) -> bool:
    return text.startswith(part, start) if isinstance(part, str) else part.fits_at(text, start)


def _length(part: GlobPart) -> int:
    return len(part) if isinstance(part, str) else part.length


def match_parts(parts: Sequence[GlobPart], text: str) -> bool:
    """Whether `text` is the parts in order with anything where a `*` stood between two of them."""
    first = parts[0]
    if len(parts) == 1:
        return _length(first) == len(text) and _fits_at(first, text, 0)
    if not _fits_at(first, text, 0):
        return False
    last = parts[-1]
    end = len(text) - _length(last)
    at = _length(first)
    if end < at or not _fits_at(last, text, end):
        return False
    for part in parts[1:-1]:
        at = text.find(part, at) if isinstance(part, str) else part.find(text, at)
        if at < 0:
            return False
        at += _length(part)
        if at > end:
            return False
    return True


def _as_part(text: str) -> GlobPart:
    return Stretch(text, [i for i, c in enumerate(text) if c == "?"]) if "?" in text else text


def _take_apart(pattern: str) -> list[GlobPart]:
    return [_as_part(text) for text in pattern.split("*")]


_kept_parts = lru_cache(maxsize=8192)(_take_apart)


def glob_match(pattern: str, text: str) -> bool:
    """Match `*` (any run of characters) and `?` (exactly one), case-sensitive, over the whole text."""
    if "?" not in pattern:
        star = pattern.find("*")
        if star < 0:
            return pattern == text
        if star == len(pattern) - 1:
            return text.startswith(pattern[:-1])
    return match_parts(_kept_parts(pattern) if len(pattern) <= _KEPT_LENGTH else _take_apart(pattern), text)


def is_everything(pattern: str) -> bool:
    """Whether a Resource value is `*`, the only one that covers actions without resource-level permissions."""
    return pattern == "*" or (pattern != "" and not pattern.strip("*"))


def action_matches(pattern: str, action: str, *, loose: bool = False) -> bool:
    """Match a lower-case action pattern with a lower-case `service:action`.

    The service prefix is literal unless the pattern is `*` or `*:*`. A pattern that AWS would not have saved
    (no prefix, a wildcard in the prefix) matches nothing; with `loose`, used where a match takes access away,
    it is read as a plain glob.
    """
    if pattern in (action, "*", "*:*"):
        return True
    if "*" not in pattern and "?" not in pattern:
        return False
    if loose:
        return glob_match(pattern, action)
    colon = pattern.find(":")
    return colon >= 0 and action.startswith(pattern[: colon + 1]) and glob_match(pattern, action)


# --- policy variables -------------------------------------------------------------------------------------


class Variable(NamedTuple):
    """`${key}` or `${key, 'default'}` in a policy; the key in lower case."""

    key: str
    default: str | None


class Literal(NamedTuple):
    """Text in which `*` and `?` stand for themselves."""

    text: str


Token = str | Literal | Variable
Tokens = tuple[Token, ...]


class UnresolvedVariableError(LookupError):
    """A policy variable has no value in this request and no default."""


def tokenize(value: str) -> Tokens:
    """Split a value at its policy variables; `${*}`, `${?}` and `${$}` become literal characters."""
    tokens: list[Token] = []
    at = 0
    for found in _VARIABLE.finditer(value):
        if found.start() > at:
            tokens.append(value[at : found.start()])
        at = found.end()
        name = found.group(1)
        if name in _ESCAPES:
            tokens.append(Literal(name))
            continue
        with_default = _DEFAULT.match(name)
        if with_default:
            tokens.append(Variable(with_default.group(1).rstrip().lower(), with_default.group(2)))
        else:
            tokens.append(Variable(name.lower(), None))
    if at < len(value):
        tokens.append(value[at:])
    return tuple(tokens)


def variables_of(tokens: Tokens) -> tuple[Variable, ...]:
    """The variables in a value, in order."""
    return tuple(token for token in tokens if isinstance(token, Variable))


def resolve(tokens: Iterable[Token], context: Context) -> Iterator[tuple[str, bool]]:
    """Give the (text, is literal) pieces of a value; raises UnresolvedVariableError.

    What a variable brings in is literal: a user called `*` is no wildcard. A multivalued key has no one value to
    put in, with or without a default.
    """
    for token in tokens:
        if isinstance(token, str):
            yield token, False
        elif isinstance(token, Literal):
            yield token.text, True
        else:
            value = context.get(token.key, token.default)
            if not isinstance(value, str):
                raise UnresolvedVariableError(token.key)
            yield value, True


def with_wildcards(tokens: Iterable[Token], context: Context) -> list[tuple[str, bool]]:
    """Like `resolve`, but a variable without a known value becomes `*`: the widest that the value can be."""
    pieces: list[tuple[str, bool]] = []
    for token in tokens:
        if isinstance(token, Variable):
            value = context.get(token.key)
            pieces.append((value, True) if isinstance(value, str) else ("*", False))
        elif isinstance(token, Literal):
            pieces.append((token.text, True))
        else:
            pieces.append((token, False))
    return pieces


def plain_text(tokens: Tokens, context: Context) -> str:
    """The value with its variables put in, for operators that know no wildcards."""
    return "".join(text for text, _ in resolve(tokens, context))


def join_parts(pieces: Sequence[tuple[str, bool]]) -> list[GlobPart]:
    """The parts of a glob made of (text, is literal) pieces."""
    parts: list[GlobPart] = []
    text = ""
    any_at: list[int] = []

    def close() -> None:
        nonlocal text, any_at
        parts.append(Stretch(text, any_at) if any_at else text)
        text, any_at = "", []

    for piece, literal in pieces:
        if literal:
            text += piece
            continue
        for i, stretch in enumerate(piece.split("*")):
            if i:
                close()
            any_at.extend(len(text) + j for j, c in enumerate(stretch) if c == "?")
            text += stretch
    close()
    return parts


# --- ARNs -------------------------------------------------------------------------------------------------


def split_arn(arn: str) -> list[str]:
    """The up to six segments of an ARN; colons after the fifth belong to the last."""
    return arn.split(":", ARN_SEGMENTS - 1)


def segments_match(patterns: Sequence[str], segments: Sequence[str]) -> bool:
    """Match six patterns with six segments, each on its own."""
    for pattern, segment in zip(patterns, segments, strict=True):
        if pattern != segment and pattern != "*" and not glob_match(pattern, segment):
            return False
    return True


def split_pieces(pieces: Sequence[tuple[str, bool]]) -> list[list[tuple[str, bool]]]:
    """The segments of an ARN made of (text, is literal) pieces."""
    segments: list[list[tuple[str, bool]]] = [[]]
    for piece, literal in pieces:
        room = ARN_SEGMENTS - len(segments)
        first, *rest = piece.split(":", room) if room else [piece]
        segments[-1].append((first, literal))
        segments.extend([(text, literal)] for text in rest)
    return segments
