"""A machine without any AWS configuration but the test's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from srtui.aws import AwsSettings, LiveFeed
from tests.aws.driver import Driver


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith("AWS_") or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    write_key(tmp_path, "AKIAFIRST")
    return tmp_path


def write_key(home: Path, key: str) -> None:
    (home / "credentials").write_text(
        f"[default]\naws_access_key_id = {key}\naws_secret_access_key = secret\n"
    )


@pytest.fixture
def drive() -> Iterator[type[Driver]]:
    made: list[Driver] = []

    class Started(Driver):
        def __init__(self, settings: AwsSettings) -> None:
            super().__init__(LiveFeed(settings))
            made.append(self)

    yield Started
    for driver in made:
        driver.feed.close()
