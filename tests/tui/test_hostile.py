"""Names full of markup, escapes, newlines and direction marks: every screen shows them as harmless text."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from srtui.bundle import read_bundle
from srtui.evidence import encode
from srtui.source import demo_bundle
from srtui.tui.widgets.text import plain
from tests.pictures import SCREENS, press, running, text_of
from tests.report.made import HOSTILE

#: What a terminal acts upon, and what turns the direction of a text around.
DANGEROUS = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff\\U000e0000-\\U000e007f]"
)
NAMES = (
    "alice.moreau", "terraform", "acme-exports", "platform", "auditor",
    "ci-deploy", "PowerUserAccess", "acme-www", "github-deploy", "reporting",
)  # fmt: skip


@pytest.fixture(scope="module", params=range(0, len(HOSTILE), 10), ids=lambda start: f"texts{start}")
def bundle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, in which well-known names and every description are hostile texts."""
    texts = HOSTILE[request.param : request.param + 10]
    path = tmp_path_factory.mktemp("hostile") / "hostile.jsonl.gz"
    with gzip.open(path, "wb") as file:
        file.write(b'{"srtui":"bundle","version":1}\n')
        for item in read_bundle(demo_bundle()).evidence:
            line: Any = _renamed(item.response, texts)
            file.write(encode(type(item)(**{**_fields(item), "response": line})) + b"\n")
    return path


def _fields(item: Any) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__struct_fields__}


def _renamed(value: Any, texts: list[str]) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(item, texts) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, texts) for item in value]
    if isinstance(value, str):
        for number, name in enumerate(NAMES):
            value = value.replace(name, texts[number % len(texts)])
    return value


async def test_every_screen_is_harmless(bundle: Path) -> None:
    async with running(str(bundle), size=(120, 36)) as (app, pilot):
        for name, keys in SCREENS.items():
            await press(pilot, keys)
            shown = text_of(app)
            assert not DANGEROUS.search(shown), (name, DANGEROUS.search(shown))
            for line in shown.splitlines():
                assert cell_len(line) <= 120, (name, line)
            while len(app.screen_stack) > 1:
                await press(pilot, ["escape"])
            await press(pilot, ["1", "g"])


def test_plain_text_keeps_what_is_harmless() -> None:
    for text in HOSTILE:
        assert not DANGEROUS.search(plain(text))
    assert plain("[red]bold[/red]") == "[red]bold[/red]"
