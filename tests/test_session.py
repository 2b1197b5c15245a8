"""Sessions: nothing that arrived is lost, whatever happens to the process or to the file."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from srtui.evidence import CallError, Evidence
from srtui.files import BadData
from srtui.salvage import salvage
from srtui.session import Session, current, describe, list_sessions, open_for_reading, resolve
from srtui.source import open_source

AT = datetime(2026, 11, 24, 9, 12, tzinfo=UTC)
ACCOUNT = "420042004200"


def answer(operation: str, page: int = 0, *, more: bool = False, text: str = "x", **params: str) -> Evidence:
    return Evidence(
        service="s3",
        operation=operation,
        region="eu-west-1",
        account=ACCOUNT,
        at=AT,
        params=dict(params),
        page=page,
        more=more,
        response={"Text": text},
    )


def texts(session: Session) -> list[str]:
    return [item.response["Text"] for item in session.evidence() if item.response]


def test_what_was_appended_is_read_back_in_order(tmp_path: Path) -> None:
    batch = [answer("ListBuckets", text="a"), answer("GetBucketPolicy", text="b", Bucket="logs")]
    with Session.create(tmp_path, account=ACCOUNT, at=AT, label="live") as session:
        session.append(batch)
        assert list(session.evidence()) == batch
        path = session.path
    assert path is not None
    with open_for_reading(path) as again:
        assert list(again.evidence()) == batch
        assert again.meta()["account"] == ACCOUNT
        assert again.meta()["label"] == "live"


def test_names_tell_time_and_account_and_are_never_taken_twice(tmp_path: Path) -> None:
    names = []
    for _ in range(3):
        with Session.create(tmp_path, account=ACCOUNT, at=AT) as session:
            assert session.path is not None
            names.append(session.path.name)
    assert names == [
        "2026-11-24T0912Z-420042004200.srtui",
        "2026-11-24T0912Z-420042004200-2.srtui",
        "2026-11-24T0912Z-420042004200-3.srtui",
    ]


def test_only_the_owner_may_read_a_session(tmp_path: Path) -> None:
    os.umask(0o000)
    try:
        session = Session.create(tmp_path / "state" / "sessions", account=ACCOUNT)
    finally:
        os.umask(0o022)
    session.append([answer("ListBuckets")])
    assert session.path is not None
    assert stat.S_IMODE(session.path.parent.stat().st_mode) == 0o700
    modes = {stat.S_IMODE(path.stat().st_mode) for path in session.path.parent.iterdir()}
    assert modes == {0o600}  # the log and the shared memory of SQLite as well
    session.close()


def test_a_call_asked_again_replaces_its_answer_once_complete(tmp_path: Path) -> None:
    with Session.create(tmp_path) as session:
        session.append(
            [answer("ListBuckets", 0, more=True, text="old 0"), answer("ListBuckets", 1, text="old 1")]
        )
        session.append([answer("GetBucketPolicy", text="child", Bucket="logs")])
        session.append([answer("ListBuckets", 0, more=True, text="new 0")])
        assert texts(session) == ["old 0", "old 1", "child"]
        session.append([answer("ListBuckets", 1, text="new 1")])
        # The parent keeps its place before its children.
        assert texts(session) == ["new 0", "new 1", "child"]


def test_of_incomplete_runs_the_newest_counts(tmp_path: Path) -> None:
    with Session.create(tmp_path) as session:
        session.append([answer("ListBuckets", 0, more=True, text="old")])
        session.append([answer("ListBuckets", 0, more=True, text="new")])
        assert texts(session) == ["new"]


def test_runs_go_on_counting_when_a_session_is_opened_again(tmp_path: Path) -> None:
    with Session.create(tmp_path) as session:
        session.append([answer("ListBuckets", text="old")])
    assert session.path is not None
    with Session.open(session.path, write=True) as again:
        again.append([answer("ListBuckets", text="new")])
        assert texts(again) == ["new"]


def test_current_follows_the_same_rule_without_a_database(tmp_path: Path) -> None:
    arrived = [
        answer("ListBuckets", 0, more=True, text="1"),
        answer("GetBucketPolicy", text="2", Bucket="a"),
        answer("ListBuckets", 1, text="3"),
        answer("ListBuckets", 0, more=True, text="4"),
        answer("GetBucketPolicy", text="5", Bucket="a"),
    ]
    with Session.create(tmp_path) as session:
        session.append(arrived)
        assert list(session.evidence()) == current(arrived)
        assert texts(session) == ["1", "3", "5"]


def test_a_failed_append_leaves_the_session_usable(tmp_path: Path) -> None:
    with Session.create(tmp_path) as session:

        def broken() -> list[Evidence]:
            return [answer("ListBuckets"), None]  # type: ignore[list-item]

        with pytest.raises(AttributeError):
            session.append(broken())
        session.append([answer("ListBuckets", text="whole")])
        assert texts(session) == ["whole"]


def test_many_threads_may_append(tmp_path: Path) -> None:
    with Session.create(tmp_path) as session:

        def work(name: str) -> None:
            for number in range(50):
                session.append([answer("GetBucketPolicy", Bucket=f"{name}-{number}")])

        threads = [threading.Thread(target=work, args=(str(index),)) for index in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert session.counts() == (200, 0)


def test_counts_and_lists_newest_first(tmp_path: Path) -> None:
    denied = Evidence(
        service="s3",
        operation="ListBuckets",
        region="eu-west-1",
        account=ACCOUNT,
        at=AT,
        error=CallError("AccessDenied", "no", "denied"),
    )
    for day in (1, 2):
        with Session.create(tmp_path, account=ACCOUNT, at=AT.replace(day=day)) as session:
            session.append([denied, answer("GetBucketPolicy")])
            session.set_meta(alias="acme", caller="arn:aws:sts::1:x")
    (tmp_path / "broken.srtui").write_bytes(b"nonsense")
    broken, newest, oldest = list_sessions(tmp_path)
    assert (newest.path.name[:10], oldest.path.name[:10]) == ("2026-11-02", "2026-11-01")
    assert (newest.answers, newest.failures, newest.alias) == (2, 1, "acme")
    assert "not a database" in broken.problem


def test_a_session_is_found_by_path_name_prefix_and_latest(tmp_path: Path) -> None:
    paths = []
    for day in (1, 2):
        with Session.create(tmp_path, account=ACCOUNT, at=AT.replace(day=day)) as session:
            assert session.path is not None
            paths.append(session.path)
    assert resolve(str(paths[0]), tmp_path) == paths[0]
    assert resolve(paths[0].name, tmp_path) == paths[0]
    assert resolve(paths[0].stem, tmp_path) == paths[0]
    assert resolve("2026-11-01", tmp_path) == paths[0]
    assert resolve("latest", tmp_path) == paths[1]
    with pytest.raises(BadData, match="2 sessions, the newest is 2026-11-02"):
        resolve("2026-11", tmp_path)
    with pytest.raises(BadData, match="no such file"):
        resolve("2031", tmp_path)
    with pytest.raises(BadData, match=r"no saved session yet: .* --session demo"):
        resolve("latest", tmp_path / "empty")


WRITER = """
import sys
from pathlib import Path
from tests.test_session import ACCOUNT, AT, answer
from srtui.session import Session

session = Session.create(Path(sys.argv[1]), account=ACCOUNT, at=AT)
number = 0
while True:
    session.append([answer("GetBucketPolicy", text="y" * 2000, Bucket=str(number + i)) for i in range(10)])
    number += 10
    print(number, flush=True)  # said only after it is on disk
"""


@pytest.mark.parametrize("enough", [10, 2000])
def test_a_writer_killed_in_the_middle_loses_nothing_that_it_had_stored(tmp_path: Path, enough: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if int(line) >= enough:
                break
        writer.send_signal(signal.SIGKILL)
        acknowledged = int(([line, *writer.stdout.read().splitlines()])[-1])
    source = open_source("latest", tmp_path)
    found = [item.params["Bucket"] for item in source.evidence]
    assert source.notes == []
    assert len(found) >= acknowledged >= enough
    assert found == [str(number) for number in range(len(found))]
    (path,) = tmp_path.glob("*.srtui")
    with Session.open(path, write=True) as session:
        session.append([answer("ListBuckets", text="goes on")])
        assert texts(session)[-1] == "goes on"


def _big(folder: Path) -> Path:
    with Session.create(folder, account=ACCOUNT, at=AT) as session:
        for number in range(500):
            session.append([answer("GetBucketPolicy", text="z" * 700, Bucket=str(number))])
        assert session.path is not None
        return session.path


@pytest.mark.parametrize("share", [0.3, 0.8])
def test_a_session_that_was_cut_off_opens_with_what_is_whole(tmp_path: Path, share: float) -> None:
    path = _big(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    damaged = path.read_bytes()
    source = open_source(str(path))
    found = list(source.evidence)
    assert 500 * share * 0.6 < len(found) < 500
    assert source.meta["label"] == ""
    assert source.account == ACCOUNT
    assert "damaged" in source.notes[0]
    assert f"{len(found)} answers were read" in source.notes[0]
    assert path.read_bytes() == damaged  # and it is left as it is


def test_a_session_with_a_bad_patch_opens_with_what_is_whole(tmp_path: Path) -> None:
    path = _big(tmp_path)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20_000] = os.urandom(20_000)
    path.write_bytes(content)
    source = open_source(str(path))
    found = {item.params["Bucket"] for item in source.evidence}
    assert 350 < len(found) < 500
    assert "could not be" in source.notes[0]


def test_a_session_without_its_head_is_refused_with_a_reason(tmp_path: Path) -> None:
    path = _big(tmp_path)
    content = bytearray(path.read_bytes())
    content[:4096] = bytes(4096)
    path.write_bytes(content)
    with pytest.raises(BadData, match="expected an SQLite file"):
        open_source(str(path))
    assert describe(path).problem


def test_another_sqlite_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.srtui"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE cats (name TEXT)")
    connection.close()
    with pytest.raises(BadData):
        open_source(str(path))


def test_a_newer_session_is_refused_by_version(tmp_path: Path) -> None:
    path = _big(tmp_path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '9' WHERE name = 'schema'")
    connection.close()
    with pytest.raises(BadData, match="version 9"):
        open_source(str(path))


def test_a_session_in_a_read_only_folder_opens(tmp_path: Path) -> None:
    path = _big(tmp_path)
    tmp_path.chmod(0o500)
    path.chmod(0o400)
    try:
        with open_for_reading(path) as session:
            assert session.counts() == (500, 0)
    finally:
        tmp_path.chmod(0o700)


def test_salvage_counts_rows_that_are_no_evidence(tmp_path: Path) -> None:
    path = _big(tmp_path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE evidence SET body = x'7b' WHERE id IN (3, 4)")
    connection.close()
    saved = salvage(path, "test")
    assert len(saved.evidence) == 498
    assert "at least 2 could not be" in saved.note
    source = open_source(str(path))
    found = [item.params["Bucket"] for item in source.evidence]
    assert len(found) == len(set(found)) == 498
    assert "at least 2" in source.notes[0]


def test_a_session_of_which_nothing_is_whole_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gone.srtui"
    path.write_bytes(b"SQLite format 3\0garbage")
    with pytest.raises(BadData, match="damaged and no answer in it is whole"):
        open_source(str(path))
