"""Patterns against patterns: whether two globs share a text, and whether one holds all of another.

Used where a question is about a set of resources ("arn:aws:s3:::payroll/*") and not about one. Sets of places in a
pattern are ints, one bit a place, so that the work is the product of the two lengths divided by the word size.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from srtui.policy.match import ARN_SEGMENTS, glob_match, split_arn

_STAR: Final = "*"
_ONE: Final = "?"
_PLAIN: Final = "="


class Places(NamedTuple):
    """A glob taken apart: how many places it has, and which of them are a `*`, a `?` or a given character."""

    length: int
    stars: int
    ones: int
    characters: dict[str, int]


def places(pieces: Sequence[tuple[str, bool]]) -> Places:
    """Take a glob apart that is made of (text, is literal) pieces. Runs of wildcards are put in order, `?` first."""
    kinds: list[tuple[str, str]] = []
    for text, literal in pieces:
        for character in text:
            kind = character if not literal and character in (_STAR, _ONE) else _PLAIN
            if kind == _STAR and kinds and kinds[-1][0] == _STAR:
                continue
            if kind == _ONE and kinds and kinds[-1][0] == _STAR:
                kinds.insert(len(kinds) - 1, (kind, character))
                continue
            kinds.append((kind, character))
    stars = ones = 0
    characters: dict[str, int] = {}
    for place, (kind, character) in enumerate(kinds):
        bit = 1 << place
        if kind == _STAR:
            stars |= bit
        elif kind == _ONE:
            ones |= bit
        else:
            characters[character] = characters.get(character, 0) | bit
    return Places(len(kinds), stars, ones, characters)


@lru_cache(maxsize=16384)
def _kept_places(pattern: str) -> Places:
    return places([(pattern, False)])


def places_of(pattern: str) -> Places:
    """The places of a glob without variables."""
    return _kept_places(pattern) if len(pattern) <= 256 else places([(pattern, False)])


def overlaps(pattern: Places, asked: str) -> bool:
    """Whether some text fits both `pattern` and `asked`, in which only `*` is a wildcard."""
    length, stars, ones, characters = pattern
    whole = (1 << (length + 1)) - 1
    reached = 1 | (stars & 1) << 1
    for character in asked:
        if character == _STAR:
            # Anything may follow, so every later place can be reached.
            reached = whole & -(reached & -reached)
            continue
        step = (reached & (characters.get(character, 0) | ones)) << 1 | (reached & stars)
        reached = step | (step & stars) << 1
        if not reached:
            return False
    return bool(reached >> length & 1)


def holds_all(pattern: Places, asked: str) -> bool:
    """Whether every text that fits `asked`, in which only `*` is a wildcard, fits `pattern`.

    The answer is exact but for a few patterns that mix `?` and `*`, where it may be no although yes would be true.
    """
    length, stars, ones, characters = pattern
    last = 1 << length
    held = last | (stars & last >> 1)
    for character in reversed(asked):
        if character == _STAR:
            held = _held_before_star(pattern, held)
            continue
        step = ((characters.get(character, 0) | ones) & held >> 1) | (stars & held)
        held = step | (stars & step >> 1)
        if not held:
            return False
    return bool(held & 1)


def _held_before_star(pattern: Places, after: int) -> int:
    held = 0
    for place in range(pattern.length - 1, -1, -1):
        bit = 1 << place
        if pattern.stars & bit:
            if held & bit << 1 or after & bit:
                held |= bit
        elif pattern.ones & bit and after & bit and held & bit << 1:
            # The star may be empty, and it may be one character and more of the star.
            held |= bit
    return held


# --- ARNs -------------------------------------------------------------------------------------------------


def arn_overlaps(pattern: Sequence[str], asked: Sequence[str]) -> bool:
    """Whether two ARN patterns, six segments each, share an ARN."""
    return all(
        one == two or one == "*" or two == "*" or _segment_overlaps(one, two)
        for one, two in zip(pattern, asked, strict=True)
    )


def _segment_overlaps(pattern: str, asked: str) -> bool:
    if "*" not in asked:
        return glob_match(pattern, asked)
    start, other = pattern.split("*", 1)[0], asked.split("*", 1)[0]
    shared = min(len(start), len(other))
    if "?" not in start and start[:shared] != other[:shared]:
        return False
    return overlaps(places_of(pattern), asked)


def arn_holds_all(pattern: Sequence[str], asked: Sequence[str]) -> bool:
    """Whether an ARN pattern holds every ARN of another."""
    return all(
        one in ("*", two) or ("*" not in two and glob_match(one, two)) or holds_all(places_of(one), two)
        for one, two in zip(pattern, asked, strict=True)
    )


def pattern_overlaps(one: str, two: str) -> bool:
    """Whether two Resource values share an ARN; `*` and a short ARN stand for everything they could be."""
    if not one.strip("*") or not two.strip("*"):
        return True
    first, second = split_arn(one), split_arn(two)
    first += ["*"] * (ARN_SEGMENTS - len(first))
    second += ["*"] * (ARN_SEGMENTS - len(second))
    return arn_overlaps(first, second)
