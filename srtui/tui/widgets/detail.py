"""A pane of read-only text: headings, facts, paragraphs and policy documents, drawn line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.strip import Strip

from srtui.tui.actions import bindings_for
from srtui.tui.theme import Look
from srtui.tui.widgets.lines import LineWidget, close, thumb
from srtui.tui.widgets.rows import FromWidget
from srtui.tui.widgets.text import Span, plain, take, wrap
from srtui.tui.widgets.title import title_strip
from srtui.tui.widgets.virtual_list import CURSOR_MARK


class Heading(msgspec.Struct, frozen=True):
    """The name of what follows."""

    text: str


class Fact(msgspec.Struct, frozen=True):
    """A name and its value; values of neighbouring facts stand in one column."""

    name: str
    value: str
    style: str = ""
    name_style: str = "muted"


class Para(msgspec.Struct, frozen=True):
    """Wrapped text."""

    text: str
    style: str = ""
    indent: int = 0


class Line(msgspec.Struct, frozen=True):
    """One line of styled pieces, cut if too long."""

    spans: tuple[Span, ...]


class Code(msgspec.Struct, frozen=True):
    """Text whose own lines matter: JSON (highlighted) or a command ("text")."""

    text: str
    language: str = "json"


class Gap(msgspec.Struct, frozen=True):
    """An empty line."""


class Item(msgspec.Struct, frozen=True):
    """Blocks that can be chosen together, a policy statement for one."""

    key: str
    blocks: tuple[Heading | Fact | Para | Line | Code | Gap, ...]


Block = Heading | Fact | Para | Line | Code | Gap | Item
_Laid = tuple[list[Span], int]  # the pieces of a line, and the index of its item or -1
_MARGIN: Final = 2
_NAME_WIDTH: Final = 22
_UNBROKEN: Final = 1_000_000  # a width at which nothing is wrapped, for what is copied


class DetailView(LineWidget, can_focus=True, inherit_bindings=False):
    """Shows blocks. With items in it, up and down go from item to item, and enter opens one."""

    BINDINGS = bindings_for("detail")

    @dataclass
    class ItemMoved(FromWidget):
        """The cursor is on another item, or on none that is in view."""

        key: str | None

    @dataclass
    class ItemActivated(FromWidget):
        """Enter or a double click on an item."""

        key: str

    def __init__(self, title: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._title: tuple[Span, ...] = ((title, ""),) if title else ()
        self._title_right: tuple[Span, ...] = ()
        self._blocks: tuple[Block, ...] = ()
        self._subject: str | None = None
        self._laid: list[_Laid] = []
        self._laid_width = -1
        self._items: list[str] = []
        self._item = -1  # none: also while no item is in view, so that no key acts on what is not seen
        self._top = 0
        self._fresh = True  # another text than before, and not yet laid out
        self._page = 0  # lines in view of the last frame

    def show(self, blocks: Iterable[Block], subject: str | None = None) -> None:
        """Show other blocks. For the same `subject` as before the place in the text is kept."""
        same = subject is not None and subject == self._subject
        key, before = self.item_key, self._items
        self._blocks = tuple(blocks)
        self._subject = subject
        self._items = [block.key for block in self._blocks if isinstance(block, Item)]
        self._laid_width = -1
        self._fresh = not same
        if not same:
            self._top = 0
            self._item = 0 if self._items else -1
        elif key is not None or len(before) != len(self._items):
            self._item = self._items.index(key) if key in self._items else (0 if self._items else -1)
        self.repaint()

    def set_title(self, title: str | Sequence[Span], right: str | Sequence[Span] = ()) -> None:
        """The text in the title line."""
        self._title = ((title, ""),) if isinstance(title, str) else tuple(title)
        self._title_right = ((right, ""),) if isinstance(right, str) else tuple(right)
        self.repaint()

    @property
    def item_key(self) -> str | None:
        """The item under the cursor."""
        return self._items[self._item] if 0 <= self._item < len(self._items) else None

    def move_to(self, key: str) -> bool:
        """Put the cursor on an item."""
        if key not in self._items:
            return False
        self._go(self._items.index(key))
        return True

    def copy_text(self) -> str:
        """The item under the cursor as text, or everything."""
        return "\n".join(
            "".join(text for text, _ in spans).rstrip()
            for spans, item in _lay(self._blocks, _UNBROKEN)
            if self._item < 0 or item == self._item
        )

    # Drawing

    @property
    def page(self) -> int:
        """Lines of text in view."""
        return max(1, self.size.height - (1 if self._title else 0))

    def before_frame(self, width: int, height: int) -> None:
        other_size = (self._laid_width not in (-1, width)) or self._page not in (0, self.page)
        if self._laid_width != width:
            old = len(self._laid)
            self._laid = _lay(self._blocks, max(10, width - _MARGIN - 2))
            if self._laid_width != -1 and old:  # the same text, wrapped anew: stay at the same place in it
                self._top = self._top * len(self._laid) // old
            self._laid_width = width
        self._page = self.page
        if other_size and self._item >= 0:
            self._bring(self._item)
        self._top = max(0, min(self._top, len(self._laid) - self.page))
        if self._fresh:
            self._fresh = False
            if self._item >= 0 and not self._in_view(self._item):
                self._item = self._seen(1)
                self.post_message(self.ItemMoved(self.item_key).set_sender(self))

    def _lines_of(self, item: int) -> list[int]:
        return [position for position, (_, owner) in enumerate(self._laid) if owner == item]

    def _in_view(self, item: int) -> bool:
        return item >= 0 and any(self._top <= line < self._top + self.page for line in self._lines_of(item))

    def _seen(self, step: int) -> int:
        """The first item in view, going down, or the last, going up; -1 if there is none."""
        owners = [owner for _, owner in self._laid[self._top : self._top + self.page] if owner >= 0]
        return -1 if not owners else owners[0] if step > 0 else owners[-1]

    def _bring(self, item: int) -> None:
        """Scroll an item into view."""
        lines = self._lines_of(item)
        if lines:
            if lines[-1] >= self._top + self.page:
                self._top = lines[-1] - self.page + 1
            # The start of an item that is longer than the pane matters more than its end.
            if lines[0] < self._top:
                self._top = lines[0]

    def build_line(self, y: int, width: int, look: Look) -> Strip:
        if self._title:
            if y == 0:
                title = title_strip(self._title, self._title_right, width - 1, look, focus=self.has_focus)
                return title.extend_cell_length(width, look.base)
            y -= 1
        position = self._top + y
        if position >= len(self._laid):
            return Strip.blank(width, look.base)
        spans, item = self._laid[position]
        on_item = item >= 0 and item == self._item
        mark = CURSOR_MARK if on_item and self.has_focus else " "
        segments = [Segment(mark + " ", look.style("cursor_mark"))]
        under = look.style("cursor_blur") if on_item and self.has_focus else look.base
        segments += [Segment(text, under + look.overlay(style)) for text, style in spans]
        body = close(segments, sum(segment.cell_length for segment in segments), width - 1, under)
        return Strip([*body, thumb(y, self._top, self.page, len(self._laid), look)], width)

    # Keys and mouse

    def _go(self, item: int) -> None:
        item = max(0, min(item, len(self._items) - 1))
        moved = item != self._item
        self._item = item
        self._fresh = False
        self.before_frame(self.size.width, self.size.height)
        self._bring(item)
        if moved:
            self.post_message(self.ItemMoved(self._items[item]).set_sender(self))
        self.repaint()

    def _scroll(self, lines: int) -> None:
        """Scroll; the cursor goes to an item that is in view, if there is one."""
        self._top = max(0, min(self._top + lines, len(self._laid) - self.page))
        if not self._in_view(self._item):
            found = self._seen(lines)
            moved, self._item = found != self._item, found
            if moved:
                self.post_message(self.ItemMoved(self.item_key).set_sender(self))
        self.repaint()

    def _step(self, step: int) -> None:
        """To the next item, or on in the text as far as the item is not within a page: no text is jumped over."""
        item = self._item + step if self._item >= 0 else self._beyond(step)
        lines = self._lines_of(item) if 0 <= item < len(self._items) else []
        near = lines and self._top - self.page <= lines[0] < self._top + 2 * self.page
        if near:
            self._go(item)
        else:
            self._scroll(step)

    def _beyond(self, step: int) -> int:
        """The nearest item outside of what is in view; -1 if there is none."""
        if step > 0:
            owners = [owner for _, owner in self._laid[self._top :] if owner >= 0]
            return owners[0] if owners else -1
        owners = [owner for _, owner in self._laid[: self._top] if owner >= 0]
        return owners[-1] if owners else -1

    def action_down(self) -> None:
        self._step(1)

    def action_up(self) -> None:
        self._step(-1)

    def action_page_down(self) -> None:
        self._scroll(max(1, self.page - 1))

    def action_page_up(self) -> None:
        self._scroll(-max(1, self.page - 1))

    def action_first(self) -> None:
        if self._items:
            self._go(0)
        self._scroll(-len(self._laid))

    def action_last(self) -> None:
        if self._items:
            self._go(len(self._items) - 1)
        self._scroll(len(self._laid))

    def action_activate(self) -> None:
        if self.item_key is not None:
            self.post_message(self.ItemActivated(self.item_key).set_sender(self))

    def on_click(self, event: events.Click) -> None:
        position = self._top + event.y - (1 if self._title else 0)
        if 0 <= position < len(self._laid) and self._laid[position][1] >= 0:
            self._go(self._laid[position][1])
            if event.chain == 2:
                self.action_activate()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._scroll(3)
        event.stop()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._scroll(-3)
        event.stop()


def _lay(blocks: Iterable[Block], width: int) -> list[_Laid]:
    """The blocks as lines."""
    out: list[_Laid] = []
    item = -1
    blocks = tuple(blocks)
    names = _name_width(blocks)
    for block in blocks:
        if isinstance(block, Item):
            item += 1
            inner = _name_width(block.blocks)
            for part in block.blocks:
                out += [(spans, item) for spans in _lay_block(part, width, inner)]
        else:
            out += [(spans, -1) for spans in _lay_block(block, width, names)]
    return out


def _name_width(blocks: Iterable[Block]) -> int:
    longest = max((len(block.name) for block in blocks if isinstance(block, Fact)), default=0)
    return min(longest, _NAME_WIDTH)


def _lay_block(block: Block, width: int, names: int) -> list[list[Span]]:
    match block:
        case Heading(text):
            return [[(line, "heading")] for line in wrap(text, width)]
        case Fact(name, value, style, name_style):
            lines = wrap(value, max(8, width - names - 2))
            shown = plain(name, names)
            first: list[Span] = [(shown + " " * (names - len(shown) + 2), name_style), (lines[0], style)]
            return [first, *([(" " * (names + 2), ""), (line, style)] for line in lines[1:])]
        case Para(text, style, indent):
            pad = " " * indent
            return [[(pad + line, style)] for line in wrap(text, width - indent)]
        case Line(spans):
            return [[(plain(text), style) for text, style in spans]]
        case Code(text, language):
            return [
                line
                for raw in text.split("\n")
                for line in _hard_wrap(
                    json_spans(plain(raw)) if language == "json" else [(plain(raw), "string")], width
                )
            ]
        case _:
            return [[]]


# Linear: every alternative starts with another character and none nests.
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"?(\s*:)?|-?\d[\d.eE+-]*|[A-Za-z]+|[{}\[\],:]+|\s+|.')
_VALUES: Final = {'"Allow"': "allow", '"Deny"': "deny", '"*"': "warning"}


def json_spans(line: str) -> list[Span]:
    """A line of JSON with its parts in their styles."""
    spans: list[Span] = []
    for match in _TOKEN.finditer(line):
        text = match.group()
        if text.startswith('"'):
            if match.group(1):
                cut = len(text) - len(match.group(1))
                spans += [(text[:cut], "key"), (text[cut:], "punctuation")]
            else:
                spans.append((text, _VALUES.get(text, "string")))
        elif text[0].isdigit() or text[0] == "-":
            spans.append((text, "number"))
        elif text in {"true", "false", "null"}:
            spans.append((text, "keyword"))
        elif text[0] in "{}[],:":
            spans.append((text, "punctuation"))
        else:
            spans.append((text, ""))
    return spans


def _hard_wrap(spans: list[Span], width: int) -> list[list[Span]]:
    """Code broken where the pane ends; a break in code must not look like one of its own lines, so it is marked."""
    lines: list[list[Span]] = [[]]
    left = width
    for text, style in spans:
        while text:
            piece = take(text, left)
            if not piece:
                lines.append([("↪ ", "faint")])
                left = width - 2
                piece = take(text, left) or text[:1]
            lines[-1].append((piece, style))
            left -= cell_len(piece)
            text = text[len(piece) :]
    return lines
