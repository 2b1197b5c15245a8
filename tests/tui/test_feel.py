"""How the interface feels: nothing acts on what is not seen, steps are taken back one by one, sizes may change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from srtui.findings.triage import Decision, load_triage
from srtui.principals import Badge, by_importance
from srtui.remembered import remembered_theme
from srtui.source import demo_bundle
from srtui.tui.app import SrtuiApp
from srtui.tui.legend import LEGENDS
from srtui.tui.parting import parting_words
from srtui.tui.screens.ask import AskScreen
from srtui.tui.screens.explorer import ExplorerScreen
from srtui.tui.screens.heat import HeatScreen
from srtui.tui.screens.principal import TABS, PrincipalScreen
from srtui.tui.screens.tabs import TabLine
from srtui.tui.theme import SEVERITY_MARK, STATUS_MARK, choose, load_themes
from srtui.tui.widgets.detail import Code, DetailView, Para
from srtui.tui.widgets.prompt import AskChoice, AskText
from srtui.tui.widgets.virtual_tree import TreeNode, TreeRow, VirtualTree
from tests.pictures import press, running, text_of

DEMO_ACCOUNT = "420042004200"
ALICE = f"arn:aws:iam::{DEMO_ACCOUNT}:user/staff/alice.moreau"


async def typed(pilot: Pilot[Any], text: str) -> None:
    await press(pilot, ["space" if character == " " else character for character in text])


def explorer(app: SrtuiApp) -> ExplorerScreen:
    assert isinstance(app.base, ExplorerScreen)
    return app.base


# --- triage ---


async def test_an_expiry_counts_from_today_however_old_the_evidence_is() -> None:
    async with running() as (app, pilot):
        fingerprint = explorer(app).findings.rows[0].key
        await press(pilot, ["3", "s"])
        await typed(pilot, "ticket")
        await press(pilot, ["enter"])
        await typed(pilot, "30")
        await press(pilot, ["enter"])
        decision = load_triage(DEMO_ACCOUNT).decision(fingerprint)
        today = datetime.now(UTC)
        assert decision.expires == (today + timedelta(days=30)).date()
        assert decision.at is not None
        assert abs(today - decision.at) < timedelta(minutes=5)


def test_a_suppression_runs_out_by_the_calendar() -> None:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    assert Decision(state="suppressed", expires=yesterday).state_at() == "open"
    assert Decision(state="suppressed", expires=yesterday + timedelta(days=2)).state_at() == "suppressed"


async def test_many_findings_are_asked_about_with_their_number_and_marks_stay_when_given_up() -> None:
    async with running() as (app, pilot):
        rows = explorer(app).findings.rows
        await press(pilot, ["3", "asterisk", "o"])
        assert isinstance(app.screen, AskChoice)
        assert f"Reopen {len(rows)} findings?" in text_of(app)
        await press(pilot, ["escape"])
        assert len(explorer(app).findings.marks) == len(rows)
        assert f"{len(rows)} marked" in text_of(app)
        await press(pilot, ["escape"])
        assert not explorer(app).findings.marks, "esc takes the marks away"
        await press(pilot, ["g", "space", "space", "a"])
        assert "Acknowledge 2 findings?" in text_of(app)
        await press(pilot, ["enter"])
        kept = load_triage(DEMO_ACCOUNT)
        assert [kept.decision(row.key).state for row in rows[:3]] == ["acknowledged", "acknowledged", "open"]
        assert not explorer(app).findings.marks


async def test_what_was_decided_is_named() -> None:
    async with running(size=(140, 40)) as (app, pilot):
        (finding,) = explorer(app).findings.chosen_findings
        await press(pilot, ["3", "a"])
        assert finding.title in app.base.hints.message


async def test_triage_without_a_finding_says_why() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["3", "slash"])
        await typed(pilot, "zzzz")
        await press(pilot, ["enter", "a"])
        assert "No finding is in this list" in app.base.hints.message
        assert "acknowledge" not in str(app.base.hints._hints)


async def test_a_finding_below_the_fold_is_not_acted_upon() -> None:
    async with running(size=(80, 20)) as (app, pilot):
        await press(pilot, ["2", "slash"])
        await typed(pilot, "alice")
        await press(pilot, ["enter", "enter"])
        screen = app.base
        assert isinstance(screen, PrincipalScreen)
        assert screen.detail.item_key is None or screen.detail._in_view(screen.detail._item)
        for _ in range(40):
            await press(pilot, ["down"])
            assert screen.detail.item_key is None or screen.detail._in_view(screen.detail._item)
        await press(pilot, ["pageup", "pageup", "pageup"])
        assert screen.detail.item_key is None or screen.detail._in_view(screen.detail._item)


# --- filters and the way back ---


async def test_the_tree_filter_goes_to_its_first_match_and_says_when_there_is_none() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["2", "slash"])
        await typed(pilot, "alice")
        assert explorer(app).identities.cursor_key == ALICE
        await typed(pilot, "zzz")
        notice = explorer(app).identities.empty_notice()
        assert notice is not None
        assert notice.title == "Nothing matches “alicezzz”."
        assert "esc clears" in text_of(app)
        await press(pilot, ["enter", "escape"])
        assert len(explorer(app).identities.rows) > 5


async def test_escape_clears_a_kept_filter_first_and_stays_on_what_was_found() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["2", "slash"])
        await typed(pilot, "alice")
        await press(pilot, ["enter", "escape"])
        assert explorer(app).identities.cursor_key == ALICE
        assert "/alice" not in text_of(app)


async def test_a_filter_given_up_puts_the_cursor_back() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["2", "down", "down", "down"])
        before = explorer(app).identities.cursor_key
        await press(pilot, ["slash"])
        await typed(pilot, "terraform")
        assert explorer(app).identities.cursor_key != before
        await press(pilot, ["escape"])
        assert explorer(app).identities.cursor_key == before


async def test_what_the_heat_map_filters_is_taken_back_on_the_way_back() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["3", "slash"])
        await typed(pilot, "severity:high")
        await press(pilot, ["enter", "H", "wait"])
        assert isinstance(app.base, HeatScreen)
        await app.filter_findings("service:s3").wait()
        assert explorer(app)._filters["findings"] == "service:s3"
        await press(pilot, ["escape"])
        assert isinstance(app.base, HeatScreen)
        await press(pilot, ["escape"])
        assert explorer(app)._filters["findings"] == "severity:high"


async def test_the_explorer_says_that_there_is_no_way_back() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["escape"])
        assert "q leaves" in app.base.hints.message
        await press(pilot, ["right_square_bracket"])
        assert "nothing to go forward" in app.base.hints.message


# --- sizes ---


async def test_the_cursor_stays_in_view_when_the_terminal_gets_smaller() -> None:
    async with running(size=(140, 40)) as (app, pilot):
        await press(pilot, ["3", *["down"] * 14])
        findings = explorer(app).findings
        await pilot.resize_terminal(80, 20)
        await pilot.pause()
        assert findings._top <= findings._cursor < findings._top + findings.page
        await press(pilot, ["2", "G"])
        identities = explorer(app).identities
        await pilot.resize_terminal(70, 16)
        await pilot.pause()
        assert identities._top <= identities._cursor < identities._top + identities.page


async def test_lists_say_where_the_cursor_is() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["3", "down", "down"])
        assert f"3/{len(explorer(app).findings.rows)}" in text_of(app)


async def test_a_dialog_over_the_list_leaves_cursor_and_marks() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["3", "down", "space", "space"])
        findings = explorer(app).findings
        before = (findings.cursor_key, findings.marks)
        for key in ("s", "n", "t", "R", "colon", "question_mark"):
            await press(pilot, [key])
            assert app.screen is not app.base
            await press(pilot, ["escape"])
            assert (findings.cursor_key, findings.marks) == before
        await press(pilot, ["s"])
        assert isinstance(app.screen, AskText)
        assert "Suppress 2 findings" in text_of(app)


# --- help, tabs, header, theme ---


async def test_help_is_whole_at_eighty_columns_and_explains_the_signs() -> None:
    async with running(size=(80, 24)) as (app, pilot):
        await press(pilot, ["3", "question_mark"])
        assert "…" not in text_of(app)
        await press(pilot, ["G"])
        assert "Signs" in text_of(app) or "suppressed for a reason" in text_of(app)


def test_every_scope_that_has_the_focus_somewhere_has_a_legend() -> None:
    for scope in ("matrix", "identities", "findings", "why", "permissions", "paths", "attack", "ask", "page"):
        assert LEGENDS[scope]
    known = {text for signs in LEGENDS.values() for (text, _), _ in signs}
    assert set(SEVERITY_MARK.values()) <= known
    assert {STATUS_MARK[name] for name in ("pass", "fail", "unknown", "not_applicable", "inherited")} <= known


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_tabs_keep_whole_names_and_the_one_in_front(width: int) -> None:
    names = (*TABS, "Use")
    line = TabLine(names)
    for active in range(len(names)):
        line.show(active, {"Policies": 12, "Findings": 140})
        shown = line.build_line(0, width, load_themes()[0]["dark"]).text
        assert names[active] in shown
        assert all(f"{key} " in shown for key in "1234567890")


async def test_evidence_has_one_time() -> None:
    async with running(size=(200, 50)) as (app, pilot):
        await press(pilot, ["3", "enter", "G"])
        shown = text_of(app)
        assert "evidence of 2026-11-01 09:00 UTC" in shown
        assert " s ago" not in shown


async def test_the_theme_is_remembered_unless_it_is_set() -> None:
    looks, _ = load_themes()
    async with running() as (app, pilot):
        await press(pilot, ["t", "down", "enter"])
        assert "next time" in app.base.hints.message
    rich = {"TERM": "xterm-256color"}
    assert remembered_theme() == "light"
    assert choose(None, looks, rich, remembered_theme()) == "light"
    assert choose("dark", looks, rich, remembered_theme()) == "dark"
    assert choose(None, looks, {"TERM": "vt220"}, remembered_theme()) == "ansi16"
    assert choose(None, looks, rich, "a theme that is gone") == "dark"


async def test_what_is_said_at_the_end_is_true() -> None:
    async with running() as (app, pilot):
        assert parting_words(app.engine, app.triage) == [
            "this was the demo, a recorded account: there was nothing to save"
        ]
        await press(pilot, ["3", "a"])
        assert app.triage is not None
        assert parting_words(app.engine, app.triage)[-1] == f"your decisions are in {app.triage.path}"


async def test_copying_takes_commands_and_arns_whole() -> None:
    arn = "arn:aws:iam::420042004200:role/" + "long-" * 60
    command = "aws iam put-role-policy --role-name " + "x" * 300
    view = DetailView()
    view.show([Para(arn), Code(command, "text")])
    assert view.copy_text() == f"{arn}\n{command}"


def test_the_most_important_badge_is_there_at_any_width() -> None:
    badges = (("admin", "critical"), ("no MFA", "high"), ("key 1250 d", "medium"))
    node = TreeNode("a", (("a-user-with-quite-a-long-name", ""),), badges=badges)
    tree = VirtualTree()
    for width in range(16, 90):
        spans = tree.row_spans(TreeRow("a", node, 1, False, None), width)
        text = "".join(piece for piece, _ in spans)
        assert "admin" in text
        assert len(text) <= width
        assert width < 24 or "key 1250 d" in text or "+" in text
    assert [badge.id for badge in by_importance([Badge("old-key", "", ""), Badge("admin", "", "")])] == [
        "admin",
        "old-key",
    ]


async def test_enter_on_half_an_action_asks_what_the_cursor_is_on() -> None:
    async with running() as (app, pilot):
        await press(pilot, ["w"])
        await typed(pilot, "s3:GetOb")
        await press(pilot, ["enter", "wait", "wait"])
        assert isinstance(app.base, AskScreen)
        assert app.base.line.value == "s3:GetObject"
        assert "documents no action" not in text_of(app)


async def test_a_file_that_is_not_whole_says_so_as_long_as_it_is_open(tmp_path: Path) -> None:
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(demo_bundle().read_bytes()[:20_000])
    async with running(str(path), size=(80, 24)) as (app, pilot):
        assert "warnings: C" in text_of(app)
        await press(pilot, ["C"])
        shown = text_of(app)
        assert "the file or session itself" in shown
        assert "Warnings" in shown
