"""The report as TOML: the same content as in JSON, for reading and for comparing line by line."""

from __future__ import annotations

from typing import Any

import tomli_w

from srtui.report.content import Content
from srtui.report.inert import toml_safe


def render(content: Content) -> str:
    """One TOML document. TOML knows no null: what is null in JSON is left out."""
    return toml_safe(tomli_w.dumps(_without_null(content)))


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {_text(name): _without_null(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_null(item) for item in value if item is not None]
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    # Half a surrogate pair is no character and no TOML.
    return text.encode("utf-8", "replace").decode() if not text.isprintable() else text
