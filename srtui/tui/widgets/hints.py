"""The line at the bottom: the keys that matter here, or for a moment what just happened."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip
from textual.timer import Timer

from srtui.tui.actions import REGISTRY
from srtui.tui.theme import Look
from srtui.tui.widgets.lines import LineWidget, strip
from srtui.tui.widgets.text import Span, plain, spans_len


class HintBar(LineWidget):
    """One line of hints from the action registry for the scope in focus."""

    DEFAULT_CSS = """
    HintBar { height: 1; dock: bottom; }
    """

    def __init__(self, scope: str = "app", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._hints: tuple[tuple[str, str], ...] = tuple(REGISTRY.hints_for(scope))
        self._message: Span | None = None
        self._timer: Timer | None = None

    @property
    def message(self) -> str:
        """What the line says instead of hints at the moment, or ""."""
        return self._message[0] if self._message else ""

    def set_scope(self, scope: str) -> None:
        """Show the hints of another scope."""
        self.set_hints(REGISTRY.hints_for(scope))

    def set_hints(self, hints: Sequence[tuple[str, str]]) -> None:
        """Show exactly these: (key, title)."""
        self._hints = tuple(hints)
        self.repaint()

    def say(self, text: str, style: str = "bar_strong", seconds: float = 5) -> None:
        """Say what happened, for a few seconds, where the eye looks for keys anyway."""
        self._message = (plain(text, 400), style)
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(seconds, self.clear)
        self.repaint()

    def clear(self) -> None:
        """Back to the hints."""
        self._message = None
        self.repaint()

    def build_line(self, y: int, width: int, look: Look) -> Strip:
        if self._message:
            text, style = self._message
            return strip([(" " + plain(text, width - 2), style)], width, look, "bar")
        return strip(hint_spans(self._hints, width), width, look, "bar")


def hint_spans(hints: Sequence[tuple[str, str]], width: int) -> list[Span]:
    """As many hints as fit, the best first; the way to the others (help) always has its place."""
    pieces: list[list[Span]] = [[(key, "bar_key"), (f" {title}  ", "muted")] for key, title in hints]
    left = width - 1
    chosen: set[int] = set()
    order = sorted(range(len(hints)), key=lambda index: hints[index][1] != "help")
    for index in order:
        need = spans_len(pieces[index])
        if need - 2 <= left:
            chosen.add(index)
            left -= need
    return [(" ", ""), *(span for index, piece in enumerate(pieces) if index in chosen for span in piece)]
