"""What is shown while the terminal is too small to show anything else."""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.strip import Strip

from srtui.tui.theme import Look
from srtui.tui.widgets.lines import LineWidget, strip

SMALLEST: Final = Size(60, 15)


def too_small(size: Size) -> bool:
    """Whether nothing useful fits."""
    return size.width < SMALLEST.width or size.height < SMALLEST.height


class _SmallText(LineWidget):
    def build_line(self, y: int, width: int, look: Look) -> Strip:
        size = self.app.size
        lines = (
            f"{size.width}×{size.height} is too small.",
            f"srtui needs {SMALLEST.width}×{SMALLEST.height}.",
            "It waits; make the window larger.",
        )
        return strip([(lines[y], "warning" if y == 0 else "")] if y < len(lines) else [], width, look)


class SmallScreen(ModalScreen[None]):
    """Covers the screen until there is room again; the app takes it away."""

    def compose(self) -> ComposeResult:
        yield _SmallText()
