"""The line with the names of the tabs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from textual.strip import Strip

from srtui.tui.theme import Look
from srtui.tui.widgets.lines import LineWidget, strip
from srtui.tui.widgets.text import Span

_KEYS = "1234567890"

#: The tabs of a principal in the order of their keys. Permissions and Paths are trees, the others are texts.
TABS: Final = (
    "Overview",
    "Policies",
    "Permissions",
    "Trust",
    "Paths",
    "Credentials",
    "Findings",
    "What if",
    "Evidence",
    "Use",
)
POLICIES: Final = TABS.index("Policies")
WHAT_IF: Final = TABS.index("What if")
USE: Final = TABS.index("Use")


class TabLine(LineWidget):
    """Names with their keys. Where there is no room, those farthest from the one in front keep only their keys."""

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
        named = self._named(width - 1)
        spans: list[Span] = [(" ", "")]
        for number in range(len(self.names)):
            style = "title_focus" if number == self.active else "muted"
            if key := _KEYS[number : number + 1]:
                spans.append((f"{key} ", "accent"))
            if number in named:
                spans.append((f"{self._label(number)}  ", style))
            elif not key:
                spans.append(("… ", style))
        return strip(spans, width, look)

    def _named(self, room: int) -> set[int]:
        """The tabs whose names are shown: the one in front, then its neighbours as long as all fit."""
        left = room - 2 * len(self.names)
        found: set[int] = set()
        for number in sorted(range(len(self.names)), key=lambda number: (abs(number - self.active), number)):
            need = len(self._label(number)) + 2
            if found and need > left:
                break
            found.add(number)
            left -= need
        return found

    def _label(self, number: int) -> str:
        name = self.names[number]
        count = self.counts.get(name)
        return f"{name} {count}" if count else name
