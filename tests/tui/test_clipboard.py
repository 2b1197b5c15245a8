"""Copying: the sequence is right, sizes are capped, and the sentence tells the truth."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from srtui.tui import clipboard


def test_osc52_carries_the_text() -> None:
    sent: list[str] = []
    said = clipboard.copy("arn:aws:iam::1:user/ü", sent.append, {})
    assert sent[0].startswith("\x1b]52;c;")
    assert sent[0].endswith("\x07")
    assert base64.b64decode(sent[0][7:-1]).decode() == "arn:aws:iam::1:user/ü"
    assert said == "Copied 21 characters through the terminal (OSC 52)."


def test_too_much_or_nothing_is_not_sent() -> None:
    sent: list[str] = []
    assert "Not copied" in clipboard.copy("x" * 80_000, sent.append, {})
    assert "nothing" in clipboard.copy("", sent.append, {})
    assert sent == []


def test_inside_tmux_its_buffer_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "tmux"
    fake.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/args\ncat > {tmp_path}/data\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert "to tmux" in clipboard.copy("a\nb", [].append, {"TMUX": "x"})
    assert (tmp_path / "args").read_text().strip() == "load-buffer -w -"
    assert (tmp_path / "data").read_text() == "a\nb"
    fake.write_text("#!/bin/sh\necho no server >&2\nexit 1\n")
    assert "did not take them: no server" in clipboard.copy("a", [].append, {"TMUX": "x"})
