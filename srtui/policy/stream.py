"""`srtui evaluate`: requests in, decisions out, as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, Protocol

import msgspec

from srtui import __version__
from srtui.policy.evaluate import evaluate_json

INTERFACE: Final = 1
FEATURES: Final = ("endpoint_policies", "pattern_resources")
_CHUNK: Final = 1 << 16


class Input(Protocol):
    """A buffered binary stream. `read1` gives what is there and waits only if there is nothing."""

    def read1(self, size: int, /) -> bytes: ...


class Output(Protocol):
    """A binary stream."""

    def write(self, data: bytes, /) -> int: ...
    def flush(self) -> None: ...


def capabilities() -> dict[str, Any]:
    """What this engine supports, for `srtui evaluate --capabilities`."""
    return {"interface": INTERFACE, "engine": __version__, "features": list(FEATURES)}


def evaluate_lines(requests: Input, answers: Output) -> None:
    """Answer every line, in order. Answers are flushed before waiting for more input, so that nobody waits in vain.

    Raises OSError if a stream fails.
    """
    for lines in _batches(requests):
        for line in lines:
            if line and not line.isspace():
                answers.write(answer_line(line))
        answers.flush()


def _batches(requests: Input) -> Iterator[list[bytes]]:
    """The lines that arrived together; the last line needs no line feed."""
    begun: list[bytes] = []
    while chunk := requests.read1(_CHUNK):
        *whole, rest = chunk.split(b"\n")
        if whole:
            whole[0] = b"".join((*begun, whole[0]))
            begun.clear()
            yield whole
        if rest:
            begun.append(rest)
    if begun:
        yield [b"".join(begun)]


def answer_line(line: bytes) -> bytes:
    """The answer to one request, with its line feed."""
    answer = evaluate_json(line)
    try:
        return _encoder.encode(answer) + b"\n"
    except (ValueError, msgspec.MsgspecError):
        # Half of a surrogate pair in the id or in an error: only an escape can carry it.
        return json.dumps(answer).encode() + b"\n"


_encoder = msgspec.json.Encoder()
