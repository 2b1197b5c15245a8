"""Lines for people: folded at spaces where a terminal reads them, whole where a program does."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator

import msgspec

from srtui.cli.commands import one_line

_LEAST_WIDTH = 40


class Row(msgspec.Struct, frozen=True):
    """A line, how far it is indented, and whether it is a command, which a shell must read as it stands."""

    text: str
    indent: int = 0
    command: bool = False


def terminal_width() -> int | None:
    """The columns of the terminal; None where standard output is none."""
    return max(_LEAST_WIDTH, shutil.get_terminal_size().columns) if sys.stdout.isatty() else None


def laid_out(rows: Iterable[Row], width: int | None) -> Iterator[str]:
    """The rows as lines of a width. ARNs are never broken, and commands only where a shell reads on."""
    for row in rows:
        pad, text = " " * row.indent, one_line(row.text)
        if width is None or len(pad) + len(text) <= width:
            yield (pad + text).rstrip()
            continue
        if row.command:
            yield from _folded(text, pad, width)
            continue
        # A dash or a slash is part of a name here, never a place to break.
        yield from textwrap.wrap(
            text,
            width,
            initial_indent=pad,
            subsequent_indent=pad + "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def _folded(command: str, pad: str, width: int) -> Iterator[str]:
    """A command with a backslash before each option that has no room on the line."""
    line = ""
    for piece in _options(command):
        if line and len(pad) + len(line) + 1 + len(piece) + 2 > width:
            yield f"{pad}{line} \\"
            line = "  " + piece
        else:
            line = f"{line} {piece}" if line else piece
    yield pad + line


def _options(command: str) -> Iterator[str]:
    """A command taken apart before its options, but never inside of quotes."""
    piece = ""
    for number, part in enumerate(command.split(" --")):
        piece += part if not number else f" --{part}"
        if piece.count("'") % 2 == 0:
            yield piece.lstrip()
            piece = ""
    if piece:
        yield piece.lstrip()
