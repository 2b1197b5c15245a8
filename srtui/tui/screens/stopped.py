"""What is said when the collection cannot start or cannot go on: what was tried, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on
from textual.widget import Widget

from srtui.feed import Failed, Paused
from srtui.tui.screens.base import BaseScreen, Copies
from srtui.tui.widgets.detail import Block, Code, DetailView, Gap, Heading, Item, Para

if TYPE_CHECKING:
    from srtui.tui.views.state import View


class StoppedScreen(BaseScreen):
    """One clear screen for missing, wrong or expired credentials, and for whatever else ends a run."""

    SCOPE = "page"

    def __init__(self, event: Failed | Paused) -> None:
        super().__init__()
        self.event = event

    def body(self) -> Iterable[Widget]:
        self.detail = DetailView(id="detail")
        yield self.detail

    def on_mount(self) -> None:
        waits = isinstance(self.event, Paused)
        self.detail.set_title(
            "The collection waits" if waits else "The collection has stopped", "esc looks around"
        )
        self.detail.show(stopped_blocks(self.event), "stopped")
        self.detail.focus()

    def show_view(self, view: View) -> None:
        """The text does not depend on what was collected."""

    def copies(self) -> Copies:
        return [("text", self.detail.copy_text())]

    @on(DetailView.ItemActivated)
    def _try_again(self) -> None:
        self.main.resume()


def stopped_blocks(event: Failed | Paused) -> list[Block]:
    """The event as text."""
    blocks: list[Block] = [
        Gap(),
        Para(event.title[:1].upper() + event.title[1:], "error"),
        Gap(),
        Heading("What was tried"),
    ]
    blocks += [Para(text, indent=2) for text in event.tried] or [Para("nothing", "muted", 2)]
    blocks += [Gap(), Heading("What to do")]
    for text in event.remedy:
        blocks.append(
            Code("  " + text, "text")
            if text.startswith(("aws ", "export ", "srtui "))
            else Para(text, indent=2)
        )
    blocks.append(Gap())
    if isinstance(event, Paused):
        blocks.append(Para("Everything that arrived is saved.", "good"))
        blocks.append(Item("again", (Para("enter tries again where it stopped", "accent"),)))
    else:
        blocks.append(
            Para("Whatever arrived is saved. The log file has the details: srtui info shows where.", "muted")
        )
    return blocks
