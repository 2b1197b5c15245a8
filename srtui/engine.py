"""The engine: a feed's evidence is stored, applied to the account and analysed, on a thread of its own.

How to use it:

    engine = Engine(feed, record=sessions_folder())     # record=None: nothing is written (an opened file)
    engine.start(callback)                              # Update and Notice, and the feed's Question/Paused/Failed
    engine.refresh(Part(...)); engine.ask(Part(...)); engine.cancel(); engine.close()
    update = engine.run_to_end()                        # instead of start: no interface, returns the last update

The callback runs on the engine's thread or the feed's, and must not block. Only the newest `Update` counts: each
holds the whole state, `sequence` grows, and what it holds is never changed afterwards.
"""

from __future__ import annotations

import copy
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from srtui.account import Account, Outcome
from srtui.evidence import CallError, CallKey, Evidence
from srtui.feed import Arrived, Failed, Feed, FeedEvent, Finished, Part, Paused, Progress, Question
from srtui.session import Session

if TYPE_CHECKING:
    from srtui.analysis import Analysis
    from srtui.risk.settings import RiskSettings

Phase = Literal["starting", "collecting", "refreshing", "paused", "done", "cancelled", "failed"]
ENDED: Final[frozenset[Phase]] = frozenset({"done", "cancelled", "failed"})

_SHORTEST_INTERVAL: Final = 0.3
_PROGRESS_INTERVAL: Final = 0.2  # seconds between two tellings of how far the collection is
_TICK: Final = 0.2
_log = logging.getLogger(__name__)


class Update(msgspec.Struct, frozen=True):
    """The whole state at one moment. `notes` are sentences on what is missing or went wrong, oldest first."""

    sequence: int
    analysis: Analysis
    progress: Progress
    phase: Phase
    notes: tuple[str, ...] = ()


class Notice(msgspec.Struct, frozen=True):
    """Something the user should know once: the session cannot be written, a refresh is impossible."""

    text: str


EngineEvent = Update | Notice | Progress | Question | Paused | Failed | Finished
EngineCallback = Callable[[EngineEvent], None]


def live_clock() -> datetime:
    """The time against which ages are measured while collecting."""
    return datetime.now(UTC)


class Engine:
    """Runs one feed. `record` is the folder in which a session file is made when the first answer arrives; `record_as`
    the name of that file instead, which takes the place of an old one.

    `notes` tells what the source found missing, once it is at its end; `recall` reads the source again.
    `clock` tells the time ages are measured against; None means the time of the newest evidence, so that an opened
    file always gives the same result. `settings`: what the user says about identities.
    `look_into`: of so many identities, the worst first, what they have used is asked for once everything else is in.
    """

    def __init__(
        self,
        feed: Feed,
        *,
        record: Path | None = None,
        record_as: Path | None = None,
        session: Session | None = None,
        clock: Callable[[], datetime] | None = None,
        notes: Callable[[], list[str]] | None = None,
        recall: Callable[[], Iterable[Evidence]] | None = None,
        analyse: Callable[[Account, datetime], Analysis] | None = None,
        settings: RiskSettings | None = None,
        look_into: int = 0,
    ) -> None:
        self.feed = feed
        self.session = session
        self._record = record
        self._record_as = record_as
        self._clock = clock
        self._source_notes = notes
        self._recall = recall
        self._analyse = analyse
        self._settings = settings
        self._look_into = look_into
        self._notes: list[str] = []
        self._builder = AccountBuilder()
        self._queue: queue.SimpleQueue[FeedEvent | None] = queue.SimpleQueue()
        self._callback: EngineCallback = lambda event: None
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()
        self._closed = False
        self._headless = False
        self._sequence = 0
        self._phase: Phase = "starting"
        self._progress = Progress(0, 0, 0)
        self._progress_due = 0.0
        self._latest: Update | None = None
        self._error: Exception | None = None
        self._refreshing = False
        self._asking = False
        self._meta: dict[str, str] = {}

    @property
    def records(self) -> bool:
        """Whether what arrives is meant to be saved as a session."""
        return self.session is not None or bool(self._record or self._record_as)

    @property
    def label(self) -> str:
        """What the header says about where the evidence comes from."""
        return self.feed.label

    @property
    def asking(self) -> bool:
        """Whether something is being asked on demand, such as last-accessed data."""
        return self._asking

    @property
    def latest(self) -> Update | None:
        """The newest update."""
        return self._latest

    def start(self, callback: EngineCallback) -> None:
        """Start the feed and the engine's thread. Called once."""
        self._callback = callback
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()
        self.feed.start(self._on_feed)

    def run_to_end(
        self, listen: EngineCallback | None = None, tick: Callable[[Progress], None] | None = None
    ) -> Update:
        """Run without an interface, as `end` does; returns the last update.

        Without `listen` questions are declined, and a pause counts as the end.
        """
        self._headless = True
        self.start(listen or self._decline)
        return self.end(tick)

    def end(self, tick: Callable[[Progress], None] | None = None) -> Update:
        """Wait for the end of a run, and close. `tick` is called from time to time, on the caller's thread."""
        while not self._ended.wait(_TICK if tick else None):
            if tick:
                tick(self._progress)
        self.close()
        if self._error is not None:
            raise self._error
        assert self._latest is not None  # set before `_ended` is, unless there was an error
        return self._latest

    def _decline(self, event: EngineEvent) -> None:
        if isinstance(event, Question):
            event.reply(None)
        elif isinstance(event, Paused):
            self._notes.append("; ".join([event.title, *event.tried]))
            self.feed.cancel()

    def refresh(self, part: Part) -> str | None:
        """Ask a part again; returns why that is impossible, or None."""
        self._refreshing = True
        problem = self.feed.refresh(part)
        if problem is not None:
            self._refreshing = False
        return problem

    def ask(self, part: Part) -> str | None:
        """Ask something on demand, which takes nothing back that is known; returns why that is impossible, or None."""
        self._asking = True
        problem = self.feed.refresh(part)
        if problem is not None:
            self._asking = False
        return problem

    def evidence(self, service: str, operation: str) -> list[Evidence]:
        """The raw answers of one operation, for showing them. Reads a file: call it off the interface's thread."""
        if self.session is not None:
            return list(self.session.evidence(service, operation))
        found = self._recall() if self._recall else ()
        return [item for item in found if (item.service, item.operation) == (service, operation)]

    def cancel(self) -> None:
        """Stop collecting; what arrived stays."""
        self.feed.cancel()

    def close(self) -> None:
        """Stop the feed, finish what is queued and close the session. Call it once, from the interface's thread."""
        self.feed.close()
        self._closed = True
        self._queue.put(None)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(2.0)
        if self.session is not None:
            self.session.close()

    # --- on the feed's thread ---------------------------------------------------------------------------------

    def _on_feed(self, event: FeedEvent) -> None:
        if isinstance(event, Arrived):
            # Stored before anything else happens to it: a kill at any later moment loses nothing.
            self._store(event.evidence)
        self._queue.put(event)
        if isinstance(event, Question | Paused | Failed):
            self._callback(event)
        elif isinstance(event, Progress) and time.monotonic() >= self._progress_due:
            # Told at once: an analysis of a large account may take longer than anyone wants to see nothing move.
            self._progress_due = time.monotonic() + _PROGRESS_INTERVAL
            self._callback(event)

    def _store(self, evidence: tuple[Evidence, ...]) -> None:
        if not evidence or self._closed:
            return
        if self.session is None and (self._record or self._record_as):
            self.session = self._new_session(evidence[0])
        if self.session is None:
            return
        try:
            self.session.append(evidence)
        except sqlite3.Error as error:
            if self._closed:
                return
            self._go_on_in_memory(f"the session file cannot be written any more ({error})", evidence)

    def _new_session(self, first: Evidence) -> Session:
        account, at, label = first.account, first.at, self.feed.label
        try:
            if self._record_as is not None:
                return Session.create_as(self._record_as, account=account, at=at, label=label, force=True)
            return Session.create(self._record, account=account, at=at, label=label)
        except (OSError, sqlite3.Error) as error:
            where = self._record_as or f"in {self._record}"
            self._tell(f"no session can be saved {where} ({error}): this run is kept in memory only")
            return Session.in_memory(account=account, at=at, label=label)

    def _go_on_in_memory(self, why: str, evidence: tuple[Evidence, ...]) -> None:
        old = self.session
        memory = Session.in_memory(account=evidence[0].account, at=evidence[0].at, label=self.feed.label)
        if old is not None:
            memory.append(old.evidence())
            if old.path is not None:
                why += f"; what arrived until now is safe in {old.path}"
        memory.append(evidence)
        self.session = memory
        self._tell(f"{why}; the rest is kept in memory only")

    def _tell(self, text: str) -> None:
        _log.warning("%s", text)
        self._notes.append(text)
        self._callback(Notice(text))

    # --- on the engine's thread -------------------------------------------------------------------------------

    def _run(self) -> None:
        due = 0.0  # when the next analysis may run
        dirty = True  # the first update comes before any evidence, so that the screen has something to show
        while True:
            for event in self._take(due if dirty and not self._headless else None):
                if event is None:
                    return
                dirty = self._handle(event) or dirty
            ended = self._phase in ENDED
            if dirty and (time.monotonic() >= due or ended) and (ended or not self._headless):
                started = time.monotonic()
                try:
                    self._update()
                    self._look_further()
                except Exception as error:  # noqa: BLE001 - the thread must not die silently
                    self._defect(error)
                finished = time.monotonic()
                # The first analysis loads code and the catalogue: how long it took says nothing about the next.
                pause = 3 * (finished - started) if self._sequence > 1 else 0.0
                due = finished + max(_SHORTEST_INTERVAL, pause)
                dirty = False
            if ended and not dirty:
                self._ended.set()

    def _look_further(self) -> None:
        """Ask on demand about the worst identities: first about two, which tell whether AWS answers at all."""
        if self._phase != "done" or not self._look_into or self._headless or self._latest is None:
            return
        from srtui.risk.risk import LAST_ACCESSED

        risk = self._latest.analysis.risk
        first = not risk.account.outcomes_of(*LAST_ACCESSED)
        arns = risk.wanted(min(2, self._look_into) if first else self._look_into)
        self._look_into = self._look_into - len(arns) if first else 0
        if not arns or self.ask(Part([LAST_ACCESSED], params=(("Arn", arns),))) is not None:
            self._look_into = 0

    def _defect(self, error: Exception) -> None:
        _log.exception("analysis failed")
        self._error = error
        self._callback(
            Failed(
                "analysis stopped because of a defect in srtui",
                (f"{type(error).__name__}: {error}",),
                ("what arrived is kept", "see the log file (srtui info shows where) and report it"),
            )
        )

    def _take(self, until: float | None) -> Iterator[FeedEvent | None]:
        """What is queued: waits for the first event (at most until the next analysis is due), then takes a slice."""
        try:
            timeout = None if until is None else max(0.0, until - time.monotonic())
            yield self._queue.get(timeout=timeout) if timeout != 0.0 else self._queue.get_nowait()
            for _ in range(50):
                yield self._queue.get_nowait()
        except queue.Empty:
            return

    def _handle(self, event: FeedEvent) -> bool:
        """Take one event in; whether there is something new to analyse or to show."""
        match event:
            case Arrived(evidence):
                for item in evidence:
                    self._builder.apply(item)
                if self._phase in ENDED or self._phase == "starting":
                    self._phase = "refreshing" if self._refreshing or self._asking else "collecting"
                elif self._phase == "paused":
                    self._phase = "collecting"
            case Progress():
                self._progress = event
            case Paused():
                self._phase = "paused"
            case Failed():
                self._phase = "failed"
                self._finish()
            case Finished(cancelled):
                if self._phase != "failed":
                    self._phase = "cancelled" if cancelled else "done"
                self._finish()
            case Question():
                return False
        return True

    def _finish(self) -> None:
        if self._source_notes is not None:
            self._notes.extend(note for note in self._source_notes() if note not in self._notes)
        if self._refreshing and self.session is not None:
            # What was deleted since is only gone from an account built anew.
            self._builder = AccountBuilder()
            for item in self.session.evidence():
                self._builder.apply(item)
        self._refreshing = self._asking = False

    def _update(self) -> None:
        if self._analyse is None:
            # Imported here: the interface shows its first frame before the policy catalogue is loaded.
            from srtui.analysis import analyse

            self._analyse = partial(analyse, settings=self._settings)
        account = snapshot(self._builder.account)
        now = self._clock() if self._clock else account.last_evidence or datetime(1970, 1, 1, tzinfo=UTC)
        analysis = self._analyse(account, now)
        self._sequence += 1
        self._save_meta(account)
        self._latest = Update(
            self._sequence, analysis, self._progress, self._phase, (*self._notes, *self._builder.problems)
        )
        self._callback(self._latest)

    def _save_meta(self, account: Account) -> None:
        meta = {"account": account.id, "caller": account.caller_arn}
        if isinstance(account.alias, str):
            meta["alias"] = account.alias
        recorded = self._record or self._record_as
        if self.session is not None and recorded and meta != self._meta:
            self._meta = meta
            try:
                self.session.set_meta(**meta)
            except sqlite3.Error:
                _log.exception("cannot store what is known about the session")


class AccountBuilder:
    """Applies evidence to an account; an answer that cannot be read becomes a failed call, never a passed check."""

    def __init__(self) -> None:
        self.account = Account()
        self.problems: list[str] = []
        self._unreadable: dict[CallKey, CallError] = {}

    def apply(self, item: Evidence) -> None:
        """Let one answer change the account."""
        from srtui.services import (
            apply,  # the declarations of all services are not loaded for the first frame
        )

        if item.page == 0:
            self._unreadable.pop(item.key, None)
        try:
            apply(self.account, item)
        except Exception as error:  # noqa: BLE001 - one malformed answer must not stop the run
            _log.exception("cannot read %s:%s", item.service, item.operation)
            text = f"an answer of {item.service}:{item.operation} in {item.region} has an unexpected shape"
            self._unreadable[item.key] = CallError("UnexpectedAnswer", f"{text} ({error!r})", "invalid")
            if text not in self.problems:
                self.problems.append(text)
        problem = self._unreadable.get(item.key)
        if problem is not None:
            self.account.record(Outcome(key=item.key, at=item.at, params=item.params, error=problem))


def snapshot(account: Account) -> Account:
    """The account as it is now: its tables are copied, so that later evidence does not change them under a reader."""
    taken = copy.copy(account)
    for name in account.__struct_fields__:
        value = getattr(account, name)
        if isinstance(value, dict):
            setattr(taken, name, dict(value))
    taken.tables = {kind: dict(records) for kind, records in account.tables.items()}
    taken.outcomes_by_call = {call: list(outcomes) for call, outcomes in account.outcomes_by_call.items()}
    return taken
