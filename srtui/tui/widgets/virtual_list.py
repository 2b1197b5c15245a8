"""A list of any length that draws only what is in view and never moves the cursor under the user's hands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from srtui.tui.actions import bindings_for
from srtui.tui.theme import Look
from srtui.tui.widgets.lines import LineWidget, close, thumb
from srtui.tui.widgets.rows import FromWidget, Keyed, ListRow, Notice, notice_strip
from srtui.tui.widgets.text import Span, fit_spans, highlight, plain, spans_len
from srtui.tui.widgets.title import title_strip

CURSOR_MARK = "▌"
ROW_MARK = "+"
GUTTER = 2  # the cursor's mark and the mark of a chosen row


RowT = TypeVar("RowT", bound=Keyed)


class VirtualList(LineWidget, Generic[RowT], can_focus=True, inherit_bindings=False):
    """Rows with a cursor, marks, a title line and a notice when there are none.

    Subclasses draw a row in `row_spans` and may add fixed lines under the title in `head_strip`.
    """

    BINDINGS = bindings_for("list")

    @dataclass
    class CursorMoved(FromWidget):
        """The cursor is on another row. Receivers debounce; only the last of a burst is delivered."""

        key: str | None

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, VirtualList.CursorMoved) and message._sender is self._sender

    @dataclass
    class Activated(FromWidget):
        """Enter or a double click on a row."""

        key: str

    @dataclass
    class MarksChanged(FromWidget):
        """Other rows are marked than before."""

        keys: frozenset[str]

    @dataclass
    class FilterRequested(FromWidget):
        """The user wants to filter this list."""

    def __init__(
        self,
        title: str = "",
        *,
        notice: Notice | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._title: tuple[Span, ...] = ((title, ""),) if title else ()
        self._title_right: tuple[Span, ...] = ()
        self._notice = notice
        self._rows: Sequence[RowT] = ()
        self._index: dict[str, int] = {}
        self._cursor = -1
        self._top = 0
        self._marks: frozenset[str] = frozenset()
        self._words: tuple[str, ...] = ()
        self._touched = False  # until the user has been here, the cursor stays on the first row
        self._page = 0  # rows in view of the last frame

    # What others set

    def set_rows(self, rows: Sequence[RowT], highlight: tuple[str, ...] | None = None) -> None:
        """Show other rows. The cursor stays on its row and that row stays where it is on the screen."""
        if highlight is not None:
            self._words = tuple(word.lower() for word in highlight if word)
        old_rows, old_cursor, old_key = self._rows, self._cursor, self.cursor_key
        anchor = self._anchor()
        self._rows = rows
        self._index = {row.key: position for position, row in enumerate(rows)}
        if not self._touched:
            self._cursor, self._top = (0 if rows else -1), 0
        else:
            self._cursor = self._surviving(old_rows, old_cursor)
            if anchor is not None and (position := self._index.get(anchor[0])) is not None:
                self._top = position - anchor[1]
        self._clamp_top()
        if self._cursor >= 0 and (anchor is None or anchor[0] == old_key):
            self._scroll_to_cursor()
        if kept := self._marks - self._index.keys():
            self._set_marks(self._marks - kept)
        if self.cursor_key != old_key:
            self.post_message(self.CursorMoved(self.cursor_key).set_sender(self))
        self.repaint()

    def set_title(self, title: str | Sequence[Span], right: str | Sequence[Span] = ()) -> None:
        """The text in the title line; `right` stands at its end."""
        self._title = ((title, ""),) if isinstance(title, str) else tuple(title)
        self._title_right = ((right, ""),) if isinstance(right, str) and right else tuple(right)  # type: ignore[arg-type]
        self.repaint()

    def set_notice(self, notice: Notice | None) -> None:
        """What to say while there are no rows."""
        self._notice = notice
        self.repaint()

    def set_highlight(self, words: tuple[str, ...]) -> None:
        """Words to show highlighted wherever they stand."""
        self._words = tuple(word.lower() for word in words if word)
        self.repaint()

    def set_marks(self, keys: Collection[str]) -> None:
        """Mark exactly these rows."""
        self._set_marks(frozenset(keys) & self._index.keys())
        self.repaint()

    # What others ask

    @property
    def rows(self) -> Sequence[RowT]:
        """The rows as they are shown."""
        return self._rows

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor."""
        return self._rows[self._cursor].key if 0 <= self._cursor < len(self._rows) else None

    @property
    def cursor_row(self) -> RowT | None:
        """The row under the cursor."""
        return self._rows[self._cursor] if 0 <= self._cursor < len(self._rows) else None

    @property
    def marks(self) -> frozenset[str]:
        """Keys of the marked rows."""
        return self._marks

    @property
    def chosen(self) -> tuple[str, ...]:
        """What an action should take: the marked rows in their order, or else the row under the cursor."""
        if self._marks:
            return tuple(row.key for row in self._rows if row.key in self._marks)
        return (self.cursor_key,) if self.cursor_key is not None else ()

    @property
    def view_state(self) -> tuple[str | None, int]:
        """Where the user is, for `restore`: the key under the cursor, and its line in view."""
        return self.cursor_key, self._cursor - self._top

    def restore(self, state: tuple[str | None, int]) -> None:
        """Go back to a `view_state`, as far as its row still exists."""
        key, line = state
        if key is not None and self.move_to(key):
            self._top = self._cursor - line
            self._clamp_top()
            self._scroll_to_cursor()
            self.repaint()

    def move_to(self, key: str) -> bool:
        """Put the cursor on a row; False if there is none of this key."""
        position = self._index.get(key)
        if position is None:
            return False
        self._move(position)
        return True

    # What subclasses say

    def row_spans(self, row: RowT, width: int) -> list[Span]:
        """The row in at most `width` cells, sanitised."""
        return fit_spans(cast(ListRow, row).spans, width)

    def empty_notice(self) -> Notice | None:
        """What to say while there are no rows."""
        return self._notice

    def head_lines(self) -> int:
        """How many fixed lines stand under the title."""
        return 0

    def head_strip(self, line: int, width: int, look: Look) -> Strip:
        """One of the fixed lines."""
        raise NotImplementedError

    # Drawing

    def before_frame(self, width: int, height: int) -> None:
        if self._page not in (0, self.page):  # the terminal has another size: the cursor stays in view
            self._scroll_to_cursor()
        self._page = self.page
        self._clamp_top()

    def build_line(self, y: int, width: int, look: Look) -> Strip:
        if y == 0 and self._title:
            right = self._title_end()
            title = title_strip(self._title, right, width - 1, look, focus=self.has_focus)
            return title.extend_cell_length(width, look.base)
        y -= 1 if self._title else 0
        if y < self.head_lines():
            return self.head_strip(y, width, look)
        position = self._top + y - self.head_lines()
        if not self._rows:
            return notice_strip(self.empty_notice(), y - self.head_lines(), width, look)
        if position >= len(self._rows):
            return Strip.blank(width, look.base)
        return self._row_strip(position, y - self.head_lines(), width, look)

    def _title_end(self) -> list[Span]:
        """What the owner says, how many rows are marked, and where the cursor is in a list longer than the pane."""
        ends: list[Sequence[Span]] = [self._title_right] if self._title_right else []
        if self._marks:
            ends.append([(f"{len(self._marks):,} marked", "mark")])
        if len(self._rows) > self.page:
            ends.append([(f"{self._cursor + 1:,}/{len(self._rows):,}", "muted")])
        return [span for number, end in enumerate(ends) for span in ([("  ", "")] if number else []) + [*end]]

    def _row_strip(self, position: int, line: int, width: int, look: Look) -> Strip:
        row = self._rows[position]
        is_cursor = position == self._cursor
        spans: list[Span] = [
            (CURSOR_MARK if is_cursor else " ", "cursor_mark" if is_cursor else ""),
            (ROW_MARK if row.key in self._marks else " ", "mark"),
        ]
        body = self.row_spans(row, width - GUTTER - 1)
        spans += highlight(body, self._words) if self._words else body
        used = spans_len(spans)
        fill = look.base
        if is_cursor and self.has_focus:
            fill = look.style("cursor")
            found = fill + Style(underline=True)
            segments = [Segment(spans[0][0], look.style(spans[0][1]))]
            segments += [Segment(text, found if style == "match" else fill) for text, style in spans[1:]]
        elif is_cursor:
            fill = look.style("cursor_blur")
            # Over the cursor's background, so that a match keeps its own.
            segments = [Segment(text, fill + look.overlay(style)) for text, style in spans]
        else:
            segments = [Segment(text, look.style(style)) for text, style in spans]
        body_strip = close(segments, used, width - 1, fill)
        return Strip([*body_strip, thumb(line, self._top, self.page, len(self._rows), look)], width)

    # Moving

    @property
    def page(self) -> int:
        """How many rows are in view."""
        return max(1, self.size.height - (1 if self._title else 0) - self.head_lines())

    def _anchor(self) -> tuple[str, int] | None:
        """The row that must stay on its line when rows change: the cursor's if it is in view, or the first."""
        if not self._rows:
            return None
        line = self._cursor - self._top
        if 0 <= line < self.page and 0 <= self._cursor < len(self._rows):
            return self._rows[self._cursor].key, line
        return (self._rows[self._top].key, 0) if self._top < len(self._rows) else None

    def _surviving(self, old_rows: Sequence[RowT], old_cursor: int) -> int:
        """Where the cursor goes: its own row, or the nearest that is still there, those below first."""
        if not self._rows:
            return -1
        if 0 <= old_cursor < len(old_rows):
            for position in (*range(old_cursor, len(old_rows)), *range(old_cursor - 1, -1, -1)):
                found = self._index.get(old_rows[position].key)
                if found is not None:
                    return found
        return 0

    def _clamp_top(self) -> None:
        self._top = max(0, min(self._top, len(self._rows) - self.page))

    def _scroll_to_cursor(self) -> None:
        if self._cursor < self._top:
            self._top = self._cursor
        elif self._cursor >= self._top + self.page:
            self._top = self._cursor - self.page + 1
        self._clamp_top()

    def _move(self, position: int) -> None:
        self._touched = True
        if not self._rows:
            return
        position = max(0, min(position, len(self._rows) - 1))
        moved = position != self._cursor
        self._cursor = position
        self._scroll_to_cursor()
        if moved:
            self.post_message(self.CursorMoved(self.cursor_key).set_sender(self))
        self.repaint()

    def _set_marks(self, marks: frozenset[str]) -> None:
        if marks != self._marks:
            self._marks = marks
            self.post_message(self.MarksChanged(marks).set_sender(self))

    # Keys and mouse

    def action_cursor_down(self) -> None:
        self._move(self._cursor + 1)

    def action_cursor_up(self) -> None:
        self._move(self._cursor - 1)

    def action_page_down(self) -> None:
        self._move(self._cursor + max(1, self.page - 1))

    def action_page_up(self) -> None:
        self._move(self._cursor - max(1, self.page - 1))

    def action_first(self) -> None:
        self._move(0)

    def action_last(self) -> None:
        self._move(len(self._rows) - 1)

    def action_activate(self) -> None:
        if self.cursor_key is not None:
            self.post_message(self.Activated(self.cursor_key).set_sender(self))

    def action_mark(self) -> None:
        if self.cursor_key is not None:
            self._set_marks(self._marks ^ {self.cursor_key})
            self._move(self._cursor + 1)
            self.repaint()

    def action_mark_all(self) -> None:
        everything = frozenset(self._index)
        self._set_marks(frozenset() if self._marks == everything else everything)
        self.repaint()

    def clear_marks(self) -> bool:
        """Take all marks away; False if there were none."""
        had = bool(self._marks)
        self.set_marks(())
        return had

    def action_filter(self) -> None:
        self.post_message(self.FilterRequested().set_sender(self))

    def on_focus(self) -> None:
        self._touched = True

    def on_click(self, event: events.Click) -> None:
        line = event.y - (1 if self._title else 0) - self.head_lines()
        position = self._top + line
        if line < 0 or position >= len(self._rows):
            return
        self._move(position)
        if event.ctrl or event.shift:
            self._set_marks(self._marks ^ {self._rows[position].key})
            self.repaint()
        elif event.chain == 2:
            self.action_activate()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._scroll(3)
        event.stop()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._scroll(-3)
        event.stop()

    def _scroll(self, lines: int) -> None:
        """Scroll, and take the cursor along: what is not in view must not be acted upon."""
        self._touched = True
        self._top += lines
        self._clamp_top()
        self._move(max(self._top, min(self._cursor, self._top + self.page - 1)))

    def copy_text(self) -> str:
        """What copying takes from here: the chosen keys, a line each."""
        return "\n".join(plain(key) for key in self.chosen)


__all__ = ["ListRow", "Notice", "VirtualList"]
