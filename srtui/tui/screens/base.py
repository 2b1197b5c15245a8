"""What every full screen has: the header, a body, the hint bar; and how it is found again in the history."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.widget import Widget
from textual.worker import Worker

from srtui.feed import Part
from srtui.tui.actions import REGISTRY
from srtui.tui.history import Place
from srtui.tui.widgets.header import HeaderBar
from srtui.tui.widgets.hints import HintBar
from srtui.tui.widgets.quiet import QuietScreen
from srtui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from srtui.tui.app import SrtuiApp
    from srtui.tui.views.state import View


Made = TypeVar("Made")
Copies = list[tuple[str, str]]
"""What could be copied: (what it is, the text)."""


class BaseScreen(QuietScreen[None]):
    """A screen between the header and the hints."""

    SCOPE: ClassVar[str] = "app"
    DEFAULT_CSS = """
    BaseScreen { layout: vertical; background: $background; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: View | None = None

    def compose(self) -> ComposeResult:
        yield HeaderBar()
        yield from self.body()
        yield HintBar(self.SCOPE)

    def body(self) -> Iterable[Widget]:
        """The widgets between header and hints."""
        raise NotImplementedError

    @property
    def main(self) -> SrtuiApp:
        """The app, by its own type."""
        return cast("SrtuiApp", self.app)

    @property
    def hints(self) -> HintBar:
        """The line at the bottom."""
        return self.query_one(HintBar)

    def on_mount(self) -> None:
        self.main.show_header(self)
        self.take(self.main.view)

    def on_screen_resume(self) -> None:
        self.main.show_header(self)
        self.take(self.main.view)

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        self.main.worker_changed(event)

    def take(self, view: View | None) -> None:
        """Show a view unless it is the one that is shown."""
        if view is not None and view is not self._shown and self.is_mounted:
            self._shown = view
            self.show_view(view)

    def show_view(self, view: View) -> None:
        """Show other data without moving the cursor."""
        raise NotImplementedError

    @work(thread=True, exclusive=True, group="work out", exit_on_error=False)
    def work_out(self, view: View, make: Callable[[], Made], show: Callable[[Made], None]) -> None:
        """Make something off the interface's loop and show it, unless the screen has a newer view by then."""
        made = make()

        def show_unless_stale() -> None:
            if view is self._shown and self.is_attached:
                show(made)

        self.main.call_from_thread(show_unless_stale)

    def place(self) -> Place | None:
        """Where the user is, for the history; None if this screen is never left."""
        return None

    def step_back(self) -> bool:
        """What `esc` takes back before it leaves the screen: marks, then a filter. False if there is nothing."""
        focused = self.focused
        return isinstance(focused, VirtualList) and focused.clear_marks()

    def copies(self) -> Copies:
        """What `y` can copy here."""
        return []

    def question(self) -> str:
        """What `w` starts to ask here: an action, ` on ` and a resource, as far as they are in front of the user."""
        return ""

    def row_in_front(self) -> int | None:
        """The row of the matrix that the user looks at, for what can be asked of one row."""
        return None

    def part(self) -> Part | None:
        """What `r` asks again here."""
        return None

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        scope = getattr(event.widget, "SCOPE", None) or self.SCOPE
        self.hints.set_hints(self.hint_list(scope))

    def hint_list(self, scope: str) -> list[tuple[str, str]]:
        """The hints while a widget of this scope has the focus."""
        return REGISTRY.hints_for(scope)

    def refresh_hints(self) -> None:
        """Show the hints anew: what the keys would do has changed."""
        scope = getattr(self.focused, "SCOPE", None) or self.SCOPE
        self.hints.set_hints(self.hint_list(scope))
