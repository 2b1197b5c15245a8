"""Detail view, header, hints, filter line, dialogs, palette and help."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import on
from textual.app import App, ComposeResult
from textual.message import Message

from srtui.tui.actions import REGISTRY, bindings_for
from srtui.tui.theme import install, load_themes
from srtui.tui.widgets.detail import Code, DetailView, Fact, Heading, Item, Para, json_spans
from srtui.tui.widgets.header import HeaderBar, HeaderState, header_spans
from srtui.tui.widgets.help import HelpScreen, active_actions
from srtui.tui.widgets.hints import HintBar, hint_spans
from srtui.tui.widgets.palette import Command, Palette, find_commands, run_action_id
from srtui.tui.widgets.prompt import AskChoice, AskText, FilterBar, LineInput
from srtui.tui.widgets.text import spans_len
from srtui.tui.widgets.virtual_list import ListRow, VirtualList

EVIL = "[bold red]x[/] \x1b[2J\n\u202e" + "A" * 10_000


class Host(App[None]):
    """A small screen with every bar."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = bindings_for("app")

    def __init__(self) -> None:
        super().__init__()
        install(self, load_themes()[0])
        self.theme = "dark"
        self.got: list[Message] = []
        self.answers: list[object] = []

    def compose(self) -> ComposeResult:
        yield HeaderBar()
        yield VirtualList("Rows", id="rows")
        yield DetailView("Why", id="why")
        yield HintBar("findings")
        yield FilterBar()

    def on_mount(self) -> None:
        self.query_one(VirtualList).set_rows([ListRow(str(n), ((f"row {n}", ""),)) for n in range(5)])
        self.query_one("#rows").focus()

    @on(FilterBar.Changed)
    @on(FilterBar.Closed)
    @on(DetailView.ItemActivated)
    @on(DetailView.ItemMoved)
    def keep(self, message: Message) -> None:
        self.got.append(message)

    def on_virtual_list_filter_requested(self) -> None:
        self.query_one(FilterBar).open("old")

    def action_help(self) -> None:
        self.push_screen(HelpScreen.of(self.screen))


def shown(view: DetailView) -> str:
    return "\n".join(view.render_line(y).text.rstrip() for y in range(view.size.height))


async def test_detail_shows_blocks_and_walks_items() -> None:
    app = Host()
    async with app.run_test(size=(60, 40)) as pilot:
        view = app.query_one(DetailView)
        view.show(
            [
                Heading("Pass any role"),
                Fact("Subject", "arn:aws:iam::1:role/x"),
                Para("word " * 30),
                Item("s0", (Code('{\n  "Effect": "Allow"\n}'),)),
                Item("s1", (Code('{\n  "Effect": "Deny"\n}'),)),
            ],
            subject="f1",
        )
        assert "Subject  arn:aws:iam::1:role/x" in shown(view)
        assert view.item_key == "s0"
        view.focus()
        await pilot.press("j", "enter")
        assert view.item_key == "s1"
        assert app.got[-1].key == "s1"  # type: ignore[attr-defined]
        view.show([Item("s1", (Para("again"),)), Item("s2", (Para("more"),))], subject="f1")
        assert view.item_key == "s1"
        assert view.copy_text() == "again"
        view.show([Para(EVIL), Fact(EVIL, EVIL), Code(EVIL), Code(EVIL, "text"), Heading(EVIL)])
        assert all(char.isprintable() or char == "\n" for char in shown(view))
        await pilot.press("G", "g", "pagedown", "pageup", "k", "enter")


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='{}[]":, \\abAZ019-.\x1b', max_size=60))
def test_highlighting_changes_no_text(line: str) -> None:
    assert "".join(text for text, _ in json_spans(line)) == line


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_header_keeps_account_and_counts_at_any_width(width: int) -> None:
    state = HeaderState(
        "420042004200", "acme-prod", "arn:aws:sts::420042004200:assumed-role/SecurityAudit/jo",
        "17 regions", "14 s old", "demo", "collecting", 212, 640, 2,
    )  # fmt: skip
    spans = header_spans(state, width)
    text = "".join(piece for piece, _ in spans)
    assert spans_len(spans) == width
    assert "420042004200" in text
    assert "212/640" in text
    assert "2 denied" in text
    assert "SecurityAudit" in text or width < 80
    if width >= 120:
        assert "▓░" in text
        assert "17 regions" in text
    hostile = header_spans(HeaderState(EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, 1, 2, 3), width)
    assert all(char.isprintable() for piece, _ in hostile for char in piece)


def test_hints_fit_and_show_the_best_first() -> None:
    for width in (20, 60, 80, 200):
        spans = hint_spans(REGISTRY.hints_for("findings"), width)
        assert spans_len(spans) <= width + 1
    assert [text for text, style in spans if style == "bar_key"][:2] == ["enter", "a"]


async def test_hint_bar_says_what_happened_and_goes_back() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)):
        bar = app.query_one(HintBar)
        bar.say("2 findings acknowledged " + EVIL)
        line = bar.render_line(0).text
        assert "2 findings acknowledged" in line
        assert cell_len(line) == 60
        bar.clear()
        assert "enter open" in bar.render_line(0).text


async def test_filter_line_is_live_and_can_be_taken_back() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("slash")
        assert isinstance(app.focused, LineInput)
        await pilot.press("x", "j")
        assert [m.text for m in app.got] == ["oldx", "oldxj"]  # type: ignore[attr-defined]
        await pilot.press("escape")
        closed = app.got[-1]
        assert isinstance(closed, FilterBar.Closed)
        assert (closed.text, closed.kept) == ("old", False)
        assert app.focused is app.query_one("#rows")
        await pilot.press("slash", "y", "enter")
        closed = app.got[-1]
        assert isinstance(closed, FilterBar.Closed)
        assert (closed.text, closed.kept) == ("oldy", True)


async def test_dialogs_ask_and_take_no_for_an_answer() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        check = lambda text: None if text else "A reason is needed."  # noqa: E731
        app.push_screen(AskText(EVIL, (EVIL[:300],), check=check), app.answers.append)
        await pilot.pause()
        await pilot.press("enter")
        assert app.answers == []
        await pilot.press("o", "k", "enter")
        assert app.answers == ["ok"]
        app.push_screen(AskText("x"), app.answers.append)
        await pilot.pause()
        await pilot.press("escape")
        seen: list[str] = []
        dialog = AskChoice("Theme", [("a", "A"), ("b", "[b]B")], current="a", preview=seen.append)
        app.push_screen(dialog, app.answers.append)
        await pilot.pause()
        await pilot.press("j")
        await pilot.press("enter")
        assert app.answers == ["ok", None, "b"]
        assert seen[-1] == "b"


async def test_palette_finds_commands_and_runs_them_where_they_belong() -> None:
    assert find_commands(list(REGISTRY), "sup")[0].id == "triage.suppress"
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(Palette(REGISTRY.commands("findings")), app.answers.append)
        await pilot.pause()
        await pilot.press(*"help", "enter")
        assert app.answers == [Command("app.help")]
        app.push_screen(Palette(REGISTRY.commands("findings")), app.answers.append)
        await pilot.pause()
        await pilot.press(*"note", "space", *"a b", "enter")
        assert app.answers[-1] == Command("triage.note", "a b")
        await pilot.pause()
        assert await run_action_id(app.screen, "list.cursor-down")
        assert app.query_one(VirtualList).cursor_key == "1"
        assert not await run_action_id(app.screen, "triage.acknowledge")


async def test_help_shows_exactly_the_keys_that_work_with_the_users_own() -> None:
    app = Host()
    async with app.run_test(size=(100, 60)) as pilot:
        app.set_keymap({"list.mark": "v"})
        found = active_actions(app.screen)
        assert "list.cursor-down" in found
        assert "app.quit" in found
        assert "detail.down" not in found
        await pilot.press("question_mark")
        await pilot.pause()
        text = shown(app.screen.query_one(DetailView))
        assert "In lists" in text
        assert text.index("In lists") < text.index("Everywhere")
        await pilot.press("escape")
        assert not isinstance(app.screen, HelpScreen)
