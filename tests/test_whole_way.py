"""The whole way as a user goes it: live over HTTP, triage, quit, reopen, report; and a run that is killed."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from srtui.demo.lab import practice_server
from srtui.session import open_for_reading
from tests.benchmarks.terminal import Terminal
from tests.test_cli import srtui

pytestmark = pytest.mark.xdist_group("practice server")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with practice_server() as address:
        yield address


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "AWS_ACCESS_KEY_ID": "AKIAPRACTICE00000000",
        "AWS_SECRET_ACCESS_KEY": "practice",
        "AWS_EC2_METADATA_DISABLED": "true",
        "TERM": "xterm-256color",
    }


def explore(endpoint: str, environment: dict[str, str], *arguments: str) -> Terminal:
    command = [sys.executable, "-m", "srtui", *(arguments or ("--endpoint-url", endpoint))]
    return Terminal(command, 120, 36, environment)


def test_from_a_live_answer_to_a_saved_session(
    endpoint: str, environment: dict[str, str], tmp_path: Path
) -> None:
    with explore(endpoint, environment) as terminal:
        terminal.wait_for(lambda screen: "acme-prod" in screen and "▓" in screen, 60)  # streaming in
        terminal.wait_for(
            lambda screen: "▓" not in screen and "░" not in screen and "Findings ·" in screen, 120
        )
        terminal.send("3")
        terminal.wait_for(lambda screen: "acknowledge" in screen)
        terminal.send("  a")  # marks two findings
        terminal.wait_for(lambda screen: "Acknowledge 2 findings?" in screen)
        terminal.send("\r")
        terminal.wait_for(lambda screen: "2 findings acknowledged; u takes it back" in screen)
        terminal.send("2jj\r")
        terminal.wait_for(lambda screen: "1 Overview" in screen and "? help" in screen and "q quit" in screen)
        terminal.send("\x1b")
        terminal.wait_for(lambda screen: "1 Overview" not in screen and "3 Findings" in screen)
        terminal.send("q")
        assert terminal.exit_code() == 0

    (triage,) = (tmp_path / "state" / "srtui" / "triage").glob("*.toml")
    assert triage.read_text().count('state = "acknowledged"') == 2
    listed = srtui("sessions", home=environment)
    assert "acme-prod" in listed.stdout

    with explore(endpoint, environment, "open", "latest") as terminal:
        terminal.wait_for(lambda screen: "acme-prod" in screen and "Findings ·" in screen, 60)
        terminal.send("3")
        terminal.wait_for(lambda screen: "acknowledge" in screen)
        terminal.send("/")
        terminal.wait_for(lambda screen: "or words" in screen)
        terminal.send("status:ack\r")
        terminal.wait_for(lambda screen: "2 of " in screen)
        terminal.send("q")
        assert terminal.exit_code() == 0

    report = json.loads(srtui("report", "latest", "--format", "json", home=environment).stdout)
    assert report["account"] == "420042004200"
    assert len(report["matrix"]) == 13
    states = [finding["triage"]["state"] for finding in report["findings"]]
    assert states.count("acknowledged") == 2


def test_what_arrived_before_a_kill_is_all_there(
    endpoint: str, environment: dict[str, str], tmp_path: Path
) -> None:
    with explore(endpoint, environment) as terminal:
        terminal.wait_for(lambda screen: "▓" in screen, 60)
        os.kill(terminal.process.pid, signal.SIGKILL)
        terminal.exit_code()
    (path,) = (tmp_path / "state" / "srtui" / "sessions").glob("*.srtui")
    with open_for_reading(path) as session:
        kept = list(session.evidence())
    assert ("sts", "GetCallerIdentity") in {(item.service, item.operation) for item in kept}
    reopened = srtui("report", str(path), "--format", "json", home=environment)
    assert reopened.returncode == 0
    assert json.loads(reopened.stdout)["coverage"]["calls"] == len({item.key for item in kept})


def test_a_profile_that_is_not_there_is_told_and_ends_with_77(environment: dict[str, str]) -> None:
    environment["AWS_ACCESS_KEY_ID"] = ""
    environment.pop("AWS_SECRET_ACCESS_KEY")
    with explore("", environment, "--profile", "nobody") as terminal:
        terminal.wait_for(lambda screen: "There is no profile 'nobody'" in screen, 30)
        terminal.send("q")
        assert terminal.exit_code() == 77
