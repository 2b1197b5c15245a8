"""Time to first frame against a bare Textual app. Run: python -m tests.benchmarks.bench_start"""

from __future__ import annotations

import statistics
import sys
import tempfile

from tests.benchmarks.table import Figure, print_table
from tests.benchmarks.terminal import Terminal

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("bare frame")
Bare().run()
"""
RUNS = 7


def first_frame(command: list[str], text: str) -> float:
    """Seconds from starting the process until `text` stands on the screen."""
    with tempfile.TemporaryDirectory() as home, Terminal(command, env=home_environment(home)) as terminal:
        return terminal.wait_for(lambda screen: text in screen)


def home_environment(home: str) -> dict[str, str]:
    """An empty home: no configuration, no earlier sessions, no credentials."""
    return {"HOME": home, "XDG_STATE_HOME": f"{home}/state", "XDG_CONFIG_HOME": f"{home}/config"}


def main() -> None:
    bare, ours = [], []
    for _ in range(RUNS):
        bare.append(first_frame([sys.executable, "-c", BARE], "bare frame"))
        ours.append(first_frame([sys.executable, "-m", "srtui", "demo"], "srtui"))
    ratio = statistics.median(mine / theirs for mine, theirs in zip(ours, bare, strict=True))
    print_table(
        "Start",
        [
            Figure("bare Textual app, first frame", f"{statistics.median(bare):.2f} s"),
            Figure("srtui demo, first frame", f"{statistics.median(ours):.2f} s"),
            Figure("ratio, pair by pair", f"{ratio:.2f}", "≤ 1.5", ratio <= 1.5),
        ],
    )


if __name__ == "__main__":
    main()
