"""Services and regions that the user's configuration leaves out: not asked, recorded, unknown, and named."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from srtui.analysis import analyse
from srtui.aws import AwsSettings
from srtui.cli.live import check_services
from srtui.config import ConfigError
from srtui.feed import Finished
from srtui.findings.triage import load_triage
from srtui.report.content import content
from srtui.services import build_account
from tests.aws.driver import Driver
from tests.aws.stub import Asked, Reply, StubAws, regions

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
Drive = type[Driver]


def two_regions(asked: Asked) -> Reply | None:
    if asked.operation != "DescribeRegions":
        return None
    return regions(**{"eu-west-1": "opt-in-not-required", "ap-south-1": "opt-in-not-required"})


def test_what_is_left_out_is_not_asked_and_passes_nowhere(drive: Drive) -> None:
    with StubAws(two_regions) as stub:
        run = drive(
            AwsSettings(endpoint_url=stub.url, skip_services=("guardduty",), skip_regions=("ap-south-1",))
        )
        run.until(Finished)
        assert not stub.count("guardduty", "ListDetectors")
        asked = [one for one in run.evidence if one.region == "ap-south-1" and one.error is None]
        assert asked == []
        assert run.progress[-1].done == run.progress[-1].total
    account = build_account(run.evidence)
    assert account.left_out() == (("guardduty",), ("ap-south-1",))
    assert all(one.error and one.error.kind != "left-out" for one in account.failures())
    analysis = analyse(account, NOW)
    for control in ("guardduty-on", "sg-admin-v4"):
        found = [one for one in analysis.results if one.control == control and one.status == "unknown"]
        assert any("by configuration" in one.reason for one in found), control
    assert not any(
        (one.status == "pass" and one.region == "ap-south-1")
        or (one.control == "guardduty-on" and one.status == "pass")
        for one in analysis.results
    )
    assert not any(one.kind == "left-out" for one in analysis.failures)
    told = content(analysis, load_triage(account.id))["coverage"]
    assert told["left_out"] == {"services": ["guardduty"], "regions": ["ap-south-1"]}
    assert "not collected by configuration: service guardduty" in told["notes"]


def test_an_unknown_service_is_a_mistake_and_no_setting() -> None:
    check_services(["macie2"])
    with pytest.raises(ConfigError, match="did you mean 'macie2'"):
        check_services(["macie"])
