"""The line with the names of the tabs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.strip import Strip

from srtui.tui.theme import Look
from srtui.tui.widgets.lines import LineWidget, strip
from srtui.tui.widgets.text import Span

_SHORT = 4  # letters that are left of the names of other tabs where there is no room


class TabLine(LineWidget):
    """Names with their keys; where there is no room, other tabs than the one in front are cut short."""

    DEFAULT_CSS = """
    TabLine { height: 1; }
    """

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = tuple(names)
        self.active = 0
        self.counts: Mapping[str, int] = {}

    def show(self, active: int, counts: Mapping[str, int]) -> None:
        """Mark another tab."""
        self.active, self.counts = active, counts
        self.repaint()

    def build_line(self, y: int, width: int, look: Look) -> Strip:
        whole = [self._label(number, short=False) for number in range(len(self.names))]
        room = sum(len(name) + 4 for name in whole)
        spans: list[Span] = [(" ", "")]
        for number in range(len(self.names)):
            name = whole[number] if room < width else self._label(number, short=True)
            style = "title_focus" if number == self.active else "muted"
            spans += [(f"{number + 1} ", "accent"), (name, style), ("  ", "")]
        return strip(spans, width, look)

    def _label(self, number: int, *, short: bool) -> str:
        name = self.names[number]
        if short and number != self.active:
            return name[:_SHORT].rstrip()
        count = self.counts.get(name)
        return f"{name} {count}" if count else name
