"""The report key: which format, which file, and the writing, off the interface's loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srtui.engine import Update
from srtui.findings.triage import Triage
from srtui.report import FORMATS, render
from srtui.tui import writing
from srtui.tui.widgets.prompt import AskChoice

if TYPE_CHECKING:
    from srtui.tui.app import SrtuiApp


async def ask_and_write(
    app: SrtuiApp, update: Update, triage: Triage, format: str = ""
) -> tuple[str, str] | None:
    """Ask for format and file and write the report; (what happened, style), or None if the user gave up."""
    if format not in FORMATS:
        choices = [(name, f"{name:<6} {title}") for name, (title, _) in FORMATS.items()]
        picked = await app.push_screen_wait(AskChoice("Report", choices))
        if picked is None:
            return None
        format = picked
    account = update.analysis.account
    name = f"srtui-{account.id or 'account'}-{update.analysis.now:%Y%m%d-%H%M}.{FORMATS[format][1]}"
    written = await writing.ask_and_write(
        app,
        "Write the report to",
        name,
        lambda: render(update.analysis, triage, format, notes=update.notes),
    )
    if written is None or written[1]:
        return None if written is None else (str(written[0]), written[1])
    return f"Report written to {written[0]}", "bar_strong"
