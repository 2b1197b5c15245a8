from __future__ import annotations

import multiprocessing
import os
import stat
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from srtui.findings.triage import Triage, load_triage
from tests.findings.made import finding

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ONE, TWO = finding("root-mfa"), finding("root-access-key")


@pytest.fixture
def store(tmp_path: Path) -> Triage:
    return load_triage("420042004200", tmp_path)


def test_a_decision_is_on_disk_and_holds_in_the_next_run(store: Triage, tmp_path: Path) -> None:
    store.suppress([ONE, TWO], "accepted by <b>CISO</b>\x1b[31m", date(2027, 1, 1), now=NOW)
    store.note([ONE], "see ticket", now=NOW)
    again = load_triage("420042004200", tmp_path)
    assert again.state(ONE.fingerprint, NOW) == "suppressed"
    assert again.decision(TWO.fingerprint).reason == "accepted by <b>CISO</b>\x1b[31m"
    assert [note.text for note in again.decision(ONE.fingerprint).notes] == ["see ticket"]
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]


def test_a_suppression_ends_after_its_last_day(store: Triage) -> None:
    store.suppress([ONE], "until new year", date(2026, 12, 31), now=NOW)
    assert store.state(ONE.fingerprint, datetime(2026, 12, 31, 23, tzinfo=UTC)) == "suppressed"
    assert store.state(ONE.fingerprint, datetime(2027, 1, 1, tzinfo=UTC)) == "open"


def test_undo_takes_back_one_change_after_the_other(store: Triage, tmp_path: Path) -> None:
    store.acknowledge([ONE], now=NOW)
    store.suppress([ONE, TWO], "reason", now=NOW)
    assert store.can_undo == "suppressed: 2 findings"
    assert store.undo() == "suppressed: 2 findings"
    assert store.state(ONE.fingerprint, NOW) == "acknowledged"
    assert store.state(TWO.fingerprint, NOW) == "open"
    store.undo()
    assert store.undo() == ""
    assert load_triage("420042004200", tmp_path).state(ONE.fingerprint, NOW) == "open"


def test_two_running_programs_merge(store: Triage, tmp_path: Path) -> None:
    other = load_triage("420042004200", tmp_path)
    store.acknowledge([ONE], now=NOW)
    other.suppress([TWO], "reason", now=NOW)
    assert other.state(ONE.fingerprint, NOW) == "acknowledged"
    store.undo()
    assert load_triage("420042004200", tmp_path).state(TWO.fingerprint, NOW) == "suppressed"


def test_unknown_keys_stay(store: Triage) -> None:
    store.path.write_text(f'owner = "me"\n[finding.{ONE.fingerprint}]\nstate = "open"\nticket = "X-1"\n')
    store.acknowledge([ONE], now=NOW)
    data = tomllib.loads(store.path.read_text())
    assert data["owner"] == "me"
    assert data["finding"][ONE.fingerprint]["ticket"] == "X-1"
    assert data["finding"][ONE.fingerprint]["state"] == "acknowledged"


@pytest.mark.parametrize("damage", [b"state = \n[[", b"\xff\xfe", b"finding = 3\n"])
def test_a_damaged_file_is_kept_aside_and_said(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "420042004200.toml"
    path.write_bytes(damage)
    store = load_triage("420042004200", tmp_path)
    assert store.problems
    assert path.read_bytes() == damage
    store.acknowledge([ONE], now=NOW)
    (aside,) = tmp_path.glob("*.damaged-*")
    assert aside.read_bytes() == damage
    assert load_triage("420042004200", tmp_path).state(ONE.fingerprint, NOW) == "acknowledged"


def test_damage_in_mid_run_loses_no_decision_of_this_run(store: Triage, tmp_path: Path) -> None:
    store.acknowledge([ONE], now=NOW)
    store.path.write_text("[[[")
    store.suppress([TWO], "reason", now=NOW)
    again = load_triage("420042004200", tmp_path)
    assert again.state(ONE.fingerprint, NOW) == "acknowledged"
    assert again.state(TWO.fingerprint, NOW) == "suppressed"


def test_an_entry_of_another_shape_counts_as_open_and_stays(store: Triage, tmp_path: Path) -> None:
    store.path.write_text(f'[finding.{ONE.fingerprint}]\nstate = "whatever"\n')
    again = load_triage("420042004200", tmp_path)
    assert again.problems
    assert again.state(ONE.fingerprint, NOW) == "open"
    again.acknowledge([TWO], now=NOW)
    assert tomllib.loads(store.path.read_text())["finding"][ONE.fingerprint]["state"] == "whatever"


def test_a_failed_write_leaves_the_file_and_the_decision_as_they_were(
    store: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.acknowledge([ONE], now=NOW)
    before = store.path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.suppress([ONE], "reason", now=NOW)
    assert store.path.read_bytes() == before
    assert store.state(ONE.fingerprint, NOW) == "acknowledged"
    assert store.can_undo.startswith("acknowledged: ")


def test_a_suppression_without_a_reason_is_refused(store: Triage) -> None:
    with pytest.raises(ValueError, match="reason"):
        store.suppress([ONE], "  ")


def _many(folder: str, start: int) -> None:
    store = load_triage("1", Path(folder))
    for number in range(start, start + 10):
        store.acknowledge([finding(f"control-{number}")], now=NOW)


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_many, args=(str(tmp_path), start)) for start in (0, 10)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert len(tomllib.loads((tmp_path / "1.toml").read_text())["finding"]) == 20
