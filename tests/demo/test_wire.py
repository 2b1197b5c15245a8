"""Planted answers have AWS's shape, and every declared call can be answered so that botocore understands it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import botocore.parsers
import pytest
from moto.core.utils import get_service_model

from srtui.demo.governance import GOVERNANCE
from srtui.demo.planted import Where
from srtui.demo.provider import PROVIDER
from srtui.demo.resources import HOME, OTHER, THIRD
from srtui.demo.wire import Asked, Wire
from srtui.services import call_named, declared_calls
from tests.shapes import misfits

PLANTED = {**GOVERNANCE, **PROVIDER}
NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
#: For answers that depend on more than the region.
PARAMS: dict[str, dict[str, Any]] = {
    "GetTrailStatus": {"Name": "arn:aws:cloudtrail:eu-west-1:1:trail/acme-main"},
    "LookupEvents": {"LookupAttributes": [{"AttributeValue": "ConsoleLogin"}]},
    "GetFindings": {"findingIds": ["0ab1c2d3e4f5061728394a5b6c7d8e9f"]},
    "DescribeEffectivePolicy": {"PolicyType": "TAG_POLICY"},
    "DescribeAffectedEntities": {"filter": {"eventArns": []}},
}


@pytest.mark.parametrize("call", PLANTED, ids=":".join)
def test_planted_answers_have_the_shape_that_aws_answers_with(call: tuple[str, str]) -> None:
    assert call_named(*call) is not None
    for region in (HOME, OTHER, THIRD):
        members = PLANTED[call](Where(PARAMS.get(call[1], {}), region, NOW))
        assert members is not None
        assert misfits(*call, members) == []


def asked(service: str, operation: str) -> Asked:
    return Asked(service, operation, {}, get_service_model(service).operation_model(operation))


@pytest.mark.parametrize("call", list(declared_calls()), ids=repr)
def test_an_empty_answer_is_one_that_botocore_can_read(call: Any) -> None:
    one = asked(*call.id)
    written = Wire().empty(one)
    protocol = one.model.service_model.resolved_protocol
    parser = botocore.parsers.create_parser(protocol)
    answer = {"status_code": 200, "headers": {"Content-Type": written.content_type}, "body": written.body}
    parsed = parser.parse(answer, one.model.output_shape)
    shape = one.model.output_shape
    assert set(shape.required_members if shape else ()) <= set(parsed)


def test_a_request_is_told_by_what_its_protocol_says() -> None:
    wire = Wire()

    def read(service: str, body: bytes = b"", **environ: str) -> Asked | None:
        return wire.read(service, environ, body)

    target = read(
        "support", b'{"language": "en"}', HTTP_X_AMZ_TARGET="AWSSupport_20130415.DescribeSeverityLevels"
    )
    assert target is not None
    assert (target.id, target.params) == (("support", "DescribeSeverityLevels"), {"language": "en"})
    form = read("iam", b"Action=ListOrganizationsFeatures&Version=2010-05-08")
    assert form is not None
    assert form.id == ("iam", "ListOrganizationsFeatures")
    path = read("guardduty", REQUEST_METHOD="GET", PATH_INFO="/detector/d1/administrator")
    assert path is not None
    assert path.params["DetectorId" if "DetectorId" in path.params else "detectorId"] == "d1"
    assert read("guardduty", REQUEST_METHOD="DELETE", PATH_INFO="/detector/d1") is None
    assert read("nobody") is None


@pytest.mark.parametrize(
    ("call", "status", "body", "understood"),
    [
        (("iam", "ListRoles"), "500 x", b"<!doctype html><title>500", False),
        (("iam", "ListRoles"), "404 x", b"<ErrorResponse/>", True),
        (("artifact", "ListReports"), "404 x", b"<Error><Code>NoSuchBucket</Code></Error>", False),
        (("artifact", "ListReports"), "200 OK", b'{"reports": []}', True),
        (("macie2", "GetMacieSession"), "400 x", b'{"__type": "AccessDeniedException"}', True),
        (("macie2", "GetMacieSession"), "404 x", b"", False),
    ],
)
def test_an_error_of_aws_is_told_from_a_servers_shrug(
    call: tuple[str, str], status: str, body: bytes, understood: bool
) -> None:
    assert Wire().understands(asked(*call), status, body) is understood
