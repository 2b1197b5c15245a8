from __future__ import annotations

from pathlib import Path

from srtui.responsibility.docs import controls_markdown


def test_the_document_is_up_to_date() -> None:
    path = Path(__file__).parents[2] / "docs" / "controls.md"
    assert path.read_text(encoding="utf-8") == controls_markdown(), (
        "run: python -m srtui.responsibility.docs > docs/controls.md"
    )
