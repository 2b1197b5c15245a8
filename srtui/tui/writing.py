"""Text that the user wants in a file: which one is asked, and nothing is ever overwritten."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from srtui.files import Exists, new_file
from srtui.tui.widgets.prompt import AskText

if TYPE_CHECKING:
    from srtui.tui.app import SrtuiApp


async def ask_and_write(
    app: SrtuiApp, title: str, name: str, make: Callable[[], str]
) -> tuple[Path | str, str] | None:
    """Ask for a file, make the text off the interface's loop and write it.

    Returns (the path, "") or (what went wrong, "error"), or None if the user gave up.
    """
    given = await app.push_screen_wait(
        AskText(title, (f"now in {Path.cwd()}",), value=name, check=_wrong_file)
    )
    if given is None:
        return None
    try:
        return await asyncio.to_thread(_write, given, make), ""
    except Exists as problem:
        return str(problem), "error"
    except OSError as problem:
        return f"{given}: {problem.strerror or problem}", "error"


def _wrong_file(text: str) -> str | None:
    path = Path(text).expanduser()
    if not text.strip() or path.is_dir():
        return "name a file"
    if path.exists():
        return f"{path} exists: choose another name"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    return None


def _write(name: str, make: Callable[[], str]) -> Path:
    path = Path(name).expanduser().resolve()
    text = make()
    with new_file(path) as file:
        file.write(text.encode())
    return path
