"""What a person is told when there are no usable credentials."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import ClientError, UnauthorizedSSOTokenError

from srtui.aws import AwsSettings, CredentialsError, endpoint_override
from srtui.aws.credentials import explain, open_session


async def no_answer(prompt: str) -> str | None:
    raise AssertionError(prompt)


async def failure(settings: AwsSettings) -> CredentialsError:
    with pytest.raises(CredentialsError) as caught:
        await open_session(settings, no_answer)
    return caught.value


async def test_an_unknown_profile_names_the_others() -> None:
    error = await failure(AwsSettings(profile="defualt"))
    assert error.title == "there is no profile 'defualt'"
    assert "profiles that exist: default" in error.tried
    assert error.remedy == ("use --profile default",)


async def test_an_unknown_region_names_near_ones() -> None:
    error = await failure(AwsSettings(regions=("eu-west-11",)))
    assert error.title == "there is no region 'eu-west-11'"
    assert "eu-west-1" in error.remedy[0]


async def test_without_credentials_every_source_is_named(home: Path) -> None:
    (home / "credentials").unlink()
    error = await failure(AwsSettings())
    assert error.title == "no AWS credentials were found"
    sources = [line.partition(":")[0] for line in error.tried]
    assert sources == ["environment", "profile default", "web identity", "container", "instance role"]
    assert any("switched off by AWS_EC2_METADATA_DISABLED" in line for line in error.tried)


async def test_a_source_profile_that_is_missing(home: Path) -> None:
    (home / "config").write_text(
        "[profile audit]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = gone\nmfa_serial = m\n"
    )
    assert "no profile 'gone'" in (await failure(AwsSettings(profile="audit"))).title


def test_an_sso_session_that_expired_says_how_to_sign_in() -> None:
    error = explain(UnauthorizedSSOTokenError(), AwsSettings(profile="audit"))
    assert error.renewable
    assert error.remedy[0] == "run: aws sso login --profile audit"


@pytest.mark.parametrize(
    ("code", "renewable"), [("ExpiredToken", True), ("InvalidClientTokenId", False), ("AccessDenied", False)]
)
def test_each_refusal_has_a_remedy(code: str, renewable: bool) -> None:
    answer = {"Error": {"Code": code, "Message": "no"}}
    error = explain(ClientError(answer, "GetCallerIdentity"), AwsSettings())
    assert code in error.title
    assert error.remedy
    assert error.renewable is renewable


def test_an_endpoint_override_is_seen_wherever_it_is_set() -> None:
    assert endpoint_override(AwsSettings(endpoint_url="http://a"), {}) == "http://a"
    assert endpoint_override(AwsSettings(), {"AWS_ENDPOINT_URL_S3": "http://b"}) == "http://b"
    assert endpoint_override(AwsSettings(), {}) is None
