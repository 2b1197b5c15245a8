"""Moving the focus must not repaint the screen: over a slow line that is the difference of a second."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.screen import Screen

from srtui.tui.widgets.quiet import QuietScreen
from srtui.tui.widgets.virtual_list import ListRow, VirtualList


class Host(App[None]):
    def get_default_screen(self) -> Screen[object]:
        return QuietScreen(id="_default")

    def compose(self) -> ComposeResult:
        yield VirtualList("One", id="one")
        yield VirtualList("Two", id="two")


async def test_focus_changes_the_title_and_the_cursor_line_only() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        for view in app.query(VirtualList):
            view.set_rows([ListRow(str(n), ((f"row {n}", ""),)) for n in range(50)])
        one, two = app.query_one("#one", VirtualList), app.query_one("#two", VirtualList)
        one.focus()
        await pilot.pause()
        before = list(one._frame), list(two._frame)
        painted: list[object] = []
        app.screen.refresh = lambda *regions, **_: painted.append(regions)  # type: ignore[method-assign,assignment]
        await pilot.press("tab")
        assert app.focused is two
        for old, view in zip(before, (one, two), strict=True):
            assert [y for y in range(view.size.height) if old[y] != view._frame[y]] == [0, 1]
        assert painted == []
