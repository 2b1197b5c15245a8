"""Nothing that is not declared leaves the machine."""

from __future__ import annotations

import pytest
from aiobotocore.session import AioSession

from srtui.aws import AwsSettings
from srtui.aws.reader import ClientPool, ReadOnlyViolationError
from srtui.services import SERVICES, call_named
from tests.aws.stub import StubAws

SERVICE_NAMES = [service.name for service in SERVICES]


@pytest.mark.parametrize(
    ("service", "method", "params"),
    [
        ("iam", "create_user", {"UserName": "mallory"}),
        ("sts", "assume_role", {"RoleArn": "arn:aws:iam::123456789012:role/x", "RoleSessionName": "x"}),
        ("s3", "delete_bucket", {"Bucket": "logs"}),
        ("s3", "get_object", {"Bucket": "logs", "Key": "secret"}),
        ("kms", "decrypt", {"CiphertextBlob": b"x"}),
        ("s3control", "delete_public_access_block", {"AccountId": "123456789012"}),
    ],
)
async def test_undeclared_operations_are_refused_before_a_byte_is_sent(
    service: str, method: str, params: dict[str, object]
) -> None:
    with StubAws() as stub:
        pool = ClientPool(AioSession(), AwsSettings(endpoint_url=stub.url), lambda: None)
        client = await pool.client(service, "us-east-1")
        with pytest.raises(ReadOnlyViolationError, match="was not sent"):
            await getattr(client, method)(**params)
        await pool.close_all()
        assert stub.asked == []


async def test_presigned_requests_are_refused_too() -> None:
    pool = ClientPool(AioSession(), AwsSettings(), lambda: None)
    client = await pool.client("s3", "us-east-1")
    with pytest.raises(ReadOnlyViolationError):
        await client.generate_presigned_url("put_object", Params={"Bucket": "logs", "Key": "x"})
    await pool.close_all()


@pytest.mark.parametrize("service", SERVICE_NAMES)
async def test_every_client_has_the_guard_on_every_door(service: str) -> None:
    pool = ClientPool(AioSession(), AwsSettings(), lambda: None)
    client = await pool.client(service, "us-east-1")
    model = client.meta.service_model.operation_model(
        next(name for name in client.meta.service_model.operation_names if call_named(service, name) is None)
    )
    for event in ("provide-client-params", "before-parameter-build", "before-call"):
        with pytest.raises(ReadOnlyViolationError):
            await client.meta.events.emit(f"{event}.x.y", model=model, params={}, context={})
    with pytest.raises(ReadOnlyViolationError):
        await client.meta.events.emit("before-sign.x.y", operation_name=model.name)
    await pool.close_all()


async def test_one_client_per_service_and_region() -> None:
    pool = ClientPool(AioSession(), AwsSettings(), lambda: None)
    first = await pool.client("iam", "us-east-1")
    assert await pool.client("iam", "us-east-1") is first
    assert await pool.client("iam", "cn-north-1") is not first
    assert len(pool) == 2
    await pool.close_all()
    assert len(pool) == 0
