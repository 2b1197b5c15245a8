"""Text from an account, made harmless for a terminal: what would act on it becomes a visible sign."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from rich.cells import cell_len, get_character_cell_size

Span = tuple[str, str]
"""A piece of a line: its text, and the name of a semantic style ("" is the base style)."""

ELLIPSIS: Final = "…"
REPLACEMENT: Final = "�"
_MAX_MARKS: Final = 2  # combining marks in a row; more is an attempt to draw over other lines
_NAMED: Final = {
    "\t": "⇥",
    "\n": "⏎",
    "\r": "␍",
    "\x1b": "␛",
    "\x7f": "␡",
    "\x85": "⏎",
    "\u2028": "⏎",
    "\u2029": "⏎",
}
# Letters and symbols by category that nevertheless show nothing.
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_VARIATION_SELECTORS: Final = frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0x180B, 0x180F)]))


def plain(text: object, limit: int | None = None) -> str:
    """One line of harmless text, at most `limit` cells wide (cut with …)."""
    value = text if type(text) is str else str(text)
    if limit is None:
        return _plain(value) if len(value) <= 512 else _sanitise(value)
    # Every character that is not a combining mark takes a cell, so more can never be shown.
    head = value[: limit * (_MAX_MARKS + 1) + 1]
    return truncate(_plain(head) if len(head) < len(value) or len(head) <= 512 else _sanitise(head), limit)


@lru_cache(8192)
def _plain(text: str) -> str:
    return _sanitise(text)


def _sanitise(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    out: list[str] = []
    marks = _MAX_MARKS  # a leading combining mark has nothing to combine with
    for char in text:
        shown, is_mark = _harmless(char)
        if is_mark:
            marks += 1
            out.append(shown if marks <= _MAX_MARKS and out else REPLACEMENT)
        else:
            marks = 0
            out.append(shown)
    return "".join(out)


@lru_cache(4096)
def _harmless(char: str) -> tuple[str, bool]:
    """The character to show for one, and whether it combines with the one before."""
    if " " <= char <= "~":
        return char, False
    if char in _NAMED:
        return _NAMED[char], False
    if char < " ":
        return chr(0x2400 + ord(char)), False
    if char in _BLANK_LETTERS or char in _VARIATION_SELECTORS:
        return REPLACEMENT, False
    category = unicodedata.category(char)
    if category == "Zs":
        return "␠", False
    if category in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return REPLACEMENT, False
    if get_character_cell_size(char) == 0:
        return (char, True) if category in {"Mn", "Mc", "Me"} else (REPLACEMENT, False)
    return char, False


def truncate(text: str, width: int) -> str:
    """Cut harmless text to `width` cells, the last of them … if something was cut."""
    if width <= 0:
        return ""
    if (len(text) <= width and text.isascii()) or cell_len(text) <= width:
        return text
    return take(text, width - 1) + ELLIPSIS


def take(text: str, width: int) -> str:
    """The longest start of `text` that fits into `width` cells."""
    if text.isascii():
        return text[: max(width, 0)]
    used = 0
    for index, char in enumerate(text):
        used += get_character_cell_size(char)
        if used > width:
            return text[:index]
    return text


def _take_end(text: str, width: int) -> str:
    if width <= 0:
        return ""
    if text.isascii():
        return text[-width:]
    used = 0
    for index in range(len(text) - 1, -1, -1):
        used += get_character_cell_size(text[index])
        if used > width:
            # A combining mark must not lose its letter and land on the ellipsis.
            rest = text[index + 1 :]
            while rest and get_character_cell_size(rest[0]) == 0:
                rest = rest[1:]
            return rest
    return text


def middle(text: str, width: int) -> str:
    """Shorten harmless text in its middle: the end tells more in ARNs and paths, so it gets two thirds."""
    if cell_len(text) <= width:
        return text
    if width <= 2:
        return truncate(text, width)
    head = (width - 1) // 3
    return take(text, head) + ELLIPSIS + _take_end(text, width - 1 - head)


def short_arn(arn: str, width: int) -> str:
    """An ARN in `width` cells: the fixed part goes first, the resource is kept for as long as it can be."""
    shown = plain(arn)
    if cell_len(shown) <= width:
        return shown
    parts = shown.split(":", 5)
    if len(parts) == 6 and parts[0] == "arn":
        for candidate in (f"{parts[2]}:{ELLIPSIS}:{parts[5]}", parts[5]):
            if cell_len(candidate) <= width:
                return candidate
        shown = parts[5]
    return middle(shown, width)


def fit(text: str, width: int, align: str = "left") -> str:
    """Harmless text in exactly `width` cells."""
    cut = truncate(text, width)
    pad = " " * max(0, width - cell_len(cut))
    return pad + cut if align == "right" else cut + pad


def spans_len(spans: Iterable[Span]) -> int:
    """Cells that spans take."""
    return sum(cell_len(text) for text, _ in spans)


def fit_spans(spans: Iterable[Span], width: int) -> list[Span]:
    """Spans cut to at most `width` cells, sanitised on the way."""
    out: list[Span] = []
    left = width
    for text, style in spans:
        if left <= 0:
            if out and text:
                last, last_style = out[-1]
                if not last.endswith(ELLIPSIS):
                    out[-1] = (truncate(last + text[:1], cell_len(last)), last_style)
            break
        shown = plain(text, left)
        if shown:
            out.append((shown, style))
            left -= cell_len(shown)
            if shown.endswith(ELLIPSIS) and not text.endswith(ELLIPSIS):
                break
    return out


def wrap(text: str, width: int) -> list[str]:
    """Harmless text as lines of at most `width` cells, broken at spaces where there are any."""
    width = max(width, 1)
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        lines.extend(_wrap_line(plain(paragraph), width))
    return lines


def _wrap_line(text: str, width: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        while cell_len(word) > width:
            piece = take(word, width) or word[:1]
            lines.append(piece)
            word = word[len(piece) :]
        line = word
    lines.append(line)
    return lines


def highlight(spans: Iterable[Span], words: tuple[str, ...], style: str = "match") -> list[Span]:
    """Spans with every occurrence of the words (lower case) in `style`."""
    out: list[Span] = []
    for text, base in spans:
        out.extend(_highlight_text(text, base, words, style))
    return out


def _highlight_text(text: str, base: str, words: tuple[str, ...], style: str) -> list[Span]:
    lower = text.lower()
    # Lower-casing may change the length of a text (İ); positions would then not agree.
    if len(lower) != len(text):
        return [(text, base)]
    out: list[Span] = []
    at = 0
    while at < len(text):
        found = [(position, -len(word)) for word in words if word and (position := lower.find(word, at)) >= 0]
        if not found:
            break
        start, negative = min(found)
        if start > at:
            out.append((text[at:start], base))
        out.append((text[start : start - negative], style))
        at = start - negative
    if at < len(text):
        out.append((text[at:], base))
    return out
