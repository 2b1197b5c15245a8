"""The line at the top: which account, seen by whom, how old, and how far the collection is."""

from __future__ import annotations

import msgspec
from textual.strip import Strip

from srtui.tui.theme import Look
from srtui.tui.widgets.lines import LineWidget, strip
from srtui.tui.widgets.text import Span, middle, plain, spans_len


class HeaderState(msgspec.Struct, frozen=True):
    """What the header says. Empty texts are left out."""

    account: str = ""
    alias: str = ""
    caller: str = ""  # the caller's ARN
    regions: str = ""  # "17 regions", or the one
    age: str = ""  # "14 s old"
    source: str = ""  # "live", "demo", "session 2026-11-24 09:12"
    activity: str = ""  # "collecting", "paused", "" when all is done
    done: int = 0
    total: int = 0
    denied: int = 0


class HeaderBar(LineWidget):
    """One line that leaves out the least important as the terminal gets narrower."""

    DEFAULT_CSS = """
    HeaderBar { height: 1; dock: top; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.state = HeaderState()

    def set_state(self, state: HeaderState) -> None:
        """Show another state."""
        if state != self.state:
            self.state = state
            self.repaint()

    def build_line(self, y: int, width: int, look: Look) -> Strip:
        return strip(header_spans(self.state, width), width, look, "bar")


def header_spans(state: HeaderState, width: int) -> list[Span]:
    """The header in `width` cells."""
    caller = plain(state.caller).rsplit(":", 1)[-1].removeprefix("assumed-")
    # (how soon it goes when room is short, the highest first; its pieces)
    left: list[tuple[int, list[Span]]] = [
        (9, [("srtui", "bar_key")]),
        (3, [(plain(state.alias, 32), "bar_strong")]),
        (0, [(plain(state.account), "bar_strong")]),
        (2, [(middle(caller, 40), "")]),
        (5, [(plain(state.regions, 24), "")]),
        (6, [(plain(f"evidence {state.age}" if state.age else ""), "muted")]),
        (1, [(plain(state.source, 32), "warning" if state.source == "demo" else "muted")]),
    ]
    right: list[tuple[int, list[Span]]] = []
    if state.total and (state.activity or state.done < state.total):
        right.append((7, [(plain(state.activity, 24), "muted")]))
        right.append((4, progress_spans(state.done, state.total, 10 if width >= 140 else 6)))
        right.append((0, [(f"{state.done}/{state.total}", "")]))
    elif state.activity:
        right.append((0, [(plain(state.activity, 24), "muted")]))
    if state.denied:
        right.append((0, [(f"{state.denied} denied", "warning")]))
    left = [(rank, spans) for rank, spans in left if spans_len(spans)]
    right = [(rank, spans) for rank, spans in right if spans_len(spans)]
    while _needed(left) + _needed(right) + 3 > width:
        rank = max((rank for rank, _ in (*left, *right)), default=0)
        if rank == 0:
            break
        left = [part for part in left if part[0] != rank]
        right = [part for part in right if part[0] != rank]
    start, end = _joined(left, "  "), _joined(right, " ")
    gap = max(1, width - 2 - spans_len(start) - spans_len(end))
    return [(" ", ""), *start, (" " * gap, ""), *end, (" ", "")]


def progress_spans(done: int, total: int, cells: int) -> list[Span]:
    """A determinate bar: `▓▓▓░░`."""
    full = round(cells * min(done, total) / max(total, 1))
    if done < total:
        full = min(full, cells - 1)  # a full bar means that it is done
    return [("▓" * full, "progress"), ("░" * (cells - full), "progress_rest")]


def _needed(parts: list[tuple[int, list[Span]]]) -> int:
    return sum(spans_len(spans) + 2 for _, spans in parts)


def _joined(parts: list[tuple[int, list[Span]]], between: str) -> list[Span]:
    out: list[Span] = []
    for _, spans in parts:
        if out:
            out.append((between, ""))
        out += spans
    return out
