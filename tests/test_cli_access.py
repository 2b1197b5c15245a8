"""The commands can, who-can and completion: what they print, what they exit with, what they complete."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from srtui.access.misfit import meant
from srtui.account import Account
from srtui.cli.access import _wrapped
from srtui.cli.completion import SHELLS, script
from srtui.cli.names import resolve
from srtui.cli.parser import parse
from srtui.evidence import Evidence
from srtui.exits import UsageProblem
from srtui.session import Session
from tests.access.made import NOW, account, arn, group, role, user

MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
TRUST = {"Version": "2012-10-17", "Statement": []}


def _entry(name: str, kind: str, *statements: dict[str, Any], **more: Any) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    policies = [{"PolicyName": "own", "PolicyDocument": document}]
    common = {
        "Arn": arn(kind, name),
        "Path": "/",
        "CreateDate": "2026-01-01T00:00:00Z",
        "AttachedManagedPolicies": [],
    }
    if kind == "user":
        return common | {"UserName": name, "GroupList": [], "UserPolicyList": policies} | more
    trust = {"AssumeRolePolicyDocument": TRUST, "InstanceProfileList": []}
    return common | trust | {"RoleName": name, "RolePolicyList": policies} | more


def _allow(action: str, **more: Any) -> dict[str, Any]:
    return {"Sid": "Grant", "Effect": "Allow", "Action": action, "Resource": "*", **more}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("access") / "details.json"
    gone = [{"PolicyName": "gone", "PolicyArn": arn("policy", "gone")}]
    details = {
        "UserDetailList": [
            _entry("ana", "user", _allow("iam:*")),
            _entry("bob", "user", _allow("iam:CreateUser", Condition=MFA)),
            _entry("eve", "user", AttachedManagedPolicies=gone),
        ],
        "RoleDetailList": [_entry("app", "role", _allow("s3:*"))],
        "GroupDetailList": [],
        "Policies": [],
    }
    path.write_text(json.dumps(details))
    return path


def run(*arguments: str, file: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    session = ["--session", str(file)] if file else []
    return subprocess.run(
        [sys.executable, "-m", "srtui", *arguments, *session],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **env},
    )


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("ana", 0, ["allowed: user/ana", "Grant (Action iam:*, Resource *)"]),
        ("app", 1, ["denied: role/app", "no identity policy allows it"]),
        ("bob", 3, ["conditional: user/bob", "if          aws:MultiFactorAuthPresent = true"]),
        ("eve", 4, ["unknown: user/eve", "not read", "policy/gone", "otherwise   denied"]),
    ],
)
def test_the_verdict_is_printed_and_is_the_exit_code(
    file: Path, name: str, code: int, words: list[str]
) -> None:
    done = run("can", name, "iam:CreateUser", file=file)
    assert done.returncode == code, done
    for word in words:
        assert word in done.stdout
    body = json.loads(
        run(
            "can", arn("role" if name == "app" else "user", name), "iam:createuser", "--json", file=file
        ).stdout
    )
    assert body["srtui"] == "can"
    assert body["action"] == "iam:CreateUser"
    assert {"allowed": 0, "denied": 1, "conditional": 3, "unknown": 4}[body["verdict"]] == code


def test_options_may_stand_anywhere(file: Path) -> None:
    bucket = "arn:aws:s3:::b/x"
    for arguments in (
        ("can", "ana", "s3:GetObject", "--session", str(file), bucket),
        ("can", "--session", str(file), "ana", "s3:GetObject", bucket),
        ("can", "ana", "s3:GetObject", bucket, "--session", str(file)),
    ):
        assert f"on {bucket}" in run(*arguments).stdout
    assert run("can", "ana", "s3:GetObject", bucket, "more", "--session", str(file)).returncode == 2


def test_context_decides_conditions(file: Path) -> None:
    for value, code in (("true", 0), ("false", 1)):
        done = run(
            "can", "bob", "iam:CreateUser", "--context", f"aws:MultiFactorAuthPresent={value}", file=file
        )
        assert done.returncode == code, done


@pytest.mark.parametrize(
    "arguments",
    [
        ("can", "nobody", "iam:CreateUser"),
        ("can", "ana", "CreateUser"),
        ("can", "ana", "iam:CreateUser", "not-an-arn"),
        ("can", "ana", "iam:CreateUser", "--context", "nonsense"),
        ("can", "ana"),
        ("who-can",),
        ("completion", "tcsh"),
    ],
)
def test_wrong_usage_is_code_2_and_one_line(file: Path, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, file=file if arguments[0] != "completion" else None)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("srtui")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("can", "app", "s3:Lstbucket"), "AWS documents no action s3:Lstbucket: did you mean s3:ListBucket?"),
        (("can", "app", "s3:GteObject"), "did you mean s3:GetObject?"),
        (("who-can", "ima:PassRole"), "did you mean iam:PassRole?"),
        (("who-can", "sqs:SendMesage", "arn:aws:sqs:*:*:inbox"), "did you mean sqs:SendMessage?"),
    ],
)
def test_a_misspelt_action_is_no_answer(file: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments, file=file)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


@pytest.mark.parametrize("action", ["s3:FrobnicateNow", "s3:ListBucketV2", "newservice:DoIt", "s3:getobject"])
def test_an_action_that_is_like_no_other_may_be_new(action: str) -> None:
    assert meant(action) == ()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("can demo app s3:GetObject", "srtui can --session demo app s3:GetObject"),
        ("can demo app s3:GetObject arn:aws:s3:::b/*", "--session demo app s3:GetObject arn:aws:s3:::b/*"),
        ("who-can demo iam:PassRole", "srtui who-can --session demo iam:PassRole"),
        ("permissions demo", "permissions needs no session: write --missing demo"),
    ],
)
def test_a_session_in_the_wrong_place_is_told_its_own(words: str, said: str) -> None:
    with pytest.raises(UsageProblem, match=re.escape(said)):
        parse(words.split())


def test_what_was_denied_is_of_the_latest_session_if_none_is_named() -> None:
    assert parse(["permissions", "--missing"]).missing == "latest"
    assert parse(["can", "app", "GetObject", "arn:aws:s3:::b/*"]).action == "GetObject"


def test_who_can_lists_by_verdict_with_reasons(file: Path) -> None:
    done = run("who-can", "iam:CreateUser", file=file)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "iam:CreateUser on some resource: 2 of 4 users and roles, 1 unknown",
        "allowed (1)",
        "  user/ana  inline policy own of user ana, Grant",
        "conditional (1)",
        "  user/bob  if aws:MultiFactorAuthPresent = true",
        "unknown (1), because policies were not read",
        "  only by what was not read: user/eve",
        "  upper bound whether an organisation's SCPs bind the account was not read",
        "  upper bound whether an organisation's RCPs bind the account was not read",
    ]
    body = json.loads(run("who-can", "iam:CreateUser", "--json", file=file).stdout)
    assert (body["allowed"], body["conditional"], body["unknown"]) == (
        [arn("user", "ana")],
        [arn("user", "bob")],
        [arn("user", "eve")],
    )
    assert body["answers"][arn("user", "bob")]["conditions"] == ["aws:MultiFactorAuthPresent = true"]


def test_who_can_exits_with_the_widest_verdict(file: Path) -> None:
    assert run("who-can", "s3:ListAllMyBuckets", file=file).returncode == 0
    assert (
        run(
            "who-can", "iam:CreateUser", "--context", "aws:MultiFactorAuthPresent=false", file=file
        ).returncode
        == 0
    )
    assert run("who-can", "dynamodb:ListTables", file=file).returncode == 4


def test_names_are_resolved_and_doubts_are_told() -> None:
    made: Account = account(user("ana"), role("app"), user("both"), role("both"), group("ops"))
    assert resolve(made, "ana") == arn("user", "ana")
    assert resolve(made, "user/both") == arn("user", "both")
    assert resolve(made, "role/both") == arn("role", "both")
    assert resolve(made, arn("role", "app")) == arn("role", "app")
    assert resolve(made, "arn:aws:sts::111122223333:assumed-role/app/session") == arn("role", "app")
    for text, word in (
        ("both", "user/both"),
        ("ops", "group"),
        ("nobody", "no user or role"),
        ("role/ana", "no user"),
    ):
        with pytest.raises(UsageProblem, match=word):
            resolve(made, text)


# --- completion -------------------------------------------------------------------------------------------


def test_words_for_shells(file: Path) -> None:
    assert "s3:" in run("complete", "actions", "--", "s3").stdout.splitlines()
    assert run("complete", "actions", "s3:listall").stdout == "s3:ListAllMyBuckets\n"
    assert run("complete", "principals", "a", file=file).stdout.splitlines() == ["ana", "app"]
    assert run("complete", "principals", "arn:", file=file).stdout.count("arn:aws:iam") == 4
    assert run("complete", "principals", "--session", "no-such-file", "--", "a").stdout == ""


def _bash(line: str, folder: Path) -> list[str]:
    """What bash offers for a command line, as its readline would split it."""
    program = folder / "srtui"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m srtui "$@"\n')
    program.chmod(0o755)
    words = line.replace(":", " : ").split(" ")
    listed = " ".join(f"'{word}'" for word in words if word or word is words[-1])
    code = (
        f"source <({program} completion bash)\nCOMP_WORDS=({listed})\nCOMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))\n"
        '_srtui\nprintf "%s\\n" "${COMPREPLY[@]}"'
    )
    path = f"{folder}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", code], capture_output=True, text=True, check=True, env={**os.environ, "PATH": path}
    )
    return done.stdout.split()


def test_bash_completes_commands_principals_and_actions(file: Path, tmp_path: Path) -> None:
    assert "who-can" in _bash("srtui who", tmp_path)
    assert _bash(f"srtui can --session {file} a", tmp_path) == ["ana", "app"]
    assert "s3:" in _bash("srtui who-can s3", tmp_path)
    # Bash has the part before the colon already.
    assert _bash("srtui who-can s3:ListAll", tmp_path) == ["ListAllMyBuckets"]
    assert _bash("srtui can ana s3:ListAll", tmp_path) == ["ListAllMyBuckets"]
    assert "--context" in _bash("srtui can --", tmp_path)


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_has_a_script_that_knows_the_commands(shell: str) -> None:
    done = run("completion", shell)
    assert done.returncode == 0
    assert done.stdout.rstrip("\n") == script(shell, ("bundle",)).rstrip("\n").replace(
        "bundle", _commands(done.stdout)
    )
    assert "who-can" in done.stdout
    assert "@COMMANDS@" not in done.stdout


def _commands(text: str) -> str:
    start = text.index("bundle ")
    return text[start : text.index("who-can", start) + len("who-can")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("can", "an", "iam:GetUser"), "did you mean arn:aws:iam::111122223333:user/ana?"),
        (("can", "user/an", "iam:GetUser"), "did you mean arn:aws:iam::111122223333:user/ana?"),
        (("can", "ana", "GetUser"), "GetUser is no action: write service:Action"),
        (("can", "ana", "iam:GetUser", "ana"), "ana is no resource: write an ARN"),
        (("who-can", "s3:GetObject", "arn:aws:s3:::shop"), "ask about arn:aws:s3:::shop/*"),
        (("can", "ana", "s3:ListBucket", "arn:aws:s3:::shop/*"), "is an object: ask about arn:aws:s3:::shop"),
        (("who-can", "iam:GetUser", arn("role", "x")), "is a role: ask about"),
        (("who-can", "*"), "actions: ask about fewer"),
        (("who-can", "nonsense:*"), "stands for no action"),
        (("can", "ana", "iam:GetUser", "--context", "aws:CurrentTime=monday"), "a time such as 2027-01-31"),
        (("can", "ana", "iam:GetUser", "--context", "aws:SourceIp=here"), "an address such as 203.0.113.7"),
        (("can", "ana", "iam:GetUser", "--context", "nothing"), "KEY=VALUE"),
    ],
)
def test_wrong_usage_says_what_would_do(file: Path, arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments, file=file)
    assert done.returncode == 2
    assert words in done.stderr
    assert not done.stdout


def test_a_name_alone_works_and_says_whose_it_is(file: Path) -> None:
    done = run("can", "ana", "iam:GetUser", file=file)
    assert done.returncode == 0
    assert "ana is arn:aws:iam::111122223333:user/ana" in done.stderr


def test_a_pattern_is_answered_by_verdict_and_access_level(file: Path) -> None:
    done = run("can", "ana", "iam:Create*", file=file)
    assert done.returncode == 0
    assert "iam:Create* stands for" in done.stdout
    assert "CreateAccessKey" in done.stdout
    assert run("can", "app", "iam:Create*", file=file).returncode == 1
    who = run("who-can", "iam:Create*", file=file)
    assert "user/ana  all" in who.stdout
    assert "user/bob  0 of" in who.stdout
    assert "1 more on conditions" in who.stdout
    found = json.loads(run("who-can", "iam:Create*", "--json", file=file).stdout)
    assert "iam:CreateUser" in found["principals"][arn("user", "bob")]["conditional"]


def test_long_lines_are_wrapped_for_a_terminal_only() -> None:
    line = f"  user/ana  {'managed policy deploy, ' * 8}"
    found = _wrapped(line, 60)
    assert all(len(part) <= 60 for part in found)
    assert found[0].startswith("  user/ana  managed")
    assert all(part.startswith("      ") for part in found[1:])


def test_principals_of_a_saved_session_are_completed(tmp_path: Path) -> None:
    details = {"UserDetailList": [_entry("ana", "user")], "RoleDetailList": [_entry("app", "role")]}
    with Session.create(tmp_path, account="111122223333") as session:
        session.append(
            [
                Evidence(
                    account="111122223333",
                    region="aws-global",
                    service="iam",
                    operation="GetAccountAuthorizationDetails",
                    params={},
                    at=NOW,
                    response=details,
                )
            ]
        )
        path = session.path
    done = run("complete", "principals", "--session", str(path), "--", "a")
    assert done.stdout.split() == ["ana", "app"]
    assert run("complete", "principals", "--session", str(path), "--", "role/").stdout.split() == ["role/app"]
