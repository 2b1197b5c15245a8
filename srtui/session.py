"""Sessions: evidence in one SQLite file, on disk as soon as it has arrived.

Every answer is one row, committed before anything is computed from it, so a session that was killed opens again
with all that had arrived. A call that is asked again starts a new run; the current evidence of a call is its newest
complete run, and its place in the order stays that of its first appearance, so parents keep coming before children.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

import msgspec

from srtui import __version__
from srtui.evidence import CallKey, Evidence, canonical_json, decode, encode, iso, moment
from srtui.files import PRIVATE_FILE, BadData, private_folder, sessions_folder

SUFFIX: Final = ".srtui"
SCHEMA_VERSION: Final = 1
MAGIC: Final = b"SQLite format 3\x00"

_SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE calls (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
CREATE TABLE evidence (
    id INTEGER PRIMARY KEY, call INTEGER NOT NULL, run INTEGER NOT NULL,
    page INTEGER NOT NULL, more INTEGER NOT NULL, failed INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX evidence_of_call ON evidence (call, run, more, failed);
"""


class SessionInfo(msgspec.Struct, frozen=True):
    """One line of `srtui sessions`. `problem` says why a file could not be read."""

    path: Path
    account: str = ""
    alias: str = ""
    caller: str = ""
    label: str = ""
    created: datetime | None = None
    answers: int = 0
    failures: int = 0
    size: int = 0
    problem: str = ""


class _Call(msgspec.Struct):
    id: int
    run: int


class Session:
    """One session file (or, when no file can be written, the same thing in memory). Safe to use from any thread."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.Lock()
        self._calls: dict[str, _Call] = {}

    @classmethod
    def create(
        cls, folder: Path | None = None, *, account: str = "", at: datetime | None = None, label: str = ""
    ) -> Self:
        """A new session file with a name of its own. Raises OSError if the folder cannot be written."""
        at = at or datetime.now(UTC)
        path = _reserve(private_folder(folder or sessions_folder()), account or "unknown", at)
        return cls._on_disk(path, account, at, label)

    @classmethod
    def create_as(
        cls,
        path: Path,
        *,
        account: str = "",
        at: datetime | None = None,
        label: str = "",
        force: bool = False,
    ) -> Self:
        """A new session file with this name, with `force` in place of what is there. Raises OSError."""
        if force:
            for old in (path, wal_of(path), path.with_name(path.name + "-shm")):
                old.unlink(missing_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE))
        return cls._on_disk(path.resolve(), account, at or datetime.now(UTC), label)

    @classmethod
    def _on_disk(cls, path: Path, account: str, at: datetime, label: str) -> Self:
        connection = connect(f"{path.as_uri()}?mode=rw")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        return cls._initialised(connection, path, account, at, label)

    @classmethod
    def in_memory(cls, *, account: str = "", at: datetime | None = None, label: str = "") -> Self:
        """A session that is gone when the program ends."""
        return cls._initialised(connect(":memory:"), None, account, at or datetime.now(UTC), label)

    @classmethod
    def _initialised(
        cls, connection: sqlite3.Connection, path: Path | None, account: str, at: datetime, label: str
    ) -> Self:
        connection.executescript(_SCHEMA)
        session = cls(connection, path)
        session.set_meta(
            schema=str(SCHEMA_VERSION), srtui=__version__, created=iso(at), account=account, label=label
        )
        return session

    @classmethod
    def open(cls, path: Path, *, write: bool = False) -> Self:
        """Open an existing session. Raises BadData if it is none, sqlite3.DatabaseError if it is damaged."""
        connection = connect(f"{path.resolve().as_uri()}?mode={'rw' if write else 'ro'}")
        session = cls(connection, path)
        try:
            version = session.meta().get("schema", "")
            if version != str(SCHEMA_VERSION):
                raise BadData(
                    f"{path} is a session of version {version or 'unknown'}; this srtui reads version {SCHEMA_VERSION}"
                )
            session._load_calls()
        except BaseException:
            connection.close()
            raise
        return session

    def _load_calls(self) -> None:
        rows = self._connection.execute(
            "SELECT key, calls.id, coalesce(max(run), 0) FROM calls LEFT JOIN evidence ON call = calls.id GROUP BY calls.id"
        )
        self._calls = {key: _Call(id, run) for key, id, run in rows}

    def append(self, batch: Iterable[Evidence]) -> None:
        """Store answers in the order they arrived, in one transaction; they are on disk when this returns."""
        with self._lock, self._transaction():
            self._connection.executemany(
                "INSERT INTO evidence (call, run, page, more, failed, body) VALUES (?, ?, ?, ?, ?, ?)",
                [self._row(item) for item in batch],
            )

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            with self._connection:
                yield
        except BaseException:
            self._load_calls()  # the numbers given out in the failed transaction are void
            raise

    def _row(self, item: Evidence) -> tuple[int, int, int, int, int, bytes]:
        key = canonical_json(item.key)
        call = self._calls.get(key)
        if call is None:
            cursor = self._connection.execute("INSERT INTO calls (key) VALUES (?)", (key,))
            call = self._calls[key] = _Call(int(cursor.lastrowid or 0), 0)
        if item.page == 0 or call.run == 0:
            call.run += 1
        return call.id, call.run, item.page, int(item.more), int(is_failure(item)), encode(item)

    def evidence(self, service: str = "", operation: str = "") -> Iterator[Evidence]:
        """The current evidence, of all calls or of one operation.

        Raises sqlite3.DatabaseError or msgspec.MsgspecError where the file is damaged.
        """
        for call, run in self._current_runs(service, operation).items():
            with self._lock:
                rows = self._connection.execute(
                    "SELECT body FROM evidence WHERE call = ? AND run = ? ORDER BY id", (call, run)
                ).fetchall()
            yield from (decode(body) for (body,) in rows)

    def _current_runs(self, service: str, operation: str) -> dict[int, int]:
        # A key is the JSON array of service, operation, region and parameters.
        beginning = canonical_json((service, operation))[:-1] + "," if service else "["
        with self._lock:
            rows = self._connection.execute(
                "SELECT call, run, min(more) FROM evidence JOIN calls ON calls.id = call"
                " WHERE substr(key, 1, ?) = ? GROUP BY call, run ORDER BY call, run",
                (len(beginning), beginning),
            ).fetchall()
        return newest_complete((call, run, not more) for call, run, more in rows)

    def counts(self) -> tuple[int, int]:
        """How many answers are stored, and how many of them are errors."""
        with self._lock:
            answers, failures = self._connection.execute(
                "SELECT count(*), coalesce(sum(failed), 0) FROM evidence"
            ).fetchone()
        return answers, failures

    def meta(self) -> dict[str, str]:
        """What is known about the session as a whole: account, caller, alias, label, created, …"""
        with self._lock:
            return dict(self._connection.execute("SELECT name, value FROM meta").fetchall())

    def set_meta(self, **values: str) -> None:
        with self._lock, self._connection:
            self._connection.executemany(
                "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                values.items(),
            )

    def close(self) -> None:
        """Close the file; a session that was closed is one single file."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_failure(item: Evidence) -> bool:
    """Whether this is an error that leaves something unknown; "there is none" is an answer."""
    if item.error is None or item.error.kind in ("absent", "not-offered", "left-out"):
        return False
    from srtui.services import (
        call_named,  # the declarations of all services are not loaded for the first frame
    )

    call = call_named(item.service, item.operation)
    return call is None or not call.means_none(item.error)


def newest_complete(runs: Iterable[tuple[int, int, bool]]) -> dict[int, int]:
    """For each call the run that counts, out of (call, run, complete) in ascending order: the newest complete one,
    or the newest of all if none is complete."""
    chosen: dict[int, tuple[int, bool]] = {}
    for call, run, complete in runs:
        if complete or call not in chosen or not chosen[call][1]:
            chosen[call] = (run, complete)
    return {call: run for call, (run, _) in chosen.items()}


def list_sessions(folder: Path | None = None) -> list[SessionInfo]:
    """Every saved session, newest first; a file that cannot be read is listed with the reason."""
    found = [describe(path) for path in (folder or sessions_folder()).glob(f"*{SUFFIX}")]
    return sorted(found, key=lambda info: info.path.name, reverse=True)


def describe(path: Path) -> SessionInfo:
    """What a session file says about itself, without reading its evidence."""
    try:
        with open_for_reading(path) as session:
            meta = session.meta()
            answers, failures = session.counts()
            return SessionInfo(
                path=path,
                account=meta.get("account", ""),
                alias=meta.get("alias", ""),
                caller=meta.get("caller", ""),
                label=meta.get("label", ""),
                created=moment(meta.get("created")),
                answers=answers,
                failures=failures,
                size=_size(path),
            )
    except (sqlite3.Error, BadData, OSError) as error:
        return SessionInfo(path=path, size=_size(path), problem=str(error))


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in (path, wal_of(path)) if file.exists())


def open_for_reading(path: Path) -> Session:
    """Open without changing the file, also in a folder that cannot be written."""
    if not path.exists():
        raise BadData(f"{path}: there is no such file")
    try:
        return Session.open(path)
    except sqlite3.OperationalError:
        # A read-only folder has no room for SQLite's shared-memory file; without a log none is needed.
        wal = wal_of(path)
        if os.access(path.parent, os.W_OK) or (wal.exists() and wal.stat().st_size):
            raise
    connection = connect(f"{path.resolve().as_uri()}?immutable=1")
    session = Session(connection, path)
    session._load_calls()
    return session


def resolve(ref: str, folder: Path | None = None) -> Path:
    """The file that a person means: a path, a session's file name or the beginning of one, or `latest`."""
    given = Path(ref).expanduser()
    if given.is_file():
        return given
    if given.is_dir():
        raise BadData(f"{ref} is a folder: name a file in it")
    names = sorted(path.name for path in (folder or sessions_folder()).glob(f"*{SUFFIX}"))
    base = folder or sessions_folder()
    if ref == "latest":
        if not names:
            raise BadData(
                "there is no saved session yet: run srtui, or ask the recorded account: demo as SESSION, "
                "or --session demo where a command has that option"
            )
        return base / names[-1]
    if ref in names or ref + SUFFIX in names:
        return base / (ref if ref in names else ref + SUFFIX)
    matches = [name for name in names if ref and name.startswith(ref)]
    if len(matches) == 1:
        return base / matches[0]
    if matches:
        raise BadData(
            f"{ref} fits {len(matches)} sessions, the newest is {matches[-1]}: give more of the name"
        )
    raise BadData(f"{ref}: no such file, and no saved session begins like that (srtui sessions lists them)")


def _reserve(folder: Path, account: str, at: datetime) -> Path:
    # O_EXCL makes the name ours even if two programs start in the same minute; the mode holds from the start.
    stem = f"{at.astimezone(UTC):%Y-%m-%dT%H%MZ}-{account}"
    for attempt in range(1, 1000):
        path = folder / (f"{stem}{SUFFIX}" if attempt == 1 else f"{stem}-{attempt}{SUFFIX}")
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE))
            return path
    raise FileExistsError(f"{folder} holds a thousand sessions of this minute")


def connect(address: str) -> sqlite3.Connection:
    """A connection by SQLite URI that any thread may use."""
    return sqlite3.connect(address, uri=True, check_same_thread=False, timeout=10)


def wal_of(path: Path) -> Path:
    """The write-ahead log beside a session file."""
    return path.with_name(path.name + "-wal")


def current(evidence: Iterable[Evidence]) -> list[Evidence]:
    """The current evidence out of answers in the order they arrived, by the same rule as `Session.evidence`."""
    calls: dict[CallKey, list[list[Evidence]]] = {}
    for item in evidence:
        runs = calls.setdefault(item.key, [])
        if item.page == 0 or not runs:
            runs.append([])
        runs[-1].append(item)
    chosen = []
    for runs in calls.values():
        complete = [run for run in runs if not all(item.more for item in run)]
        chosen.extend((complete or runs)[-1])
    return chosen
