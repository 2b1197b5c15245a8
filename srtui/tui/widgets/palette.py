"""The `:` palette: every command that can be reached from where the user is, found by typing a part of it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widgets import Input

from srtui.tui.actions import REGISTRY, Action, bindings_for, display_key
from srtui.tui.widgets.prompt import Label, LineInput
from srtui.tui.widgets.virtual_list import Notice, VirtualList
from srtui.tui.widgets.virtual_table import Column, TableRow, VirtualTable


class Command(msgspec.Struct, frozen=True):
    """What was chosen: an action, and the text after its word."""

    action: str
    argument: str = ""


def find_commands(actions: Sequence[Action], text: str) -> list[Action]:
    """Commands for what was typed: an exact word, then words that start so, then any that contain it."""
    word = text.strip().split(" ", 1)[0].lower()
    if not word:
        return list(actions)

    def rank(action: Action) -> int:
        if action.command == word:
            return 0
        if action.command.startswith(word):
            return 1
        if word in action.command or word in action.title.lower():
            return 2
        return 3 if word in action.help.lower() else 9

    return sorted((action for action in actions if rank(action) < 9), key=rank)


def _keys(action: Action) -> str:
    return " ".join(display_key(key) for key in REGISTRY.keys_of(action.id))


class Palette(ModalScreen[Command | None]):
    """Dismisses with a command, or None. `run_action_id` then runs it where it belongs."""

    DEFAULT_CSS = """
    Palette { background: transparent; align: center bottom; }
    Palette > Vertical { height: auto; background: $background; border-top: solid $accent; }
    Palette VirtualTable { height: 10; max-height: 50vh; }
    Palette Horizontal { height: 1; background: $surface; }
    """
    BINDINGS = bindings_for("prompt")

    def __init__(self, actions: Sequence[Action], text: str = "") -> None:
        super().__init__()
        self._actions, self._text = tuple(actions), text

    def compose(self) -> ComposeResult:
        with Vertical():
            yield VirtualTable(
                self._columns(),
                notice=Notice("There is no such command.", ("Delete a letter, or press esc.",)),
                show_header=False,
            )
            with Horizontal():
                yield Label(" : ", "bar_key", "bar")
                yield LineInput(self._text)

    def _columns(self) -> list[Column]:
        """Words and keys take the room of the longest, so that the help has the rest."""
        words = max((len(action.command) for action in self._actions), default=8)
        keys = max((len(_keys(action)) for action in self._actions), default=4)
        return [Column("command", "", words), Column("keys", "", keys), Column("help", "", 20, flex=1)]

    def on_mount(self) -> None:
        table = self.query_one(VirtualTable)
        table.can_focus = False
        table.styles.height = max(1, min(len(self._actions), 10))
        self._search(self._text)
        self.query_one(LineInput).focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._search(event.value)

    def _search(self, text: str) -> None:
        table = self.query_one(VirtualTable)
        table.set_rows(
            [
                TableRow(
                    action.id,
                    (
                        (action.command, "strong"),
                        (_keys(action), "accent"),
                        (action.help, "muted"),
                    ),
                )
                for action in find_commands(self._actions, text)
            ]
        )
        table.action_first()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._choose()

    @on(VirtualList.Activated)
    def _activated(self, event: VirtualList.Activated) -> None:
        event.stop()
        self._choose()

    def _choose(self) -> None:
        key = self.query_one(VirtualTable).cursor_key
        if key is not None:
            self.dismiss(Command(key, self.query_one(LineInput).value.strip().partition(" ")[2].strip()))

    def on_key(self, event: events.Key) -> None:
        if event.key in {"down", "up", "pagedown", "pageup"}:
            table = self.query_one(VirtualTable)
            moves = {
                "down": table.action_cursor_down,
                "up": table.action_cursor_up,
                "pagedown": table.action_page_down,
                "pageup": table.action_page_up,
            }
            moves[event.key]()
            event.stop()

    def action_complete(self) -> None:
        """Write the command under the cursor into the line."""
        key = self.query_one(VirtualTable).cursor_key
        if key is not None:
            field = self.query_one(LineInput)
            field.value = REGISTRY[key].command + " "
            field.cursor_position = len(field.value)

    def action_cancel(self) -> None:
        """Close."""
        self.dismiss(None)


def holder(screen: Screen[object], action: Action) -> DOMNode | None:
    """The widget, screen or app that runs an action now: the innermost one around the focus that can."""
    name = f"action_{action.method}"
    start: DOMNode = screen.focused or screen
    for node in start.ancestors_with_self:
        if hasattr(node, name):
            return node
    return screen.app if hasattr(screen.app, name) else None


async def run_action_id(screen: Screen[object], action_id: str) -> bool:
    """Run an action of the registry where it belongs; False if nothing there can run it."""
    action = REGISTRY[action_id]
    node = holder(screen, action)
    if node is None:
        return False
    return await screen.app.run_action(action.method, default_namespace=node)
