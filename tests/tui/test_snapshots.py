"""Every screen at three sizes, as plain text that a reviewer can read. `python -m tests.pictures` makes them anew."""

from __future__ import annotations

import pytest

from tests.pictures import SCREENS, SIZES, picture, snapshot_path


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCREENS)
async def test_screen(name: str, size: tuple[int, int]) -> None:
    text, _ = await picture(name, size)
    assert text == snapshot_path(name, size).read_text()
