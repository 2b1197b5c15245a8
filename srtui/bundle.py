"""Bundles: evidence as JSON lines, for other machines, other programs and the demo. Described in docs/formats.md."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, cast

import msgspec

from srtui.evidence import Evidence, canonical_json, decode, encode, redact
from srtui.files import BadData, new_file

VERSION: Final = 1
GZIP_MAGIC: Final = b"\x1f\x8b"
#: Longer than any page of an AWS answer; a line beyond it is another kind of file.
_LONGEST_LINE: Final = 256 * 1024 * 1024


class Bundle(msgspec.Struct):
    """An opened bundle. `notes` says what was found missing, once the evidence has been read to its end."""

    path: Path
    header: Mapping[str, Any]
    evidence: Iterator[Evidence]
    notes: list[str] = msgspec.field(default_factory=list)


def write_bundle(
    evidence: Iterable[Evidence], path: Path, *, meta: Mapping[str, str] | None = None, force: bool = False
) -> int:
    """Write a bundle, compressed if the name ends in .gz; equal evidence gives equal bytes. Returns the answers.

    Raises `Exists` rather than replace a file, unless forced.
    """
    with new_file(path, force=force) as file:
        if path.suffix != ".gz":
            return _write_lines(file, evidence, meta or {})
        # Neither name nor time in the header, so that the bytes depend on nothing but the evidence.
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as compressed:
            return _write_lines(cast("BinaryIO", compressed), evidence, meta or {})


def _write_lines(file: BinaryIO, evidence: Iterable[Evidence], meta: Mapping[str, str]) -> int:
    known = {
        name: meta[name] for name in ("account", "alias", "caller", "label", "created") if meta.get(name)
    }
    file.write(canonical_json({"srtui": "bundle", "version": VERSION, **known}).encode() + b"\n")
    answers = 0
    for item in evidence:
        file.write(encode(item) + b"\n")
        answers += 1
    file.write(canonical_json({"srtui": "end", "answers": answers}).encode() + b"\n")
    return answers


def read_bundle(path: Path) -> Bundle:
    """Open a bundle; its evidence is read while it is consumed, and redacted whoever wrote it.

    Raises BadData if the file is no bundle; what is damaged later on is skipped and noted.
    """
    bundle = Bundle(path, {}, iter(()))
    lines = _lines(open_maybe_gzip(path), bundle.notes)
    first = next(lines, b"")
    bundle.header = _header(path, first)
    bundle.evidence = _evidence(lines, bundle.notes)
    return bundle


def _header(path: Path, line: bytes) -> Mapping[str, Any]:
    try:
        header = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        header = None
    if not isinstance(header, dict) or header.get("srtui") != "bundle":
        raise BadData(f'{path}: expected the key "srtui" with the value "bundle" in the first line')
    if header.get("version") != VERSION:
        raise BadData(f'{path}: expected the key "version" with the value {VERSION} in the first line')
    return header


def _evidence(lines: Iterator[bytes], notes: list[str]) -> Iterator[Evidence]:
    whole = 0
    bad: list[int] = []
    ended: int | None = None
    for number, line in enumerate(lines, 2):
        if not line.strip():
            continue
        try:
            item = decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            ended = _end_mark(line)
            if ended is None:
                bad.append(number)
            continue
        whole += 1
        yield redact(item)
    if bad:
        shown = ", ".join(str(number) for number in bad[:5]) + (", …" if len(bad) > 5 else "")
        notes.append(f"{len(bad)} of the lines hold no whole answer and were left out (line {shown})")
    if ended is None:
        notes.append(
            f"the bundle has no end mark: it was cut off, {whole} answers are whole, later ones are missing"
        )
    elif ended != whole and not bad:
        notes.append(f"the bundle says it holds {ended} answers, but {whole} were found")


def _end_mark(line: bytes) -> int | None:
    try:
        mark = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if isinstance(mark, dict) and mark.get("srtui") == "end" and isinstance(mark.get("answers"), int):
        return int(mark["answers"])
    return None


def open_maybe_gzip(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked if it begins like gzip, whatever its name."""
    try:
        file = path.open("rb")
        magic = file.read(2)
        file.seek(0)
    except PermissionError:
        raise
    except OSError as error:
        raise BadData(f"{path}: {error.strerror or error}") from error
    return io.BufferedReader(gzip.GzipFile(fileobj=file)) if magic == GZIP_MAGIC else file


def _lines(file: IO[bytes], notes: list[str]) -> Iterator[bytes]:
    with file:
        while True:
            try:
                line = file.readline(_LONGEST_LINE)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                notes.append(f"the compressed data is damaged or cut off ({error})")
                return
            if not line:
                return
            yield line
