"""Configuration and the log: one line for what is wrong, and nothing for other people's eyes."""

from __future__ import annotations

import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from srtui.config import Config, ConfigError, did_you_mean, load_config, paths, set_up_logging


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield root
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_no_file_means_defaults(tmp_path: Path) -> None:
    assert load_config(tmp_path / "config.toml") == Config()


def test_every_setting_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        'theme = "light"\nmouse = false\nprofile = "audit"\nregions = ["eu-west-1"]\n'
        'skip_services = ["macie2"]\nskip_regions = "ap-south-1"\n'
        '[keys]\n"app.help" = ["f1"]\n"app.back" = "q"\n'
    )
    assert load_config(path) == Config(
        theme="light",
        mouse=False,
        profile="audit",
        regions=("eu-west-1",),
        skip_services=("macie2",),
        skip_regions=("ap-south-1",),
        keys={"app.help": ("f1",), "app.back": ("q",)},
        path=path,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("colour = 1", "there is no setting 'colour'"),
        ("regon = 'x'", "did you mean 'regions'?"),
        ("theme = 5", "theme must be a text in quotes"),
        ("regions = [1]", "regions must be a text or a list of texts"),
        ("keys = 1", "keys must be a table"),
        ("theme", "config.toml"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_config(path)
    assert expected in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"config\.toml"):
        load_config(path)


def test_the_nearest_name_or_all_of_them() -> None:
    assert did_you_mean("drak", ["dark", "light"]) == "; did you mean 'dark'?"
    assert did_you_mean("zzz", ["dark", "light"]) == "; there are: dark, light"
    assert did_you_mean("zzz", []) == ""


def test_the_log_is_private_and_nothing_reaches_the_terminal(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    root_logger: logging.Logger,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = set_up_logging()
    assert path == paths()["log"]
    logging.getLogger("srtui.x").warning("careful")
    logging.getLogger("botocore").error("boom")
    assert capfd.readouterr() == ("", "")
    assert "careful" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_without_a_place_for_the_log_srtui_still_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root_logger: logging.Logger
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert set_up_logging() is None
    logging.getLogger("srtui.x").warning("careful")
