"""Starting and stopping the practice server, always in a process of its own: it prints, and takes half a gigabyte."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def practice_server(*, now: str | None = None, empty: bool = False) -> Iterator[str]:
    """The address of a seeded practice server, which stops with the block.

    Raises ImportError if the `lab` extra is not installed, RuntimeError if the server does not start.
    """
    if importlib.util.find_spec("moto") is None or importlib.util.find_spec("boto3") is None:
        raise ImportError("moto and boto3 are not installed")
    command = [
        sys.executable,
        "-m",
        "srtui.demo.server",
        *(["--now", now] if now else []),
        *(["--empty"] if empty else []),
    ]
    with tempfile.TemporaryDirectory(prefix="srtui-lab-") as folder, Path(folder, "log").open("w+") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            assert process.stdout is not None  # a pipe was asked for
            line = process.stdout.readline()
            if not line:
                log.seek(0)
                last = log.read().strip().splitlines()[-1:] or ["no message"]
                raise RuntimeError(f"the practice server did not start: {last[0]}")
            yield json.loads(line)["endpoint"]
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
