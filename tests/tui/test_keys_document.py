"""docs/keys.md says what the registry says."""

from __future__ import annotations

from pathlib import Path

from srtui.tui.actions import REGISTRY, keys_document

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "keys.md"


def test_the_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text() == keys_document(), "run: srtui keys > docs/keys.md"


def test_every_action_is_in_it() -> None:
    text = DOCUMENT.read_text()
    assert all(f"`{action.id}`" in text for action in REGISTRY)
