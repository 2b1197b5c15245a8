"""Operations with a limit of their own are asked no faster and no further than their declaration says."""

from __future__ import annotations

import asyncio
import itertools
from types import SimpleNamespace
from typing import Any, cast

import pytest

from srtui.aws import AwsSettings
from srtui.aws.caller import Caller
from srtui.aws.plan import Job
from srtui.feed import Finished
from srtui.services import call_named
from tests.aws.driver import Driver
from tests.aws.stub import Asked, Reply, StubAws


def test_only_the_newest_page_of_the_event_history_is_read(drive: type[Driver]) -> None:
    def script(asked: Asked) -> Reply | None:
        if asked.operation != "LookupEvents":
            return None
        return Reply(
            200, '{"Events": [], "NextToken": "more"}', {"Content-Type": "application/x-amz-json-1.1"}
        )

    with StubAws(script) as stub:
        run = drive(AwsSettings(endpoint_url=stub.url))
        run.until(Finished, 60)
        found = run.of("cloudtrail", "LookupEvents")
        # The names that IAM records are asked for in its home region alone, and that is not enabled here.
        assert len(found) == stub.count("cloudtrail", "LookupEvents") == 10
        assert {(item.page, item.more) for item in found} == {(0, False)}


def _caller(**access: Any) -> Caller:
    return Caller(cast(Any, SimpleNamespace(settings=AwsSettings(), **access)), cast(Any, None))


async def test_calls_that_bear_two_a_second_begin_one_after_the_other() -> None:
    call = call_named("cloudtrail", "LookupEvents")
    assert call is not None
    caller = _caller()
    loop = asyncio.get_running_loop()
    begun: list[tuple[str, float]] = []

    async def one(region: str) -> None:
        await caller._turn(Job(call, region))
        begun.append((region, loop.time()))

    await asyncio.gather(*(one("eu-west-1") for _ in range(3)), one("us-east-1"))
    times = [at for region, at in begun if region == "eu-west-1"]
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= 0.5
    assert next(at for region, at in begun if region == "us-east-1") - times[0] < 0.1


@pytest.mark.parametrize(
    ("listed", "answered", "not_offered"),
    [
        (False, [], True),
        (True, [("sts", "eu-west-1")], False),
        # AWS lists no region at all: then the region's other services must have been found.
        (None, [], False),
        (None, [("sts", "us-east-1")], False),
        (None, [("sts", "eu-west-1")], True),
    ],
)
async def test_when_a_name_that_is_missing_says_that_the_service_is(
    listed: bool | None, answered: list[tuple[str, str]], not_offered: bool
) -> None:
    async def lists(service: str, region: str) -> bool | None:
        return listed

    caller = _caller(lists=lists)
    caller._answered.update(answered)
    call = call_named("security-ir", "ListMemberships")
    assert call is not None
    assert await caller._not_offered(Job(call, "eu-west-1")) is not_offered
