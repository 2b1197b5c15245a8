"""Long tables that can be filtered and sorted, and that show without a script as well.

The rows are blocks rather than rows of a table element: a browser then lays out only those on the screen, which makes
the difference between a tenth of a second and several for ten thousand of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from srtui.report.page.markup import Child, Html, el

#: So many rows are laid out together.
CHUNK: Final = 100


def long_table(id: str, columns: Sequence[tuple[str, str]], rows: Sequence[Html], tools: Html) -> Html:
    """A table of `columns` (class, heading); each row comes from `row`."""
    head = el(
        "div",
        [
            el("button", heading, type="button", role="columnheader", cls=f"c {name}", data_sort=place)
            for place, (name, heading) in enumerate(columns)
        ],
        role="row",
        cls="head",
    )
    chunks = [
        el("div", rows[start : start + CHUNK], role="rowgroup", cls="chunk")
        for start in range(0, len(rows), CHUNK)
    ]
    return el(
        "div",
        tools,
        el("p", cls="empty", hidden=bool(rows)) if rows else el("p", "None.", cls="empty"),
        el(
            "div",
            head,
            el("div", chunks, cls="body"),
            role="table",
            cls=f"long {id}",
            aria_rowcount=len(rows) + 1,
        ),
        cls="table",
        id=f"table-{id}",
    )


def row(cells: Sequence[Html], cls: str = "") -> Html:
    """A row of cells."""
    return el("div", cells, role="row", cls=f"r {cls}".strip())


def cell(cls: str, content: Child, **attributes: Any) -> Html:
    """A cell with srtui's own words or figures."""
    return el("span", content, role="cell", cls=f"c {cls}", **attributes)


def text_cell(cls: str, content: str, **attributes: Any) -> Html:
    """A cell with text from the account: its direction cannot reach the cells around it."""
    return el("bdi", content, role="cell", cls=f"c {cls}", **attributes)
