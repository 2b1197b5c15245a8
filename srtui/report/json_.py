"""The report as JSON: everything, for programs. All of it is ASCII, so no terminal can take it for a command."""

from __future__ import annotations

import json

from srtui.report.content import Content


def render(content: Content) -> str:
    """One JSON object, its members in the order docs/formats.md describes them."""
    return json.dumps(content, indent=2, ensure_ascii=True) + "\n"
