"""The ASFF report is what Security Hub's BatchImportFindings takes, by botocore's model and the API's documented limits."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from srtui.report import asff
from srtui.report.resource import _TYPES, OTHER, resource
from tests.report.made import HOSTILE, report


@cache
def shapes() -> Any:
    return botocore.session.get_session().get_service_model("securityhub")


def findings(text: str, **changes: Any) -> list[dict[str, Any]]:
    content = report(text)
    content["findings"][0].update(changes)
    document = asff.render(content)
    assert document.isascii()
    read = json.loads(document)
    assert isinstance(read, list)
    return read


def problems(found: list[dict[str, Any]]) -> str:
    shape = shapes().operation_model("BatchImportFindings").input_shape
    return str(ParamValidator().validate({"Findings": found}, shape).generate_report())


def too_long(found: dict[str, Any]) -> list[str]:
    (resources,) = found["Resources"]
    limits = {
        "Id": (found["Id"], 512),
        "GeneratorId": (found["GeneratorId"], 512),
        "Title": (found["Title"], 256),
        "Description": (found["Description"], 1024),
        "Recommendation": (found["Remediation"]["Recommendation"]["Text"], 512),
        "Note": (found.get("Note", {}).get("Text", "x"), 512),
        "Resource": (resources["Id"], 512),
        "Region": (found["Region"], 16),
        "fields": (found["ProductFields"], 50),
        **{name: (value, 2048) for name, value in found["ProductFields"].items()},
        **{f"name {name}": (name, 128) for name in found["ProductFields"]},
    }
    return [name for name, (value, most) in limits.items() if not 1 <= len(value) <= most]


@pytest.mark.parametrize("text", ["plain", " ", *HOSTILE], ids=range(len(HOSTILE) + 2))
def test_security_hub_would_take_it(text: str) -> None:
    found = findings(text)
    assert problems(found) == ""
    assert too_long(found[0]) == []


def test_long_texts_are_cut_to_what_the_api_takes() -> None:
    facts = [{"label": f"{number} {'l' * 200}", "value": "v" * 3000} for number in range(80)]
    found = findings("x" * 3000, facts=facts, fix="f" * 900, title="t" * 400, why="w" * 2000)
    assert problems(found) == ""
    assert too_long(found[0]) == []


def test_a_finding_says_what_it_is_about() -> None:
    (found,) = findings("arn:aws:s3:::acme", region="eu-west-1")
    assert found["Id"] == "srtui/eu-west-1/420042004200/0123456789abcdef"
    assert found["ProductArn"] == "arn:aws:securityhub:eu-west-1:420042004200:product/420042004200/default"
    assert found["Resources"] == [
        {"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::acme", "Partition": "aws", "Region": "eu-west-1"}
    ]
    assert (found["Severity"]["Label"], found["Workflow"]["Status"]) == ("CRITICAL", "SUPPRESSED")
    assert found["Compliance"]["Status"] == "FAILED"


@pytest.mark.parametrize(
    ("arn", "type"),
    [
        ("arn:aws:iam::111122223333:user/staff/ana", "AwsIamUser"),
        ("arn:aws:iam::111122223333:root", "AwsAccount"),
        ("arn:aws:s3:::acme", "AwsS3Bucket"),
        ("arn:aws:s3:::acme/key/user/x", OTHER),
        ("arn:aws:s3:eu-west-1:111122223333:accesspoint/x", "AwsS3AccessPoint"),
        ("arn:aws:sqs:eu-west-1:111122223333:orders", "AwsSqsQueue"),
        ("arn:aws:rds:eu-west-1:111122223333:db:orders", "AwsRdsDbInstance"),
        ("arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/a/1", "AwsElbv2LoadBalancer"),
        ("arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/a", "AwsElbLoadBalancer"),
        ("arn:aws:apigateway:eu-west-1::/restapis/abc/stages/x", "AwsApiGatewayRestApi"),
        ("arn:aws:sagemaker:eu-west-1:1:endpoint/x", OTHER),
        ("no arn at all", OTHER),
        ("arn:aws", OTHER),
    ],
)
def test_resource_types(arn: str, type: str) -> None:
    assert resource(arn).type == type


def test_every_resource_type_is_one_that_security_hub_has_details_of() -> None:
    known = set(shapes().shape_for("ResourceDetails").members)
    assert set(_TYPES.values()) - known == {"AwsAccount"}
