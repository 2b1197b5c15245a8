"""Matching of the policy language: globs, action patterns, ARNs by segment, policy variables.

Everything here is linear in the text it looks at: a `*` is taken up by the leftmost place where what follows
fits, which is enough for globs and never needs to go back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

ContextValue = str | tuple[str, ...]
Context = Mapping[str, ContextValue]

ARN_SEGMENTS = 6
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DEFAULT = re.compile(r"(.*?),\s*'(.*)'\Z", re.DOTALL)
_ESCAPES = frozenset("*?$")


class Chunk(NamedTuple):
    """A stretch of a glob between two `*` that holds a `?`: text, and the places where any character fits."""

    text: str
    any_at: frozenset[int]


GlobPart = str | Chunk


@lru_cache(maxsize=4096)
def _chunk_regex(chunk: Chunk) -> re.Pattern[str]:
    # Fixed length, so the search cannot backtrack.
    text = "".join("." if i in chunk.any_at else re.escape(c) for i, c in enumerate(chunk.text))
    return re.compile(text, re.DOTALL)


def _fits_at(part: GlobPart, text: str, start: int) -> bool:
    if isinstance(part, str):
        return text.startswith(part, start)
    return _chunk_regex(part).match(text, start) is not None


def _find(part: GlobPart, text: str, start: int) -> int:
    if isinstance(part, str):
        return text.find(part, start)
    found = _chunk_regex(part).search(text, start)
    return found.start() if found else -1


def _length(part: GlobPart) -> int:
    return len(part) if isinstance(part, str) else len(part.text)


def match_parts(parts: list[GlobPart], text: str) -> bool:
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
        at = _find(part, text, at)
        if at < 0:
            return False
        at += _length(part)
        if at > end:
            return False
    return True


def _as_part(text: str) -> GlobPart:
    if "?" not in text:
        return text
    return Chunk(text, frozenset(i for i, c in enumerate(text) if c == "?"))


@lru_cache(maxsize=16384)
def _parts_of(pattern: str) -> list[GlobPart]:
    return [_as_part(text) for text in pattern.split("*")]


def glob_match(pattern: str, text: str) -> bool:
    """Match `*` (any run of characters) and `?` (exactly one), case-sensitive, over the whole text."""
    if "?" in pattern:
        return match_parts(_parts_of(pattern), text)
    star = pattern.find("*")
    if star < 0:
        return pattern == text
    if star == len(pattern) - 1:
        return text.startswith(pattern[:-1])
    return match_parts(_parts_of(pattern), text)


def action_matches(pattern: str, action: str, *, loose: bool = False) -> bool:
    """Match a lower-case action pattern with a lower-case `service:action`.

    The service prefix is literal unless the pattern is `*` or `*:*`. A pattern that AWS would not have saved
    (no prefix, a wildcard in the prefix) matches nothing; with `loose`, used where a match takes access away,
    it is read as a plain glob.
    """
    if pattern == action or pattern == "*":
        return True
    if "*" not in pattern and "?" not in pattern:
        return False
    colon = pattern.find(":")
    if colon < 0:
        return loose and glob_match(pattern, action)
    if not action.startswith(pattern[: colon + 1]):
        if pattern == "*:*":
            return True
        if not loose:
            return False
    return glob_match(pattern, action)


# --- policy variables -------------------------------------------------------------------------------------


class Variable(NamedTuple):
    """`${key}` or `${key, 'default'}` in a policy."""

    key: str
    default: str | None


class Literal(NamedTuple):
    """Text in which `*` and `?` stand for themselves."""

    text: str


Token = str | Literal | Variable


class UnresolvedVariableError(LookupError):
    """A policy variable has no value in this request and no default: its statement matches nothing."""


def tokenize(value: str) -> tuple[Token, ...]:
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


def resolve(tokens: tuple[Token, ...], context: Context) -> Iterator[tuple[str, bool]]:
    """Give the (text, is literal) pieces of a value; raises UnresolvedVariableError."""
    for token in tokens:
        if isinstance(token, str):
            yield token, False
        elif isinstance(token, Literal):
            yield token.text, True
        else:
            value = context.get(token.key, token.default)
            # A multivalued key has no one value to put in, with or without a default.
            if not isinstance(value, str):
                raise UnresolvedVariableError(token.key)
            yield value, True


def plain_text(tokens: tuple[Token, ...], context: Context) -> str:
    """The value with its variables put in, for operators that know no wildcards."""
    return "".join(text for text, _ in resolve(tokens, context))


def _join_parts(pieces: list[tuple[str, bool]]) -> list[GlobPart]:
    parts: list[GlobPart] = []
    text = ""
    any_at: list[int] = []

    def close() -> None:
        nonlocal text, any_at
        parts.append(Chunk(text, frozenset(any_at)) if any_at else text)
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


def glob_match_tokens(tokens: tuple[Token, ...], context: Context, text: str) -> bool:
    """`glob_match` of a value with variables: what a variable brings in is literal text."""
    return match_parts(_join_parts(list(resolve(tokens, context))), text)


# --- ARNs -------------------------------------------------------------------------------------------------


def split_arn(arn: str) -> list[str]:
    """The up to six segments of an ARN; colons after the fifth belong to the last."""
    return arn.split(":", ARN_SEGMENTS - 1)


def segments_match(patterns: list[str], segments: list[str]) -> bool:
    """Match six patterns with six segments, each on its own."""
    for pattern, segment in zip(patterns, segments, strict=True):
        if pattern != segment and pattern != "*" and not glob_match(pattern, segment):
            return False
    return True


def _split_pieces(pieces: list[tuple[str, bool]]) -> list[list[tuple[str, bool]]]:
    segments: list[list[tuple[str, bool]]] = [[]]
    for piece, literal in pieces:
        room = ARN_SEGMENTS - len(segments)
        first, *rest = piece.split(":", room) if room else [piece]
        segments[-1].append((first, literal))
        segments.extend([(text, literal)] for text in rest)
    return segments


def arn_condition_matches(tokens: tuple[Token, ...], context: Context, segments: list[str]) -> bool | None:
    """ArnLike: six segments matched separately. None when the policy's value is not an ARN."""
    if len(tokens) == 1 and isinstance(tokens[0], str):
        patterns = split_arn(tokens[0])
        return segments_match(patterns, segments) if len(patterns) == ARN_SEGMENTS else None
    split = _split_pieces(list(resolve(tokens, context)))
    if len(split) != ARN_SEGMENTS:
        return None
    return all(match_parts(_join_parts(p), s) for p, s in zip(split, segments, strict=True))
