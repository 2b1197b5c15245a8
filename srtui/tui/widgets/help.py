"""The help screen, made from the bindings that are really active."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen

from srtui.tui.actions import REGISTRY, bindings_for, display_key
from srtui.tui.legend import LEGENDS
from srtui.tui.widgets.detail import Block, DetailView, Fact, Gap, Heading, Para

_AGES = (
    "Ages, as of keys and of last use, are as of the time of the evidence, which the line at the top says."
)


def active_actions(screen: Screen[object]) -> list[str]:
    """Ids of the actions whose keys work on a screen now, innermost first."""
    found: dict[str, None] = {}
    for active in screen.active_bindings.values():
        if active.binding.id in REGISTRY.actions and active.enabled:
            found[active.binding.id] = None
    return list(found)


def help_blocks(action_ids: Sequence[str]) -> list[Block]:
    """Actions under a heading for each scope, the innermost first."""
    scopes = list(dict.fromkeys(REGISTRY[action_id].scope for action_id in action_ids))
    scopes.sort(key=lambda scope: len(REGISTRY.reach(scope)), reverse=True)
    blocks: list[Block] = []
    for scope in scopes:
        blocks += [Gap()] if blocks else []
        blocks.append(Heading(REGISTRY.title(scope)))
        for action in REGISTRY.in_scope(scope):
            if action.id in action_ids:
                keys = " ".join(display_key(key) for key in REGISTRY.keys_of(action.id))
                command = f"  :{action.command}" if action.command else ""
                blocks.append(Fact(keys, action.help + command, name_style="key"))
    return blocks


def legend_blocks(scope: str) -> list[Block]:
    """What the signs mean that the pane or screen of this scope shows."""
    signs = LEGENDS.get(scope, ())
    if not signs:
        return []
    facts = [Fact(sign, meaning, name_style=style) for (sign, style), meaning in signs]
    return [Gap(), Heading("Signs"), *facts, Gap(), Para(_AGES, "muted")]


class HelpScreen(ModalScreen[None]):
    """What every key does on the screen that was in front."""

    DEFAULT_CSS = """
    HelpScreen { background: transparent; align: center middle; }
    HelpScreen > Vertical { width: 84; height: 90%; background: $background; border: solid $accent; padding: 0; max-width: 100%; }
    """
    BINDINGS = bindings_for("dialog")

    def __init__(self, action_ids: Sequence[str], title: str = "Keys", scope: str = "") -> None:
        super().__init__()
        self._action_ids, self._title_text, self._scope = tuple(action_ids), title, scope

    @classmethod
    def of(cls, screen: Screen[object], title: str = "Keys and signs") -> HelpScreen:
        """The help for a screen as it is now."""
        scope = getattr(screen.focused, "SCOPE", None) or getattr(screen, "SCOPE", None) or ""
        return cls(active_actions(screen), title, scope)

    def compose(self) -> ComposeResult:
        with Vertical():
            view = DetailView()
            view.set_title(self._title_text, "esc closes")
            yield view

    def on_mount(self) -> None:
        view = self.query_one(DetailView)
        view.show([*help_blocks(self._action_ids), *legend_blocks(self._scope)])
        view.focus()

    def action_cancel(self) -> None:
        """Close."""
        self.dismiss(None)
