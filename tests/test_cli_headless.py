"""The commands for cron and CI as processes: collect, diff, controls and permissions."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pexpect
import pytest

from srtui import exits
from srtui.account import Account
from srtui.cli import main
from srtui.evidence import CallError
from srtui.report import FORMATS
from srtui.services.missing import bar, missing
from srtui.services.permissions import MANAGED_POLICY_LIMIT, actions, named_policies, split_policies
from srtui.session import Session
from tests import securityaudit
from tests.aws.stub import ACCOUNT, Asked, Reply, StubAws, error, users
from tests.compare.made import details, user
from tests.responsibility.recorded import account as recorded_account
from tests.responsibility.recorded import evidence
from tests.test_cli import home, srtui
from tests.test_session import AT, answer

__all__ = ["home"]


@pytest.fixture
def signed_in(home: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """An environment with a key in it, and nothing of the machine's own."""
    return {
        **home,
        "AWS_ACCESS_KEY_ID": "AKIAFIRST",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "aws-credentials"),
    }


def one_user(asked: Asked) -> Reply | None:
    if asked.operation == "GetAccountAuthorizationDetails":
        return users(["ana"]) if asked.params.get("Filter.member.1") == "User" else users([])
    return None


# --- collect ----------------------------------------------------------------------------------------------


def test_collect_writes_a_session_and_a_summary(signed_in: dict[str, str], tmp_path: Path) -> None:
    output = tmp_path / "nightly.srtui"
    with StubAws(one_user) as stub:
        done = srtui("collect", "-o", str(output), "--endpoint-url", stub.url, home=signed_in)
    assert done.returncode == exits.OK
    lines = dict(line.split(None, 1) for line in done.stdout.splitlines())
    assert lines["account"] == ACCOUNT
    assert lines["session"] == str(output)
    assert "denied" in lines["calls"]
    assert oct(output.stat().st_mode)[-3:] == "600"
    assert not list(tmp_path.glob("nightly.srtui-*")), "a closed session is one file"
    report = srtui("report", str(output), "--format", "json", home=signed_in)
    assert json.loads(report.stdout)["account"] == ACCOUNT


def test_collect_goes_to_the_sessions_by_default_and_tells_it_as_json(signed_in: dict[str, str]) -> None:
    with StubAws(one_user) as stub:
        done = srtui("--region", "eu-west-1", "collect", "--json", "--endpoint-url", stub.url, home=signed_in)
    told = json.loads(done.stdout)
    assert (told["srtui"], told["version"], told["account"], told["complete"]) == (
        "collect",
        1,
        ACCOUNT,
        True,
    )
    assert told["calls"] > told["failed"] >= told["denied"] > 0
    assert set(told["findings"]) == {"critical", "high", "medium", "low", "info"}
    assert Path(told["session"]).parent == Path(signed_in["XDG_STATE_HOME"]) / "srtui" / "sessions"


def test_collect_fails_on_what_is_open(signed_in: dict[str, str]) -> None:
    with StubAws(one_user) as stub:
        done = srtui("collect", "--fail-on", "info", "--endpoint-url", stub.url, home=signed_in)
    assert done.returncode == exits.FAILURE
    assert "open" in done.stdout


def test_collect_never_replaces_a_file_unless_told_to(signed_in: dict[str, str], tmp_path: Path) -> None:
    output = tmp_path / "mine.srtui"
    output.write_text("mine")
    with StubAws(one_user) as stub:
        url = ("--endpoint-url", stub.url)
        refused = srtui("collect", "-o", str(output), *url, home=signed_in)
        assert (refused.returncode, output.read_text()) == (exits.USAGE, "mine")
        assert not stub.asked
        assert srtui("collect", "-o", str(output), "--force", *url, home=signed_in).returncode == exits.OK
    with Session.open(output) as session:
        assert session.counts()[0] > 0


def test_refused_credentials_are_77_and_leave_an_old_file_alone(
    signed_in: dict[str, str], tmp_path: Path
) -> None:
    output = tmp_path / "mine.srtui"
    output.write_text("mine")

    def refuse(asked: Asked) -> Reply:
        return error(asked, "InvalidClientTokenId", 403)

    with StubAws(refuse) as stub:
        url = ("--endpoint-url", stub.url)
        done = srtui("collect", "-o", str(output), "--force", *url, home=signed_in)
    assert done.returncode == exits.NO_PERMISSION
    assert done.stdout == ""
    assert "InvalidClientTokenId" in done.stderr
    assert output.read_text() == "mine"


def test_without_credentials_it_is_77(home: dict[str, str], tmp_path: Path) -> None:
    nothing = {"AWS_CONFIG_FILE": str(tmp_path / "c"), "AWS_EC2_METADATA_DISABLED": "true"}
    done = srtui("collect", home={**home, **nothing, "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "s")})
    assert done.returncode == exits.NO_PERMISSION
    assert "no AWS credentials were found" in done.stderr


def test_credentials_that_expire_are_77_and_what_arrived_is_kept(
    signed_in: dict[str, str], tmp_path: Path
) -> None:
    output = tmp_path / "half.srtui"

    def expire(asked: Asked) -> Reply | None:
        if asked.operation == "GetCallerIdentity":
            return None
        return error(asked, "ExpiredToken", 403) if asked.service == "iam" else None

    with StubAws(expire) as stub:
        done = srtui("collect", "-o", str(output), "--endpoint-url", stub.url, home=signed_in)
    assert done.returncode == exits.NO_PERMISSION
    assert "not collected to the end" in done.stdout
    assert "ExpiredToken" in done.stderr
    with Session.open(output) as session:
        assert session.counts()[0] > 0


def test_ctrl_c_is_130_and_what_arrived_is_kept(signed_in: dict[str, str], tmp_path: Path) -> None:
    output = tmp_path / "half.srtui"
    with StubAws(one_user, latency=0.2) as stub:
        arguments = ["collect", "-o", str(output), "--endpoint-url", stub.url]
        with subprocess.Popen(
            [sys.executable, "-m", "srtui", *arguments],
            env=signed_in,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            end = time.monotonic() + 40
            while not output.exists() and time.monotonic() < end:
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            out, errors = process.communicate(timeout=60)
    assert process.returncode == exits.INTERRUPTED
    assert "what arrived is kept" in errors
    assert "Traceback" not in errors
    assert "not collected to the end" in out
    with Session.open(output) as session:
        assert session.counts()[0] > 0


def test_on_a_terminal_one_line_is_drawn_over(signed_in: dict[str, str], tmp_path: Path) -> None:
    with StubAws(one_user, latency=0.1) as stub:
        child = pexpect.spawn(
            sys.executable,
            ["-m", "srtui", "collect", "--endpoint-url", stub.url],
            env={**os.environ, **signed_in},
            encoding="utf-8",
            timeout=60,
        )
        child.expect(r"\r\x1b\[Ksrtui: collecting: [\d,]+ of [\d,]+ calls")
        child.expect(pexpect.EOF)
        child.close()
    assert child.exitstatus == exits.OK
    assert (child.before or "").splitlines()[-1].startswith("session")


def test_the_trend_is_against_the_session_before(signed_in: dict[str, str]) -> None:
    folder = Path(signed_in["XDG_STATE_HOME"]) / "srtui" / "sessions"
    Session.create(folder, account=ACCOUNT, at=AT.replace(year=2020)).close()
    with StubAws(one_user) as stub:
        done = srtui("collect", "--trend", "--json", "--endpoint-url", stub.url, home=signed_in)
    trend = json.loads(done.stdout)["trend"]
    assert trend is not None
    assert trend["fixed"] == 0
    assert trend["new"] + trend["still_open"] + trend["reopened"] == sum(
        json.loads(done.stdout)["findings"].values()
    )


# --- diff -------------------------------------------------------------------------------------------------


def saved(folder: Path, name: str, *users: dict[str, Any]) -> str:
    content = {"UserDetailList": list(users), "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    path = folder / name
    path.write_text(json.dumps(content))
    os.utime(path, (AT.timestamp(), AT.timestamp()))
    return str(path)


def test_diff_tells_what_changed_by_exit_code_text_and_json(home: dict[str, str], tmp_path: Path) -> None:
    old = saved(tmp_path, "old.json", user("ana", "s3:GetObject"))
    new = saved(tmp_path, "new.json", user("ana", "*"), user("b\x1b[31mob"))
    same = srtui("diff", old, old, home=home)
    assert (same.returncode, same.stdout.splitlines()[-1]) == (exits.OK, "nothing changed")
    done = srtui("diff", old, new, home=home)
    assert done.returncode == exits.CHANGED
    assert "~ user/ana changed, now administrator" in done.stdout
    assert "\x1b" not in done.stdout
    told = json.loads(srtui("diff", old, new, "--json", home=home).stdout)
    assert (told["srtui"], told["version"], told["changed"]) == ("diff", 1, True)
    ana, bob = told["principals"]
    assert (ana["how"], ana["admin_before"], ana["admin_after"]) == ("changed", None, "everything")
    assert "iam:PassRole" in ana["gained"]["Write"]
    assert (bob["how"], bob["kind"]) == ("added", "user")
    assert {"new", "came_to_light", "reopened", "still_open", "quiet", "fixed", "out_of_sight"} == set(
        told["findings"]
    )


def test_diff_of_two_accounts_is_refused(home: dict[str, str], tmp_path: Path) -> None:
    other = user("ana")
    other["Arn"] = "arn:aws:iam::999999999999:user/ana"
    done = srtui("diff", saved(tmp_path, "a.json", user("ana")), saved(tmp_path, "b.json", other), home=home)
    assert done.returncode == exits.USAGE
    assert "two accounts" in done.stderr


# --- controls ---------------------------------------------------------------------------------------------


def test_controls_lists_all_or_one_row(home: dict[str, str]) -> None:
    whole = [json.loads(line) for line in srtui("controls", "--json", home=home).stdout.splitlines()]
    assert {"id", "rows", "severity", "title", "needs", "insecure_default", "frameworks"} <= whole[0].keys()
    assert len({one["id"] for one in whole}) == len(whole) > 200
    root = next(one for one in whole if one["id"] == "admin-mfa")
    assert root["needs"] == ["iam:GetAccountAuthorizationDetails", "iam:GetCredentialReport"]
    some = [
        json.loads(line) for line in srtui("controls", "--row", "13", "--json", home=home).stdout.splitlines()
    ]
    assert 0 < len(some) < len(whole)
    assert all(13 in one["rows"] for one in some)
    text = srtui("controls", home=home).stdout
    assert "\n  critical  admin-mfa " in text
    assert srtui("controls", "--row", "14", home=home).returncode == exits.USAGE


# --- permissions ------------------------------------------------------------------------------------------


def granted(document: dict[str, Any]) -> list[str]:
    return [action for statement in document["Statement"] for action in statement["Action"]]


def test_permissions_prints_numbered_policies_of_reads(home: dict[str, str]) -> None:
    done = srtui("permissions", home=home)
    policies = json.loads(done.stdout)
    assert list(policies) == [f"SrtuiReadOnly{number}" for number in range(1, len(policies) + 1)]
    assert sorted(action for one in policies.values() for action in granted(one)) == actions()
    for policy in policies.values():
        assert len(json.dumps(policy, separators=(",", ":"))) <= MANAGED_POLICY_LIMIT
        assert not any("*" in action for action in granted(policy))
    first = srtui("permissions", "--part", "1", home=home)
    assert json.loads(first.stdout) == policies["SrtuiReadOnly1"]
    assert srtui("permissions", "--part", "99", home=home).returncode == exits.USAGE


def test_the_addition_to_security_audit(home: dict[str, str]) -> None:
    done = srtui("permissions", "--addon", home=home)
    assert sorted(granted(json.loads(done.stdout))) == securityaudit.lacking()
    assert "v94" in done.stderr


def test_what_security_audit_lacks_is_up_to_date() -> None:
    assert securityaudit.DATA.read_text(encoding="utf-8") == securityaudit.data_file(), (
        "run: python -m tests.securityaudit"
    )


def test_the_addition_in_the_readme_is_up_to_date() -> None:
    assert securityaudit.README.read_text(encoding="utf-8") == securityaudit.readme(), (
        "run: python -m tests.securityaudit"
    )


def test_one_policy_needs_no_number() -> None:
    (document,) = split_policies(["iam:ListUsers", "ssm:GetDocument"], "Some")
    assert named_policies([document]) == {"SrtuiReadOnly": document}
    assert [one["Resource"] for one in document["Statement"]] == [
        "*",
        "arn:*:ssm:*:*:document/SSM-SessionManagerRunShell",
    ]


def test_what_is_missing_is_what_was_denied(home: dict[str, str]) -> None:
    folder = Path(home["XDG_STATE_HOME"]) / "srtui" / "sessions"
    with Session.create(folder, account=ACCOUNT, at=AT) as session:
        denied = evidence("s3", "GetBucketPolicy", error="AccessDenied", params={"Bucket": "a"})
        session.append([answer("ListBuckets"), denied])
    done = srtui("permissions", "--missing", "latest", home=home)
    assert granted(json.loads(done.stdout)) == ["s3:GetBucketPolicy"]
    nothing = srtui("permissions", "--missing", "demo", home=home)
    assert (nothing.returncode, nothing.stdout) == (exits.OK, "")
    assert "nothing was denied" in nothing.stderr


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("AccessDenied", "because no identity-based policy allows the s3:GetBucketPolicy action", ""),
        ("AccessDenied", "with an explicit deny in an identity-based policy", ""),
        (
            "AccessDenied",
            "with an explicit deny in a service control policy",
            "denied by the service control policy",
        ),
        (
            "AccessDenied",
            "because no permissions boundary allows the s3:GetBucketPolicy action",
            "the permissions boundary does not allow it",
        ),
        (
            "AccessDeniedException",
            "with an explicit deny in a resource-based policy",
            "denied by the resource-based policy",
        ),
        (
            "SubscriptionRequiredException",
            "",
            "the account has not signed up for it (SubscriptionRequiredException)",
        ),
    ],
)
def test_what_no_permission_of_the_role_helps(code: str, message: str, expected: str) -> None:
    assert bar(CallError(code, message, "denied")) == expected
    denied = evidence("s3", "GetBucketPolicy", error=code, message=message, params={"Bucket": "a"})
    found = missing(recorded_account(denied, rest=False))
    assert bool(found.barred) == bool(expected)
    assert found.actions == (() if expected else ("s3:GetBucketPolicy",))


def test_nothing_denied_nothing_missing() -> None:
    assert missing(Account()).actions == ()
    assert missing(recorded_account(*details())).actions == ()


# --- formats ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading", ["## Report", "## HTML", "## CSV", "## SARIF", "## OCSF", "## ASFF", "## Diff"]
)
def test_every_format_is_described(heading: str) -> None:
    text = (securityaudit.ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    assert f"\n{heading}" in text
    assert all(f"`{name}`" in text for name in FORMATS)


def test_a_report_in_place_of_a_session_is_named_for_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.json"
    assert main(["report", "demo", "--format", "json", "-o", str(report)]) == 0
    assert main(["diff", str(report), "demo"]) == 65
    told = capsys.readouterr().err
    assert "this is what srtui report wrote" in told
    assert "Give the session or the bundle that it was made from" in told
