"""The embedded account: a recorded evidence bundle, and the practice server it is recorded from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def bundle_path() -> Path:
    """The recorded bundle that `srtui demo` replays."""
    return Path(str(files("srtui.demo").joinpath("account.jsonl.gz")))
