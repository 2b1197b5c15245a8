"""Where srtui keeps its files, and writing them so that nothing the user saved is ever lost."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import platformdirs

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


class BadData(Exception):  # noqa: N818
    """A file that cannot be used; the text is one sentence for the person who gave it."""


class Exists(Exception):  # noqa: N818
    """A file is in the way; the text is one sentence that says how to go on."""


def state_folder() -> Path:
    """Sessions, triage decisions and the log."""
    return Path(platformdirs.user_state_dir("srtui", appauthor=False))


def sessions_folder() -> Path:
    return state_folder() / "sessions"


def triage_folder() -> Path:
    return state_folder() / "triage"


def log_file() -> Path:
    return state_folder() / "srtui.log"


def config_folder() -> Path:
    """config.toml and the user's own themes."""
    return Path(platformdirs.user_config_dir("srtui", appauthor=False))


def private_folder(folder: Path) -> Path:
    """Make the folder, readable by the user alone, and its parents."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        folder.mkdir(exist_ok=True, mode=PRIVATE_FOLDER)
    return folder


@contextlib.contextmanager
def new_file(path: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """Write a file all at once: it appears whole or not at all, and never over another one unless forced.

    Raises `Exists` when something is there already, before and after the writing.
    """
    if not force and path.exists():
        raise Exists(f"{path} exists: choose another name, or give --force to replace it")
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if force:
            os.replace(name, path)
        else:
            _move_without_replacing(name, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)


def _move_without_replacing(name: str, path: Path) -> None:
    try:
        os.link(name, path)
    except FileExistsError:
        raise Exists(f"{path} exists: choose another name, or give --force to replace it") from None
    except OSError:
        # Some file systems know no hard links; the check above is then as good as it gets.
        if path.exists():
            raise Exists(f"{path} exists: choose another name, or give --force to replace it") from None
        os.replace(name, path)
