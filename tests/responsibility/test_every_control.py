"""What must hold for every control, whatever it looks at."""

from __future__ import annotations

from string import Formatter

import msgspec
import pytest

from srtui.analysis import analyse
from srtui.evidence import CallError
from srtui.responsibility.control import Control
from srtui.responsibility.controls import CONTROLS
from srtui.responsibility.csf import CATEGORIES, named_controls
from srtui.responsibility.matrix import rows
from srtui.services import apply, declared_calls
from tests.responsibility.recorded import NOW, account, check, evidence, listings

EACH = pytest.mark.parametrize("control", CONTROLS.values(), ids=list(CONTROLS))


@EACH
def test_denied_is_unknown_and_never_passes(control: Control) -> None:
    denied = account(*listings(error="AccessDenied"), rest=False)
    results = check(control.id, denied)
    assert results
    assert {result.status for result in results} == {"unknown"}
    assert all("AccessDenied" in result.reason for result in results)


@EACH
def test_nothing_collected_is_unknown(control: Control) -> None:
    results = check(control.id, account(rest=False))
    assert {result.status for result in results} == {"unknown"}


@EACH
def test_each_denied_listing_alone_keeps_the_control_from_passing(control: Control) -> None:
    for call in control.needs:
        if call.for_each is None and call.id != ("ec2", "DescribeRegions"):
            results = check(
                control.id,
                account(
                    *(evidence(*call.id, error="AccessDenied", params=variant) for variant in call.variants)
                ),
            )
            assert any(result.status == "unknown" for result in results)
            assert not any(result.status == "pass" for result in results), call


@EACH
def test_an_unfinished_listing_is_unknown(control: Control) -> None:
    call = next(
        call for call in control.needs if call.for_each is None and call.id != ("ec2", "DescribeRegions")
    )
    made = account(*(evidence(*call.id, {}, params=variant, more=True) for variant in call.variants))
    assert any("still being read" in result.reason for result in check(control.id, made))


@EACH
def test_an_empty_account_gets_a_verdict(control: Control) -> None:
    results = check(control.id, account())
    assert results
    for result in results:
        assert result.control == control.id
        if result.status == "fail":
            control.command_for(result)


@EACH
def test_what_a_control_says_of_itself_is_whole(control: Control) -> None:
    assert set(control.rows) <= set(range(1, 14))
    assert control.title
    assert 0 < len(control.problem) <= 40
    assert control.problem[0].isupper()
    assert not control.problem.endswith(".")
    assert control.problem != control.title
    assert control.why
    assert control.fix
    assert control.needs
    assert all(reference.startswith("https://docs.aws.amazon.com/") for reference in control.references)
    assert control.references
    for _, name, _, _ in Formatter().parse(control.command):
        assert name is None or name.isidentifier(), control.command


@EACH
def test_every_control_has_its_place_in_the_cybersecurity_framework(control: Control) -> None:
    found = control.frameworks["nist-csf"]
    assert found, f"place the topic {control.topic} in responsibility/csf.py"
    assert set(found) <= set(CATEGORIES)


def test_the_framework_names_no_control_that_does_not_exist() -> None:
    assert named_controls() <= set(CONTROLS)


def test_problems_tell_controls_apart() -> None:
    problems = [control.problem for control in CONTROLS.values()]
    assert len(set(problems)) == len(problems)


def test_findings_are_called_after_what_is_wrong() -> None:
    made = account(evidence("iam", "GetAccountSummary", {"SummaryMap": {"AccountMFAEnabled": 0}}))
    found = {finding.control: finding.title for finding in analyse(made, NOW).findings}
    assert found["root-mfa"] == CONTROLS["root-mfa"].problem


def test_every_customer_row_has_at_least_four_controls() -> None:
    for row in rows():
        if row.owner != "A":
            assert sum(row.number in control.rows for control in CONTROLS.values()) >= 4, row.label


def test_a_row_with_unknowns_is_never_good() -> None:
    made = account()
    apply(made, evidence("guardduty", "ListDetectors", error="AccessDenied"))
    for status in analyse(made, NOW).matrix:
        if status.subject_counts.get("unknown"):
            assert status.status in ("fail", "unknown"), status.row.label


def test_analysis_names_the_failed_calls_and_what_they_leave_unknown() -> None:
    made = account(evidence("kms", "ListKeys", error="AccessDeniedException"))
    analysis = analyse(made, NOW)
    (failure,) = analysis.failures
    assert failure.actions == ("kms:ListKeys",)
    assert "kms-public" in failure.unknown
    assert "not permitted" in failure.error
    assert analysis.coverage.failed == 1
    assert len(analysis.matrix) == 13


def test_every_declared_listing_can_be_recorded() -> None:
    assert any(call.for_each is None for call in declared_calls())


def test_a_second_region_that_was_denied_is_one_unknown() -> None:
    made = account()
    made.regions["us-west-2"] = "opt-in-not-required"
    apply(made, evidence("guardduty", "ListDetectors", error="AccessDenied", region="us-west-2"))
    unknown = [result for result in check("guardduty-on", made) if result.status == "unknown"]
    assert [result.region for result in unknown] == ["us-west-2"]


def test_a_region_without_the_service_is_no_gap() -> None:
    made = account()
    made.regions["us-west-2"] = "opt-in-not-required"
    error = CallError("EndpointConnectionError", "no such host", "not-offered")
    lacking = msgspec.structs.replace(
        evidence("guardduty", "ListDetectors", {}, region="us-west-2"), response=None, error=error
    )
    apply(made, lacking)
    assert [result.status for result in check("guardduty-findings", made)] == ["not_applicable"]
    assert not made.offers("guardduty", "ListDetectors", "us-west-2")
    assert not list(made.failures())


def test_a_partition_without_the_service_is_not_applicable(monkeypatch: pytest.MonkeyPatch) -> None:
    call = CONTROLS["guardduty-findings"].needs[0]
    monkeypatch.setattr(call.service, "partitions", frozenset({"aws"}))
    made = account(rest=False)
    made.partition = "aws-iso"
    assert [result.status for result in check("guardduty-findings", made)] == ["not_applicable"]
