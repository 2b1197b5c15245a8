"""What reports say of identities at risk: everything that issue and screen know, in every format."""

from __future__ import annotations

import csv
import io
import json
from functools import cache
from typing import Any

from srtui.analysis import Analysis
from srtui.compare import read_analysis
from srtui.findings.triage import load_triage
from srtui.report import at_risk_tables, render
from srtui.report.at_risk_tables import tables
from tests.report.made import HOSTILE, report


@cache
def _demo() -> Analysis:
    return read_analysis("demo").analysis


@cache
def _told(format: str) -> str:
    return render(_demo(), load_triage("420042004200"), format)


def _json() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_told("json"))
    return found


def test_the_json_report_has_every_section() -> None:
    told = _json()
    assert told["federation"][0]["grade"] == "open"
    assert told["federation"][0]["proposed_condition"]["StringEquals"]
    exchange = told["data_exchange"]
    assert exchange["exposed"] == sum(
        not one["blocked"] and one["outcome"] in ("allowed", "conditional") for one in exchange["exposures"]
    )
    assert exchange["exposures"][0]["party"]["standing"] == "public"
    assert [one["need"] for one in exchange["unread"]] == ["lambda:GetPolicy"]
    assert exchange["movers"] == len(exchange["movements"]) > 0
    assert any(one["conflict"] == "key-data" for one in told["separation_of_duty"]["conflicts"])
    assert {one["combination"] for one in told["toxic_combinations"]} >= {"oidc-open-admin"}
    assert told["unused_access"]["zombies"]


def test_the_risk_of_each_finding_is_in_words_and_never_a_number() -> None:
    for finding in _json()["findings"]:
        risk = finding["risk"]
        assert set(risk) == {"impact", "reach", "confidence", "words"}
        assert risk["words"] == f"{risk['impact']} × {risk['reach']} × {risk['confidence']}"


def test_the_formats_of_findings_carry_the_risk_in_words() -> None:
    words = _json()["findings"][0]["risk"]["words"]
    rows = [*csv.DictReader(io.StringIO(_told("csv")))]
    assert rows[0]["risk"] == words
    assert json.loads(_told("sarif"))["runs"][0]["results"][0]["properties"]["risk"] == words
    assert json.loads(_told("ocsf"))[0]["unmapped"]["risk"] == words
    assert json.loads(_told("asff"))[0]["ProductFields"]["srtui/risk"] == words
    assert words in _told("md")


def test_texts_for_people_name_each_section() -> None:
    for title in (
        "Identities from elsewhere",
        "Outside → inside",
        "Inside → outside",
        "Exposure that could not be told",
        "Separation of duty",
        "Toxic combinations",
        "Unused access",
    ):
        assert f"## {title} (" in _told("md")
        assert f"<h3>{title}</h3>" in _told("html")


def test_equal_analyses_give_equal_reports() -> None:
    again = read_analysis("demo").analysis
    for format in ("json", "md", "html"):
        assert render(again, load_triage("420042004200"), format) == _told(format)


def test_every_table_has_a_cell_for_each_column() -> None:
    for text in HOSTILE:
        for table in tables(report(text)):
            assert all(len(row) == len(table.columns) for row in table.rows)


def test_what_is_unknown_is_not_counted_as_held() -> None:
    duty = {"one": "a", "two": "b", "severity": "high", "why": "w", "count": 3, "perhaps": 8, "held": []}
    table = at_risk_tables._duties({"administrators": 1, "conflicts": [duty]})
    assert "3 held, 8 perhaps" in table.rows[0]
