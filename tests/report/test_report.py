"""Reports on a whole account, from a file to the text, through everything in between."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from srtui.cli import main
from srtui.cli.commands import analysed
from srtui.findings.triage import Triage, load_triage
from srtui.report import FORMATS, open_findings, render
from srtui.source import open_source
from tests.report.made import HOSTILE
from tests.test_session import ACCOUNT, AT

KEYS = ["account", "caller", "collected_at", "coverage", "matrix", "principals", "findings"]


@pytest.fixture
def details(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An authorization-details file of an account whose names and policies are hostile."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    statement = {"Sid": HOSTILE[4], "Effect": "Allow", "Action": ["*", HOSTILE[0]], "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    content: dict[str, Any] = {
        "UserDetailList": [
            {
                "Arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
                "UserName": name,
                "UserId": f"AIDA{number}",
                "Path": "/",
                "CreateDate": "2024-01-01T00:00:00Z",
                "GroupList": [],
                "AttachedManagedPolicies": [],
                "UserPolicyList": [{"PolicyName": name, "PolicyDocument": policy}],
                "Tags": [{"Key": name, "Value": name}],
            }
            for number, name in enumerate(HOSTILE)
        ],
        "GroupDetailList": [],
        "RoleDetailList": [
            {
                "Arn": f"arn:aws:iam::{ACCOUNT}:role/anyone",
                "RoleName": "anyone",
                "RoleId": "AROA1",
                "Path": "/",
                "CreateDate": "2024-01-01T00:00:00Z",
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
                },
                "InstanceProfileList": [],
                "RolePolicyList": [],
                "AttachedManagedPolicies": [],
            }
        ],
        "Policies": [],
    }
    path = tmp_path / "auth.json"
    path.write_text(json.dumps(content))
    os.utime(path, (AT.timestamp(), AT.timestamp()))
    return path


def written(details: Path, format: str, *more: str) -> str:
    output = details.with_name(f"report.{format}")
    assert main(["report", str(details), "--format", format, "-o", str(output), "--force", *more]) == 0
    return output.read_bytes().decode()


def test_the_json_report_has_what_docs_formats_promises(details: Path) -> None:
    report = json.loads(written(details, "json"))
    assert set(KEYS) <= report.keys()
    assert report["account"] == ACCOUNT
    assert report["collected_at"] == "2026-11-24T09:12:00Z"
    assert [row["row"] for row in report["matrix"]] == list(range(1, 14))
    assert {row["owner"] for row in report["matrix"]} == {"customer", "shared", "aws"}
    arns = [principal["arn"] for principal in report["principals"]]
    assert len(arns) == len(HOSTILE) + 1
    assert all(principal["admin"] for principal in report["principals"] if principal["kind"] == "user")
    assert report["findings"]
    assert all(finding["triage"]["state"] == "open" for finding in report["findings"])


def test_what_was_not_collected_passes_nowhere(details: Path) -> None:
    report = json.loads(written(details, "json"))
    for row in report["matrix"]:
        if row["owner"] != "aws":
            assert row["status"] in ("fail", "unknown")
            assert row["evaluated"] < 1


def test_rows_that_aws_answers_for_show_no_verdict(details: Path) -> None:
    """What is left to the customer there is counted, but the row is AWS's."""
    rows = {row["row"]: row for row in json.loads(written(details, "json"))["matrix"]}
    assert {number for number, row in rows.items() if row["status"] == "inherited"} == {
        number for number, row in rows.items() if row["owner"] == "aws"
    }
    assert rows[3]["left_to_you"] == rows[3]["controls"]["fail"]
    assert rows[1]["left_to_you"] is None
    table = [line for line in written(details, "md").splitlines() if line.startswith("| 3 |")]
    assert "inherited" in table[0]
    assert "fail" not in table[0]


def test_toml_says_the_same_as_json_but_for_null(details: Path) -> None:
    def without_null(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: without_null(item) for name, item in value.items() if item is not None}
        return [without_null(item) for item in value] if isinstance(value, list) else value

    assert tomllib.loads(written(details, "toml")) == without_null(json.loads(written(details, "json")))


@pytest.mark.parametrize("format", FORMATS)
def test_reports_are_deterministic_and_print(details: Path, format: str) -> None:
    first = written(details, format)
    assert written(details, format) == first
    assert all(character.isprintable() or character in "\r\n" for character in first)
    assert "\r" not in first or format == "csv"


def test_the_markdown_report_names_everything(details: Path) -> None:
    text = written(details, "md")
    assert text.startswith(f"# AWS account `{ACCOUNT}`")
    for heading in ("## Responsibility matrix", "## Findings", "## Principals"):
        assert f"\n{heading}" in text
    assert "<script>" not in text.replace("`", "\n").split("arn:")[0]


def test_nothing_is_overwritten(details: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = details.with_name("mine.md")
    output.write_text("mine")
    assert main(["report", str(details), "-o", str(output)]) == 2
    assert output.read_text() == "mine"
    assert "--force" in capsys.readouterr().err


def test_fail_on_makes_open_findings_an_exit_code(details: Path) -> None:
    output = str(details.with_name("r.json"))
    assert main(["report", str(details), "-o", output, "--force", "--fail-on", "critical"]) == 1


def test_triage_is_in_every_format(details: Path) -> None:
    findings = json.loads(written(details, "json"))["findings"]
    source = open_source(str(details))
    analysis = analysed(source).analysis
    triage = load_triage(ACCOUNT)
    triage.suppress([analysis.findings[0]], HOSTILE[0], now=AT)
    triage.note([analysis.findings[1]], HOSTILE[1], now=AT)
    triage.acknowledge([analysis.findings[1]], now=AT)
    first, second = json.loads(written(details, "json"))["findings"][:2]
    assert first["fingerprint"] == findings[0]["fingerprint"]
    assert (first["triage"]["state"], first["triage"]["reason"]) == ("suppressed", HOSTILE[0])
    assert (second["triage"]["state"], second["triage"]["notes"][0]["text"]) == ("acknowledged", HOSTILE[1])
    assert tomllib.loads(written(details, "toml"))["findings"][0]["triage"]["reason"] == HOSTILE[0]
    text = written(details, "md")
    assert f"- Triage: suppressed, reason `{HOSTILE[0]}`" in text
    assert "note `␛[31mred" in text


def test_fail_on_looks_at_what_is_open_and_as_bad(details: Path) -> None:
    analysis = analysed(open_source(str(details))).analysis
    triage = load_triage(ACCOUNT)
    bad = [finding for finding in analysis.findings if finding.severity in ("critical", "high")]
    assert open_findings(analysis, triage, "high") == len(bad) > 0
    assert open_findings(analysis, triage, "info") == len(analysis.findings)
    triage.acknowledge(bad, now=AT)
    assert open_findings(analysis, triage, "high") == 0


def test_a_damaged_triage_file_is_told_and_left_alone(details: Path) -> None:
    path = load_triage(ACCOUNT).path
    path.parent.mkdir(parents=True)
    path.write_text("finding = [")
    report = json.loads(written(details, "json"))
    assert "cannot be read as TOML" in report["coverage"]["notes"][0]
    assert path.read_text() == "finding = ["


def test_what_a_file_lost_is_in_its_report(details: Path) -> None:
    bundle = details.with_name("b.jsonl")
    assert main(["bundle", str(details), "-o", str(bundle)]) == 0
    bundle.write_bytes(bundle.read_bytes().rsplit(b"\n", 2)[0])
    assert main(["report", str(bundle), "--format", "json", "-o", str(details.with_name("r.json"))]) == 0
    notes = json.loads(details.with_name("r.json").read_text())["coverage"]["notes"]
    assert "no end mark" in notes[0]


def test_markdown_begins_with_what_matters_most_and_tells_each_control_once(tmp_path: Path) -> None:
    update = analysed(open_source("demo"))
    text = render(update.analysis, Triage(tmp_path / "triage.toml"), "md")
    headings = [line for line in text.splitlines() if line.startswith("### ")]
    assert len(headings) == len(set(headings))
    glance = text.partition("## At a glance")[2].partition("## ")[0]
    worst = update.analysis.findings[0]
    assert worst.subject in glance
    assert f"{sum(one.severity == 'critical' for one in update.analysis.findings)} critical" in glance
    # A subject stands there once, however many findings it has.
    assert glance.count(worst.subject) == 1
