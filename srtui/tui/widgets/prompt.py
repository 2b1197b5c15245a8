"""Input: the one-line filter bar, and small dialogs that ask for a text or a choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Input

from srtui.tui.actions import bindings_for
from srtui.tui.theme import Look
from srtui.tui.widgets.lines import LineWidget, strip
from srtui.tui.widgets.rows import FromWidget
from srtui.tui.widgets.text import Span, plain, wrap
from srtui.tui.widgets.virtual_list import ListRow, VirtualList


class Label(LineWidget):
    """A piece of one line."""

    DEFAULT_CSS = """
    Label { width: auto; height: 1; }
    """

    def __init__(self, text: str, style: str = "", under: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.text, self.style_name, self.under = plain(text), style, under
        self.styles.width = max(1, len(self.text))

    def build_line(self, y: int, width: int, look: Look) -> Strip:
        return strip([(self.text if y == 0 else "", self.style_name)], width, look, self.under)


class LineInput(Input):
    """Textual's input on one line, without box or blinking."""

    DEFAULT_CSS = """
    LineInput, LineInput:focus {
        border: none; height: 1; padding: 0; width: 1fr;
        background: $surface; color: $foreground; background-tint: $surface 0%;
    }
    LineInput > .input--placeholder, LineInput > .input--suggestion { color: $secondary; }
    """

    def __init__(
        self, value: str = "", placeholder: str = "", *, password: bool = False, id: str | None = None
    ) -> None:
        super().__init__(value, placeholder, password=password, select_on_focus=False, id=id)
        self.cursor_blink = False


class FilterBar(Horizontal):
    """The `/` line. It takes the focus while open, says every change, and gives the focus back.

    Compose it after the hint bar: it lies over it, so that opening it moves nothing.
    """

    DEFAULT_CSS = """
    FilterBar { height: 1; dock: bottom; display: none; background: $surface; }
    """
    BINDINGS = bindings_for("prompt")

    @dataclass
    class Changed(FromWidget):
        """The text is another; filter now."""

        text: str

    @dataclass
    class Closed(FromWidget):
        """The line was closed. If `kept`, the filter stays; if not, the text from before is back in force."""

        text: str
        kept: bool

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._before = ""
        self._return_to: str | None = None

    def compose(self) -> ComposeResult:
        yield Label(" / ", "bar_key", "bar")
        yield LineInput()

    @property
    def text(self) -> str:
        """What stands in the line."""
        return self.query_one(LineInput).value

    def open(
        self, text: str = "", placeholder: str = "words, or severity:high row:2 service:iam status:open"
    ) -> None:
        """Show the line and take the focus."""
        field = self.query_one(LineInput)
        self._before = text
        focused = self.screen.focused
        self._return_to = focused.id if focused is not None else None
        with field.prevent(Input.Changed):
            field.value = text
        field.placeholder = placeholder
        field.cursor_position = len(text)
        self.display = True
        self.screen.set_focus(field)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.display:
            self.post_message(self.Changed(event.value).set_sender(self))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._close(event.value, kept=True)

    def action_cancel(self) -> None:
        """Put the text from before back."""
        self._close(self._before, kept=False)

    def action_complete(self) -> None:
        """There is nothing to complete in a filter: tab keeps it and goes on."""
        self._close(self.text, kept=True)

    def _close(self, text: str, *, kept: bool) -> None:
        self.display = False
        if self._return_to:
            self.screen.set_focus(self.screen.query(f"#{self._return_to}").first())
        self.post_message(self.Closed(text, kept).set_sender(self))


class Lines(LineWidget):
    """Wrapped lines of text in a dialog."""

    DEFAULT_CSS = """
    Lines { height: auto; }
    """

    def __init__(self, spans: Sequence[Span], width: int) -> None:
        super().__init__()
        self._text: list[Span] = [(line, style) for text, style in spans for line in wrap(text, width)]
        self.styles.height = max(1, len(self._text))

    def build_line(self, y: int, width: int, look: Look) -> Strip:
        return strip([self._text[y]] if y < len(self._text) else [], width, look, "input")


class Dialog(ModalScreen[str | None]):
    """A small box over the screen, which stays as it is: dimming it would send all of it again."""

    DEFAULT_CSS = """
    Dialog { background: transparent; align: center middle; }
    Dialog .dialog-box {
        width: 64; max-width: 100%; height: auto; max-height: 90%;
        background: $surface; border: solid $accent; padding: 0 1;
        border-title-color: $accent; border-title-style: bold;
    }
    """
    BINDINGS = bindings_for("dialog")

    def action_cancel(self) -> None:
        """Give up."""
        self.dismiss(None)


class AskText(Dialog):
    """Asks for a line of text. Dismisses with it, or with None if the user gives up."""

    def __init__(
        self,
        title: str,
        lines: Sequence[str] = (),
        *,
        value: str = "",
        placeholder: str = "",
        secret: bool = False,
        check: Callable[[str], str | None] | None = None,
    ) -> None:
        """`check` returns what is wrong with a text, or None; with it a wrong text cannot be entered."""
        super().__init__()
        self._title_text = plain(title, 58)
        self._lines, self._value, self._placeholder = tuple(lines), value, placeholder
        self._secret, self._check = secret, check

    def compose(self) -> ComposeResult:
        box = Vertical(classes="dialog-box")
        box.border_title = self._title_text.replace("[", "\\[")
        with box:
            if self._lines:
                yield Lines([(line, "muted") for line in self._lines], 58)
            yield LineInput(self._value, self._placeholder, password=self._secret)
            yield Lines([("enter takes it, esc gives up", "muted")], 58)
            problem = Lines([("", "error")], 58)
            problem.id = "problem"
            yield problem

    def on_mount(self) -> None:
        self.query_one(LineInput).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        problem = self._check(event.value) if self._check else None
        if problem is None:
            self.dismiss(event.value)
            return
        shown = self.query_one("#problem", Lines)
        shown._text = [(plain(problem, 58), "error")]
        shown.repaint()


class AskChoice(Dialog):
    """Asks for one of a few. Dismisses with its key, or with None."""

    def __init__(
        self,
        title: str,
        choices: Sequence[tuple[str, str]],
        *,
        lines: Sequence[str] = (),
        current: str | None = None,
        preview: Callable[[str], None] | None = None,
    ) -> None:
        """`choices` are (key, text). `preview` is called with the key under the cursor as it moves."""
        super().__init__()
        self._title_text = plain(title, 58)
        self._choices, self._lines = tuple(choices), tuple(lines)
        self._current, self._preview = current, preview

    def compose(self) -> ComposeResult:
        box = Vertical(classes="dialog-box")
        box.border_title = self._title_text.replace("[", "\\[")
        with box:
            if self._lines:
                yield Lines([(line, "muted") for line in self._lines], 58)
            choices: VirtualList[ListRow] = VirtualList()
            choices.styles.height = min(len(self._choices), 16)
            yield choices

    def on_mount(self) -> None:
        choices = self.query_one(VirtualList)
        choices.set_rows([ListRow(key, ((text, ""),)) for key, text in self._choices])
        choices.focus()
        if self._current is not None:
            choices.move_to(self._current)

    @on(VirtualList.CursorMoved)
    def _moved(self, event: VirtualList.CursorMoved) -> None:
        event.stop()
        if self._preview and event.key is not None:
            self._preview(event.key)

    @on(VirtualList.Activated)
    def _activated(self, event: VirtualList.Activated) -> None:
        event.stop()
        self.dismiss(event.key)

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.dismiss(None)
