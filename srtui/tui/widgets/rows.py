"""What every list shares: rows known by keys, notices instead of rows, and messages that know their widget."""

from __future__ import annotations

from typing import Protocol, cast

import msgspec
from textual.dom import DOMNode
from textual.message import Message
from textual.strip import Strip

from srtui.tui.theme import Look
from srtui.tui.widgets.lines import strip
from srtui.tui.widgets.text import Span, plain, wrap


class Keyed(Protocol):
    """Rows are known by a key that outlives their position."""

    @property
    def key(self) -> str: ...


class ListRow(msgspec.Struct, frozen=True):
    """A row of a plain list."""

    key: str
    spans: tuple[Span, ...]


class Notice(msgspec.Struct, frozen=True):
    """What a list says instead of rows: what is the case, and what to do next."""

    title: str
    lines: tuple[str, ...] = ()
    style: str = "muted"  # "muted" for empty and loading, "warning" for denied, "error"


def nothing_matches(text: str) -> Notice:
    """What a list says that a filter has left empty."""
    return Notice(f"Nothing matches “{plain(text, 60)}”.", ("esc clears the filter, / changes it.",))


class FromWidget(Message):
    """A message whose control is the widget that sent it, so that `@on(..., "#id")` works."""

    @property
    def control(self) -> DOMNode | None:
        return cast("DOMNode | None", self._sender)


def notice_strip(notice: Notice | None, line: int, width: int, look: Look) -> Strip:
    """A line of a notice, one line below the title."""
    if notice is None or line < 1:
        return Strip.blank(width, look.base)
    lines: list[Span] = [(text, notice.style) for text in wrap(notice.title, width - 4)]
    for text in notice.lines:
        lines += [(piece, "muted") for piece in wrap(text, width - 4)]
    if line > len(lines):
        return Strip.blank(width, look.base)
    return strip([("  ", ""), lines[line - 1]], width, look)


#: Instead of rows about identities: nothing follows from there being none.
NO_IDENTITIES = Notice(
    "No identity was read, so nothing is known about them.",
    ("iam:GetAccountAuthorizationDetails tells of them. C shows what was asked and denied.",),
)
