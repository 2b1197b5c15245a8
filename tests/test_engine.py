"""The engine: stored before anything else, analysed as often as is cheap, and always right at the end."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from srtui.account import Account
from srtui.engine import AccountBuilder, Engine, EngineEvent, Notice, Update, snapshot
from srtui.evidence import Evidence
from srtui.feed import Arrived, Failed, Finished, Listener, Part, Paused, Progress, Question
from srtui.session import Session, open_for_reading
from srtui.source import ReplayFeed, open_source

AT = datetime(2026, 11, 24, 9, 12, tzinfo=UTC)
ACCOUNT = "420042004200"
PART = Part(calls=[("s3", "ListBuckets")])


def buckets(
    *names: str, minute: int = 0, page: int = 0, more: bool = False, response: Any = None
) -> Evidence:
    return Evidence(
        service="s3",
        operation="ListBuckets",
        region="us-east-1",
        account=ACCOUNT,
        at=AT + timedelta(minutes=minute),
        page=page,
        more=more,
        response=response or {"Buckets": [{"Name": name} for name in names]},
    )


class ScriptedFeed:
    """A feed that does what the test says, on a thread of its own."""

    label = "scripted"

    def __init__(self, script: Callable[[Listener], None]) -> None:
        self._script = script
        self.listener: Listener | None = None
        self.cancelled = threading.Event()
        self.on_refresh: Callable[[Listener], None] | None = None

    def start(self, listener: Listener) -> None:
        self.listener = listener
        threading.Thread(target=self._script, args=(listener,), daemon=True).start()

    def refresh(self, part: Part) -> str | None:
        if self.on_refresh is None or self.listener is None:
            return "nobody to ask"
        threading.Thread(target=self.on_refresh, args=(self.listener,), daemon=True).start()
        return None

    def cancel(self) -> None:
        self.cancelled.set()

    def close(self) -> None:
        self.cancelled.set()


class Seen:
    """Collects what the engine says, and waits for what a test needs."""

    def __init__(self) -> None:
        self.events: list[EngineEvent] = []
        self._changed = threading.Condition()

    def __call__(self, event: EngineEvent) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait_for(self, wanted: Callable[[EngineEvent], bool], seconds: float = 10) -> EngineEvent:
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(wanted, self.events)), seconds), self.events
            return next(event for event in reversed(self.events) if wanted(event))

    def updates(self) -> list[Update]:
        return [event for event in self.events if isinstance(event, Update)]


def looking(account: Account, now: datetime) -> Any:
    """An analysis that is just the account and the time; the real one has tests of its own."""
    return account, now


def names(update: EngineEvent) -> set[str]:
    assert isinstance(update, Update)
    account: Account = update.analysis[0]  # type: ignore[index]
    return {bucket.name for bucket in account.buckets.values()}


def ended(event: EngineEvent) -> bool:
    return isinstance(event, Update) and event.phase in ("done", "cancelled", "failed")


def two_pages(listener: Listener) -> None:
    listener(Arrived((buckets("a", more=True),)))
    listener(Progress(0, 1, 0))
    listener(Arrived((buckets("b", page=1),)))
    listener(Progress(1, 1, 0))
    listener(Finished())


def test_evidence_becomes_updates_and_a_session(tmp_path: Path) -> None:
    engine = Engine(ScriptedFeed(two_pages), record=tmp_path, analyse=looking)
    seen = Seen()
    engine.start(seen)
    last = seen.wait_for(ended)
    assert names(last) == {"a", "b"}
    assert isinstance(last, Update)
    assert (last.phase, last.progress) == ("done", Progress(1, 1, 0))
    assert [update.sequence for update in seen.updates()] == list(range(1, len(seen.updates()) + 1))
    engine.close()
    (path,) = tmp_path.glob("*.srtui")
    with open_for_reading(path) as session:
        assert session.counts() == (2, 0)
        assert (session.meta()["account"], session.meta()["label"]) == (ACCOUNT, "scripted")


def test_the_first_update_needs_no_evidence() -> None:
    engine = Engine(ScriptedFeed(lambda listener: None), analyse=looking)
    seen = Seen()
    engine.start(seen)
    first = seen.wait_for(lambda event: isinstance(event, Update))
    assert isinstance(first, Update)
    assert (first.phase, names(first)) == ("starting", set())
    engine.close()


def test_evidence_is_on_disk_before_the_feed_goes_on(tmp_path: Path) -> None:
    stored: list[int] = []

    def script(listener: Listener) -> None:
        listener(Arrived((buckets("a"),)))
        (path,) = tmp_path.glob("*.srtui")
        with sqlite3.connect(path) as connection:
            stored.append(connection.execute("SELECT count(*) FROM evidence").fetchone()[0])
        connection.close()
        listener(Finished())

    Engine(ScriptedFeed(script), record=tmp_path, analyse=looking).run_to_end()
    assert stored == [1]


def test_a_slow_analysis_holds_nothing_up() -> None:
    def script(listener: Listener) -> None:
        for number in range(100):
            listener(Arrived((buckets(f"b{number}"),)))
        listener(Finished())

    def slow(account: Account, now: datetime) -> Any:
        time.sleep(0.1)
        return account, now

    engine = Engine(ScriptedFeed(script), analyse=slow)
    seen = Seen()
    engine.start(seen)
    last = seen.wait_for(ended)
    assert len(names(last)) == 100
    assert len(seen.updates()) <= 4
    engine.close()


def test_without_an_interface_only_the_end_is_analysed() -> None:
    calls: list[int] = []

    def counting(account: Account, now: datetime) -> Any:
        calls.append(len(account.buckets))
        return account, now

    update = Engine(ScriptedFeed(two_pages), analyse=counting).run_to_end()
    assert calls == [2]
    assert update.phase == "done"


def test_ages_are_measured_from_the_evidence_unless_a_clock_is_given() -> None:
    def script(listener: Listener) -> None:
        listener(Arrived((buckets("a", minute=5), buckets("b", minute=3))))
        listener(Finished())

    update = Engine(ScriptedFeed(script), analyse=looking).run_to_end()
    assert update.analysis[1] == AT + timedelta(minutes=5)  # type: ignore[index]
    update = Engine(ScriptedFeed(script), analyse=looking, clock=lambda: AT).run_to_end()
    assert update.analysis[1] == AT  # type: ignore[index]


def test_a_refresh_forgets_what_is_gone(tmp_path: Path) -> None:
    feed = ScriptedFeed(two_pages)

    def again(listener: Listener) -> None:
        listener(Arrived((buckets("b", "c", minute=9),)))
        listener(Finished())

    feed.on_refresh = again
    engine = Engine(feed, record=tmp_path, analyse=looking)
    seen = Seen()
    engine.start(seen)
    seen.wait_for(ended)
    assert engine.refresh(PART) is None
    last = seen.wait_for(lambda event: ended(event) and "c" in names(event))
    assert names(last) == {"b", "c"}
    engine.close()


def test_a_refresh_that_is_impossible_says_why() -> None:
    engine = Engine(ScriptedFeed(two_pages), analyse=looking)
    seen = Seen()
    engine.start(seen)
    seen.wait_for(ended)
    assert engine.refresh(PART) == "nobody to ask"
    engine.close()


def test_questions_and_pauses_reach_the_interface_at_once() -> None:
    answered: list[str | None] = []
    resumed: list[bool] = []

    def script(listener: Listener) -> None:
        listener(Question("MFA code", answered.append))
        listener(Paused("expired", ("profile x",), ("log in again",), lambda: resumed.append(True)))

    engine = Engine(ScriptedFeed(script), analyse=looking)
    seen = Seen()
    engine.start(seen)
    question = seen.wait_for(lambda event: isinstance(event, Question))
    pause = seen.wait_for(lambda event: isinstance(event, Paused))
    assert isinstance(question, Question)
    assert isinstance(pause, Paused)
    question.reply("123456")
    pause.resume()
    assert (answered, resumed) == (["123456"], [True])
    seen.wait_for(lambda event: isinstance(event, Update) and event.phase == "paused")
    engine.close()


def test_without_an_interface_questions_are_declined_and_a_pause_is_the_end() -> None:
    answered: list[str | None] = []
    feed = ScriptedFeed(lambda listener: None)

    def script(listener: Listener) -> None:
        listener(Question("MFA code", answered.append))
        listener(Paused("expired", ("profile x",), (), lambda: None))
        assert feed.cancelled.wait(10)
        listener(Finished(cancelled=True))

    feed._script = script
    update = Engine(feed, analyse=looking).run_to_end()
    assert answered == [None]
    assert (update.phase, update.notes) == ("cancelled", ("expired; profile x",))


def test_a_defect_in_the_analysis_is_told_and_nothing_hangs(tmp_path: Path) -> None:
    def broken(account: Account, now: datetime) -> Any:
        raise ZeroDivisionError("oops")

    with pytest.raises(ZeroDivisionError):
        Engine(ScriptedFeed(two_pages), analyse=broken).run_to_end()
    engine = Engine(ScriptedFeed(two_pages), record=tmp_path, analyse=broken)
    seen = Seen()
    engine.start(seen)
    # The first comes before any evidence, the last after the end of the feed.
    failure = seen.wait_for(lambda event: isinstance(event, Failed) and engine._phase == "done")
    assert isinstance(failure, Failed)
    assert "oops" in failure.tried[0]
    engine.close()
    assert len(list(open_source("latest", tmp_path).evidence)) == 2


def test_a_failure_stays_one() -> None:
    def script(listener: Listener) -> None:
        listener(Failed("no credentials", ("environment",), ("log in",)))
        listener(Finished())

    assert Engine(ScriptedFeed(script), analyse=looking).run_to_end().phase == "failed"


def test_where_nothing_can_be_written_the_run_goes_on_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    engine = Engine(ScriptedFeed(two_pages), record=tmp_path / "file" / "sessions", analyse=looking)
    seen = Seen()
    engine.start(seen)
    last = seen.wait_for(ended)
    assert names(last) == {"a", "b"}
    notice = seen.wait_for(lambda event: isinstance(event, Notice))
    assert isinstance(notice, Notice)
    assert "kept in memory only" in notice.text
    assert engine.session is not None
    assert engine.session.path is None
    assert len(list(engine.session.evidence())) == 2
    engine.close()


def test_a_session_that_breaks_in_mid_run_is_told_and_survived(tmp_path: Path) -> None:
    session = Session.create(tmp_path, account=ACCOUNT, at=AT)
    session.append([buckets("before")])

    def script(listener: Listener) -> None:
        with sqlite3.connect(session.path or "") as other:
            other.execute(
                "CREATE TRIGGER full BEFORE INSERT ON evidence BEGIN SELECT raise(ABORT, 'disk full'); END"
            )
        other.close()
        two_pages(listener)

    engine = Engine(ScriptedFeed(script), session=session, analyse=looking)
    update = engine.run_to_end()
    assert names(update) == {"a", "b"}
    assert "disk full" in update.notes[0]
    assert "is safe in" in update.notes[0]


@pytest.mark.parametrize("response", [{"Buckets": 5}, {"Buckets": [{"Nonsense": True}]}, {"Buckets": ["x"]}])
def test_an_answer_that_cannot_be_read_is_a_failed_call(response: dict[str, Any]) -> None:
    builder = AccountBuilder()
    builder.apply(buckets(response=response, more=True))
    builder.apply(buckets("b", page=1))
    (outcome,) = builder.account.failures()
    assert outcome.error is not None
    assert outcome.error.kind == "invalid"
    assert "s3:ListBuckets" in builder.problems[0]
    builder.apply(buckets("b"))
    assert list(builder.account.failures()) == []


def test_a_snapshot_does_not_change_any_more() -> None:
    builder = AccountBuilder()
    builder.apply(buckets("a"))
    taken = snapshot(builder.account)
    builder.apply(buckets("a", "b", page=1))
    assert len(taken.buckets) == 1
    assert len(builder.account.buckets) == 2


def test_raw_answers_can_be_shown_from_a_session_and_from_a_file(tmp_path: Path) -> None:
    other = msgspec.structs.replace(buckets("x"), operation="ListBucketsX")

    def script(listener: Listener) -> None:
        listener(Arrived((buckets("a", more=True), other, buckets("b", page=1))))
        listener(Finished())

    engine = Engine(ScriptedFeed(script), record=tmp_path, analyse=looking)
    seen = Seen()
    engine.start(seen)
    seen.wait_for(ended)
    wanted = [buckets("a", more=True), buckets("b", page=1)]
    assert engine.evidence("s3", "ListBuckets") == wanted
    assert engine.evidence("s3", "ListBucket") == []
    engine.close()
    source = open_source("latest", tmp_path)
    again = Engine(
        ReplayFeed(source), recall=lambda: open_source("latest", tmp_path).evidence, analyse=looking
    )
    again.run_to_end()
    assert again.evidence("s3", "ListBuckets") == wanted


COLLECTOR = """
import sys
from pathlib import Path
from tests.test_engine import ScriptedFeed, buckets, looking
from srtui.engine import Engine
from srtui.feed import Arrived

def script(listener):
    for number in range(100_000):
        listener(Arrived((buckets(f"b{number}", page=number, more=True),)))
        print(number, flush=True)

Engine(ScriptedFeed(script), record=Path(sys.argv[1]), analyse=looking).run_to_end()
"""


def test_a_run_killed_in_mid_collection_loses_nothing_that_arrived(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", COLLECTOR, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= 300:
                break
        process.send_signal(signal.SIGKILL)
        last = int([line, *process.stdout.read().splitlines()][-1])
    source = open_source("latest", tmp_path)
    update = Engine(ReplayFeed(source), notes=lambda: source.notes, analyse=looking).run_to_end()
    assert len(names(update)) > last >= 300
    assert update.notes == ()


def test_asking_on_demand_takes_nothing_back() -> None:
    feed = ScriptedFeed(two_pages)

    def more(listener: Listener) -> None:
        listener(Arrived((buckets("c", minute=9),)))
        listener(Finished())

    feed.on_refresh = more
    engine = Engine(feed, analyse=looking)
    seen = Seen()
    engine.start(seen)
    first = seen.wait_for(ended)
    assert engine.ask(PART) is None
    last = seen.wait_for(lambda event: ended(event) and "c" in names(event))
    assert names(last) >= names(first) | {"c"}
    engine.close()
    assert Engine(ScriptedFeed(two_pages), analyse=looking).ask(PART) == "nobody to ask"


def test_the_worst_are_looked_into_once_everything_else_is_in() -> None:
    asked: list[tuple[str, ...]] = []

    class Risk:
        """Wants the report of three, and has the outcomes of what was asked."""

        def __init__(self, account: Account) -> None:
            self.account = account

        def wanted(self, most: int) -> tuple[str, ...]:
            known = {one for some in asked for one in some}
            return tuple(one for one in ("a", "b", "c") if one not in known)[:most]

    class Analysed:
        def __init__(self, account: Account) -> None:
            self.risk = Risk(account)

    class Asking(ScriptedFeed):
        def refresh(self, part: Part) -> str | None:
            (params,) = part.params
            asked.append(params[1])
            assert self.listener is not None
            for one in params[1]:
                report = Evidence(
                    service="iam",
                    operation="GenerateServiceLastAccessedDetails",
                    region="us-east-1",
                    account="123456789012",
                    at=AT,
                    params={"Arn": one},
                    response={"JobId": one},
                )
                self.listener(Arrived((report,)))
            self.listener(Finished())
            return None

    def analysing(account: Account, now: datetime) -> Any:
        return Analysed(account)

    engine = Engine(Asking(two_pages), analyse=analysing, look_into=25)
    seen = Seen()
    engine.start(seen)
    seen.wait_for(lambda event: ended(event) and len(asked) == 2)
    engine.close()
    assert asked == [("a", "b"), ("c",)]
    headless: list[tuple[str, ...]] = []
    asked = headless
    Engine(Asking(two_pages), analyse=analysing, look_into=25).run_to_end()
    assert headless == []
