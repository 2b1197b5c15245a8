"""The user's defaults from config.toml, and the log file."""

from __future__ import annotations

import difflib
import logging
import os
import tomllib
from collections.abc import Iterable, Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

import msgspec

from srtui.files import (
    PRIVATE_FILE,
    config_folder,
    log_file,
    private_folder,
    sessions_folder,
    state_folder,
    triage_folder,
)


class ConfigError(Exception):
    """A setting that cannot be used; the text is one line that names it and says what would work."""


class Config(msgspec.Struct, frozen=True):
    """What config.toml sets; None means that it does not say. Command-line options come first."""

    theme: str | None = None
    mouse: bool | None = None
    profile: str | None = None
    regions: tuple[str, ...] = ()
    skip_services: tuple[str, ...] = ()
    skip_regions: tuple[str, ...] = ()
    keys: Mapping[str, tuple[str, ...]] = msgspec.field(
        default_factory=dict
    )  # action id → keys instead of the default ones
    path: Path | None = None


_SETTINGS: Final = ("theme", "mouse", "profile", "regions", "skip_services", "skip_regions", "keys")


#: Files beside config.toml that say something about identities (see srtui.risk.settings).
DUTIES: Final = "duties.toml"
KNOWN_ACCOUNTS: Final = "known-accounts.toml"
IDENTITIES: Final = "identities.toml"


def config_file() -> Path:
    return config_folder() / "config.toml"


def identity_files() -> tuple[Path, ...]:
    return tuple(config_folder() / name for name in (DUTIES, KNOWN_ACCOUNTS, IDENTITIES))


def load_config(path: Path | None = None) -> Config:
    """Read config.toml; no file means defaults. Raises ConfigError."""
    path = path or config_file()
    try:
        text = path.read_bytes().decode("utf-8")
        values = tomllib.loads(text)
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    for name in values:
        if name not in _SETTINGS:
            raise ConfigError(f"{path}: there is no setting {name!r}{did_you_mean(name, _SETTINGS)}")
    return Config(
        theme=_typed(path, values, "theme", str),
        mouse=_typed(path, values, "mouse", bool),
        profile=_typed(path, values, "profile", str),
        regions=_texts(path, "regions", values.get("regions", [])),
        skip_services=_texts(path, "skip_services", values.get("skip_services", [])),
        skip_regions=_texts(path, "skip_regions", values.get("skip_regions", [])),
        keys={
            action: _texts(path, f"keys.{action}", keys)
            for action, keys in (_typed(path, values, "keys", dict) or {}).items()
        },
        path=path,
    )


def _typed(path: Path, values: Mapping[str, Any], name: str, kind: type) -> Any:
    value = values.get(name)
    if value is not None and not isinstance(value, kind):
        words = {str: "a text in quotes", bool: "true or false", dict: "a table"}
        raise ConfigError(f"{path}: {name} must be {words[kind]}")
    return value


def _texts(path: Path, name: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise ConfigError(f"{path}: {name} must be a text or a list of texts")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of an error line: the nearest name, or all of them if none is near."""
    names = list(known)
    near = difflib.get_close_matches(name, names, 1, 0.6)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there are: {', '.join(names)}" if names else ""


def paths() -> dict[str, Path]:
    """Every path that srtui uses, for `srtui info`."""
    return {
        "config": config_file(),
        "themes": config_folder() / "themes",
        **{path.stem: path for path in identity_files()},
        "state": state_folder(),
        "sessions": sessions_folder(),
        "triage": triage_folder(),
        "log": log_file(),
    }


class _PrivateFileHandler(RotatingFileHandler):
    """A rotating log that only its owner can read, from its first byte on."""

    def _open(self) -> Any:
        os.close(os.open(self.baseFilename, os.O_CREAT | os.O_WRONLY | os.O_APPEND, PRIVATE_FILE))
        return super()._open()


def set_up_logging() -> Path | None:
    """Send all logging to the log file and nothing to the terminal. None if no file can be written."""
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for name in ("botocore", "aiobotocore", "asyncio", "markdown_it"):
        logging.getLogger(name).setLevel(logging.WARNING)
    handler: logging.Handler
    path: Path | None = log_file()
    try:
        private_folder(log_file().parent)
        handler = _PrivateFileHandler(log_file(), maxBytes=1_000_000, backupCount=2, encoding="utf-8")
    except OSError:
        handler, path = logging.NullHandler(), None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(threadName)s %(message)s"))
    root.handlers[:] = [handler]
    return path
