"""Every declared call exists in AWS's own models, and reads."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from srtui.policy.catalogue import load_catalogue
from srtui.services import SERVICES, declared_calls
from srtui.services.declare import Call, CallContext
from srtui.services.permissions import MANAGED_POLICY_LIMIT, actions, least_policies, permissions_markdown

CALLS = list(declared_calls())


@cache
def model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def operation(call: Call) -> Any:
    return model(call.service.name).operation_model(call.operation)


@pytest.mark.parametrize("call", CALLS, ids=repr)
def test_the_operation_exists_and_its_fixed_parameters_are_its_own(call: Call) -> None:
    members = operation(call).input_shape.members if operation(call).input_shape else {}
    for variant in call.variants:
        assert set(variant) <= set(members)


@pytest.mark.parametrize("call", CALLS, ids=repr)
def test_every_call_is_a_read(call: Call) -> None:
    """The proof behind "read-only": AWS's own access level, or a reason that stands in the declaration."""
    catalogue = load_catalogue()
    for action in call.actions:
        level = catalogue.access_level(action)
        assert level is not None, f"{action} is not in AWS's service reference"
        assert level in {"List", "Read"} or call.justification, f"{action} is {level}"


def test_only_the_credential_report_needs_a_justification() -> None:
    assert [repr(call) for call in CALLS if call.justification] == ["iam:GenerateCredentialReport"]


@pytest.mark.parametrize(
    "call", [call for call in CALLS if isinstance(call.items, str) and call.items], ids=repr
)
def test_the_path_of_the_items_leads_somewhere(call: Call) -> None:
    shape = operation(call).output_shape
    for part in str(call.items).split("."):
        name = part.removesuffix("[]")
        assert name in shape.members
        shape = shape.members[name]
        if shape.type_name == "list":
            shape = shape.member


def test_dependent_calls_belong_to_declared_parents() -> None:
    for call in CALLS:
        for other in (call.for_each, call.after):
            assert other is None or other in CALLS
        if call.for_each is not None:
            assert call.for_each.items, f"{call.for_each} has no items for {call}"


def test_no_operation_is_declared_twice() -> None:
    declared = [call for service in SERVICES for call in service.calls]
    assert len({call.id for call in declared}) == len(declared)


def test_context_parameters() -> None:
    context = CallContext("123456789012", "aws", "eu-west-1")
    call = next(call for call in CALLS if repr(call) == "s3control:ListAccessPoints")
    assert call.params_for(None, context) == {"AccountId": "123456789012"}


def test_the_least_policy_fits_and_covers_every_action() -> None:
    documents = least_policies()
    granted = [action for document in documents for one in document["Statement"] for action in one["Action"]]
    assert sorted(granted) == actions()
    assert "sts:GetCallerIdentity" not in granted
    for document in documents:
        assert len(str(document).replace(" ", "")) <= MANAGED_POLICY_LIMIT


def test_the_permission_table_is_up_to_date() -> None:
    path = Path(__file__).parents[2] / "docs" / "permissions.md"
    assert path.read_text() == permissions_markdown(), (
        "run: python -m srtui.services.permissions > docs/permissions.md"
    )
