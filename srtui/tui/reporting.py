"""The report key: which format, which file, and the writing, off the interface's loop."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from srtui.engine import Update
from srtui.files import Exists, new_file
from srtui.findings.triage import Triage
from srtui.report import FORMATS, render
from srtui.tui.widgets.prompt import AskChoice, AskText

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
    given = await app.push_screen_wait(
        AskText("Write the report to", (f"now in {Path.cwd()}",), value=name, check=_wrong_file)
    )
    if given is None:
        return None
    try:
        path = await asyncio.to_thread(_write, given, update, triage, format)
    except Exists as problem:
        return str(problem), "error"
    except OSError as problem:
        return f"{given}: {problem.strerror or problem}", "error"
    return f"Report written to {path}", "bar_strong"


def _wrong_file(text: str) -> str | None:
    path = Path(text).expanduser()
    if not text.strip() or path.is_dir():
        return "name a file"
    if path.exists():
        return f"{path} exists: choose another name"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    return None


def _write(name: str, update: Update, triage: Triage, format: str) -> Path:
    path = Path(name).expanduser().resolve()
    text = render(update.analysis, triage, format, notes=update.notes)
    with new_file(path) as file:
        file.write(text.encode())
    return path
