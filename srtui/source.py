"""Everything that can be opened: a session, a bundle, an authorization-details file, the demo; all become evidence."""

from __future__ import annotations

import gzip
import re
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from srtui.bundle import open_maybe_gzip, read_bundle
from srtui.evidence import CallKey, Evidence, moment, redact
from srtui.feed import Arrived, Failed, Finished, Listener, Part, Progress
from srtui.files import BadData
from srtui.partitions import GLOBAL_REGIONS
from srtui.salvage import salvage
from srtui.session import MAGIC, SUFFIX, current, is_failure, open_for_reading, resolve

Kind = Literal["session", "bundle", "authorization-details", "demo"]

_ENTITY_LISTS: Final = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
_CHUNK: Final = 500
#: What stands near the beginning of JSON that srtui has written for others to read.
_WRITTEN: Final = re.compile(rb'"srtui": ?"(report|diff|collect|can|who-can)"')
_WORTH_COUNTING: Final = 8_000_000


class Source(msgspec.Struct):
    """An opened file. `evidence` can be read once; `notes` is complete when it has been read to its end."""

    label: str
    evidence: Iterator[Evidence]
    kind: Kind
    path: Path
    account: str = ""
    meta: Mapping[str, str] = msgspec.field(default_factory=dict)
    notes: list[str] = msgspec.field(default_factory=list)
    count: int | None = None  # how many answers there are, where that is known beforehand


def demo_bundle() -> Path:
    """The recorded bundle that `demo` stands for; srtui/demo/record.py makes it."""
    return Path(__file__).parent / "demo" / "account.jsonl.gz"


def open_source(ref: str, folder: Path | None = None) -> Source:
    """Open what a person names: a path, a session's name or the beginning of it, `latest`, or `demo`.

    Raises BadData with a sentence that says what was expected.
    """
    if ref == "demo" and not Path(ref).is_file():
        path = demo_bundle()
    else:
        path = resolve(ref, folder)
    try:
        with open_maybe_gzip(path) as file:
            head = file.read(4096)
    except PermissionError:
        raise
    except (OSError, EOFError, zlib.error) as error:
        raise BadData(f"{path}: cannot be read ({error})") from error
    if head.startswith(MAGIC):
        return _session_source(path)
    if path.suffix == SUFFIX:
        raise BadData(f"{path}: expected an SQLite file, its first bytes are missing or damaged")
    if not head.strip():
        raise BadData(f"{path}: the file is empty")
    written = _WRITTEN.search(head)
    if written is not None:
        raise BadData(
            f"{path}: this is what srtui {written[1].decode()} wrote: results, without the answers of AWS that they came from. "
            "Give the session or the bundle that it was made from (srtui sessions lists them)"
        )
    if b'"srtui"' in head.split(b"\n", 1)[0]:
        return _bundle_source(path, "demo" if ref == "demo" else "bundle")
    if head.lstrip()[:1] in (b"{", b"["):
        return _authorization_details_source(path)
    raise BadData(
        f'{path}: neither a session nor a bundle (expected the key "srtui" in the first line) nor the output of '
        f'aws iam get-account-authorization-details (expected the key "UserDetailList")'
    )


def _session_source(path: Path) -> Source:
    notes: list[str] = []
    try:
        with open_for_reading(path) as session:
            meta = session.meta()
            count = session.counts()[0]
        evidence = _session_evidence(path, notes)
    except sqlite3.DatabaseError as error:
        saved = salvage(path, str(error))
        if not saved.evidence:
            raise BadData(f"{path}: the session is damaged and no answer in it is whole ({error})") from error
        notes.append(saved.note)
        meta, count, evidence = dict(saved.meta), len(saved.evidence), iter(saved.evidence)
    created = moment(meta.get("created"))
    return Source(
        label=f"session {created:%Y-%m-%d %H:%M}" if created else f"session {path.name}",
        evidence=evidence,
        kind="session",
        path=path,
        account=meta.get("account", ""),
        meta=meta,
        notes=notes,
        count=count,
    )


def _session_evidence(path: Path, notes: list[str]) -> Iterator[Evidence]:
    """The evidence as it is read; where reading fails, what can be saved of the rest."""
    seen: set[tuple[CallKey, int]] = set()
    try:
        with open_for_reading(path) as session:
            for item in session.evidence():
                seen.add((item.key, item.page))
                yield item
    except (sqlite3.DatabaseError, msgspec.MsgspecError) as error:
        saved = salvage(path, str(error))
        notes.append(saved.note)
        yield from (item for item in saved.evidence if (item.key, item.page) not in seen)


def _bundle_source(path: Path, kind: Kind) -> Source:
    bundle = read_bundle(path)
    meta = {name: value for name, value in bundle.header.items() if isinstance(value, str)}
    return Source(
        label="demo" if kind == "demo" else f"bundle {path.name}",
        evidence=_current(path, bundle.evidence),
        kind=kind,
        path=path,
        account=meta.get("account", ""),
        meta=meta,
        notes=bundle.notes,
        count=_answers_in(path),
    )


def _answers_in(path: Path) -> int | None:
    """How many answers a bundle holds, for the progress bar; not worth reading a large file twice."""
    if path.stat().st_size > _WORTH_COUNTING:
        return None
    try:
        with open_maybe_gzip(path) as file:
            return max(0, sum(1 for _ in file) - 2)  # the header and the end mark
    except (OSError, EOFError, zlib.error):
        return None  # a damaged file: reading it will say so


def _current(path: Path, evidence: Iterator[Evidence]) -> Iterator[Evidence]:
    """The evidence as it is read. If a call comes a second time, all of it again in the order that makes it good.

    That is rare (a bundle glued together from several), so nothing is kept in memory for it.
    """
    seen: set[tuple[CallKey, int]] = set()
    for item in evidence:
        page = (item.key, item.page)
        if page not in seen:
            seen.add(page)
            yield item
            continue
        for _ in evidence:  # to its end, so that what is missing gets noted
            pass
        yield from current(read_bundle(path).evidence)


class _Details(msgspec.Struct):
    """The output of get-account-authorization-details, its entities not looked into yet."""

    UserDetailList: list[msgspec.Raw] = []
    GroupDetailList: list[msgspec.Raw] = []
    RoleDetailList: list[msgspec.Raw] = []
    Policies: list[msgspec.Raw] = []
    IsTruncated: bool = False


def _authorization_details_source(path: Path) -> Source:
    try:
        with open_maybe_gzip(path) as file:
            text = file.read()
    except (OSError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadData(f"{path}: cannot be read ({error})") from error
    pages = [_details(path, page) for page in _json_values(path, text)]
    entities = [(name, raw) for page in pages for name in _ENTITY_LISTS for raw in getattr(page, name)]
    account, partition = _owner(path, entities)
    notes = []
    if pages[-1].IsTruncated:
        notes.append(
            "the file holds one page of a longer list (IsTruncated): ask again without --no-paginate"
        )
    at = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)

    def evidence() -> Iterator[Evidence]:
        chunks = max(1, -(-len(entities) // _CHUNK))
        for page in range(chunks):
            response: dict[str, list[Any]] = {name: [] for name in _ENTITY_LISTS}
            for name, raw in entities[page * _CHUNK : (page + 1) * _CHUNK]:
                response[name].append(msgspec.json.decode(raw))
            yield redact(
                Evidence(
                    service="iam",
                    operation="GetAccountAuthorizationDetails",
                    region=GLOBAL_REGIONS.get(partition, "us-east-1"),
                    account=account,
                    at=at,
                    page=page,
                    more=page < chunks - 1 or pages[-1].IsTruncated,
                    response=response,
                )
            )

    return Source(
        label=f"file {path.name}",
        evidence=evidence(),
        kind="authorization-details",
        path=path,
        account=account,
        notes=notes,
        count=max(1, -(-len(entities) // _CHUNK)),
    )


def _json_values(path: Path, text: bytes) -> list[bytes]:
    """The JSON values of the file: one object, an array of them, or one after another (pages as they came)."""
    try:
        whole = msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        try:
            return [bytes(raw) for raw in msgspec.json.Decoder(msgspec.Raw).decode_lines(text)]
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise BadData(f"{path}: the JSON is damaged or cut off ({error})") from error
    if bytes(whole).lstrip().startswith(b"["):
        return [bytes(raw) for raw in msgspec.json.decode(text, type=list[msgspec.Raw])]
    return [text]


def _details(path: Path, text: bytes) -> _Details:
    try:
        names = msgspec.json.decode(text, type=dict[str, msgspec.Raw]).keys()
        if not names & set(_ENTITY_LISTS):
            raise BadData(
                f'{path}: expected the key "UserDetailList" (or "srtui" in the first line, for a bundle)'
            )
        return msgspec.json.decode(text, type=_Details)
    except msgspec.ValidationError as error:
        raise BadData(f'{path}: expected the key "UserDetailList" with a list ({error})') from error


class _Arn(msgspec.Struct):
    Arn: str = ""


def _owner(path: Path, entities: Sequence[tuple[str, msgspec.Raw]]) -> tuple[str, str]:
    """Account id and partition, from the first ARN that names an account."""
    for _, raw in entities:
        try:
            parts = msgspec.json.decode(raw, type=_Arn).Arn.split(":")
        except msgspec.ValidationError as error:
            raise BadData(f'{path}: expected the key "Arn" with a text in every entity ({error})') from error
        if len(parts) > 5 and len(parts[4]) == 12 and parts[4].isdigit():
            return parts[4], parts[1]
    raise BadData(
        f'{path}: expected the key "Arn" with an account number in at least one user, group, role or policy'
    )


class ReplayFeed:
    """A feed that replays a source; `pace` is the pause in seconds after each batch, as a live run has them."""

    def __init__(self, source: Source, pace: float = 0.0, batch: int = 64) -> None:
        self.source = source
        self._pace = pace
        self._batch = batch
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def label(self) -> str:
        return self.source.label

    def start(self, listener: Listener) -> None:
        self._thread = threading.Thread(target=self._run, args=(listener,), name="replay", daemon=True)
        self._thread.start()

    def _run(self, listener: Listener) -> None:
        done = failed = 0
        try:
            for batch in _batches(self.source.evidence, self._batch):
                if self._stop.is_set():
                    break
                listener(Arrived(batch))
                done += len(batch)
                failed += sum(map(is_failure, batch))
                listener(Progress(done, max(done, self.source.count or 0), failed))
                if self._pace:
                    self._stop.wait(self._pace)
        except (BadData, OSError, msgspec.MsgspecError) as error:
            listener(Failed(f"{self.source.path} cannot be read", (str(error),), ("open another file",)))
            return
        listener(Progress(done, done, failed))
        listener(Finished(cancelled=self._stop.is_set()))

    def refresh(self, part: Part) -> str | None:
        return f"this is a recording ({self.label}): there is nobody to ask again"

    def cancel(self) -> None:
        self._stop.set()

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(1.0)


def _batches(evidence: Iterable[Evidence], size: int) -> Iterator[tuple[Evidence, ...]]:
    iterator = iter(evidence)
    while batch := tuple(islice(iterator, size)):
        yield batch
