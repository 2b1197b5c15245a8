"""Copying from a terminal that may be at the far end of SSH and tmux: OSC 52, and tmux's own buffer."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import Final

MAX_BYTES: Final = 74_000
"""Terminals drop longer OSC 52 sequences: base64 makes this about 99 kB, and many stop at 100 kB."""


def osc52(text: str) -> str:
    """The escape sequence that asks a terminal to copy."""
    return f"\x1b]52;c;{base64.b64encode(text.encode('utf-8', 'replace')).decode('ascii')}\x07"


def copy(text: str, write: Callable[[str], None], environ: Mapping[str, str] | None = None) -> str:
    """Copy, and return a sentence that says by which way, or why not. `write` sends to the terminal."""
    environ = os.environ if environ is None else environ
    data = text.encode("utf-8", "replace")
    if not data:
        return "There is nothing to copy here."
    if len(data) > MAX_BYTES:
        return f"Not copied: {len(data):,} bytes, and terminals take at most {MAX_BYTES:,}. Write a report instead."
    write(osc52(text))
    lines = text.count("\n") + 1
    what = f"{lines} lines" if lines > 1 else f"{len(text)} characters"
    if not environ.get("TMUX"):
        return f"Copied {what} through the terminal (OSC 52)."
    problem = _tmux(data)
    if problem:
        return f"Sent {what} to the terminal (OSC 52), but tmux did not take them: {problem}."
    return f"Copied {what} to tmux and through it to the terminal."


def _tmux(data: bytes) -> str:
    """Put data into tmux's buffer, and ask tmux to pass it on. Returns what went wrong, or ""."""
    tmux = shutil.which("tmux")
    if tmux is None:
        return "the tmux command is not on the PATH"
    try:
        done = subprocess.run(
            [tmux, "load-buffer", "-w", "-"],
            input=data,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=2,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return " ".join(str(error).split())
    return " ".join(done.stderr.decode("utf-8", "replace").split())[:200] if done.returncode else ""
