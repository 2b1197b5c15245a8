"""Keys in one burst, as a slow link delivers them: each goes where it would have gone if typed slowly."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from srtui.findings.triage import Decision, load_triage
from srtui.tui.app import SrtuiApp
from srtui.tui.screens.ask import AskScreen
from srtui.tui.screens.explorer import ExplorerScreen
from srtui.tui.screens.heat import HeatScreen
from srtui.tui.screens.principal import PrincipalScreen
from srtui.tui.screens.use import UnusedScreen
from srtui.tui.widgets.prompt import AskText, FilterBar, LineInput
from srtui.tui.widgets.virtual_list import VirtualList
from tests.pictures import press, running

DEMO_ACCOUNT = "420042004200"

#: Letters that are commands in the list beneath: acknowledge, suppress, note, reopen, undo, quit, theme, who can.
REASON = "a s n o u q t w: accepted, see ticket 7"


async def burst(app: SrtuiApp, pilot: Pilot[Any], *keys: str) -> None:
    """Keys without a pause; of more than one character: the name of a key if it is one, else a text."""
    for key in keys:
        for name in (key,) if key in {"enter", "escape", "tab", "down", "space", "ctrl+c"} else key:
            full = _character_to_key(name) if len(name) == 1 else name
            app.post_message(events.Key(full, name if len(name) == 1 else None))
    await until_rest(app, pilot)


async def until_rest(app: SrtuiApp, pilot: Pilot[Any]) -> None:
    """Wait until the keys that were posted have been handed on."""
    for _ in range(500):
        await pilot.pause(0.02)
        if not app.message_queue_size and app._typed_ahead._task is None:
            break
    await pilot.pause()


def decisions(app: SrtuiApp) -> list[tuple[str, str, str]]:
    """(title, state, reason or note) of each finding that something was decided about."""
    assert app.view is not None
    triage = load_triage(DEMO_ACCOUNT)
    found = [(item.finding.title, triage.decision(item.finding.fingerprint)) for item in app.view.items]
    return [
        (title, one.state, one.reason or " ".join(note.text for note in one.notes))
        for title, one in found
        if one != Decision()
    ]


def explorer(app: SrtuiApp) -> ExplorerScreen:
    assert isinstance(app.screen, ExplorerScreen)
    return app.screen


def at(pane: VirtualList[Any]) -> int:
    """The number of the row under the cursor."""
    return [row.key for row in pane.rows].index(pane.cursor_key or "")


async def test_a_reason_typed_at_once_is_the_reason_and_no_command() -> None:
    async with running() as (app, pilot):
        await burst(app, pilot, "3jjs", REASON, "enter", "30", "enter")
        ((title, state, reason),) = decisions(app)
        assert (state, reason) == ("suppressed", REASON)
        assert title == explorer(app).findings.chosen_findings[0].title, "of the finding under the cursor"
        assert at(explorer(app).findings) == 2


async def test_under_load_a_reason_is_no_command_either(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop stalls again and again, as it does while a slow terminal takes no more."""
    async with running() as (app, pilot):
        stalls = app.set_interval(0.005, lambda: time.sleep(0.02))
        await burst(app, pilot, "3s", REASON, "enter", "enter")
        stalls.stop()
        assert [(state, reason) for _, state, reason in decisions(app)] == [("suppressed", REASON)]


async def test_what_is_given_up_in_a_burst_decides_nothing() -> None:
    async with running() as (app, pilot):
        await burst(app, pilot, "3s", REASON, "escape", "j")
        assert decisions(app) == []
        assert at(explorer(app).findings) == 1, "and the key after it moves in the list"


async def test_a_reason_that_is_missing_holds_what_follows() -> None:
    async with running() as (app, pilot):
        await burst(app, pilot, "3s", "enter", "aq", "enter", "x", "enter")
        assert isinstance(app.screen, AskText), "x is no day"
        assert decisions(app) == []


async def test_a_pasted_reason_is_the_reason() -> None:
    async with running() as (app, pilot):
        app.post_message(events.Key("3", "3"))
        app.post_message(events.Key("s", "s"))
        app.post_message(events.Paste(REASON))
        await burst(app, pilot, "enter", "enter")
        assert [(state, reason) for _, state, reason in decisions(app)] == [("suppressed", REASON)]


async def test_a_note_typed_at_once_is_the_note() -> None:
    async with running() as (app, pilot):
        await burst(app, pilot, "3n", REASON, "enter")
        assert [(state, note) for _, state, note in decisions(app)] == [("open", REASON)]


async def test_marks_and_their_confirmation_in_one_burst() -> None:
    async with running() as (app, pilot):
        await burst(app, pilot, "3", "space", "space", "a", "j", "enter", "j")
        assert decisions(app) == [], "the second choice is no"
        await burst(app, pilot, "a", "enter")
        assert [state for _, state, _ in decisions(app)] == ["acknowledged"] * 2


async def test_a_theme_is_chosen_in_one_burst() -> None:
    async with running() as (app, pilot):
        names, findings = list(app.looks), explorer(app).findings
        before = at(findings)
        await burst(app, pilot, "3tj", "enter")
        assert app.theme == names[names.index("dark") + 1]
        assert at(findings) == before


@pytest.mark.parametrize("pane", ["1", "2", "3"])
async def test_a_filter_typed_at_once_is_the_filter(pane: str) -> None:
    async with running() as (app, pilot):
        await burst(app, pilot, pane, "/", "access", "enter")
        name = {"1": "matrix", "2": "identities", "3": "findings"}[pane]
        assert explorer(app)._filters[name] == "access"
        assert not app.screen.query_one(FilterBar).display
        assert explorer(app).focused is explorer(app)._pane(name)
        assert decisions(app) == []


async def test_a_filter_given_up_gives_the_list_back() -> None:
    async with running() as (app, pilot):
        await burst(app, pilot, "3/", "aso", "escape", "jj")
        assert explorer(app)._filters["findings"] == ""
        assert at(explorer(app).findings) == 2
        assert decisions(app) == []


async def test_a_question_typed_at_once_is_asked() -> None:
    async with running() as (app, pilot):
        await burst(app, pilot, "3w", "s3:GetObject", "enter")
        assert isinstance(app.screen, AskScreen)
        assert app.screen.line.value.endswith("s3:GetObject")
        assert decisions(app) == []


async def test_a_command_typed_at_once_is_run() -> None:
    async with running() as (app, pilot):
        await burst(app, pilot, "3:", "heat-map", "enter")
        assert isinstance(app.screen, HeatScreen)
        assert decisions(app) == []


async def test_a_dialog_of_a_command_has_what_follows() -> None:
    async with running() as (app, pilot):
        names = list(app.looks)
        await burst(app, pilot, "3:", "theme", "enter", "jj", "enter")
        assert app.theme == names[names.index("dark") + 2]


async def test_a_report_is_written_in_one_burst(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with running() as (app, pilot):
        await burst(app, pilot, "3R", "enter", "x", "enter", "jj")
        for _ in range(200):
            await pilot.pause(0.05)
            if list(tmp_path.iterdir()):
                break
        (written,) = tmp_path.iterdir()
        assert written.name.endswith(".mdx"), "what is typed goes behind the proposed name"
        assert at(explorer(app).findings) == 2, "while it is written the list has the keys again"


async def test_a_file_name_typed_at_once_is_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with running() as (app, pilot):
        await press(pilot, ["Z"])
        screen = app.screen
        assert isinstance(screen, UnusedScreen)
        for _ in range(500):
            if screen.table.rows:
                break
            await pilot.pause(0.02)
        await burst(app, pilot, "Wqasn")  # what is to be written is worked out first, in a thread
        asked = app.screen
        assert isinstance(asked, AskText)
        assert asked.query_one(LineInput).value.endswith("qasn")


async def test_what_if_something_were_denied_in_one_burst() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["2", "down", "down", "enter"])
        screen = app.screen
        assert isinstance(screen, PrincipalScreen)
        await burst(app, pilot, "D", "s3:Delete*", "enter")
        assert len(screen.changes) == 1


async def test_a_burst_of_moves_keeps_its_order_and_number() -> None:
    async with running() as (app, pilot):
        await burst(app, pilot, "3", "j" * 20, "k" * 5, "2", "jj", "3", "j")
        assert at(explorer(app).findings) == 16
        assert at(explorer(app).identities) == 2


async def test_many_moves_take_little_time() -> None:
    async with running() as (app, pilot):
        await burst(app, pilot, "3")
        start = time.process_time()
        for key in ("j", "k") * 150:
            app.post_message(events.Key(key, key))
        await until_rest(app, pilot)
        assert time.process_time() - start < 3
        assert at(explorer(app).findings) == 0


async def test_what_is_typed_after_leaving_is_for_nobody() -> None:
    async with running() as (app, pilot):
        await burst(app, pilot, "3", "qas", REASON, "enter", "q")
        assert decisions(app) == []
    assert app.return_code == 0
    assert app._exception is None


async def test_ctrl_c_does_not_wait_for_its_turn() -> None:
    async with running() as (app, pilot):
        await burst(app, pilot, "3", "j" * 50, "ctrl+c")
        assert app.return_code == 130
