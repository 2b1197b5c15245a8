"""Triage decisions: one readable TOML file an account, keyed by the findings' stable fingerprints.

A decision is on disk before the call returns. Every write reads the file again under a lock, so that two running
srtui merge rather than overwrite each other, and keys that this version does not know stay. A file that cannot be
read is never written over: it is kept aside under another name, and said so.
"""

from __future__ import annotations

import contextlib
import copy
import fcntl
import getpass
import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Literal, get_args

import msgspec
import tomli_w

from srtui.files import private_folder, triage_folder
from srtui.findings.finding import Finding

State = Literal["open", "acknowledged", "suppressed"]
STATES: Final[tuple[State, ...]] = get_args(State)
VERSION: Final = 1
_UNDO_LIMIT: Final = 200
_Table = dict[str, Any]
_Change = Callable[[_Table], None]


class Note(msgspec.Struct, frozen=True):
    """What somebody wrote about a finding."""

    at: datetime | None
    text: str
    author: str = ""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided about one finding, as it stands in the file. `expires`: the last day of a suppression."""

    state: State = "open"
    reason: str = ""
    expires: date | None = None
    at: datetime | None = None
    author: str = ""
    notes: tuple[Note, ...] = ()

    def state_at(self, now: datetime | None = None) -> State:
        """The state on a day, today if none is given: a suppression that has expired is open again.

        Suppressions run out by the calendar, however old the evidence is that they are about.
        """
        if self.state == "suppressed" and self.expires is not None and today(now) > self.expires:
            return "open"
        return self.state


UNDECIDED: Final = Decision()


def today(now: datetime | None = None) -> date:
    """The day, in UTC as everywhere in srtui."""
    return (now or datetime.now(UTC)).astimezone(UTC).date()


def load_triage(account: str, folder: Path | None = None) -> Triage:
    """The decisions about an account. A file that cannot be read leaves them empty and is named in `problems`."""
    name = re.sub(r"[^A-Za-z0-9-]", "_", account) or "unknown"
    return Triage((folder or triage_folder()) / f"{name}.toml", account)


def this_user() -> str:
    """Who decides: the login name, or nothing where the system has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


class Triage:
    """The decisions of one account and the changes made to them in this run."""

    def __init__(self, path: Path, account: str = "", author: str | None = None) -> None:
        self.path = path
        self.account = account
        self.author = this_user() if author is None else author
        self.problems: list[str] = []
        self._data: _Table = {}
        self._decisions: dict[str, Decision] = {}
        self._undo: list[tuple[str, dict[str, _Table | None]]] = []
        found = self._read()
        if found is not None:
            self._take(found)

    # --- questions ---

    def decision(self, fingerprint: str) -> Decision:
        """The decision about a finding; `UNDECIDED` if there is none."""
        return self._decisions.get(fingerprint, UNDECIDED)

    def state(self, fingerprint: str, now: datetime | None = None) -> State:
        """open, acknowledged or suppressed, on this day or today."""
        found = self._decisions.get(fingerprint)
        return "open" if found is None else found.state_at(now)

    @property
    def can_undo(self) -> str:
        """What `undo` would take back, in words; empty if there is nothing."""
        return self._undo[-1][0] if self._undo else ""

    # --- decisions ---

    def acknowledge(
        self, findings: Iterable[Finding], reason: str = "", *, now: datetime | None = None
    ) -> None:
        """Seen, and somebody is on it."""
        self._decide(findings, "acknowledged", reason, None, now)

    def suppress(
        self,
        findings: Iterable[Finding],
        reason: str,
        expires: date | None = None,
        *,
        now: datetime | None = None,
    ) -> None:
        """Accepted for this reason, for good or up to and including a day. Raises ValueError without a reason."""
        if not reason.strip():
            raise ValueError("a suppression needs a reason")
        self._decide(findings, "suppressed", reason, expires, now)

    def reopen(self, findings: Iterable[Finding], *, now: datetime | None = None) -> None:
        """Open again; the notes stay."""
        self._decide(findings, "open", "", None, now)

    def note(self, findings: Iterable[Finding], text: str, *, now: datetime | None = None) -> None:
        """Add a note. Raises ValueError for an empty one."""
        if not text.strip():
            raise ValueError("a note needs a text")
        added = {"at": _second(now), "author": self.author, "text": _storable(text)}
        chosen = list(findings)

        def change(table: _Table) -> None:
            for finding in chosen:
                entry = self._entry(table, finding)
                notes = entry.get("note")
                entry["note"] = [*(notes if isinstance(notes, list) else []), dict(added)]

        self._change(f"note on {_what(chosen)}", [one.fingerprint for one in chosen], change)

    def undo(self) -> str:
        """Take the last change of this run back, and say which; empty if there is none."""
        if not self._undo:
            return ""
        label, before = self._undo[-1]

        def change(table: _Table) -> None:
            for fingerprint, entry in before.items():
                if entry is None:
                    table.pop(fingerprint, None)
                else:
                    table[fingerprint] = copy.deepcopy(entry)

        self._write(change)
        self._undo.pop()
        return label

    def _decide(
        self,
        findings: Iterable[Finding],
        state: State,
        reason: str,
        expires: date | None,
        now: datetime | None,
    ) -> None:
        chosen = list(findings)
        values: _Table = {"state": state, "at": _second(now), "author": self.author}
        if reason.strip():
            values["reason"] = _storable(reason.strip())
        if expires is not None:
            values["expires"] = expires

        def change(table: _Table) -> None:
            for finding in chosen:
                entry = self._entry(table, finding)
                entry.pop("reason", None)
                entry.pop("expires", None)
                entry.update(values)

        self._change(f"{state}: {_what(chosen)}", [one.fingerprint for one in chosen], change)

    def _entry(self, table: _Table, finding: Finding) -> _Table:
        entry = table.get(finding.fingerprint)
        if not isinstance(entry, dict):
            entry = table[finding.fingerprint] = {}
        # For whoever reads the file: the fingerprint alone says nothing.
        entry["control"], entry["subject"] = finding.control, _storable(finding.subject)
        if finding.region:
            entry["region"] = finding.region
        return entry

    def _change(self, label: str, fingerprints: list[str], change: _Change) -> None:
        if not fingerprints:
            return
        before: dict[str, _Table | None] = {}

        def remember(table: _Table) -> None:
            for fingerprint in fingerprints:
                before[fingerprint] = copy.deepcopy(table.get(fingerprint))
            change(table)

        self._write(remember)
        self._undo.append((label, before))
        del self._undo[:-_UNDO_LIMIT]

    # --- the file ---

    def _write(self, change: _Change) -> None:
        """Read the file again, change it and put it in place, all under the lock. Raises OSError if that fails."""
        private_folder(self.path.parent)
        with _locked(self.path.with_suffix(".lock")):
            data = self._read()
            if data is None:
                self._keep_aside()
                data = copy.deepcopy(self._data)
            data.setdefault("version", VERSION)
            data.setdefault("account", self.account)
            change(data.setdefault("finding", {}))
            _replace(self.path, tomli_w.dumps(data).encode())
        self._take(data)

    def _read(self) -> _Table | None:
        """The file's content; empty if there is no file, None if it is damaged (then `problems` says so)."""
        try:
            data = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self._problem(f"{self.path} cannot be read as TOML: {error}")
            return None
        if not isinstance(data.get("finding", {}), dict):
            self._problem(f"{self.path}: `finding` must be a table")
            return None
        return data

    def _problem(self, text: str) -> None:
        if text not in self.problems:
            self.problems.append(text)

    def _keep_aside(self) -> None:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        for number in range(1000):
            aside = self.path.with_name(f"{self.path.name}.damaged-{stamp}{f'-{number}' if number else ''}")
            try:
                os.link(self.path, aside)
            except FileExistsError:
                continue
            self._problem(f"the damaged file is kept as {aside}")
            return
        raise OSError(f"no free name to keep {self.path} aside")

    def _take(self, data: _Table) -> None:
        self._data = data
        self._decisions = {}
        for fingerprint, entry in data.get("finding", {}).items():
            decision = _decision(entry)
            if decision is None:
                self._problem(
                    f"{self.path}: the entry of {fingerprint} is not one of srtui's, and counts as open"
                )
            else:
                self._decisions[fingerprint] = decision


def _decision(entry: Any) -> Decision | None:
    if not isinstance(entry, dict):
        return None
    notes = [
        Note(at=_moment(one.get("at")), text=str(one.get("text", "")), author=str(one.get("author", "")))
        for one in (entry.get("note") if isinstance(entry.get("note"), list) else []) or []
        if isinstance(one, dict)
    ]
    state, expires = entry.get("state", "open"), entry.get("expires")
    if isinstance(expires, datetime):
        expires = expires.date()
    if state not in STATES or (expires is not None and not isinstance(expires, date)):
        return None
    return Decision(
        state=state,
        reason=str(entry.get("reason", "")),
        expires=expires,
        at=_moment(entry.get("at")),
        author=str(entry.get("author", "")),
        notes=tuple(notes),
    )


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _second(now: datetime | None) -> datetime:
    return (now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)


def _storable(text: str) -> str:
    # TOML is UTF-8: half a surrogate pair, as a terminal may send it, cannot be written.
    return text.encode("utf-8", "replace").decode()


def _what(findings: list[Finding]) -> str:
    if len(findings) == 1:
        return f"{findings[0].title} · {findings[0].subject.rsplit(':', 1)[-1]}"
    return f"{len(findings)} findings"


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(path: Path, content: bytes) -> None:
    """Put the content in place at once, and on the disk before returning."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
