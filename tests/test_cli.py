"""The command line as a process: what goes where, the exit codes, and how little is loaded."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pexpect
import pytest

from srtui import exits
from srtui.session import Session
from tests.test_session import ACCOUNT, AT, answer

HEAVY = ("textual", "rich", "aiobotocore", "botocore", "boto3", "aiohttp")


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment whose state and configuration are the test's own."""
    keep = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return {
        **keep,
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "TERM": "xterm-256color",
    }


def srtui(*arguments: str, home: Mapping[str, str], **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "srtui", *arguments],
        env=dict(home),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


def saved(home: Mapping[str, str]) -> Path:
    with Session.create(
        Path(home["XDG_STATE_HOME"]) / "srtui" / "sessions", account=ACCOUNT, at=AT, label="live"
    ) as session:
        session.append([answer("ListBuckets"), answer("GetBucketPolicy", Bucket="a")])
        session.set_meta(alias="ac\x1b[31mme", caller=f"arn:aws:sts::{ACCOUNT}:assumed-role/Audit/me")
        assert session.path is not None
        return session.path


def config(home: Mapping[str, str], text: str) -> None:
    folder = Path(home["XDG_CONFIG_HOME"]) / "srtui"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(text)


def loaded(arguments: list[str], home: Mapping[str, str]) -> list[str]:
    program = (
        "import sys\n"
        "from srtui.cli import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit: pass\n"
        f"print('HEAVY', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=dict(home),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return list(json.loads(done.stdout.splitlines()[-1].removeprefix("HEAVY ").replace("'", '"')))


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["info"], ["sessions"], ["report", "latest"]]
)
def test_what_needs_no_screen_and_no_aws_loads_neither(arguments: list[str], home: dict[str, str]) -> None:
    saved(home)
    assert loaded(arguments, home) == []


def test_help_tells_the_exit_codes(home: dict[str, str]) -> None:
    done = srtui("--help", home=home)
    assert done.returncode == exits.OK
    for code in (exits.FAILURE, exits.USAGE, exits.BAD_DATA, exits.NO_PERMISSION, exits.INTERRUPTED):
        assert f"\n  {code} " in done.stdout


def test_wrong_usage_is_2(home: dict[str, str]) -> None:
    assert srtui("bogus", home=home).returncode == exits.USAGE
    assert srtui("report", home=home).returncode == exits.USAGE
    assert srtui("report", "x", "--format", "docx", home=home).returncode == exits.USAGE


def test_info_prints_every_path(home: dict[str, str]) -> None:
    done = srtui("info", home=home)
    for name in ("config", "themes", "sessions", "triage", "log"):
        assert f"\n{name} " in done.stdout
    assert home["XDG_STATE_HOME"] in done.stdout
    assert done.stderr == ""


def test_keys_prints_every_key(home: dict[str, str]) -> None:
    assert "`triage.acknowledge`" in srtui("keys", home=home).stdout


@pytest.mark.parametrize("format", ["md", "json", "toml", "html", "csv", "sarif", "ocsf", "asff"])
def test_the_demo_can_be_reported_without_any_terminal(home: dict[str, str], format: str) -> None:
    done = srtui("report", "demo", "--format", format, home=home)
    assert (done.returncode, done.stderr) == (exits.OK, "")
    assert "420042004200" in done.stdout
    assert done.stdout == srtui("report", "demo", "--format", format, home=home).stdout


def test_fail_on_is_1_when_such_findings_are_open(home: dict[str, str]) -> None:
    assert srtui("report", "demo", "--fail-on", "high", home=home).returncode == exits.FAILURE


def test_sessions_lists_and_keeps_escapes_from_the_terminal(home: dict[str, str]) -> None:
    empty = srtui("sessions", home=home)
    assert (empty.returncode, empty.stdout) == (exits.OK, "")
    path = saved(home)
    done = srtui("sessions", home=home)
    assert path.name in done.stdout
    assert "\x1b" not in done.stdout
    row = json.loads(srtui("sessions", "--json", home=home).stdout)
    assert (row["name"], row["account"], row["answers"]) == (path.name, ACCOUNT, 2)


def test_bundle_writes_a_file_that_opens_and_never_overwrites(home: dict[str, str], tmp_path: Path) -> None:
    saved(home)
    output = str(tmp_path / "b.jsonl.gz")
    done = srtui("bundle", "latest", "-o", output, home=home)
    assert (done.returncode, done.stdout) == (exits.OK, "")
    assert "2 answers" in done.stderr
    again = srtui("bundle", output, "-o", output, home=home)
    assert again.returncode == exits.USAGE
    assert "--force" in again.stderr
    assert srtui("bundle", output, "-o", str(tmp_path / "c.jsonl"), home=home).returncode == exits.OK
    assert len((tmp_path / "c.jsonl").read_text().splitlines()) == 4
    lost = srtui("bundle", output, "-o", str(tmp_path / "no" / "c.jsonl"), home=home)
    assert (lost.returncode, "there is no folder" in lost.stderr) == (exits.USAGE, True)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty"),
        (b"{}", '"UserDetailList"'),
        (b'{"srtui": "x"}\n', '"srtui"'),
        (b"\x00\x01", '"srtui"'),
    ],
)
def test_other_files_are_refused_in_one_line(
    home: dict[str, str], tmp_path: Path, content: bytes, expected: str
) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    done = srtui("report", str(path), home=home)
    assert done.returncode == exits.BAD_DATA
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert expected in done.stderr


def test_an_unknown_session_is_named(home: dict[str, str]) -> None:
    done = srtui("report", "2031-01", home=home)
    assert done.returncode == exits.BAD_DATA
    assert "2031-01" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_77(home: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text("{}")
    path.chmod(0)
    assert srtui("report", str(path), home=home).returncode == exits.NO_PERMISSION


@pytest.mark.parametrize("arguments", [[], ["demo"], ["open", "latest"]])
def test_without_a_terminal_it_says_what_to_use(arguments: list[str], home: dict[str, str]) -> None:
    done = srtui(*arguments, home=home)
    assert done.returncode == exits.USAGE
    assert "srtui report" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def on_a_terminal(home: Mapping[str, str], *arguments: str, **changes: str) -> tuple[int | None, str]:
    child = pexpect.spawn(
        sys.executable, ["-m", "srtui", *arguments], env={**home, **changes}, encoding="utf-8", timeout=30
    )
    child.expect(pexpect.EOF)
    text = child.before or ""
    child.close()
    return child.exitstatus, text.strip()


def test_a_terminal_that_can_do_nothing_is_refused_before_the_screen_is_touched(home: dict[str, str]) -> None:
    code, text = on_a_terminal(home, "demo", TERM="dumb")
    assert code == exits.USAGE
    assert "TERM=xterm-256color" in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("thme = 'dark'", "there is no setting 'thme'; did you mean 'theme'?"),
        ("mouse = 'no'", "mouse must be true or false"),
        ("theme = 'darkest'", "there is no theme 'darkest'"),
        ("theme = ", "config.toml"),
        ("[keys]\n'triage.acknowlege' = 'a'", "did you mean 'triage.acknowledge'"),
        ("[keys]\n'triage.acknowledge' = 5", "keys.triage.acknowledge must be"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(
    home: dict[str, str], settings: str, expected: str
) -> None:
    config(home, settings)
    code, text = on_a_terminal(home, "demo")
    assert code == exits.USAGE
    assert expected in text.replace("\r\n", "")
    assert "Traceback" not in text


def test_a_reader_that_goes_away_is_no_error(home: dict[str, str]) -> None:
    command = f"{sys.executable} -m srtui keys | head -n 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        env=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize("moment", ["srtui.cli.parser", "srtui.cli.commands"])
def test_ctrl_c_is_130_without_a_traceback(home: dict[str, str], moment: str) -> None:
    # A module that is being imported is as good a moment as any, and one that a test can hit.
    program = (
        "import sys, time, signal\n"
        "class Slow:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {moment!r}: print('now', flush=True); time.sleep(30)\n"
        "sys.meta_path.insert(0, Slow())\n"
        "sys.argv = ['srtui', 'info']\n"
        "from srtui.__main__ import main\n"
        "sys.exit(main())"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], env=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "now\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == exits.INTERRUPTED
    assert errors == ""
