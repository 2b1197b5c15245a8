"""A screen that sends nothing more than what changed when the focus moves."""

from __future__ import annotations

from typing import TypeVar

from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

ResultT = TypeVar("ResultT")


class QuietScreen(Screen[ResultT]):
    """Textual repaints the whole screen (20 kB and more) when the focus moves; here the panes repaint their titles."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
