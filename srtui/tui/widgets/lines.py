"""A widget that draws itself line by line and repaints only the lines that differ from what is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from srtui.tui.theme import Look, look_of
from srtui.tui.widgets.text import Span


class LineWidget(Widget):
    """Subclasses say in `build_line` what a line looks like now and call `repaint` when something changed.

    Over SSH every byte counts: a live batch that changes nothing in view costs none, a cursor move two lines.
    """

    DEFAULT_CSS = """
    LineWidget { width: 1fr; height: 1fr; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._frame: list[Strip] = []
        self._frame_width = -1

    def build_line(self, y: int, width: int, look: Look) -> Strip:
        """The line `y` of the widget as it should be now, `width` cells wide."""
        raise NotImplementedError

    def before_frame(self, width: int, height: int) -> None:
        """A chance to lay out before the lines of a frame are built."""

    @property
    def look(self) -> Look:
        """The theme to draw with."""
        return look_of(self.app)

    def repaint(self) -> None:
        """Draw again; only lines that changed go to the terminal."""
        if not self.is_attached or not self.size:
            self._frame_width = -1  # whatever was drawn is out of date when the widget is shown again
            return
        width, height = self.size
        old, old_width = self._frame, self._frame_width
        self._draw(width, height)
        if old_width != width or len(old) != height:
            super().refresh()
            return
        changed = [Region(0, y, width, 1) for y in range(height) if old[y] != self._frame[y]]
        if changed:
            super().refresh(*changed)

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """As Textual's, but a refresh of everything (on focus, for one) repaints only what changed."""
        if regions or layout or recompose or not repaint or self._frame_width < 0 or not self.is_attached:
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        self.repaint()
        return self

    def _draw(self, width: int, height: int) -> None:
        self.before_frame(width, height)
        look = self.look
        self._frame = [self.build_line(y, width, look) for y in range(height)]
        self._frame_width = width

    def render_line(self, y: int) -> Strip:
        """Textual asks for the lines here."""
        width, height = self.size
        if self._frame_width != width or len(self._frame) != height:
            self._draw(width, height)
        return self._frame[y] if y < len(self._frame) else Strip.blank(width, self.look.base)

    def notify_style_update(self) -> None:
        """The theme may have changed."""
        super().notify_style_update()
        if self._frame_width >= 0:
            self.repaint()


def strip(spans: Iterable[Span], width: int, look: Look, under: str = "") -> Strip:
    """Spans as a strip of exactly `width` cells on the style `under`."""
    base = look.style(under)
    segments: list[Segment] = []
    used = 0
    for text, style in spans:
        segments.append(Segment(text, base + look.overlay(style) if under else look.style(style)))
        used += cell_len(text)
    return close(segments, used, width, base)


def close(segments: list[Segment], used: int, width: int, fill: Style) -> Strip:
    """Pad with `fill`, or crop, to exactly `width` cells."""
    if used < width:
        segments.append(Segment(" " * (width - used), fill))
        return Strip(segments, width)
    made = Strip(segments, used)
    return made if used == width else made.crop(0, width)


def thumb(line: int, top: int, page: int, count: int, look: Look) -> Segment:
    """The piece of the scroll mark beside a line of a page: there is a mark only if there is more than fits."""
    if count <= page:
        return Segment(" ", look.base)
    size = max(1, page * page // count)
    start = round((page - size) * top / (count - page))
    return Segment("▐" if start <= line < start + size else " ", look.style("rule"))
