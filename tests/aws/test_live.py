"""The live feed against an HTTP server: nothing is lost, nothing is asked twice, every failure is told."""

from __future__ import annotations

import logging
import socket
import time
from collections import Counter
from pathlib import Path

import pytest

from srtui.aws import AwsSettings
from srtui.evidence import Evidence
from srtui.feed import Arrived, Failed, Finished, Part, Paused, Question
from srtui.services import build_account
from tests.aws.conftest import write_key
from tests.aws.driver import Driver
from tests.aws.stub import Asked, Drop, Reply, StubAws, assumed, error, identity, regions, users

Drive = type[Driver]
DETAILS = ("iam", "GetAccountAuthorizationDetails")


def page_of_users(asked: Asked, pages: int = 3) -> Reply | None:
    if asked.operation != DETAILS[1] or asked.params.get("Filter.member.1") != "User":
        return None
    page = int(asked.params.get("Marker", "0"))
    return users([f"user{page}"], str(page + 1) if page + 1 < pages else "")


def pages(evidence: list[Evidence]) -> list[tuple[int, bool]]:
    return [(item.page, item.more) for item in evidence if item.params == {"Filter": ["User"]}]


def assert_each_call_once(evidence: list[Evidence]) -> None:
    repeated = [
        key for key, times in Counter((item.key, item.page) for item in evidence).items() if times > 1
    ]
    assert not repeated


def test_pages_come_in_order_and_before_the_end(drive: Drive) -> None:
    with StubAws(page_of_users) as stub:
        run = drive(AwsSettings(endpoint_url=stub.url))
        assert run.feed.label == f"live via {stub.url}"
        while not run.of(*DETAILS):
            run.until(Arrived)
        run.until(Finished)
        assert pages(run.of(*DETAILS)) == [(0, True), (1, True), (2, False)]
        assert_each_call_once(run.evidence)
        last = run.progress[-1]
        assert last.done == last.total > 40
        account = build_account(run.evidence)
        assert (account.id, sorted(user.name for user in account.users.values())) == (
            "123456789012",
            ["user0", "user1", "user2"],
        )


def test_a_denied_call_is_evidence(drive: Drive) -> None:
    with StubAws() as stub:
        run = drive(AwsSettings(endpoint_url=stub.url))
        run.until(Finished)
    for call in (("iam", "GetAccountSummary"), ("ec2", "DescribeInstances"), ("kms", "ListKeys")):
        (item,) = run.of(*call)
        assert item.error is not None
        assert item.error.kind == "denied"
        assert item.account == "123456789012"


def test_throttling_loses_no_call(drive: Drive) -> None:
    refusals = iter(range(4))

    def script(asked: Asked) -> Reply | None:
        if asked.operation == DETAILS[1] and next(refusals, None) is not None:
            return error(asked, "Throttling")
        return page_of_users(asked)

    with StubAws(script) as stub:
        run = drive(AwsSettings(endpoint_url=stub.url))
        run.until(Finished, 50)
    assert pages(run.of(*DETAILS)) == [(0, True), (1, True), (2, False)]
    assert not [item for item in run.evidence if item.error and item.error.kind == "throttled"]
    assert run.progress[-1].throttled == 4


def test_expiry_pauses_and_resuming_goes_on_at_the_same_page(drive: Drive, home: Path) -> None:
    def script(asked: Asked) -> Reply | None:
        old = asked.key == "AKIAFIRST"
        if old and asked.operation == DETAILS[1] and asked.params.get("Marker") == "1":
            return error(asked, "ExpiredToken", 403)
        return page_of_users(asked)

    with StubAws(script) as stub:
        run = drive(AwsSettings(endpoint_url=stub.url))
        paused = run.until(Paused)
        assert "ExpiredToken" in paused.title
        time.sleep(0.3)
        asked = len(stub.asked)
        time.sleep(0.3)
        assert len(stub.asked) == asked, "calls were made while paused"
        paused.resume()  # the credentials have not changed: it pauses again
        paused = run.until(Paused)
        write_key(home, "AKIASECOND")
        paused.resume()
        run.until(Finished)
        assert pages(run.of(*DETAILS)) == [(0, True), (1, True), (2, False)]
        assert_each_call_once(run.evidence)
        assert not [item for item in run.evidence if item.error and item.error.kind == "expired"]
        progress = run.progress[-1]
        assert progress.done == progress.total


def test_credentials_of_another_account_do_not_resume(drive: Drive, home: Path) -> None:
    def script(asked: Asked) -> Reply | None:
        if asked.operation == "GetCallerIdentity" and asked.key == "AKIAOTHER":
            return identity("999999999999")
        if asked.service == "iam" and asked.key == "AKIAFIRST":
            return error(asked, "ExpiredToken", 403)
        return None

    with StubAws(script) as stub:
        run = drive(AwsSettings(endpoint_url=stub.url))
        paused = run.until(Paused)
        write_key(home, "AKIAOTHER")
        paused.resume()
        assert run.until(Paused).title == "these credentials are of another account"
        run.feed.cancel()
        assert run.until(Finished).cancelled


def test_cancel_is_quick_and_keeps_what_arrived(drive: Drive) -> None:
    with StubAws(latency=0.3) as stub:
        stub.buckets = [f"bucket{number}" for number in range(20)]
        run = drive(AwsSettings(endpoint_url=stub.url))
        while not run.of("s3", "ListBuckets"):
            run.until(Arrived)
        started = time.monotonic()
        run.feed.cancel()
        assert time.monotonic() - started < 0.1
        assert run.until(Finished).cancelled
        assert time.monotonic() - started < 1.0
        # and the feed can still be asked for a part
        assert run.feed.refresh(Part([("s3", "ListBuckets")])) is None
        assert not run.until(Finished).cancelled
        run.feed.close()


def test_refresh_asks_the_part_and_its_children_only(drive: Drive) -> None:
    with StubAws(page_of_users) as stub:
        stub.buckets = ["logs", "data"]
        run = drive(AwsSettings(endpoint_url=stub.url))
        run.until(Finished)
        before = len(stub.asked)
        assert run.feed.refresh(Part([("s3", "GetBucketPolicy")], params=(("Bucket", ("logs",)),))) is None
        run.until(Finished)
        (again,) = stub.asked[before:]
        assert again.operation == "GET /logs"
        stub.buckets.append("new")
        before = len(run.evidence)
        assert run.feed.refresh(Part([("s3", "ListBuckets")])) is None
        run.until(Finished)
        new = run.evidence[before:]
        assert {item.service for item in new} == {"s3"}
        assert {item.params.get("Bucket") for item in new} == {None, "logs", "data", "new"}
        assert run.feed.refresh(Part([("s3", "DeleteBucket")])) == "srtui never calls s3:DeleteBucket"
        assert run.feed.refresh(Part([("kms", "DescribeKey")])) == "nothing of this has been asked yet"


def test_dropped_connections_are_tried_again(drive: Drive) -> None:
    seen: Counter[str] = Counter()

    def script(asked: Asked) -> Reply | None:
        seen[repr(asked)] += 1
        if asked.operation == DETAILS[1] and seen[repr(asked)] == 1:
            raise Drop
        return page_of_users(asked)

    with StubAws(script) as stub:
        run = drive(AwsSettings(endpoint_url=stub.url))
        run.until(Finished, 60)
    assert pages(run.of(*DETAILS)) == [(0, True), (1, True), (2, False)]


def test_a_list_in_a_circle_is_incomplete_not_endless(drive: Drive) -> None:
    def script(asked: Asked) -> Reply | None:
        return users(["same"], "1") if page_of_users(asked) else None

    with StubAws(script) as stub:
        run = drive(AwsSettings(endpoint_url=stub.url))
        run.until(Finished)
    last = [item for item in run.of(*DETAILS) if item.params == {"Filter": ["User"]}][-1]
    assert last.error is not None
    assert last.error.kind == "invalid"


def test_a_closed_port_says_so_soon(drive: Drive) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    started = time.monotonic()
    failed = drive(AwsSettings(endpoint_url=url)).until(Failed)
    assert failed.title == "AWS could not be reached"
    assert any(url in line for line in failed.tried)
    assert time.monotonic() - started < 15


def test_disabled_regions_are_told_from_unknown_keys(drive: Drive) -> None:
    def script(asked: Asked) -> Reply | None:
        if asked.operation == "DescribeRegions":
            return regions(us_east_1="opt-in-not-required", af_south_1="opted-in", me_south_1="not-opted-in")
        if asked.region == "af-south-1":
            return error(asked, "UnrecognizedClientException", 403)
        return None

    with StubAws(script) as stub:
        run = drive(AwsSettings(endpoint_url=stub.url))
        run.until(Finished)
    by_region = {item.region: item.error.kind for item in run.of("kms", "ListKeys") if item.error}
    assert by_region == {"us-east-1": "denied", "af-south-1": "region-disabled"}
    assert not [item for item in run.evidence if item.region == "me-south-1"]


def test_only_the_named_regions_are_asked(drive: Drive) -> None:
    def script(asked: Asked) -> Reply | None:
        return regions(eu_west_1="opt-in-not-required") if asked.operation == "DescribeRegions" else None

    with StubAws(script) as stub:
        run = drive(AwsSettings(endpoint_url=stub.url, regions=("eu-west-1",)))
        run.until(Finished)
    assert {item.region for item in run.of("ec2", "DescribeInstances")} == {"eu-west-1"}
    (asked,) = [item for item in stub.asked if item.operation == "DescribeRegions"]
    assert asked.params["RegionName.1"] == "eu-west-1"


def test_without_a_list_of_regions_the_named_ones_are_still_asked(drive: Drive) -> None:
    def script(asked: Asked) -> Reply | None:
        return error(asked, "UnauthorizedOperation", 403) if asked.operation == "DescribeRegions" else None

    with StubAws(script) as stub:
        run = drive(AwsSettings(endpoint_url=stub.url, regions=("eu-west-1",)))
        run.until(Finished)
    assert [item.region for item in run.of("ec2", "DescribeInstances")] == ["eu-west-1"]


def test_a_role_chain_asks_for_the_code_and_uses_each_key_in_turn(drive: Drive) -> None:
    keys = iter(("ASIAONE", "ASIATWO"))

    def script(asked: Asked) -> Reply | None:
        return assumed(next(keys)) if asked.operation == "AssumeRole" else None

    roles = ("arn:aws:iam::123456789012:role/one", "arn:aws:iam::123456789012:role/two")
    with StubAws(script) as stub:
        run = drive(AwsSettings(endpoint_url=stub.url, role_arns=roles, mfa_serial="arn:aws:iam::1:mfa/me"))
        question = run.until(Question)
        assert "arn:aws:iam::1:mfa/me" in question.prompt
        question.reply(" 123456 ")
        run.until(Finished)
        first, second = [item for item in stub.asked if item.operation == "AssumeRole"]
    assert (first.key, first.params["TokenCode"]) == ("AKIAFIRST", "123456")
    assert (second.key, second.params.get("TokenCode")) == ("ASIAONE", None)
    assert {item.key for item in stub.asked if item.operation != "AssumeRole"} == {"ASIATWO"}


def test_a_profile_with_mfa_asks_through_the_interface(drive: Drive, home: Path) -> None:
    (home / "config").write_text(
        "[profile audit]\nrole_arn = arn:aws:iam::123456789012:role/audit\nsource_profile = default\n"
        "mfa_serial = arn:aws:iam::1:mfa/me\n"
    )

    with StubAws(lambda asked: assumed("ASIA") if asked.operation == "AssumeRole" else None) as stub:
        run = drive(AwsSettings(endpoint_url=stub.url, profile="audit"))
        run.until(Question).reply(None)
        assert "needs an MFA code" in run.until(Paused).title
        run.feed.cancel()
        assert run.until(Finished).cancelled


def test_nothing_is_printed(drive: Drive, capfd: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, []
    try:
        with StubAws(lambda asked: Reply(200, "<html>") if asked.service == "kms" else None) as stub:
            drive(AwsSettings(endpoint_url=stub.url)).until(Finished, 60)
    finally:
        root.handlers = handlers
    assert capfd.readouterr() == ("", "")


def test_an_endpoint_that_is_down_fails_its_calls_and_no_others(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}"
    with StubAws(page_of_users) as stub:
        monkeypatch.setenv("AWS_ENDPOINT_URL", stub.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", closed)
        run = drive(AwsSettings(regions=("eu-west-1",)))
        assert run.feed.label == f"live via {stub.url}"
        run.until(Finished, 50)
    ec2 = [item for item in run.evidence if item.service == "ec2"]
    assert len(ec2) > 5
    assert {item.error.kind for item in ec2 if item.error} == {"unreachable"}
    assert all(item.error for item in ec2)
    assert any(item.error and "not tried again" in item.error.message for item in ec2)
    assert pages(run.of(*DETAILS)) == [(0, True), (1, True), (2, False)]


def test_a_key_that_is_deleted_in_mid_run_pauses(drive: Drive, home: Path) -> None:
    identities = iter(range(1))

    def script(asked: Asked) -> Reply | None:
        if asked.key != "AKIAFIRST" or asked.operation == "DescribeRegions":
            return None
        if asked.operation == "GetCallerIdentity" and next(identities, None) is not None:
            return None
        return error(asked, "InvalidClientTokenId", 403)

    with StubAws(script) as stub:
        run = drive(AwsSettings(endpoint_url=stub.url))
        paused = run.until(Paused)
        write_key(home, "AKIASECOND")
        paused.resume()
        run.until(Finished)
    assert not [item for item in run.evidence if item.error and item.error.kind == "region-disabled"]
    assert_each_call_once(run.evidence)


def test_the_credential_report_is_fetched_when_it_is_ready(drive: Drive) -> None:
    states = iter(("STARTED", "COMPLETE"))

    def script(asked: Asked) -> Reply | None:
        if asked.operation != "GenerateCredentialReport":
            return None
        return Reply(
            200,
            "<GenerateCredentialReportResponse><GenerateCredentialReportResult>"
            f"<State>{next(states)}</State></GenerateCredentialReportResult></GenerateCredentialReportResponse>",
        )

    with StubAws(script) as stub:
        run = drive(AwsSettings(endpoint_url=stub.url))
        run.until(Finished)
        order = [item.operation for item in stub.asked if "CredentialReport" in item.operation]
    assert order == ["GenerateCredentialReport", "GenerateCredentialReport", "GetCredentialReport"]
    assert [item.response for item in run.of("iam", "GenerateCredentialReport")] == [{"State": "COMPLETE"}]
    assert any(progress.note.startswith("waiting: ") for progress in run.progress)


def test_limits_of_a_service_and_of_the_whole_are_kept(drive: Drive) -> None:
    with StubAws(latency=0.02) as stub:
        stub.buckets = [f"bucket{number}" for number in range(20)]
        drive(AwsSettings(endpoint_url=stub.url)).until(Finished)
        assert 20 < stub.most_in_flight <= 48
