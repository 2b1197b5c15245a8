"""A real pseudo-terminal with a screen behind it: what a user would see, and when."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence

import pyte


class Terminal:
    """Runs a program on a pseudo-terminal of `width` × `height` and keeps its screen."""

    def __init__(
        self, command: Sequence[str], width: int = 120, height: int = 36, env: Mapping[str, str] | None = None
    ) -> None:
        self.screen = pyte.Screen(width, height)
        self.stream = pyte.ByteStream(self.screen)
        self.bytes_read = 0
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", **(env or {})}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: compiled once, not at every start
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
        os.close(slave)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def send(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def read(self, timeout: float) -> bool:
        """Take in what the program wrote within `timeout` seconds; False if it wrote nothing."""
        ready, _, _ = select.select([self.master], [], [], timeout)
        if not ready:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:  # the program ended and closed its side
            return False
        self.bytes_read += len(data)
        self.stream.feed(data)
        return bool(data)

    def wait_for(self, seen: Callable[[str], bool], timeout: float = 30.0) -> float:
        """Seconds from now until the screen satisfies `seen`. Raises TimeoutError with the screen."""
        start = time.perf_counter()
        while not seen(self.text):
            left = timeout - (time.perf_counter() - start)
            if left <= 0:
                raise TimeoutError(self.text)
            self.read(min(left, 0.05))
        return time.perf_counter() - start

    def exit_code(self, timeout: float = 10.0) -> int:
        """Wait for the program to end, taking in what it still writes. Raises TimeoutError."""
        end = time.perf_counter() + timeout
        while self.process.poll() is None:
            if time.perf_counter() > end:
                raise TimeoutError(self.text)
            self.read(0.05)
        return self.process.returncode

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.master)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
