"""The OCSF report reads as events of the class it names, with the models of a library that is not srtui's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from py_ocsf_models import OCSF_VERSION
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
from py_ocsf_models.objects.compliance_status import StatusID

from srtui.report import ocsf
from srtui.report.inert import visible
from tests.report.made import HOSTILE, report


def event(text: str) -> dict[str, Any]:
    document = ocsf.render(report(text))
    assert document.isascii()
    (found,) = json.loads(document)
    assert isinstance(found, dict)
    return found


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [text for key, item in items for text in (*texts(key), *texts(item))]


@pytest.mark.parametrize("text", ["plain", *HOSTILE], ids=range(len(HOSTILE) + 1))
def test_it_is_a_compliance_finding(text: str) -> None:
    found = ComplianceFinding.model_validate(event(text))
    assert found.class_uid == 2003
    assert found.compliance.status_id == StatusID.Fail
    assert found.metadata.version == OCSF_VERSION
    assert all(one.isprintable() for one in texts(event(text)))


def test_no_member_is_one_that_the_class_does_not_have() -> None:
    """The models ignore what they do not know, so every member is looked up; `cloud` comes with the profile."""
    found = event("arn:aws:s3:::acme")
    read = ComplianceFinding.model_validate(found).model_dump(exclude_none=True, mode="json")
    assert found.keys() - read.keys() == {"cloud"}
    assert found["metadata"]["profiles"] == ["cloud"]
    for name in ("metadata", "finding_info", "remediation"):
        assert found[name].keys() == read[name].keys()
    assert found["compliance"].keys() - read["compliance"].keys() == {"status"}
    assert found["resources"][0].keys() == read["resources"][0].keys()


def test_the_event_says_what_the_finding_says() -> None:
    found = event("arn:aws:s3:::acme")
    assert (found["type_uid"], found["severity_id"], found["status_id"]) == (200301, 5, 3)
    assert found["time"] == 1795511520000
    assert found["finding_info"]["uid"] == "0123456789abcdef"
    assert found["resources"][0]["uid"] == "arn:aws:s3:::acme"
    assert found["resources"][0]["type"] == "AwsS3Bucket"
    assert found["cloud"]["account"]["uid"] == "420042004200"


def test_hostile_names_are_shown_not_meant() -> None:
    assert event("\x1b[31m")["resources"][0]["uid"] == visible("\x1b[31m")
