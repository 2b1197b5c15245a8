"""The CSV report: a reader gets every finding back, and no spreadsheet computes anything."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srtui.report import csv_
from srtui.report.inert import visible
from tests.report.made import HOSTILE, report

FORMULAS = [
    "=1+1",
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1",
    "＝1",
    '"=1',
    "a;=1",
    "|cmd",
    "%0A=1",
]
texts = (
    st.sampled_from([*HOSTILE, *FORMULAS]) | st.text(max_size=60) | st.text("=+-@;\"',\r\n\t a", max_size=20)
)


def read(document: str) -> list[dict[str, str]]:
    lines = list(csv.reader(io.StringIO(document, newline=""), strict=True))
    assert {len(line) for line in lines} == {len(csv_.COLUMNS)}
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def test_lines_end_as_the_rfc_says_and_the_header_comes_first() -> None:
    document = csv_.render(report("x"))
    assert document.startswith("severity,state,title,control,subject,region,")
    assert document.endswith("\r\n")
    assert document.count("\n") == document.count("\r\n") == 2


@settings(max_examples=150, deadline=None)
@given(text=texts)
def test_whatever_an_account_calls_its_things_is_one_cell_and_no_formula(text: str) -> None:
    (line,) = read(csv_.render(report(text)))
    assert line["subject"].replace("'", "") == visible(text).replace("'", "")
    for cell in line.values():
        assert cell.isprintable()
        for part in cell.split(";"):
            assert not part.lstrip(" \"'").startswith(tuple("=+-@＝＋－＠|%")) or part.lstrip(" ").startswith(
                "'"
            )
        assert not cell.startswith(tuple("=+-@\t\r＝＋－＠|%"))


@pytest.mark.parametrize("text", [text for text in FORMULAS if text.isprintable()])
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert "'" in csv_.safe(text)


@pytest.mark.parametrize("text", ["arn:aws:iam::123456789012:user/a-b", "a, -b", "5 - 3", "x=y", ""])
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert csv_.safe(text) == text


def test_a_line_says_what_the_finding_says() -> None:
    (line,) = read(csv_.render(report("plain")))
    assert line["severity"] == "critical"
    assert line["rows"] == "12"
    assert line["facts"] == "policy: plain"
    assert line["state"] == "suppressed"
    assert line["reason"] == line["notes"] == "plain"
    assert line["evidence"] == "s3:GetBucketPolicy plain"
    assert line["account"] == "420042004200"
    assert line["insecure_default"] == "no"
