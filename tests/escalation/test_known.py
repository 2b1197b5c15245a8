"""What is known beyond the caller's permissions: what the role itself makes true, and what was not read."""

from __future__ import annotations

from typing import Any

import pytest

from srtui.escalation.catalogue import Technique
from srtui.escalation.escalation import escalate
from tests.escalation.scenes import CATALOGUE, scene
from tests.escalation.test_techniques import EACH, expected, found
from tests.responsibility.recorded import ACCOUNT

OWN_QUEUE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
OWN_STREAM = ["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"]
HERE = {"sqs": f"arn:aws:sqs:*:{ACCOUNT}:*", "dynamodb": f"arn:aws:dynamodb:*:{ACCOUNT}:table/*"}


def admin_with(actions: list[str], on: str) -> dict[str, Any]:
    """A role that becomes administrator by itself, and may do these."""
    statements = [
        {"Effect": "Allow", "Action": "iam:*", "Resource": "*"},
        {"Effect": "Allow", "Action": actions, "Resource": on},
    ]
    return {"Version": "2012-10-17", "Statement": statements}


@pytest.mark.parametrize(
    ("technique", "actions", "on", "admin"),
    [
        ("lambda-002", OWN_QUEUE, "*", True),
        ("lambda-002", OWN_QUEUE[:2], "*", "conditional"),
        ("lambda-002", OWN_QUEUE, HERE["sqs"], "conditional"),
        ("lambda-new-dynamodb-trigger", OWN_STREAM, HERE["dynamodb"], True),
        ("lambda-new-dynamodb-trigger", OWN_STREAM[:2], HERE["dynamodb"], "conditional"),
    ],
)
def test_a_function_is_triggered_by_what_its_role_may_read(
    technique: str, actions: list[str], on: str, admin: object
) -> None:
    made = scene(CATALOGUE.technique(technique)).but(prize=admin_with(actions, on))
    verdict, used = found(made.account(), made.caller)
    assert technique in used
    assert verdict == admin


@EACH
def test_authorization_details_alone_never_show_that_a_technique_does_not_work(technique: Technique) -> None:
    made = scene(technique)
    admin = escalate(made.account(only_details=True)).starts[made.caller].admin
    assert admin in (expected(technique), "unknown", "conditional")


@pytest.mark.parametrize("id", ["sso-001", "sso-002", "sso-003", "identitystore-group"])
def test_what_identity_center_has_is_unknown_until_it_was_read(id: str) -> None:
    made = scene(CATALOGUE.technique(id))
    assert escalate(made.account(only_details=True)).starts[made.caller].admin == "unknown"
    assert escalate(made.account()).starts[made.caller].admin is True
