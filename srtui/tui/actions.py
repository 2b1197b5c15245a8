"""The one registry of actions: bindings, hints, the command palette, help and docs/keys.md all come from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

import msgspec
from textual.binding import Binding, BindingType
from textual.keys import Keys, _character_to_key, format_key

from srtui.tui.action_table import TABLE
from srtui.tui.scopes import PARENTS, SCOPE_TITLES


class Action(msgspec.Struct, frozen=True):
    """Something the user can do. `scope` says where it can be reached."""

    id: str  # "triage.acknowledge"; stable, config.toml names it
    title: str  # two or three words, for hints and the palette
    help: str  # one sentence
    keys: tuple[str, ...]  # default keys, the first is shown
    scope: str
    hint: int = 0  # rank in the hint bar, 1 first; 0 is not shown there
    command: str = ""  # the word after ":"; "" if it makes no sense as a command

    @property
    def method(self) -> str:
        """The Textual action that runs it: `action_<method>` on the widget or screen that has the scope."""
        return self.id.split(".", 1)[1].replace("-", "_").replace(".", "_")


# Keys that tmux, screen, readline or the terminal itself act upon before a program sees them.
_TAKEN: Final = frozenset({f"ctrl+{letter}" for letter in "abszqhijm"})
_NAMED_KEYS: Final = frozenset(
    key.value for key in Keys if not key.value.startswith("<") and key.value not in {"escape+", ""}
)


class Registry:
    """Actions by id and scope, with the user's keys laid over the default ones."""

    def __init__(
        self,
        actions: Iterable[Action],
        parents: Mapping[str, tuple[str, ...]],
        titles: Mapping[str, str] | None = None,
    ) -> None:
        self.actions: dict[str, Action] = {action.id: action for action in actions}
        self._parents = dict(parents)
        self._titles = dict(titles or {})
        self._overrides: dict[str, tuple[str, ...]] = {}

    def __iter__(self) -> Iterator[Action]:
        return iter(self.actions.values())

    def __getitem__(self, action_id: str) -> Action:
        return self.actions[action_id]

    def scopes(self) -> list[str]:
        """Every scope that has actions, in the order of the table."""
        return list(dict.fromkeys(action.scope for action in self))

    def title(self, scope: str) -> str:
        """The scope as a heading."""
        return self._titles.get(scope, scope)

    def reach(self, scope: str) -> tuple[str, ...]:
        """The scopes whose keys work while `scope` has the focus, innermost first."""
        order: dict[str, None] = {scope: None}
        for parent in self._parents.get(scope, () if scope == "app" else ("app",)):
            order.update(dict.fromkeys(self.reach(parent)))
        if "app" in order:  # the app's keys always come last
            del order["app"]
            order["app"] = None
        return tuple(order)

    def in_scope(self, scope: str) -> list[Action]:
        """The actions of one scope, in the order of the table."""
        return [action for action in self if action.scope == scope]

    def keys_of(self, action_id: str) -> tuple[str, ...]:
        """The keys of an action as they are now."""
        return self._overrides.get(action_id, self.actions[action_id].keys)

    def shown_key(self, action_id: str) -> str:
        """The first key of an action as a reader knows it: "/", "esc", "⏎"; "" if it has none."""
        keys = self.keys_of(action_id)
        return display_key(keys[0]) if keys else ""

    def bindings_for(self, scope: str) -> list[BindingType]:
        """Textual bindings with the default keys; `App.set_keymap(registry.keymap())` lays the user's over them."""
        return [
            Binding(
                ",".join(action.keys),
                action.method,
                action.title,
                show=False,
                tooltip=action.help,
                id=action.id,
            )
            for action in self.in_scope(scope)
            if action.keys
        ]

    def hints_for(self, scope: str) -> list[tuple[str, str]]:
        """(key, title) of what is worth a place in the hint bar while `scope` has the focus, best first."""
        found = [
            (depth, action.hint, self.shown_key(action.id), action.title)
            for depth, name in enumerate(self.reach(scope))
            for action in self.in_scope(name)
            if action.hint and self.keys_of(action.id)
        ]
        found.sort(key=lambda item: (item[1], item[0]))
        return [(key, title) for _, _, key, title in found]

    def commands(self, scope: str | None = None) -> list[Action]:
        """The actions that `:` and the palette offer; those that `scope` reaches, or all."""
        scopes = None if scope is None else self.reach(scope)
        found = [action for action in self if action.command and (scopes is None or action.scope in scopes)]
        if scopes is not None:
            found.sort(key=lambda action: scopes.index(action.scope))
        return found

    def keymap(self) -> dict[str, str]:
        """The user's keys as Textual's `App.set_keymap` wants them."""
        return {action_id: ",".join(keys) for action_id, keys in self._overrides.items()}

    def rebind(self, overrides: Mapping[str, str | Iterable[str]]) -> list[str]:
        """Lay the user's keys over the defaults. If any cannot be used, change nothing and say why, a line each."""
        errors: list[str] = []
        wanted: dict[str, tuple[str, ...]] = {}
        for action_id, value in overrides.items():
            if action_id not in self.actions:
                errors.append(f"keys: there is no action {action_id!r}{self._nearest(action_id)}")
                continue
            names = value.split(",") if isinstance(value, str) and value != "," else value
            keys: list[str] = []
            for name in names:
                key = parse_key(name)
                if key is None:
                    errors.append(
                        f"keys.{action_id}: there is no key {name!r}; try a character, or a name as in f5, space, pageup"
                    )
                elif not key:
                    errors.append(
                        f"keys.{action_id}: {name!r} never reaches a program inside tmux, screen or readline"
                    )
                elif key not in keys:
                    keys.append(key)
            wanted[action_id] = tuple(keys)
        before, self._overrides = self._overrides, wanted
        errors += self.clashes()
        if errors:
            self._overrides = before
        return errors

    def clashes(self) -> list[str]:
        """Keys that two actions want where both can be reached, a line each."""
        lines: dict[tuple[str, str, str], str] = {}
        for scope in dict.fromkeys([*self.scopes(), *self._parents]):
            owner: dict[str, Action] = {}
            for name in self.reach(scope):
                for action in self.in_scope(name):
                    for key in self.keys_of(action.id):
                        other = owner.setdefault(key, action)
                        if other is not action:
                            changed, kept = (
                                (action, other) if action.id in self._overrides else (other, action)
                            )
                            lines[(*sorted((action.id, other.id)), key)] = (  # type: ignore[index]
                                f"keys.{changed.id}: {display_key(key)!r} is already the key of {kept.id} ({kept.title})"
                            )
        return list(lines.values())

    def markdown(self) -> str:
        """The tables of docs/keys.md."""
        parts: list[str] = []
        for scope in self.scopes():
            parts += [
                f"## {self.title(scope)}",
                "",
                "| Keys | Action | What it does | Name in config.toml |",
                "| :-- | :-- | :-- | :-- |",
            ]
            for action in self.in_scope(scope):
                keys = " ".join(f"`{display_key(key)}`" for key in self.keys_of(action.id)).replace(
                    "|", "\\|"
                )
                command = f" (`:{action.command}`)" if action.command else ""
                parts.append(f"| {keys} | {action.title}{command} | {action.help} | `{action.id}` |")
            parts.append("")
        return "\n".join(parts)

    def _nearest(self, action_id: str) -> str:
        import difflib

        near = difflib.get_close_matches(action_id, self.actions, 1, 0.5)
        return f"; did you mean {near[0]!r}?" if near else "; `srtui keys` lists them"


@lru_cache(512)
def parse_key(name: str) -> str | None:
    """Textual's name of a key; "" for one that never arrives, None for one that does not exist."""
    name = name.strip() or ("space" if name else "")
    if len(name) == 1:
        return _character_to_key(name) if name.isprintable() else None
    *modifiers, key = name.lower().split("+") if name != "+" else [name]
    aliases = {"esc": "escape", "return": "enter", "pgup": "pageup", "pgdn": "pagedown", "del": "delete"}
    key = aliases.get(key, key)
    if any(modifier not in {"ctrl", "shift", "alt"} for modifier in modifiers):
        return None
    if len(key) == 1:
        key = _character_to_key(key)
        known = bool(modifiers)
    else:
        known = key in _NAMED_KEYS or key in _CHARACTER_NAMES
    if not known:
        return None
    full = "+".join([*modifiers, key])
    return "" if full in _TAKEN else full


_CHARACTER_NAMES: Final = frozenset(_character_to_key(chr(code)) for code in range(33, 127))
_DISPLAY: Final = {"pageup": "pgup", "pagedown": "pgdn", "enter": "enter", "shift+tab": "shift+tab"}


def display_key(key: str) -> str:
    """A key as a reader knows it: "slash" is "/", "escape" is "esc"."""
    if key in _DISPLAY:
        return _DISPLAY[key]
    *modifiers, last = key.split("+")
    shown = format_key(last)
    return "+".join([*modifiers, shown.upper() if last.startswith("f") and last[1:].isdigit() else shown])


REGISTRY: Final = Registry(
    (Action(*row) for row in TABLE),
    PARENTS,
    SCOPE_TITLES,
)
"""The actions of this program. Screens and widgets take their BINDINGS from it."""


def bindings_for(scope: str) -> list[BindingType]:
    """Shorthand for a class body: `BINDINGS = bindings_for("list")`."""
    return REGISTRY.bindings_for(scope)


def keys_document() -> str:
    """docs/keys.md, which `srtui keys` prints: every key, made from the registry."""
    return (
        "# Keys\n\n"
        "Every key can be bound anew in `config.toml` (`srtui info` shows where), by the name in the last column:\n\n"
        "```toml\n[keys]\n'triage.acknowledge' = ['A', 'f5']\n```\n\n"
        "A key that two actions want where both can be reached is refused at start, with the name of both.\n"
        "`?` shows the keys of what is in front of you, `:` runs a command by its word.\n\n"
        + REGISTRY.markdown()
    ).rstrip() + "\n"
