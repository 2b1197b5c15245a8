"""The interface through its keys: where they lead, what they decide, and what is on disk when they say so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from srtui import exits
from srtui.engine import Engine
from srtui.feed import Arrived, Failed, Finished, Listener, Part, Paused, Progress, Question
from srtui.files import triage_folder
from srtui.findings.triage import load_triage
from srtui.tui import app as app_module
from srtui.tui.app import SrtuiApp
from srtui.tui.screens.collection import CollectionScreen
from srtui.tui.screens.explorer import ExplorerScreen
from srtui.tui.screens.page import FindingScreen, PageScreen
from srtui.tui.screens.principal import PrincipalScreen
from srtui.tui.screens.small import SmallScreen
from srtui.tui.screens.stopped import StoppedScreen
from srtui.tui.theme import load_themes
from srtui.tui.triage_keys import until
from srtui.tui.widgets.help import HelpScreen
from srtui.tui.widgets.prompt import AskChoice, AskText
from tests.pictures import press, running, settled, text_of
from tests.test_engine import ScriptedFeed, buckets

DEMO_ACCOUNT = "420042004200"


async def typed(pilot: Pilot[Any], text: str) -> None:
    await press(pilot, ["space" if character == " " else character for character in text])


def explorer(app: SrtuiApp) -> ExplorerScreen:
    assert isinstance(app.base, ExplorerScreen)
    return app.base


async def test_the_panes_are_reached_by_number_and_tab() -> None:
    async with running(size=(80, 24)) as (app, pilot):
        for key, pane in (("2", "identities"), ("3", "findings"), ("1", "matrix")):
            await press(pilot, [key])
            assert app.focused is not None
            assert app.focused.id == pane
            assert explorer(app).query_one(f"#{pane}").display
        for pane in ("identities", "findings", "why", "matrix"):
            await press(pilot, ["tab"])
            assert app.focused is not None
            assert app.focused.id == pane
        await press(pilot, ["shift+tab"])
        assert app.focused.id == "why"


async def test_enter_drills_from_row_to_control_to_principal_and_escape_returns() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["down", "down", "enter"])
        assert isinstance(app.base, PageScreen)
        assert app.base.place().subject == "2"
        await press(pilot, ["enter"])
        assert app.base.place().kind == "control"
        await press(pilot, ["enter"])
        assert isinstance(app.base, PrincipalScreen)
        arn = app.base.arn
        await press(pilot, ["2", "escape"])
        assert app.base.place().kind == "control"
        await press(pilot, ["right_square_bracket"])
        assert isinstance(app.base, PrincipalScreen)
        assert app.base.arn == arn
        assert app.base.tab == 1
        await press(pilot, ["left_square_bracket", "escape", "escape"])
        assert explorer(app).matrix.cursor_key == "row:2"


async def test_taking_another_way_forgets_the_way_forward() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["down", "enter", "escape", "C", "escape", "right_square_bracket"])
        assert isinstance(app.base, CollectionScreen)
        await press(pilot, ["escape", "down", "enter"])
        await press(pilot, ["right_square_bracket"])
        assert app.base.place().subject == "2"


async def test_a_choice_in_matrix_or_tree_narrows_the_findings_and_says_so() -> None:
    async with running() as (app, pilot):
        screen = explorer(app)
        everything = len(screen.findings.rows)
        await press(pilot, ["down", "wait"])
        assert 0 < len(screen.findings.rows) < everything
        assert "only row 1" in text_of(app)
        await press(pilot, ["2", "down", "down", "wait"])
        shown = {screen.findings.by_fingerprint[row.key].subject for row in screen.findings.rows}
        assert shown == {f"arn:aws:iam::{DEMO_ACCOUNT}:user/staff/alice.moreau"}
        assert "only alice.moreau" in text_of(app)
        await press(pilot, ["3", "x"])
        assert len(screen.findings.rows) == everything


async def test_the_filter_is_live_kept_by_enter_and_undone_by_escape() -> None:
    async with running() as (app, pilot):
        screen = explorer(app)
        everything = len(screen.findings.rows)
        await press(pilot, ["3", "slash"])
        await typed(pilot, "severity:high service:iam")
        narrowed = len(screen.findings.rows)
        assert 0 < narrowed < everything
        await press(pilot, ["enter"])
        assert app.focused is screen.findings
        assert len(screen.findings.rows) == narrowed
        await press(pilot, ["slash"])
        await typed(pilot, " zzz")
        assert len(screen.findings.rows) == 0
        assert "No finding matches “severity:high" in text_of(app)
        await press(pilot, ["escape"])
        assert len(screen.findings.rows) == narrowed


async def test_a_filter_that_cannot_be_read_says_what_would_work() -> None:
    async with running(size=(200, 50)) as (app, pilot):
        everything = len(explorer(app).findings.rows)
        await press(pilot, ["3", "slash"])
        await typed(pilot, "severity:awful")
        assert "awful" in text_of(app).splitlines()[1]
        assert "critical" in text_of(app).splitlines()[1]
        assert len(explorer(app).findings.rows) == everything, "nothing is hidden by what cannot be read"


async def test_the_tree_filter_keeps_the_way_to_what_it_finds() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["2", "slash"])
        await typed(pilot, "terraform")
        keys = [row.key for row in explorer(app).identities.rows]
        assert "users" in keys
        assert any(key.endswith("user/bots/terraform") for key in keys)
        assert not any(key.endswith("alice.moreau") for key in keys)


async def test_a_decision_is_on_disk_when_the_screen_says_so() -> None:
    async with running() as (app, pilot):
        fingerprint = explorer(app).findings.rows[0].key
        await press(pilot, ["3", "a"])
        assert "1 finding acknowledged" in app.base.hints.message
        assert load_triage(DEMO_ACCOUNT).decision(fingerprint).state == "acknowledged"
        assert "ack" in text_of(app)
        await press(pilot, ["u"])
        assert load_triage(DEMO_ACCOUNT).decision(fingerprint).state == "open"
        assert "Taken back" in app.base.hints.message


async def test_several_findings_are_suppressed_at_once_with_reason_and_expiry() -> None:
    async with running() as (app, pilot):
        rows = [row.key for row in explorer(app).findings.rows[:3]]
        await press(pilot, ["3", "space", "space", "space", "s"])
        assert isinstance(app.screen, AskText)
        await press(pilot, ["enter"])
        assert isinstance(app.screen, AskText), "a reason is needed"
        await typed(pilot, "ticket 7")
        await press(pilot, ["enter"])
        await typed(pilot, "soon")
        await press(pilot, ["enter"])
        assert "try 2027-01-31" in text_of(app)
        await press(pilot, ["backspace"] * 4)
        await typed(pilot, "30")
        await press(pilot, ["enter"])
        kept = load_triage(DEMO_ACCOUNT)
        assert [kept.decision(key).state for key in rows] == ["suppressed"] * 3
        assert kept.decision(rows[0]).reason == "ticket 7"
        assert kept.decision(rows[0]).expires is not None
        assert not explorer(app).findings.marks
        await press(pilot, ["o"])
        assert load_triage(DEMO_ACCOUNT).decision(rows[0]).state == "suppressed", (
            "the cursor is elsewhere by now"
        )


async def test_giving_up_a_question_decides_nothing() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["3", "s", "escape", "n", "escape"])
        assert not list(triage_folder().glob("*.toml"))
        assert app.screen is app.base


async def test_notes_are_kept_from_every_place_that_shows_a_finding() -> None:
    async with running() as (app, pilot):
        fingerprint = explorer(app).findings.rows[0].key
        await press(pilot, ["3", "tab", "n"])  # the why pane
        await typed(pilot, "one")
        await press(pilot, ["enter", "shift+tab", "enter"])
        assert isinstance(app.base, FindingScreen)
        await press(pilot, ["n"])
        await typed(pilot, "two")
        await press(pilot, ["enter"])
        assert "one" in text_of(app)
        assert "two" in text_of(app)
        await press(pilot, ["enter"])
        assert isinstance(app.base, PrincipalScreen)
        await press(pilot, ["7", "n"])
        await typed(pilot, "three")
        await press(pilot, ["enter"])
        notes = [note.text for note in load_triage(DEMO_ACCOUNT).decision(fingerprint).notes]
        assert notes == ["one", "two", "three"]


async def test_a_folder_that_cannot_be_written_is_told_and_nothing_claimed() -> None:
    async with running() as (app, pilot):
        assert app.triage is not None
        app.triage.path = Path("/proc/nowhere/x.toml")
        await press(pilot, ["3", "a"])
        assert app.base.hints.message.startswith("Not decided")
        assert app.view is not None
        assert {item.state for item in app.view.items} == {"open"}


async def test_decisions_hold_in_the_next_session() -> None:
    async with running() as (app, pilot):
        fingerprint = explorer(app).findings.rows[0].key
        await press(pilot, ["3", "a"])
    async with running() as (app, pilot):
        assert app.view is not None
        states = {item.finding.fingerprint: item.state for item in app.view.items}
        assert states[fingerprint] == "acknowledged"


async def test_the_palette_runs_a_command_where_it_belongs() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["colon"])
        await typed(pilot, "collection")
        await press(pilot, ["enter"])
        assert isinstance(app.base, CollectionScreen)
        await press(pilot, ["colon"])
        await typed(pilot, "theme light")
        await press(pilot, ["enter"])
        assert app.theme == "light"
        await press(pilot, ["colon", "escape"])
        assert isinstance(app.base, CollectionScreen)


async def test_themes_are_shown_as_the_cursor_moves_and_put_back_on_escape() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["t", "down"])
        assert isinstance(app.screen, AskChoice)
        assert app.theme == "light"
        await press(pilot, ["escape"])
        assert app.theme == "dark"
        await press(pilot, ["t", "down", "enter"])
        assert app.theme == "light"


async def test_help_shows_the_keys_of_what_has_the_focus() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["3", "question_mark"])
        assert isinstance(app.screen, HelpScreen)
        shown = text_of(app)
        assert "Acknowledge the finding" in shown
        await press(pilot, ["escape", "1", "question_mark"])
        assert "Acknowledge the finding" not in text_of(app)


async def test_copying_offers_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(SrtuiApp, "_write_raw", lambda self, text: written.append(text))
    async with running() as (app, pilot):
        await press(pilot, ["2", "down", "down", "y"])
        assert written
        assert "OSC 52" in app.base.hints.message
        await press(pilot, ["3", "y"])
        assert isinstance(app.screen, AskChoice)
        await press(pilot, ["enter"])
        assert len(written) == 2


async def test_a_report_is_written_once_and_never_over_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with running() as (app, pilot):
        await press(pilot, ["R"])
        assert isinstance(app.screen, AskChoice)
        await press(pilot, ["escape", "colon"])
        await typed(pilot, "report json")
        await press(pilot, ["enter", "enter"])
        for _ in range(100):
            if "Report written" in app.base.hints.message:
                break
            await pilot.pause(0.05)
        (path,) = tmp_path.glob("srtui-*.json")
        assert str(path) in app.base.hints.message
        before = path.read_bytes()
        await press(pilot, ["colon"])
        await typed(pilot, "report json")
        await press(pilot, ["enter", "enter"])
        assert "exists" in text_of(app)
        assert path.read_bytes() == before


async def test_refreshing_a_recording_says_why_it_cannot() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["down", "r"])
        assert "nobody to ask" in app.base.hints.message
        await press(pilot, ["X"])
        assert "Nothing is being collected" in app.base.hints.message


async def test_too_small_a_terminal_is_told_and_waited_for() -> None:
    async with running() as (app, pilot):
        await pilot.resize_terminal(50, 12)
        await pilot.pause()
        assert isinstance(app.screen, SmallScreen)
        assert "50×12 is too small" in text_of(app)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert isinstance(app.screen, ExplorerScreen)


async def test_sorting_the_findings() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["3", "greater_than_sign"])
        titles = [row.cells[1][0] for row in explorer(app).findings.rows]
        assert titles == sorted(titles, key=str.casefold)
        await press(pilot, ["less_than_sign"])
        assert explorer(app).findings.sort == ("severity", False)


async def test_the_evidence_tab_shows_the_raw_answers() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["2", "down", "down", "enter", "9"])
        for _ in range(100):
            if "iam GetAccountAuthorizationDetails" in text_of(app):
                break
            await pilot.pause(0.05)
        assert '"UserName": "alice.moreau"' in text_of(app)


# --- a run that does not go smoothly ---


class Scripted:
    """The app over a feed that does what the test says."""

    def __init__(self, script: Callable[[Listener], None]) -> None:
        self.feed = ScriptedFeed(script)
        looks, _ = load_themes()
        self.app = SrtuiApp(Engine(self.feed), looks, "dark")


async def until_true(pilot: Pilot[Any], condition: Callable[[], bool]) -> None:
    for _ in range(200):
        if condition():
            await pilot.pause()
            return
        await pilot.pause(0.02)
    raise AssertionError(text_of(pilot.app))


async def test_missing_credentials_give_one_clear_screen_and_exit_code_77() -> None:
    def script(listener: Listener) -> None:
        listener(Failed("no AWS credentials were found", ("environment: not set",), ("use --profile NAME",)))

    app = Scripted(script).app
    async with app.run_test(size=(80, 24)) as pilot:
        await until_true(pilot, lambda: isinstance(app.screen, StoppedScreen))
        shown = text_of(app)
        for text in ("No AWS credentials were found", "environment: not set", "use --profile NAME"):
            assert text in shown
        await press(pilot, ["escape"])
        assert isinstance(app.screen, ExplorerScreen)
    assert app.exit_code == exits.NO_PERMISSION


async def test_expired_credentials_pause_the_run_and_it_resumes() -> None:
    resumed = threading.Event()

    def script(listener: Listener) -> None:
        listener(Arrived((buckets("a"),)))
        listener(Progress(1, 3, 0))
        listener(
            Paused(
                "the credentials expired", ("s3:ListBuckets: ExpiredToken",), ("aws sso login",), resumed.set
            )
        )
        resumed.wait(10)
        listener(Arrived((buckets("b", minute=1),)))
        listener(Finished())

    app = Scripted(script).app
    async with app.run_test(size=(80, 24)) as pilot:
        await until_true(pilot, lambda: isinstance(app.screen, StoppedScreen))
        assert "aws sso login" in text_of(app)
        assert "enter tries again" in text_of(app)
        await press(pilot, ["escape", "r"])  # looking around, and back to what waits
        assert isinstance(app.screen, StoppedScreen)
        await press(pilot, ["enter"])
        assert resumed.is_set()
        assert isinstance(app.screen, ExplorerScreen)
        await settled(app, pilot)
    assert app.exit_code == exits.OK


async def test_an_mfa_code_is_asked_inside_the_interface_and_hidden() -> None:
    answers: list[str | None] = []
    replied = threading.Event()

    def reply(text: str | None) -> None:
        answers.append(text)
        replied.set()

    def script(listener: Listener) -> None:
        listener(Question("MFA code of arn:aws:iam::111122223333:mfa/me", reply, secret=True))
        replied.wait(10)
        listener(Finished())

    app = Scripted(script).app
    async with app.run_test(size=(80, 24)) as pilot:
        await until_true(pilot, lambda: isinstance(app.screen, AskText))
        await typed(pilot, "123456")
        assert "MFA code" in text_of(app)
        assert "123456" not in text_of(app)
        await press(pilot, ["enter"])
        await settled(app, pilot)
    assert answers == ["123456"]


async def test_refresh_asks_again_for_the_part_in_front() -> None:
    asked: list[Part] = []

    def script(listener: Listener) -> None:
        listener(Arrived((buckets("a"),)))
        listener(Finished())

    scripted = Scripted(script)
    app = scripted.app

    def refresh(part: Part) -> str | None:
        asked.append(part)
        return None

    scripted.feed.refresh = refresh  # type: ignore[method-assign]
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(app, pilot)
        await press(pilot, ["2", "r"])
        assert ("iam", "GetAccountAuthorizationDetails") in asked[0].calls
        await press(pilot, ["C", "r"])
        assert asked[1].calls == (("s3", "ListBuckets"),)


async def test_pages_that_arrive_do_not_move_the_cursor() -> None:
    step = threading.Event()

    def details(names: list[str], minute: int, page: int) -> Any:
        item = buckets(minute=minute)
        users = [
            {"Arn": f"arn:aws:iam::{item.account}:user/{name}", "UserName": name, "Path": "/", "UserId": name}
            for name in names
        ]
        return type(item)(
            service="iam", operation="GetAccountAuthorizationDetails", region="us-east-1", account=item.account,
            at=item.at, params={"Filter": ["User"]}, page=page, more=page == 0, response={"UserDetailList": users},
        )  # fmt: skip

    def script(listener: Listener) -> None:
        listener(Arrived((details([f"m{number}" for number in range(40)], 0, 0),)))
        step.wait(10)
        listener(Arrived((details(["a", "b", "n"], 0, 1),)))
        listener(Finished())

    app = Scripted(script).app
    async with app.run_test(size=(120, 36)) as pilot:
        await until_true(pilot, lambda: app.view is not None and len(app.view.analysis.account.users) == 40)
        await press(pilot, ["2", "G", *["up"] * 8])
        tree = explorer(app).identities
        before, line = tree.cursor_key, tree.view_state[1]
        assert before is not None
        step.set()
        await settled(app, pilot)
        assert len(app.view.analysis.account.users) == 43  # type: ignore[union-attr]
        assert tree.cursor_key == before
        assert tree.view_state[1] == line


async def test_a_defect_leaves_one_line_and_a_log_instead_of_a_traceback(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*arguments: object) -> None:
        raise RuntimeError("boom")

    async with running() as (app, _pilot):
        monkeypatch.setattr(app_module, "header_state", broken)
        printed: list[object] = []
        monkeypatch.setattr(app, "panic", lambda *what: printed.extend(what))
        app._exception = RuntimeError("boom")
        app._fatal_error()
        app._exception = None
        assert "details are in" in str(printed[0])
        assert "Traceback" not in str(printed[0])
        assert any(record.exc_info for record in caplog.records)


async def test_a_defect_in_the_background_ends_that_and_not_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*arguments: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("srtui.tui.screens.ask.work_out", broken)
    async with running() as (app, pilot):
        await press(pilot, ["w"])
        await typed(pilot, "s3:GetObject")
        await press(pilot, ["enter"])
        await until_true(pilot, lambda: "RuntimeError" in app.base.hints.message)
        await press(pilot, ["escape"])
        assert isinstance(app.base, ExplorerScreen)


async def test_ctrl_c_leaves_with_130() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["ctrl+c"])
    assert app.exit_code == exits.INTERRUPTED


def test_the_last_day_of_a_suppression() -> None:
    from datetime import date

    today = date(2026, 11, 25)
    assert until("", today) is None
    assert until("30 d", today) == until("30", today) == until("2026-12-25", today) == date(2026, 12, 25)
    for text in ("0", "9999", "2026-11-24", "soon"):
        with pytest.raises(ValueError):
            until(text, today)
