"""Virtual list, table and tree: cursor, marks, live data, filters."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from textual.app import App, ComposeResult
from textual.message import Message
from textual.widget import Widget

from srtui.tui.theme import install, load_themes
from srtui.tui.widgets.virtual_list import ListRow, Notice, VirtualList
from srtui.tui.widgets.virtual_table import Column, TableRow, VirtualTable
from srtui.tui.widgets.virtual_tree import TreeNode, VirtualTree


class Host(App[None]):
    """An app with one widget that keeps the messages it gets."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, widget: Widget, theme: str = "dark") -> None:
        super().__init__()
        install(self, load_themes()[0])
        self.theme = theme
        self.widget = widget
        self.got: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_virtual_list_cursor_moved(self, message: Message) -> None:
        self.got.append(message)

    on_virtual_list_activated = on_virtual_list_marks_changed = on_virtual_list_cursor_moved
    on_virtual_table_sort_requested = on_virtual_tree_expanded = on_virtual_list_cursor_moved


def rows(keys: Sequence[object]) -> list[ListRow]:
    return [ListRow(str(key), ((f"row {key}", ""),)) for key in keys]


def text(widget: Widget) -> list[str]:
    """What stands on the lines of a widget."""
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


async def test_keys_move_the_cursor_and_mark_rows() -> None:
    view: VirtualList[ListRow] = VirtualList("Rows")
    app = Host(view)
    async with app.run_test(size=(40, 12)) as pilot:
        view.set_rows(rows(range(100)))
        view.focus()
        await pilot.press("j", "j", "down", "k")
        assert view.cursor_key == "2"
        await pilot.press("space", "space")
        assert view.marks == {"2", "3"}
        assert view.chosen == ("2", "3")
        assert view.cursor_key == "4"
        await pilot.press("G")
        assert view.cursor_key == "99"
        assert text(view)[-1].startswith("▌ row 99")
        await pilot.press("pageup")
        assert view.cursor_key == str(99 - (11 - 1))
        await pilot.press("g", "enter")
        assert app.got[-1] == VirtualList.Activated("0") or getattr(app.got[-1], "key", None) == "0"
        await pilot.press("asterisk")
        assert len(view.marks) == 100


async def test_live_rows_never_move_the_cursor_nor_its_line() -> None:
    view: VirtualList[ListRow] = VirtualList("Rows")
    async with Host(view).run_test(size=(40, 11)) as pilot:
        view.set_rows(rows(range(0, 100, 2)))
        view.focus()
        await pilot.press(*["j"] * 20)
        before = (
            [line for line in text(view) if "▌" in line],
            next(y for y, line in enumerate(text(view)) if "▌" in line),
        )
        view.set_rows(rows(range(100)))
        after = (
            [line for line in text(view) if "▌" in line],
            next(y for y, line in enumerate(text(view)) if "▌" in line),
        )
        assert view.cursor_key == "40"
        assert before == after


async def test_a_row_that_vanishes_hands_the_cursor_to_the_next_one_that_stays() -> None:
    view: VirtualList[ListRow] = VirtualList("Rows")
    async with Host(view).run_test(size=(40, 11)) as pilot:
        view.set_rows(rows(range(10)))
        view.focus()
        await pilot.press("j", "j", "j", "space", "k")
        view.set_rows(rows([0, 1, 2, 5, 6]))
        assert view.cursor_key == "5"
        assert view.marks == frozenset()
        view.set_rows(rows([0]))
        assert view.cursor_key == "0"
        view.set_rows([])
        assert view.cursor_key is None
        await pilot.press("j", "enter", "space", "pagedown", "G")
        assert view.cursor_key is None


async def test_a_list_nobody_has_touched_stays_at_its_top() -> None:
    view: VirtualList[ListRow] = VirtualList("Rows")
    other: VirtualList[ListRow] = VirtualList("Other")
    app = Host(other)
    async with app.run_test(size=(40, 20)) as pilot:
        await app.mount(view)
        other.focus()
        await pilot.pause()
        view.set_rows(rows([5, 6]))
        view.set_rows(rows([1, 5, 6]))
        assert view.cursor_key == "1"


async def test_only_changed_lines_are_repainted() -> None:
    view: VirtualList[ListRow] = VirtualList("Rows")
    async with Host(view).run_test(size=(40, 12)) as pilot:
        view.set_rows(rows(range(100)))
        view.focus()
        await pilot.pause()
        before = list(view._frame)
        await pilot.press("j")
        changed = [y for y, (old, new) in enumerate(zip(before, view._frame, strict=True)) if old != new]
        assert changed == [0, 1, 2]  # the position in the title, and the two rows
        before = list(view._frame)
        view.set_rows(rows([*range(100), 100, 101]))
        assert [a == b for a, b in zip(before, view._frame, strict=True)].count(False) <= 1  # the scroll mark


async def test_notice_says_what_is_the_case_and_what_to_do() -> None:
    view: VirtualList[ListRow] = VirtualList(
        "Rows", notice=Notice("Nothing matches.", ("Press esc to show all.",))
    )
    async with Host(view).run_test(size=(40, 8)):
        assert [line.strip() for line in text(view)[2:4]] == ["Nothing matches.", "Press esc to show all."]
        view.set_rows(rows([1]))
        assert "Nothing" not in "\n".join(text(view))


async def test_mouse_click_and_wheel() -> None:
    view: VirtualList[ListRow] = VirtualList("Rows")
    async with Host(view).run_test(size=(40, 12)) as pilot:
        view.set_rows(rows(range(100)))
        await pilot.click(view, offset=(5, 4))
        assert view.cursor_key == "3"
        view._scroll(3)
        assert "row 3" in text(view)[1]
        assert view.cursor_key == "3"


async def test_view_state_comes_back() -> None:
    view: VirtualList[ListRow] = VirtualList("Rows")
    async with Host(view).run_test(size=(40, 12)) as pilot:
        view.set_rows(rows(range(100)))
        view.focus()
        await pilot.press("pagedown", "pagedown", "pagedown", "k", "k")
        state, shown = view.view_state, text(view)
        await pilot.press("g")
        view.restore(state)
        assert text(view) == shown


COLUMNS = [
    Column("sev", "Sev", 4),
    Column("title", "Finding", 10, flex=2),
    Column("arn", "Subject", 12, flex=1, shorten="arn", drop=1),
    Column("n", "Row", 4, align="right"),
]


async def test_table_columns_align_shorten_and_drop() -> None:
    table = VirtualTable(COLUMNS, "Findings")
    app = Host(table)
    async with app.run_test(size=(70, 6)) as pilot:
        table.set_rows(
            [TableRow("a", (("C ●", "critical"), "x" * 200, "arn:aws:iam::123456789012:role/deploy-ci", "7"))]
        )
        table.focus()
        table.set_sort("sev")
        head, row = text(table)[1:3]
        assert "Sev▲" in head
        assert head.rstrip().endswith("Row")
        assert row.rstrip().endswith("7")
        assert "…" in row
        assert "role/" in row
        await pilot.press("greater_than_sign")
        assert app.got[-1].column == "title"  # type: ignore[attr-defined]
        await pilot.press("equals_sign")
        assert app.got[-1].reverse is True  # type: ignore[attr-defined]
        await pilot.resize_terminal(30, 6)
        assert "Subject" not in text(table)[1]
        assert text(table)[2].rstrip().endswith("7")


def tree() -> list[TreeNode]:
    users = tuple(
        TreeNode(
            f"u/{name}",
            ((name, ""),),
            badges=(("admin", "critical"),) if name == "alice" else (),
            load=lambda name=name: [TreeNode(f"u/{name}/keys", (("access keys", ""),))],  # type: ignore[misc]
        )
        for name in ("alice", "bob", "carol")
    )
    return [
        TreeNode("users", (("Users", ""),), children=users, selectable=False),
        TreeNode("roles", (("Roles", ""),), expandable=True),
    ]


async def test_tree_unfolds_folds_and_remembers_by_key() -> None:
    view = VirtualTree("Identities")
    app = Host(view)
    async with app.run_test(size=(40, 14)) as pilot:
        view.set_roots(tree())
        view.focus()
        assert [row.key for row in view.rows] == ["users", "roles"]
        await pilot.press("l", "l", "l")
        assert [row.key for row in view.rows] == [
            "users",
            "u/alice",
            "u/alice/keys",
            "u/bob",
            "u/carol",
            "roles",
        ]
        assert view.cursor_key == "u/alice"
        view.set_roots(tree())
        assert "u/alice/keys" in [row.key for row in view.rows]
        await pilot.press("j", "h")
        assert view.cursor_key == "u/alice"
        await pilot.press("left", "left", "left")
        assert [row.key for row in view.rows] == ["users", "roles"]
        await pilot.press("G", "right")
        await pilot.pause()
        assert [m.key for m in app.got if isinstance(m, VirtualTree.Expanded)] == ["roles"]
        view.set_children("roles", [TreeNode("r/x", (("x", ""),))])
        assert view.rows[-1].key == "r/x"
        await pilot.press("minus")
        assert [row.key for row in view.rows] == ["users", "roles"]


async def test_tree_filter_keeps_the_way_to_what_matches() -> None:
    view = VirtualTree("Identities")
    async with Host(view).run_test(size=(40, 14)) as pilot:
        view.set_roots(tree())
        view.focus()
        view.filter_words("ALICE adm")
        assert [row.key for row in view.rows] == ["users", "u/alice"]
        view.filter_words("nobody")
        assert list(view.rows) == []
        view.filter_words("")
        assert [row.key for row in view.rows] == ["users", "roles"]
        assert view.reveal("u/carol")
        assert view.cursor_key == "u/carol"
        assert not view.reveal("u/nobody")
        await pilot.pause()


async def test_heading_folds_on_enter_and_a_principal_opens() -> None:
    view = VirtualTree("Identities")
    app = Host(view)
    async with app.run_test(size=(40, 14)) as pilot:
        view.set_roots(tree())
        view.focus()
        await pilot.press("enter", "j", "enter")
        assert [m.key for m in app.got if isinstance(m, VirtualList.Activated)] == ["u/alice"]


async def test_twenty_thousand_nodes_refresh_quickly() -> None:
    def roots() -> list[TreeNode]:
        return [
            TreeNode(
                f"g{g}",
                ((f"group {g}", ""),),
                children=tuple(TreeNode(f"g{g}/{n}", ((f"user-{n}", ""),)) for n in range(200)),
            )
            for g in range(100)
        ]

    view = VirtualTree("Identities")
    async with Host(view).run_test(size=(80, 24)):
        view.set_roots(roots(), expand=[f"g{g}" for g in range(100)])
        again = roots()
        started = time.thread_time()
        view.set_roots(again)
        assert time.thread_time() - started < 0.5  # of CPU: how busy the machine is does not count
        assert len(view.rows) == 20_100


@pytest.mark.parametrize("theme", ["dark", "light", "high-contrast", "colour-blind", "ansi16"])
async def test_hostile_rows_are_harmless_in_every_theme(theme: str) -> None:
    evil = "[bold red]x[/] \x1b[2J\n\u202e" + "A" * 10_000
    table = VirtualTable(COLUMNS, evil)
    async with Host(table, theme).run_test(size=(60, 8)):
        table.set_rows([TableRow("a", (evil, (evil, "critical"), evil, ((evil, "muted"), (evil, ""))))])
        for y in range(8):
            line = table.render_line(y)
            assert line.cell_length == 60
            assert all(char.isprintable() for char in line.text)
        assert "[bold red]" in text(table)[2]


async def test_themes_switch_live() -> None:
    view: VirtualList[ListRow] = VirtualList("Rows")
    app = Host(view)
    async with app.run_test(size=(40, 8)) as pilot:
        view.set_rows(rows(range(3)))
        dark = list(view._frame)
        app.theme = "light"
        await pilot.pause()
        assert all(old != new for old, new in zip(dark, view._frame, strict=True))
