"""Calls on demand: an ordinary run leaves them out, and who asks gets the report, two at a time."""

from __future__ import annotations

from srtui.account.last_access import LastAccess
from srtui.account.model import UNREAD
from srtui.aws import AwsSettings
from srtui.feed import Finished, Part
from srtui.services import build_account
from tests.aws.driver import Driver
from tests.aws.stub import ACCOUNT, Asked, Reply, StubAws

REPORT = ("iam", "GenerateServiceLastAccessedDetails")
READ = ("iam", "GetServiceLastAccessedDetails")


Drive = type[Driver]


def finished(drive: Drive, stub: StubAws) -> Driver:
    """A feed whose ordinary run is over."""
    run = drive(AwsSettings(endpoint_url=stub.url))
    run.until(Finished)
    return run


def _arn(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:user/{name}"


def _wrapped(operation: str, body: str) -> Reply:
    return Reply(
        200, f"<{operation}Response><{operation}Result>{body}</{operation}Result></{operation}Response>"
    )


def reports(asked: Asked) -> Reply | None:
    """Reports in two pages that are ready at the second look."""
    if asked.operation == REPORT[1]:
        return _wrapped(REPORT[1], f"<JobId>{asked.params['Arn'].rsplit('/')[-1]:0>36}</JobId>")
    if asked.operation != READ[1]:
        return None
    page = asked.params.get("Marker", "")
    service = (
        "<member><ServiceName>Amazon S3</ServiceName><ServiceNamespace>s3</ServiceNamespace>"
        "<LastAuthenticated>2026-11-01T00:00:00Z</LastAuthenticated><TotalAuthenticatedEntities>1</TotalAuthenticatedEntities>"
        "<TrackedActionsLastAccessed><member><ActionName>ListBucket</ActionName></member></TrackedActionsLastAccessed></member>"
        if not page
        else "<member><ServiceName>Amazon SQS</ServiceName><ServiceNamespace>sqs</ServiceNamespace></member>"
    )
    more = "<IsTruncated>false</IsTruncated>" if page else "<IsTruncated>true</IsTruncated><Marker>2</Marker>"
    return _wrapped(
        READ[1],
        f"<JobStatus>COMPLETED</JobStatus><ServicesLastAccessed>{service}</ServicesLastAccessed>{more}",
    )


def test_a_run_asks_for_no_report_and_somebody_may(drive: Drive) -> None:
    with StubAws(reports) as stub:
        run = finished(drive, stub)
        assert stub.count(*REPORT) == 0
        before = len(stub.asked)
        part = Part(
            [REPORT],
            params=(
                (
                    "Arn",
                    tuple(map(_arn, ("ana", "bo", "cy", "di"))),
                ),
            ),
        )
        assert run.feed.refresh(part) is None
        run.until(Finished)
        assert {one.operation for one in stub.asked[before:]} == {REPORT[1], READ[1]}
        assert stub.count(*REPORT) == 4
        found = build_account(run.evidence).table(LastAccess)
        assert set(found) == {_arn(name) for name in ("ana", "bo", "cy", "di")}
        services = found[_arn("ana")].services
        assert services is not UNREAD
        assert [one.service for one in services] == ["s3", "sqs"]
        assert services[0].actions is not None
        assert services[1].actions is None


def test_two_reports_at_a_time(drive: Drive) -> None:
    with StubAws(reports, latency=0.03) as stub:
        run = finished(drive, stub)
        stub.most_in_flight = 0
        assert (
            run.feed.refresh(Part([REPORT], params=(("Arn", tuple(_arn(f"u{n}") for n in range(8))),)))
            is None
        )
        run.until(Finished)
        assert stub.most_in_flight <= 4  # two reports, and two that are read


def test_without_naming_anybody_there_is_nothing_to_ask(drive: Drive) -> None:
    with StubAws(reports) as stub:
        run = finished(drive, stub)
        assert run.feed.refresh(Part([REPORT])) == "nothing of this has been asked yet"
