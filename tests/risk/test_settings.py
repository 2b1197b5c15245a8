"""The user's files about identities: what they may say, and what is said of mistakes in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from srtui.config import ConfigError
from srtui.files import config_folder
from srtui.risk.duties import built_in_duties
from srtui.risk.settings import load_settings


def test_without_files_the_built_in_rules_hold() -> None:
    found = load_settings()
    assert found.duties is built_in_duties()
    assert found.known.accounts == {}
    assert found.natures.tag == ""


def test_the_files_of_the_configuration_folder_are_read() -> None:
    folder = config_folder()
    folder.mkdir(parents=True)
    (folder / "known-accounts.toml").write_text(
        'own = ["110011001100"]\ntenants = ["Acme"]\n[accounts]\n"210021002100" = "vendor"\n'
    )
    (folder / "identities.toml").write_text('human = ["*/staff/*"]\ntag = "kind"\n')
    (folder / "duties.toml").write_text('[[conflict]]\nid = "billing-iam"\noff = true\n')
    found = load_settings()
    assert found.known.accounts == {"210021002100": "vendor"}
    assert found.known.tenants == ("acme",)
    assert found.natures.human == ("*/staff/*",)
    assert "billing-iam" not in found.duties.conflicts


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("known-accounts.toml", '[accounts]\n"12" = "x"', "'12' is no account id"),
        ("known-accounts.toml", "own = [1]", "Expected `str`"),
        ("known-accounts.toml", "other = []", "unknown field `other`"),
        ("identities.toml", 'person = ["x"]', "unknown field `person`"),
        ("identities.toml", "human = ", "identities.toml"),
    ],
)
def test_mistakes_are_told_in_one_line(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError) as error:
        load_settings(tmp_path)
    assert words in str(error.value)
    assert name in str(error.value)
    assert "\n" not in str(error.value)
