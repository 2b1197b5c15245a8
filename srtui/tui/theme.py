"""Themes: TOML files with base colours and semantic styles, as a Textual theme and as Rich styles."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

from rich.errors import StyleSyntaxError
from rich.style import Style
from textual.app import App
from textual.color import Color, ColorParseError
from textual.theme import Theme

DEFAULT_THEME: Final = "dark"
COLOURLESS_THEME: Final = "ansi16"

COLOURS: Final = ("background", "surface", "foreground", "muted", "accent", "error", "warning", "success")
"""The base colours of every theme; `muted` is for rules and guides."""

STYLES: Final = (
    # severities, statuses, triage
    "critical", "high", "medium", "low", "info",
    "pass", "fail", "unknown", "not_applicable",
    "open", "acknowledged", "suppressed",
    # text
    "muted", "faint", "accent", "strong", "heading", "key", "string", "number", "keyword", "punctuation",
    "good", "warning", "error", "added", "removed", "allow", "deny",
    # the furniture
    "title", "title_focus", "rule", "cursor", "cursor_blur", "cursor_mark", "match", "mark",
    "column", "column_sorted", "bar", "bar_key", "bar_strong", "progress", "progress_rest", "input",
)  # fmt: skip
"""The semantic styles of every theme."""

SEVERITY_MARK: Final[Mapping[str, str]] = {
    "critical": "C ●",
    "high": "H ◆",
    "medium": "M ▲",
    "low": "L ▪",
    "info": "I ·",
}
"""A letter and a shape for each severity: colour alone tells nothing to some, and nothing in a log."""

STATUS_MARK: Final[Mapping[str, str]] = {
    "pass": "✓",
    "fail": "✗",
    "unknown": "?",
    "not_applicable": "–",
    "n.a.": "–",
    "inherited": "i",
}
"""A shape for each status of a control or row."""

STATUS_LETTER: Final[Mapping[str, str]] = {
    "pass": "P",
    "fail": "F",
    "unknown": "?",
    "not_applicable": "–",
    "n.a.": "–",
    "inherited": "i",
}


class ThemeError(Exception):
    """A theme that cannot be used; the text is one line."""


@dataclass(frozen=True)
class Look:
    """A theme, ready to draw with. `style(name)` never fails: a name it lacks is the base style."""

    name: str
    title: str
    dark: bool
    ansi: bool
    colours: Mapping[str, str]
    styles: Mapping[str, Style] = field(hash=False)  # on the theme's background
    overlays: Mapping[str, Style] = field(hash=False)  # only what they set themselves
    base: Style = field(hash=False)

    def style(self, name: str) -> Style:
        """The style on the theme's background. Several names separated by spaces are laid over each other."""
        found = self.styles.get(name)
        if found is not None:
            return found
        style = self.base
        for part in name.split():
            style += self.overlay(part)
        return style

    def overlay(self, name: str) -> Style:
        """Only what a style sets itself, to be laid over another."""
        return self.overlays.get(name, Style.null())

    def textual(self) -> Theme:
        """The same colours for Textual's own widgets."""
        colour = {name: _textual_colour(value) for name, value in self.colours.items()}
        return Theme(
            name=self.name,
            primary=colour["accent"],
            secondary=colour["muted"],
            accent=colour["accent"],
            warning=colour["warning"],
            error=colour["error"],
            success=colour["success"],
            foreground=colour["foreground"],
            background=colour["background"],
            surface=colour["surface"],
            panel=colour["surface"],
            boost=colour["surface"],
            dark=self.dark,
            ansi=self.ansi,
            variables=self._variables(colour),
        )

    def _variables(self, colour: Mapping[str, str]) -> dict[str, str]:
        cursor_fg, cursor_bg = colour["background"], colour["accent"]
        ansi = {"ansi-background": "ansi_black", "ansi-foreground": "ansi_white"} if self.ansi else {}
        return ansi | {
            "rule": colour["muted"],
            "block-cursor-foreground": cursor_fg,
            "block-cursor-background": cursor_bg,
            "input-cursor-foreground": cursor_fg if not self.ansi else "ansi_black",
            "input-cursor-background": colour["foreground"] if not self.ansi else "ansi_white",
            "input-cursor-text-style": "none",
            "input-selection-background": colour["accent"],
            "input-selection-foreground": cursor_fg if not self.ansi else "ansi_black",
            "border": colour["accent"],
            "border-blurred": colour["muted"],
        }


def packaged_themes() -> Path:
    """Where the shipped themes are: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def load_themes(user_folder: Path | None = None) -> tuple[dict[str, Look], list[str]]:
    """The shipped themes and the user's, by name; and why a file of the user's cannot be used, a line each."""
    looks = dict(_packaged_looks())
    errors: list[str] = []
    if user_folder is not None and user_folder.is_dir():
        for path in sorted(user_folder.glob("*.toml")):
            try:
                look = load_theme(path)
            except ThemeError as error:
                errors.append(str(error))
            else:
                looks[look.name] = look
    return looks, errors


@lru_cache(1)
def _packaged_looks() -> dict[str, Look]:
    order = ("dark", "light", "high-contrast", "colour-blind", "ansi16")
    looks = {path.stem: load_theme(path) for path in packaged_themes().glob("*.toml")}
    return {
        name: looks[name]
        for name in sorted(looks, key=lambda name: (order.index(name) if name in order else 9, name))
    }


def load_theme(path: Path) -> Look:
    """Read one theme file. Raises ThemeError with one line that names the file, the key, and what would work."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ThemeError(f"{path.name}: {' '.join(str(error).split())}") from error
    return look_from(data, path.stem, path.name)


def look_from(data: Mapping[str, Any], name: str, source: str) -> Look:
    """A theme from the content of its file."""
    for key in data:
        if key not in {"title", "dark", "ansi", "colours", "styles"}:
            raise ThemeError(f"{source}: there is no key {key!r} in a theme")
    colours = _table(data, "colours", COLOURS, source)
    style_texts = _table(data, "styles", STYLES, source)
    ansi = _flag(data, "ansi", False, source)
    for key, value in colours.items():
        try:
            Color.parse(_textual_colour(value))
        except ColorParseError as error:
            raise ThemeError(f"{source}: colours.{key}: {value!r} is not a colour") from error
    base = _parse(f"{colours['foreground']} on {colours['background']}", "colours", source)
    overlays = {
        key: _parse(_expand(value, colours), f"styles.{key}", source) for key, value in style_texts.items()
    }
    return Look(
        name=name,
        title=str(data.get("title", name)),
        dark=_flag(data, "dark", True, source),
        ansi=ansi,
        colours=colours,
        styles={key: base + style for key, style in overlays.items()} | {"": base},
        overlays=overlays,
        base=base,
    )


def _table(data: Mapping[str, Any], key: str, names: Iterable[str], source: str) -> dict[str, str]:
    table = data.get(key)
    if not isinstance(table, dict):
        raise ThemeError(f"{source}: the table [{key}] is missing")
    names = tuple(names)
    if missing := [name for name in names if name not in table]:
        raise ThemeError(f"{source}: {key}.{missing[0]} is missing{_and_more(missing)}")
    if extra := [name for name in table if name not in names]:
        raise ThemeError(f"{source}: there is no {key}.{extra[0]}{_and_more(extra)}")
    for name in names:
        if not isinstance(table[name], str):
            raise ThemeError(f"{source}: {key}.{name} must be a text in quotes")
    return {name: table[name] for name in names}


def _and_more(names: list[str]) -> str:
    return f" (and {len(names) - 1} more)" if len(names) > 1 else ""


def _flag(data: Mapping[str, Any], key: str, default: bool, source: str) -> bool:
    value = data.get(key, default)
    if not isinstance(value, bool):
        raise ThemeError(f"{source}: {key} must be true or false")
    return value


def _expand(text: str, colours: Mapping[str, str]) -> str:
    """A style text with `$accent` and the like replaced by the base colour."""
    return " ".join(colours.get(word[1:], word) if word.startswith("$") else word for word in text.split())


def _parse(text: str, key: str, source: str) -> Style:
    try:
        return Style.parse(text)
    except StyleSyntaxError as error:
        raise ThemeError(
            f"{source}: {key}: {text!r} is not a style; try for example 'bold #ff5f5f'"
        ) from error


def _textual_colour(value: str) -> str:
    """Base colours are written as Rich knows them: #rrggbb, or one of the sixteen names, or default."""
    return value if value.startswith("#") else f"ansi_{value}"


_INSTALLED: Final[WeakKeyDictionary[App[Any], Mapping[str, Look]]] = WeakKeyDictionary()


def install(app: App[Any], looks: Mapping[str, Look]) -> None:
    """Make the themes known to an app; `app.theme = name` then switches, live."""
    _INSTALLED[app] = dict(looks)
    for look in looks.values():
        app.register_theme(look.textual())


def look_of(app: App[Any]) -> Look:
    """What to draw with at the moment."""
    looks = _INSTALLED.get(app) or _packaged_looks()
    return looks.get(app.theme) or looks[DEFAULT_THEME]


def choose(
    wanted: str | None,
    looks: Mapping[str, Look],
    environ: Mapping[str, str],
    remembered: str | None = None,
) -> str:
    """The theme to start with: what is set, or was chosen last, or the default.

    NO_COLOR gets the one that uses the terminal's own palette, and so do terminals of few colours unless it is set.

    Raises ThemeError, naming the themes there are, if `wanted` is none of them.
    """
    if wanted is not None and wanted not in looks:
        raise ThemeError(f"there is no theme {wanted!r}; there are: {', '.join(looks)}")
    if environ.get("NO_COLOR"):
        return COLOURLESS_THEME
    if wanted is not None:
        return wanted
    term = environ.get("TERM", "")
    rich_colours = (
        environ.get("COLORTERM") or "256" in term or "direct" in term or term.startswith(_RICH_TERMS)
    )
    if not rich_colours:
        return COLOURLESS_THEME
    return remembered if remembered is not None and remembered in looks else DEFAULT_THEME


_RICH_TERMS: Final = ("xterm-kitty", "alacritty", "foot", "wezterm", "ghostty", "xterm-ghostty")
