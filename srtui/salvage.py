"""Salvage: what a damaged session file still holds. The damaged file itself is only read from."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from srtui.evidence import Evidence, decode
from srtui.files import BadData
from srtui.session import MAGIC, connect, current, wal_of

#: How many ids in a row may be unreadable before the rest of a damaged file is given up.
_PATIENCE: Final = 10_000


class Salvage(msgspec.Struct, frozen=True):
    """What a damaged session still holds, and a sentence on what it does not."""

    evidence: list[Evidence]
    meta: Mapping[str, str]
    note: str


def salvage(path: Path, why: str) -> Salvage:
    """Read what is whole out of a damaged session; the damaged file itself is only read from."""
    with tempfile.TemporaryDirectory(prefix="srtui-salvage-") as folder:
        copy = Path(folder) / "copy.srtui"
        shutil.copyfile(path, copy)
        if wal_of(path).exists():
            shutil.copyfile(wal_of(path), wal_of(copy))
        _pad(copy)
        try:
            with contextlib.closing(connect(f"{copy.as_uri()}?mode=rw")) as connection:
                bodies, lost = _readable_rows(connection, copy.stat().st_size // 32)
                meta = _readable_meta(connection)
        except sqlite3.Error as error:
            raise BadData(f"{path} is too damaged to open ({error})") from error
    whole = []
    for body in bodies:
        try:
            whole.append(decode(body))
        except msgspec.MsgspecError:
            lost += 1
    missing = f"at least {lost} could not be" if lost else "what came after them could not be"
    return Salvage(
        current(whole), meta, f"the session is damaged ({why}): {len(whole)} answers were read, {missing}"
    )


def _pad(copy: Path) -> None:
    """Give a file that was cut off its full length again: SQLite refuses a short file as a whole."""
    header = copy.read_bytes()[:100]
    if len(header) == 100 and header.startswith(MAGIC):
        page_size = int.from_bytes(header[16:18], "big")
        length = (65536 if page_size == 1 else page_size) * int.from_bytes(header[28:32], "big")
        if copy.stat().st_size < length < 1 << 36:
            os.truncate(copy, length)


def _readable_rows(connection: sqlite3.Connection, most: int) -> tuple[list[bytes], int]:
    """Bodies of all rows that can still be read, and how many ids in between could not.

    `most` is more than the file can hold: a damaged page may show any id, also the same one for ever.
    """
    bodies: list[bytes] = []
    lost = position = failures = 0
    while failures < _PATIENCE and position < most:
        try:
            rows = connection.execute("SELECT id, body FROM evidence WHERE id > ? ORDER BY id", (position,))
            for id, body in rows:
                if not position < id < most or not isinstance(body, bytes):
                    raise sqlite3.DatabaseError("a row that cannot be")
                lost += id - position - 1
                position, failures = id, 0
                bodies.append(body)
            return bodies, lost
        except sqlite3.DatabaseError as error:
            if "no such table" in str(error) or "not a database" in str(error):
                raise
            # A bad page: step over one id at a time until reading works again.
            position, failures, lost = position + 1, failures + 1, lost + 1
    return bodies, lost - failures + 1


def _readable_meta(connection: sqlite3.Connection) -> dict[str, str]:
    try:
        return dict(connection.execute("SELECT name, value FROM meta").fetchall())
    except sqlite3.DatabaseError:
        return {}
