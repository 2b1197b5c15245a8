"""The theme key: showing themes as the cursor moves, and remembering the one that was taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from srtui.remembered import remember_theme, theme_file
from srtui.tui.theme import Look
from srtui.tui.widgets.prompt import AskChoice

if TYPE_CHECKING:
    from srtui.tui.app import SrtuiApp


async def ask_and_switch(
    app: SrtuiApp, looks: Mapping[str, Look], wanted: str, *, is_set: bool
) -> tuple[str, str] | None:
    """Switch to the theme `wanted`, or ask which; (what happened, style), or None if nothing changed.

    `is_set`: config.toml or the command line names a theme, which the next run will start with whatever is chosen.
    """
    before = app.theme
    if wanted and wanted not in looks:
        return f"There is no theme “{wanted}”; there are: {', '.join(looks)}.", "warning"
    if not wanted:
        choices = [(name, f"{name:<16} {look.title}") for name, look in looks.items()]
        question = AskChoice("Theme", choices, current=before, preview=lambda name: _show(app, name))
        picked = await app.push_screen_wait(question)
        wanted = picked or before
    _show(app, wanted)
    if wanted == before:
        return None
    return _kept(wanted, is_set), "bar_strong"


def _show(app: SrtuiApp, name: str) -> None:
    app.theme = name


def _kept(theme: str, is_set: bool) -> str:
    """Keep a choice for the next run; says what became of it."""
    if is_set:
        return f"Theme {theme} for now: config.toml or --theme decides when srtui starts."
    try:
        remember_theme(theme)
    except OSError as error:
        return f"Theme {theme} for now: {theme_file()} cannot be written ({error.strerror or error})."
    return f"Theme {theme}, the next time as well."
