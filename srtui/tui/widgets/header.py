"""The line at the top: which account, seen by whom, how old, and how far the collection is."""

from __future__ import annotations

import msgspec
from textual.strip import Strip

from srtui.tui.actions import REGISTRY
from srtui.tui.theme import Look
from srtui.tui.widgets.lines import LineWidget, strip
from srtui.tui.widgets.text import Span, middle, plain, spans_len


class HeaderState(msgspec.Struct, frozen=True):
    """What the header says. Empty texts are left out."""

    account: str = ""
    alias: str = ""
    caller: str = ""  # the caller's ARN
    regions: str = ""  # "17 regions", or the one
    age: str = ""  # "14 s old", or "of 2026-11-24 09:12" for what was recorded
    source: str = ""  # "live", "demo", "session 2026-11-24 09:12"
    activity: str = ""  # "collecting", "paused", "" when all is done
    done: int = 0
    total: int = 0
    denied: int = 0
    warnings: int = 0  # notes on the file or the session; the collection tells them
    short_age: str = ""  # the same, shorter: "14 s old", or "of 2026-11-24"


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
    """The header in `width` cells: everything in ever shorter forms before anything is left out."""
    for brevity in range(4):
        left, right = _parts(state, width, brevity)
        if _needed(left) + _needed(right) + 3 <= width:
            break
    while _needed(left) + _needed(right) + 3 > width:
        rank = max((rank for rank, _ in (*left, *right)), default=0)
        if rank == 0:
            break
        left = [part for part in left if part[0] != rank]
        right = [part for part in right if part[0] != rank]
    start, end = _joined(left, "  "), _joined(right, " ")
    gap = max(1, width - 2 - spans_len(start) - spans_len(end))
    return [(" ", ""), *start, (" " * gap, ""), *end, (" ", "")]


_Part = tuple[int, list[Span]]  # how soon it goes when room is short, the highest first; its pieces


def _parts(state: HeaderState, width: int, brevity: int) -> tuple[list[_Part], list[_Part]]:
    caller = plain(state.caller).rsplit(":", 1)[-1].removeprefix("assumed-")
    age = f"evidence {state.age}" if state.age else ""
    if brevity >= 2:
        age = state.short_age or state.age
    if brevity >= 3:
        caller = caller.partition("/")[2] or caller
    source = state.source.partition(",")[0] if brevity else state.source
    if brevity >= 2 and source.startswith("live via "):
        source = "own endpoint"
    left: list[_Part] = [
        (9, [("srtui" if not brevity else "", "bar_key")]),
        (6, [(plain(state.alias, 12 if brevity >= 3 else 32), "bar_strong")]),
        (0, [(plain(state.account), "bar_strong")]),
        (4, [(middle(caller, 22 if brevity >= 3 else 40), "")]),
        (5, [(plain(state.regions, 24), "")]),
        (3, [(plain(age), "muted")]),
        (2, [(plain(source, 40), "warning" if state.source.startswith("DEMO") else "muted")]),
    ]
    right: list[_Part] = []
    if state.total and (state.activity or state.done < state.total):
        right.append((7, [(plain("" if brevity >= 2 else state.activity, 24), "muted")]))
        right.append((1, progress_spans(state.done, state.total, 10 if width >= 140 else 6)))
        right.append((0, [(f"{state.done}/{state.total}", "")]))
    elif state.activity:
        right.append((0, [(plain(state.activity, 24), "muted")]))
    if state.warnings:
        key = REGISTRY.shown_key("app.collection")
        right.append(
            (0, [(f"{state.warnings} {'warning' if state.warnings == 1 else 'warnings'}: {key}", "warning")])
        )
    if state.denied:
        right.append((0, [(f"{state.denied} denied", "warning")]))
    return [part for part in left if spans_len(part[1])], [part for part in right if spans_len(part[1])]


def progress_spans(done: int, total: int, cells: int) -> list[Span]:
    """A determinate bar: `▓▓▓░░`."""
    full = round(cells * min(done, total) / max(total, 1))
    if done < total:
        full = min(full, cells - 1)  # a full bar means that it is done
    return [("▓" * full, "progress"), ("░" * (cells - full), "progress_rest")]


def _needed(parts: list[_Part]) -> int:
    return sum(spans_len(spans) + 2 for _, spans in parts)


def _joined(parts: list[_Part], between: str) -> list[Span]:
    out: list[Span] = []
    for _, spans in parts:
        if out:
            out.append((between, ""))
        out += spans
    return out
