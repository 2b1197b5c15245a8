"""Identities at risk: federation, exposure, ways out, duties, toxic combinations and unused access, as tables."""

from __future__ import annotations

from srtui.report.at_risk_tables import Table, tables
from srtui.report.content import Content
from srtui.report.page.markup import Html, account_text, el


def at_risk(content: Content) -> Html:
    """The whole section without its heading."""
    shown = [*tables(content)]
    return el("div", [_table(table) for table in shown] if shown else el("p", "Nothing.", cls="empty"))


def _table(table: Table) -> Html:
    head = el("tr", [el("th", name, scope="col") for name in table.columns])
    rows = [
        el("tr", [el("td", None if cell is None else account_text(cell)) for cell in row])
        for row in table.rows
    ]
    return el(
        "div",
        el("h3", table.title),
        el("p", table.intro, cls="soft"),
        el("div", el("table", el("thead", head), el("tbody", rows), cls="list"), cls="wide"),
        el("p", f"And {table.more:,} more, in the JSON report.", cls="soft") if table.more else None,
    )
