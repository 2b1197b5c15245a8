"""A region without a service is told from a service that cannot be reached."""

from __future__ import annotations

import socket

import pytest
from aiohttp import ClientConnectorDNSError
from aiohttp.client_reqrep import ConnectionKey
from botocore.exceptions import EndpointConnectionError

from srtui.aws.errors import call_error, endpoint_down, no_such_host
from srtui.aws.plan import Plan
from srtui.services.declare import Service, home_region


def _failed(error: Exception) -> EndpointConnectionError:
    return EndpointConnectionError(endpoint_url="https://memorydb.ap-east-2.amazonaws.com/", error=error)


def test_a_host_without_an_address_is_told_from_one_that_does_not_answer() -> None:
    key = ConnectionKey("memorydb.ap-east-2.amazonaws.com", 443, True, True, None, None, None)
    unknown = _failed(ClientConnectorDNSError(key, socket.gaierror(-2, "Name or service not known")))
    refused = _failed(ConnectionRefusedError())
    assert no_such_host(unknown)
    assert not no_such_host(refused)
    for error in (unknown, refused):
        assert endpoint_down(error)
        assert call_error(error).kind == "unreachable"


@pytest.mark.parametrize(
    ("partition", "region"),
    [("aws", "us-west-2"), ("aws-cn", "cn-north-1"), ("aws-eusc", "eusc-de-east-1")],
)
def test_a_global_service_has_its_home_per_partition(partition: str, region: str) -> None:
    service = Service("globalaccelerator", title="x", scope="global", home={"aws": "us-west-2"})
    assert home_region(service, partition) == region


def test_a_service_that_a_partition_lacks_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service("shield", title="Shield", scope="global", partitions=frozenset({"aws"}))
    service.call("GetSubscriptionState")(lambda account, answer: None)
    monkeypatch.setattr("srtui.aws.plan.SERVICES", [service])
    assert [job.call.operation for jobs in Plan("1", "aws").roots("global") for job in jobs] == [
        "GetSubscriptionState"
    ]
    assert not list(Plan("1", "aws-cn").roots("global"))
