"""Bundles and authorization-details files: written once, read forgivingly, refused with the key that was expected."""

from __future__ import annotations

import gzip
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from srtui.bundle import read_bundle, write_bundle
from srtui.evidence import REDACTED, Evidence
from srtui.feed import Arrived, FeedEvent, Finished, Part, Progress
from srtui.files import BadData, Exists
from srtui.session import Session
from srtui.source import ReplayFeed, open_source
from tests.test_session import ACCOUNT, AT, answer

EVIDENCE = [answer("GetBucketPolicy", text="t" * 50, Bucket=f"b{number}") for number in range(40)]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_what_was_written_is_read_back(tmp_path: Path, name: str) -> None:
    assert write_bundle(EVIDENCE, tmp_path / name, meta={"account": ACCOUNT, "label": "live"}) == 40
    bundle = read_bundle(tmp_path / name)
    assert bundle.header == {"srtui": "bundle", "version": 1, "account": ACCOUNT, "label": "live"}
    assert list(bundle.evidence) == EVIDENCE
    assert bundle.notes == []
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_equal_evidence_gives_equal_bytes_under_any_name(tmp_path: Path) -> None:
    for name in ("a.jsonl.gz", "b.jsonl.gz"):
        write_bundle(EVIDENCE, tmp_path / name)
        os.utime(tmp_path / name, (1, 1))
    assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()


def test_nothing_is_overwritten_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("mine")
    with pytest.raises(Exists, match="--force"):
        write_bundle(EVIDENCE, path)
    assert path.read_text() == "mine"
    write_bundle(EVIDENCE, path, force=True)
    assert list(read_bundle(path).evidence) == EVIDENCE
    assert [file.name for file in tmp_path.iterdir()] == ["a.jsonl"]


def test_a_failed_writing_leaves_nothing_behind(tmp_path: Path) -> None:
    def broken() -> Iterator[Evidence]:
        yield EVIDENCE[0]
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_bundle(broken(), tmp_path / "a.jsonl")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_bundle_cut_off_anywhere_gives_all_that_is_whole(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_bundle(
        [answer("GetBucketPolicy", text=os.urandom(200).hex(), Bucket=str(n)) for n in range(300)], path
    )
    content = path.read_bytes()
    for share in (0.3, 0.6, 0.95):
        path.write_bytes(content[: int(len(content) * share)])
        source = open_source(str(path))
        found = list(source.evidence)
        assert 300 * share * 0.7 - 5 < len(found) < 300
        assert [item.params["Bucket"] for item in found] == [str(n) for n in range(len(found))]
        assert any("cut off" in note for note in source.notes)


def test_a_bad_line_is_left_out_and_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write_bundle(EVIDENCE, path)
    lines = path.read_bytes().split(b"\n")
    lines[3] = b'{"service": "s3"}'
    lines[5] = b"\xff\xfe nonsense"
    path.write_bytes(b"\n".join(lines))
    bundle = read_bundle(path)
    assert len(list(bundle.evidence)) == 38
    assert bundle.notes == ["2 of the lines hold no whole answer and were left out (line 4, 6)"]


def test_a_bundle_that_lost_whole_lines_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write_bundle(EVIDENCE, path)
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join(lines[:10] + lines[12:]))
    bundle = read_bundle(path)
    list(bundle.evidence)
    assert bundle.notes == ["the bundle says it holds 40 answers, but 38 were found"]


def test_a_bundle_is_redacted_whoever_wrote_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write_bundle([msgspec.structs.replace(EVIDENCE[0], response={"MasterUserPassword": "hunter2"})], path)
    (item,) = open_source(str(path)).evidence
    assert item.response == {"MasterUserPassword": REDACTED}


def test_of_a_call_asked_twice_the_newer_answer_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write_bundle([answer("ListBuckets", text="old"), EVIDENCE[0], answer("ListBuckets", text="new")], path)
    found = list(open_source(str(path)).evidence)
    assert found[-2:] == [answer("ListBuckets", text="new"), EVIDENCE[0]]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty"),
        (b"hello", 'the key "srtui" in the first line'),
        (b"\x89PNG\r\n", 'the key "UserDetailList"'),
        (b'{"Users": []}', 'expected the key "UserDetailList"'),
        (b'{"srtui": "theme"}\n', 'expected the key "srtui" with the value "bundle"'),
        (b'{"srtui": "bundle", "version": 7}\n', 'expected the key "version" with the value 1'),
        (b'{"UserDetailList": 5}', 'expected the key "UserDetailList" with a list'),
        (b'{"UserDetailList": []}', 'expected the key "Arn" with an account number'),
        (b'{"UserDetailList": [{"Arn": 5}]}', 'expected the key "Arn" with a text'),
        (b'{"UserDetailList": [{"Arn": "arn:aws:i', "damaged or cut off"),
        (b"[1, 2]", "expected"),
        (gzip.compress(b"hello", mtime=0), 'the key "srtui" in the first line'),
        (b"\x1f\x8b broken", "cannot be read"),
    ],
)
def test_a_file_of_another_shape_is_refused_with_what_was_expected(
    tmp_path: Path, content: bytes, expected: str
) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(BadData) as refused:
        open_source(str(path))
    assert expected in str(refused.value)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def _details(users: int = 3) -> dict[str, Any]:
    return {
        "UserDetailList": [
            {
                "Arn": f"arn:aws-us-gov:iam::{ACCOUNT}:user/u{number}",
                "UserName": f"u{number}",
                "UserId": f"AIDA{number}",
                "Path": "/",
                "CreateDate": "2024-01-01T00:00:00Z",
                "GroupList": [],
                "AttachedManagedPolicies": [],
            }
            for number in range(users)
        ],
        "GroupDetailList": [],
        "RoleDetailList": [],
        "Policies": [],
    }


@pytest.mark.parametrize("shape", ["object", "array", "lines", "indented", "gz"])
def test_authorization_details_become_evidence(tmp_path: Path, shape: str) -> None:
    details = _details()
    text = {
        "object": json.dumps(details),
        "array": json.dumps([details]),
        "lines": json.dumps(details) + "\n" + json.dumps({"RoleDetailList": []}) + "\n",
        "indented": json.dumps(details, indent=4),
        "gz": json.dumps(details),
    }[shape]
    path = tmp_path / "auth.json"
    path.write_bytes(gzip.compress(text.encode()) if shape == "gz" else text.encode())
    os.utime(path, (AT.timestamp(), AT.timestamp()))
    source = open_source(str(path))
    (item,) = source.evidence
    assert (source.kind, source.account, source.notes) == ("authorization-details", ACCOUNT, [])
    assert item == Evidence(
        service="iam",
        operation="GetAccountAuthorizationDetails",
        region="us-gov-west-1",
        account=ACCOUNT,
        at=AT,
        response=details,
    )


def test_large_authorization_details_come_in_pages(tmp_path: Path) -> None:
    path = tmp_path / "auth.json"
    path.write_text(json.dumps(_details(1200)))
    pages = list(open_source(str(path)).evidence)
    assert [(page.page, page.more) for page in pages] == [(0, True), (1, True), (2, False)]
    assert sum(len(page.response["UserDetailList"]) for page in pages if page.response) == 1200


def test_a_single_page_of_a_longer_list_is_never_complete(tmp_path: Path) -> None:
    path = tmp_path / "auth.json"
    path.write_text(json.dumps({**_details(), "IsTruncated": True, "Marker": "abc"}))
    source = open_source(str(path))
    (page,) = source.evidence
    assert page.more
    assert "IsTruncated" in source.notes[0]


def test_a_session_and_its_bundle_hold_the_same(tmp_path: Path) -> None:
    with Session.create(tmp_path, account=ACCOUNT, at=AT, label="live") as session:
        session.append([*EVIDENCE, EVIDENCE[3]])
        session.set_meta(alias="acme")
        assert session.path is not None
    source = open_source(str(session.path))
    write_bundle(source.evidence, tmp_path / "b.jsonl.gz", meta=source.meta)
    again = open_source(str(tmp_path / "b.jsonl.gz"))
    assert list(again.evidence) == EVIDENCE
    assert again.meta["alias"] == "acme"
    assert again.account == ACCOUNT


def test_replay_streams_in_batches_and_ends(tmp_path: Path) -> None:
    import threading

    write_bundle(EVIDENCE, tmp_path / "a.jsonl")
    feed = ReplayFeed(open_source(str(tmp_path / "a.jsonl")), batch=16)
    events: list[FeedEvent] = []
    ended = threading.Event()

    def listen(event: FeedEvent) -> None:
        events.append(event)
        if isinstance(event, Finished):
            ended.set()

    feed.start(listen)
    assert ended.wait(10)
    feed.close()
    arrived = [event.evidence for event in events if isinstance(event, Arrived)]
    assert [len(batch) for batch in arrived] == [16, 16, 8]
    assert [item for batch in arrived for item in batch] == EVIDENCE
    assert [event for event in events if isinstance(event, Progress)][-1].done == 40
    assert events[-1] == Finished(cancelled=False)
    assert "recording" in (feed.refresh(Part(calls=[])) or "")
