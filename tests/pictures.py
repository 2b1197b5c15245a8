"""Pictures of every screen, made from the demo: SVG for the README, plain text for the snapshot tests.

Run `python -m tests.pictures` to make screenshots/ and tests/snapshots/ anew.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from srtui.account import Account
from srtui.analysis import Analysis, analyse
from srtui.engine import ENDED, Engine
from srtui.source import ReplayFeed, open_source
from srtui.tui.app import SrtuiApp
from srtui.tui.theme import load_themes

SIZES = ((80, 24), (120, 36), (200, 50))
SCREENSHOTS = Path(__file__).parent.parent / "screenshots"
SNAPSHOTS = Path(__file__).parent / "snapshots"

#: name → the keys that lead there from the start; "wait" lets the screen settle
SCREENS: dict[str, Sequence[str]] = {
    "explorer": (),
    "findings": ("3", "down", "down", "wait"),
    "identities": ("2", "down", "down", "right", "right", "wait"),
    "narrowed": ("down", "down", "wait"),
    "framework": ("f", "f"),
    "row": ("down", "enter"),
    "control": ("down", "enter", "enter"),
    "finding": ("3", "enter"),
    "principal": ("2", "down", "down", "enter"),
    "policies": ("2", "down", "down", "enter", "2"),
    "trust": ("2", "down", "down", "enter", "4"),
    "permissions": (
        "2",
        "down",
        "down",
        "enter",
        "3",
        "down",
        "right",
        "down",
        "right",
        "down",
        "right",
        "wait",
    ),
    "what-if": ("2", "down", "down", "enter", "2", "d", "wait"),
    "paths": ("2", "slash", *"ci-deploy", "enter", "G", "enter", "5", "wait", "wait", "wait"),
    "path": (
        "2",
        "slash",
        *"ci-deploy",
        "enter",
        "G",
        "enter",
        "5",
        "wait",
        "wait",
        "wait",
        "down",
        "enter",
        "wait",
    ),
    "attack": ("p", "wait", "wait", "wait"),
    "fix": ("p", "wait", "wait", "wait", *["down"] * 13, "wait"),
    "exchange": ("E", "wait", "wait"),
    "exchange-way-out": ("E", "wait", "wait", "wait", "down", "down", "down", "l", "wait", "down", "wait"),
    "federation": ("F", "wait", "wait", "wait"),
    "changes": ("N", "wait", "wait"),
    "unknown": ("U", "wait"),
    "wins": ("Q", "wait"),
    "heat": ("H", "wait"),
    "use": ("2", "slash", *"chidi", "enter", "G", "enter", "0", "wait", "wait"),
    "unused": ("Z", "wait", "wait"),
    "duties": ("S", "wait", "wait", "right", "right", "wait"),
    "duty": ("S", "wait", "wait", "right", "right", "enter", "down", "enter", "wait", "wait"),
    "resource": ("3", "slash", *"acme-hr", "enter", "tab", "enter"),
    "ask": ("w", *"kms:Decrypt", "enter", "wait", "wait"),
    "credentials": ("2", "down", "down", "enter", "6"),
    "evidence": ("2", "down", "down", "enter", "9"),
    "collection": ("C",),
    "help": ("question_mark",),
    "palette": ("colon",),
    "themes": ("t",),
    "suppress": ("3", "s"),
    "filter": ("3", "slash", *"root", "wait"),
}
#: workers that wait for the user
WAITING = ("command", "copy", "report", "theme", "triage", "question")
#: what the README shows
README = (
    ("explorer", (120, 36)),
    ("explorer", (80, 24)),
    ("principal", (120, 36)),
    ("row", (120, 36)),
    ("attack", (120, 36)),
    ("use", (120, 36)),
    ("duties", (120, 36)),
    ("federation", (120, 36)),
    ("collection", (120, 36)),
)


#: Analyses of whole files by what they were made from: the same file is shown by many tests of one process.
_known: dict[tuple[str, int], Analysis] = {}


def engine_for(ref: str) -> Engine:
    """An engine that replays a file as fast as it can, in one batch."""
    source = open_source(ref)

    def analysis_of(account: Account, now: datetime, **given: Any) -> Analysis:
        key = (ref, len(account.outcomes))
        if key not in _known:
            _known[key] = analyse(account, now, **given)
        return _known[key]

    return Engine(
        ReplayFeed(source, batch=1_000_000),
        notes=lambda: source.notes,
        recall=lambda: open_source(ref).evidence,
        analyse=analysis_of,
    )


@asynccontextmanager
async def running(
    ref: str = "demo", size: tuple[int, int] = (120, 36), theme: str = "dark"
) -> AsyncIterator[tuple[SrtuiApp, Pilot[Any]]]:
    """The interface over a file that has been read to its end."""
    looks, _ = load_themes()
    app = SrtuiApp(engine_for(ref), looks, theme)
    try:
        async with app.run_test(size=size) as pilot:
            await settled(app, pilot)
            yield app, pilot
    finally:
        app.engine.close()


async def settled(app: SrtuiApp, pilot: Pilot[Any], seconds: float = 30) -> None:
    """Wait until everything has been read and shown."""
    for _ in range(int(seconds / 0.02)):
        await pilot.pause(0.02)
        # The trend comes last, and changes the matrix.
        if app.view is not None and app.view.update.phase in ENDED and app.view.trends is not None:
            await pilot.pause()
            return
    raise TimeoutError("the file was not read to its end")


async def press(pilot: Pilot[Any], keys: Sequence[str]) -> None:
    """Press keys one after another; "wait" lets what is debounced happen."""
    for key in keys:
        if key == "wait":
            await pilot.pause(0.25)
        else:
            await pilot.press(key)
            await pilot.pause()
    await pilot.pause()


def text_of(app: SrtuiApp) -> str:
    """The screen as plain text, without spaces at the ends of lines."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line).rstrip() for line in lines) + "\n"


async def picture(name: str, size: tuple[int, int], theme: str = "dark") -> tuple[str, str]:
    """(plain text, SVG) of one screen."""
    async with running(size=size, theme=theme) as (app, pilot):
        await press(pilot, SCREENS[name])
        await raw_shown(app, pilot)
        return text_of(app), app.export_screenshot(title="srtui")


async def raw_shown(app: SrtuiApp, pilot: Pilot[Any]) -> None:
    """Wait until nothing is being read in the background any more."""
    for _ in range(200):
        if not app.workers._workers or all(
            worker.is_finished or worker.group in WAITING for worker in app.workers
        ):
            break
        await pilot.pause(0.02)
    await pilot.pause()


def snapshot_path(name: str, size: tuple[int, int]) -> Path:
    """Where the plain text of a screen is kept."""
    return SNAPSHOTS / f"{name}-{size[0]}x{size[1]}.txt"


def main() -> None:
    """Make the pictures of the README and the texts that the snapshot tests compare with."""
    SCREENSHOTS.mkdir(exist_ok=True)
    SNAPSHOTS.mkdir(exist_ok=True)
    for old in SNAPSHOTS.glob("*.txt"):
        old.unlink()
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(HOME=home, XDG_STATE_HOME=f"{home}/state", XDG_CONFIG_HOME=f"{home}/config")
        for name in SCREENS:
            for size in SIZES:
                text, svg = asyncio.run(picture(name, size))
                snapshot_path(name, size).write_text(text)
                if (name, size) in README:
                    (SCREENSHOTS / f"{name}-{size[0]}x{size[1]}.svg").write_text(svg)
            print(name)


if __name__ == "__main__":
    main()
