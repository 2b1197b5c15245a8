"""The commands paths, reach and fix-first, as processes and on files of every kind."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from srtui import exits
from srtui.cli.rows import Row, laid_out
from tests.escalation.scenes import EVERYTHING, service_trust
from tests.responsibility.recorded import ACCOUNT, allow, inline, role, trust, user
from tests.test_cli import home, srtui

__all__ = ["home"]

DEV, OPS = f"arn:aws:iam::{ACCOUNT}:user/dev", f"arn:aws:iam::{ACCOUNT}:user/ops"
PRIZE = f"arn:aws:iam::{ACCOUNT}:role/prize"


@pytest.fixture
def details(tmp_path: Path) -> str:
    """A file of authorization details: dev passes an administrator role, ops changes code that may run as it."""
    path = tmp_path / "details.json"
    passing = allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"])
    changing = allow(["lambda:UpdateFunctionCode", "lambda:InvokeFunction"])
    prize = role("prize", trust(service_trust("lambda.amazonaws.com")), RolePolicyList=[inline(EVERYTHING)])
    content = {
        "UserDetailList": [
            user("dev", UserPolicyList=[inline(passing)]),
            user("ops", UserPolicyList=[inline(changing)]),
            user("idle"),
        ],
        "RoleDetailList": [prize],
        "GroupDetailList": [],
        "Policies": [],
    }
    path.write_text(json.dumps(content))
    return str(path)


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_every_user_and_role_is_a_start_and_each_session_a_line(home: dict[str, str], details: str) -> None:
    done = srtui("paths", details, "demo", "--json", home=home)
    assert (done.returncode, done.stderr) == (exits.OK, "")
    first, second = objects(done.stdout)
    assert (first["session"], second["session"]) == (details, "demo")
    starts = first["starts"]
    verdicts = {arn.rpartition("/")[2]: one["admin"] for arn, one in starts.items()}
    assert verdicts == {"dev": True, "ops": "unknown", "idle": False, "prize": True}
    assert (starts[PRIZE]["already"], starts[PRIZE]["paths"]) == (True, [])
    (path,) = starts[DEV]["paths"]
    (hop,) = path["hops"]
    assert (path["end"], hop["from"], hop["to"], hop["technique"], hop["tier"]) == (
        PRIZE,
        DEV,
        PRIZE,
        "lambda-001",
        "confirmed",
    )
    assert f"iam:PassRole on {PRIZE}" in hop["permissions"]
    assert hop["statements"] == ["inline policy inline of user dev, statement 1"]
    assert hop["conditions"] == []
    assert any("lambda:ListFunctions" in need for need in starts[OPS]["paths"][0]["hops"][0]["needs"])


def test_one_start_one_end_and_a_tier(home: dict[str, str], details: str) -> None:
    (one,) = objects(
        srtui("paths", details, "--from", OPS, "--tier", "conditional", "--json", home=home).stdout
    )
    assert list(one["starts"]) == [OPS]
    assert (one["starts"][OPS]["admin"], one["starts"][OPS]["paths"]) == ("unknown", [])
    (one,) = objects(srtui("paths", details, "--from", "dev", "--to", PRIZE, "--json", home=home).stdout)
    assert one["starts"][DEV]["paths"][0]["end"] == PRIZE


def test_for_a_person(home: dict[str, str], details: str) -> None:
    text = srtui("paths", details, home=home).stdout
    assert text.startswith(
        f"account {ACCOUNT}: of 4 users and roles 1 are administrator; becoming it: 1 confirmed, 1 unknown"
    )
    assert "user/dev → role/prize: New function with a passed role, invoked (lambda-001)" in text
    one = srtui("paths", details, "--from", "dev", home=home).stdout
    assert "$ aws lambda create-function" in one
    assert "breaks it: Limit iam:PassRole" in one
    assert (
        srtui("paths", details, "--from", "idle", home=home).stdout
        == "user/idle does not get to administrator\n"
    )
    assert (
        srtui("paths", details, "--from", "prize", home=home).stdout
        == "role/prize is administrator as it is\n"
    )


def test_lines_are_folded_for_a_terminal_and_whole_in_a_pipe() -> None:
    arn = "arn:aws:lambda:eu-west-1:420042004200:function:" + "a-very-long-name-" * 4
    command = (
        "$ aws lambda create-function --function-name new --description 'a --b c' --zip-file fileb://own.zip"
    )
    rows = [Row(f"needs lambda:InvokeFunction on {arn} and more words", 6), Row(command, 6, command=True)]
    folded = list(laid_out(rows, 60))
    assert any(line.strip() == arn for line in folded)
    (*_, last) = "\n".join(folded).partition("$ ")
    assert " \\\n" in last
    assert last.count("'a --b c'") == 1
    assert shlex.split(last.replace("\\\n", "")) == shlex.split(command[2:])
    assert len(list(laid_out(rows, None))) == 2


def test_what_stops_is_said_first(home: dict[str, str], details: str) -> None:
    lines = srtui("paths", details, "--from", "dev", home=home).stdout.splitlines()
    assert lines[:2] == [
        "This one change stops every way to administrator:",
        "   ✂ take out inline policy inline of user dev, statement 1",
    ]


def test_reach_and_fix_first(home: dict[str, str], details: str) -> None:
    (reached,) = objects(srtui("reach", details, "dev", "--json", home=home).stdout)
    assert (reached["start"], reached["admin"], reached["principals"]) == (
        DEV,
        True,
        [{"arn": PRIZE, "hops": 1}],
    )
    assert "reaches everything (administrator)" in srtui("reach", details, "dev", home=home).stdout
    (cuts,) = objects(srtui("fix-first", details, "--json", home=home).stdout)
    assert [(cut["kind"], cut["stops"], cut["of"]) for cut in cuts["cuts"]] == [("statement", 1, 1)]
    assert cuts["cuts"][0]["weakens"] == 1
    assert "stops 1 of 1" in srtui("fix-first", details, home=home).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["paths", "{}", "--from", "nobody"], "there is no user or role nobody"),
        (["paths", "{}", "--to", "arn:aws:nothing:::x"], "nor a store of data"),
        (["reach", "{}", "nobody"], "there is no user or role nobody"),
        (["paths", "{}", "--tier", "sure"], "invalid choice"),
    ],
)
def test_wrong_usage_is_told(home: dict[str, str], details: str, arguments: list[str], said: str) -> None:
    done = srtui(*(text.format(details) for text in arguments), home=home)
    assert done.returncode == exits.USAGE
    assert said in done.stderr
    assert done.stdout == ""


def test_without_a_session_the_latest_is_read(home: dict[str, str]) -> None:
    done = srtui("paths", home=home)
    assert done.returncode != exits.OK
    assert "session" in done.stderr


# --- what was not read ------------------------------------------------------------------------------------


def unread(tmp_path: Path, policy: str) -> str:
    """ann is in a group with a policy of AWS's whose document is not in the file; bob makes keys for anyone."""
    path = tmp_path / "unread.json"
    arn = f"arn:aws:iam::aws:policy/{policy}"
    group = {
        "Path": "/",
        "GroupName": "admins",
        "GroupId": "AGPA1",
        "Arn": f"arn:aws:iam::{ACCOUNT}:group/admins",
        "GroupPolicyList": [],
        "AttachedManagedPolicies": [{"PolicyName": policy, "PolicyArn": arn}],
    }
    keys = allow(["iam:CreateAccessKey"])
    users = [user("ann", GroupList=["admins"]), user("bob", UserPolicyList=[inline(keys)])]
    path.write_text(
        json.dumps(
            {"UserDetailList": users, "RoleDetailList": [], "GroupDetailList": [group], "Policies": []}
        )
    )
    return str(path)


def test_fix_first_says_of_whom_it_is_unknown_and_why(home: dict[str, str], tmp_path: Path) -> None:
    done = srtui("fix-first", unread(tmp_path, "PowerUserAccess"), home=home)
    assert done.stdout.splitlines()[0] == "nobody is known to become administrator"
    assert "unknown: whether 2 become administrator (user/ann, user/bob)" in done.stdout
    assert "not read: arn:aws:iam::aws:policy/PowerUserAccess" in done.stdout
    done = srtui("fix-first", unread(tmp_path, "PowerUserAccess"), "--json", home=home)
    (one,) = objects(done.stdout)
    assert [arn.rpartition("/")[2] for arn in one["unknown"]] == ["ann", "bob"]


def test_reach_says_what_was_not_read_and_that_no_data_was_seen(home: dict[str, str], tmp_path: Path) -> None:
    path = unread(tmp_path, "PowerUserAccess")
    for who in ("ann", "bob"):
        done = srtui("reach", path, who, home=home)
        assert "it may reach more, because these were not read: arn:aws:iam::aws:policy/Power" in done.stdout
        assert "no store of data was seen in the evidence" in done.stdout


def test_administrator_access_is_known_without_its_document(home: dict[str, str], tmp_path: Path) -> None:
    path = unread(tmp_path, "AdministratorAccess")
    (one,) = objects(srtui("paths", path, "--json", home=home).stdout)
    verdicts = {arn.rpartition("/")[2]: (one["admin"], one["already"]) for arn, one in one["starts"].items()}
    assert verdicts == {"ann": (True, True), "bob": (True, False)}
    assert "reaches everything" in srtui("reach", path, "ann", home=home).stdout


def test_nobody_becomes_administrator_only_where_all_was_read(home: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "idle.json"
    path.write_text(json.dumps({"UserDetailList": [user("idle")], "RoleDetailList": [], "Policies": []}))
    assert srtui("fix-first", str(path), home=home).stdout.strip() == "nobody becomes administrator"


def test_a_store_of_data_goes_by_its_name(home: dict[str, str]) -> None:
    assert (
        "get to arn:aws:s3:::acme-hr-documents\n"
        in srtui("paths", "demo", "--to", "acme-hr-documents", home=home).stdout
    )
    wrong = srtui("paths", "demo", "--to", "acme-hr", home=home)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "no user, role or store of data acme-hr in the account: did you mean" in wrong.stderr


def test_who_is_outside_is_told_the_roles_that_let_him_in(home: dict[str, str]) -> None:
    wrong = srtui("paths", "demo", "--from", "990099009900", home=home)
    assert wrong.returncode == 2
    assert "ask --from role/vendors/vendor-backup" in wrong.stderr
    assert srtui("paths", "demo", "--from", "role/vendors/vendor-backup", home=home).returncode == 0


def test_who_makes_itself_administrator_is_counted_apart(home: dict[str, str]) -> None:
    first = srtui("paths", "demo", home=home).stdout.splitlines()[0]
    assert "11 are administrator, 2 more make themselves one; becoming it: 15 confirmed" in first
