"""Text from an account as harmless text: no control character, no markup and no link survives in any format."""

from __future__ import annotations

import re
from typing import Final

#: A name may be 10,000 characters long; a report for reading shows the beginning, the JSON report holds all of it.
LONGEST: Final = 400


def visible(text: str) -> str:
    """The text with everything that does not print made visible: escapes, line ends, direction marks."""
    return text if text.isprintable() else "".join(map(_shown, text))


def limited(text: str, most: int) -> str:
    """The visible text, of at most so many characters; what was cut off shows as …."""
    text = visible(text)
    return text if len(text) <= most else text[: most - 1] + "…"


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)  # the control pictures, e.g. ␛
    return "\u2421" if code == 0x7F else f"⟨U+{code:04X}⟩"


def code_span(text: str) -> str:
    """Markdown that shows exactly this text: inside a code span nothing has a meaning, on a fence of its own length."""
    if not text:
        return "—"
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}… ({len(text):,} characters)"
    text = visible(text)
    fence = "`" * (_longest_run(text) + 1)
    # A backtick at the edge would join the fence; spaces at both edges are taken away again when it is shown.
    needs_room = text[0] in "` " or text[-1] in "` "
    return f"{fence} {text} {fence}" if needs_room else f"{fence}{text}{fence}"


def code_block(text: str, language: str = "") -> str:
    """A fenced block whose content cannot end it."""
    lines = "\n".join(visible(line) for line in text.split("\n"))
    fence = "`" * max(3, _longest_run(lines) + 1)
    return f"{fence}{language}\n{lines}\n{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def escaped(text: str) -> str:
    """Markdown for one line of srtui's own words, where a stray sign must not become markup."""
    return re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", visible(text))


def toml_safe(document: str) -> str:
    """A TOML document with what does not print as escapes; TOML itself lets direction marks and C1 controls through."""
    return "".join(
        character if character.isprintable() or character == "\n" else _toml_escape(character)
        for character in document
    )


def _toml_escape(character: str) -> str:
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        return "\\uFFFD"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
