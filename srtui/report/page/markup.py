"""HTML and SVG from Python: whatever is not `Html` already is escaped, so text from an account stays text."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from typing import Any, Final

from srtui.report.inert import limited, visible

#: A name may be 10,000 characters long; the JSON report holds all of it.
LONGEST: Final = 400
_VOID: Final = frozenset({"br", "col", "hr", "img", "input", "link", "meta"})


class Html(str):
    """Markup. Only `el`, `join` and the constants of this package make it."""

    __slots__ = ()


Child = Html | str | int | None | Iterable["Child"]


def text(value: str) -> Html:
    """Text as it prints, with everything that could be markup, a control or a direction mark made harmless."""
    return Html(html.escape(limited(value, LONGEST), quote=True))


def own(value: str, most: int = 4000) -> Html:
    """A longer text: srtui's own words, or a command or document, of which the beginning is not enough."""
    return Html(html.escape(limited(value, most), quote=True))


def block(value: str) -> Html:
    """Several lines as they are: a policy document, a command."""
    lines = "\n".join(visible(line) for line in value.split("\n"))
    return el("pre", Html(html.escape(lines, quote=True)))


def el(name: str, /, *children: Child, **attributes: Any) -> Html:
    """An element. `cls` is class; an underscore in a name stands for a hyphen; None and False leave one out."""
    shown = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{shown}>")
    return Html(f"<{name}{shown}>{join(children)}</{name}>")


def join(children: Iterable[Child]) -> Html:
    """Several children one after another."""
    return Html("".join(_child(child) for child in children))


def _child(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, str):
        return text(child)
    if isinstance(child, int):
        return str(child)
    return join(child)


def _attribute(key: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    name = {"cls": "class", "for_": "for", "viewbox": "viewBox"}.get(key, key.replace("_", "-"))
    if value is True:
        return f" {name}"
    shown = html.escape(value, quote=True) if isinstance(value, Html) else text(str(value))
    return f' {name}="{shown}"'


def data(value: Any) -> str:
    """JSON that can stand in a script element: it cannot end it, and it is ASCII."""
    plain = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return plain.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def account_text(value: str, **attributes: Any) -> Html:
    """A name or value from the account: its direction cannot reach the text around it."""
    return el("bdi", value, **attributes) if value else Html("—")


def link(url: str) -> Html:
    """A reference as a link, if it is an address that a browser may open; else as text."""
    if not url.startswith("https://"):
        return text(url)
    return el("a", url.removeprefix("https://"), href=url, rel="noreferrer noopener")
