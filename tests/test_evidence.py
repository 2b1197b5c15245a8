"""Evidence: calls have one identity, answers are plain JSON, and no secret reaches a file."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srtui.evidence import (
    REDACTED,
    REDACTED_SECRET,
    CallError,
    Evidence,
    call_key,
    decode,
    encode,
    error_kind,
    iso,
    looks_secret,
    moment,
    plain,
    redact,
)

AT = datetime(2026, 11, 24, 9, 12, tzinfo=UTC)
#: Shaped like an AWS secret access key; the one of AWS's own documentation.
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SECRETS = [
    SECRET_KEY,
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "glpat-abcdefghij_klmnopqrst",
    "xoxb-123456789012-abcdefghij",
    "sk_live_abcdefghijklmnop1234",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlMTIz",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7c\n-----END RSA PRIVATE KEY-----",
]


def evidence(response: dict[str, Any], **changes: Any) -> Evidence:
    made = Evidence(
        service="lambda", operation="ListFunctions", region="r", account="1", at=AT, response=response
    )
    return msgspec.structs.replace(made, **changes)


def cleaned(response: dict[str, Any]) -> Any:
    return redact(evidence(response)).response


texts = st.text(max_size=60)
documents = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def all_texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in all_texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in all_texts(item)]
    return []


@settings(max_examples=60)
@given(before=texts, secret=st.sampled_from(SECRETS), after=texts, shell=documents)
def test_a_known_kind_of_secret_never_survives(before: str, secret: str, after: str, shell: Any) -> None:
    text = f"{before} {secret} {after}"
    found = cleaned({"Description": text, "Nested": [{"Deep": [text, shell]}]})
    assert not any(secret in item for item in all_texts(found))


@settings(max_examples=60)
@given(
    name=st.sampled_from(
        ["SecretAccessKey", "SessionToken", "MasterUserPassword", "SecretString", "UserData"]
    ),
    value=st.text(min_size=1, max_size=40).filter(lambda text: not text.startswith("[redacted")),
    wrapped=st.booleans(),
)
def test_members_that_are_secret_by_definition_are_always_redacted(
    name: str, value: str, wrapped: bool
) -> None:
    found = cleaned({"List": [{name: {"Value": value} if wrapped else value}]})
    assert set(all_texts(found)) <= {REDACTED, REDACTED_SECRET}


@settings(max_examples=60)
@given(variables=st.dictionaries(texts, texts, max_size=5))
def test_no_value_of_an_environment_variable_is_kept(variables: dict[str, str]) -> None:
    found = cleaned({"Functions": [{"Environment": {"Variables": variables}}]})
    kept = found["Functions"][0]["Environment"]["Variables"]
    assert kept.keys() == variables.keys()
    assert set(kept.values()) <= {REDACTED, REDACTED_SECRET}


@settings(max_examples=80)
@given(response=st.dictionaries(texts, documents, max_size=4))
def test_redaction_is_done_once_and_for_all(response: dict[str, Any]) -> None:
    once = redact(evidence(response))
    assert redact(once) == once
    assert decode(encode(once)) == once


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:secretsmanager:eu-west-1:420042004200:secret:prod/database-AbCdEf",
        "User x is not authorized to perform: s3:GetObject on resource: "
        "arn:aws:secretsmanager:eu-west-1:420042004200:secret:prod/database-AbCdEf",
        "arn:aws:iam::420042004200:role/Division1/TeamAlpha/Squad7/DeploymentOps42",
        "arn:aws:iam::420042004200:user/AbCdEfGh1/AbCdEfGh2/AbCdEfGh3/AbCdEfGh4",
        "token.actions.githubusercontent.com:sub",
        "repo:acme/site:ref:refs/heads/main",
        "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
        "secretsmanager:GetSecretValue",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "The token included in the request is expired",
    ],
)
def test_names_and_policies_are_left_as_they_are(text: str) -> None:
    assert cleaned({"Resource": text, "List": [text]}) == {"Resource": text, "List": [text]}


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("mysql://root:hunter2@db.internal/shop", "hunter2"),
        ("export DB_PASSWORD=hunter2 now", "hunter2"),
        ('{"password": "hunter2"}', "hunter2"),
        ("aws_secret_access_key = abcdefg", "abcdefg"),
        ("see https://x.example/?token=abcd1234&page=2", "abcd1234"),
    ],
)
def test_secrets_inside_other_text_are_cut_out(text: str, secret: str) -> None:
    found = cleaned({"Description": text})["Description"]
    assert secret not in found
    assert REDACTED in found


def test_errors_and_parameters_are_redacted_too() -> None:
    item = evidence({}, error=CallError("X", f"bad {SECRET_KEY}"), params={"MasterUserPassword": "hunter2"})
    found = redact(item)
    assert found.error is not None
    assert SECRET_KEY not in found.error.message
    assert found.params == {"MasterUserPassword": REDACTED}


def test_shared_secrets_of_networks_and_apis_are_redacted() -> None:
    tunnel = {"TunnelOptions": [{"PreSharedKey": "abc", "OutsideIpAddress": "203.0.113.1"}]}
    assert cleaned(tunnel) == {
        "TunnelOptions": [{"PreSharedKey": REDACTED, "OutsideIpAddress": "203.0.113.1"}]
    }
    assert cleaned({"CustomerGatewayConfiguration": "<key>abc</key>"}) == {
        "CustomerGatewayConfiguration": REDACTED
    }
    header = {"HeaderName": "X-Origin-Verify", "HeaderValue": "abc"}
    assert cleaned({"CustomHeaders": {"Items": [header]}}) == {
        "CustomHeaders": {"Items": [{**header, "HeaderValue": REDACTED}]}
    }
    assert cleaned({"StageVariables": {"key": "abc"}}) == {"StageVariables": {"key": REDACTED}}
    integration = {"requestParameters": {"integration.request.header.X": "'abc'"}}
    assert "abc" not in str(cleaned(integration))
    assert cleaned({"requestParameters": {"method.request.header.X": True}}) == {
        "requestParameters": {"method.request.header.X": True}
    }


def test_options_of_beanstalk_keep_what_is_no_variable() -> None:
    options = [
        {
            "Namespace": "aws:elasticbeanstalk:managedactions",
            "OptionName": "ManagedActionsEnabled",
            "Value": "true",
        },
        {"Namespace": "aws:elasticbeanstalk:application:environment", "OptionName": "STAGE", "Value": "abc"},
        {
            "Namespace": "aws:elasticbeanstalk:application:environment",
            "OptionName": "DB_PASSWORD",
            "Value": "abc",
        },
        {"Namespace": "aws:rds:dbinstance", "OptionName": "DBPassword", "Value": "abc"},
    ]
    values = [one["Value"] for one in cleaned({"OptionSettings": options})["OptionSettings"]]
    assert values == ["true", REDACTED, REDACTED_SECRET, REDACTED_SECRET]


def test_that_a_secret_was_there_is_still_told() -> None:
    script = base64.b64encode(b"#!/bin/sh\nexport DB_PASSWORD=hunter2\n").decode()
    harmless = base64.b64encode(b"#!/bin/sh\nyum update\n").decode()
    assert cleaned({"UserData": script}) == {"UserData": REDACTED_SECRET}
    assert cleaned({"UserData": harmless}) == {"UserData": REDACTED}
    found = cleaned({"Variables": {"DB_PASSWORD": "hunter2", "STAGE": "prod"}})["Variables"]
    assert found == {"DB_PASSWORD": REDACTED_SECRET, "STAGE": REDACTED}
    assert looks_secret("DB_PASSWORD", found["DB_PASSWORD"])
    assert not looks_secret("STAGE", found["STAGE"])


@pytest.mark.parametrize("unit", ["a", "aB3", "-----BEGIN ", "eyJ", "://a:", "token=", "\x1b[31m", "‮", "/"])
def test_redaction_takes_linear_time_on_hostile_text(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    started = time.thread_time()
    cleaned({"Description": text, "Variables": {text[:10_000]: text}})
    assert time.thread_time() - started < 2.0


def test_a_call_is_the_same_whatever_the_order_of_its_parameters() -> None:
    assert call_key("s3", "X", "r", {"a": 1, "b": 2}) == call_key("s3", "X", "r", {"b": 2, "a": 1})
    assert call_key("s3", "X", "r", {"a": 1}) != call_key("s3", "X", "r", {"a": "1"})
    assert call_key("s3", "X", "r", {})[3] == ""


def test_answers_become_plain_json() -> None:
    local = datetime(2026, 1, 2, 3, 4, 5, 600, tzinfo=timezone(timedelta(hours=2)))
    assert plain(
        {"ResponseMetadata": {}, "At": local, "Text": b"abc", "Raw": b"\xff", "Set": (1, 2.5, None, True)}
    ) == {
        "At": "2026-01-02T01:04:05Z",
        "Text": "abc",
        "Raw": "/w==",
        "Set": [1, 2.5, None, True],
    }


@given(moments=st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1)))
@settings(max_examples=30)
def test_times_survive_being_written(moments: datetime) -> None:
    aware = moments.replace(tzinfo=UTC, microsecond=0)
    assert moment(iso(aware)) == aware


@pytest.mark.parametrize(
    "text", ["N/A", "no_information", "", None, 5, "2026-13-45T00:00:00Z", "not_supported"]
)
def test_what_is_no_time_is_none(text: Any) -> None:
    assert moment(text) is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AccessDenied", "denied"),
        ("ThrottlingException", "throttled"),
        ("ExpiredToken", "expired"),
        ("Whatever", "other"),
    ],
)
def test_error_codes_are_classified(code: str, kind: str) -> None:
    assert error_kind(code) == kind


def test_an_arn_inside_a_policy_text_is_no_secret_key() -> None:
    arn = "arn:aws:iam::420042004200:role/Deploy/GithubActionsRole12345678901"
    policy = (
        '{"Statement":[{"Principal":{"AWS":"' + arn + '"},"Key":"wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY42"}]}'
    )
    item = Evidence(
        service="s3",
        operation="GetBucketPolicy",
        region="eu-west-1",
        account="420042004200",
        at=datetime(2026, 11, 1, tzinfo=UTC),
        response={"Policy": policy},
    )
    kept = (redact(item).response or {})["Policy"]
    assert arn in kept
    assert "wJalr" not in kept


def test_named_values_and_settings_lose_what_is_secret() -> None:
    kept = cleaned(
        {
            "taskDefinition": {
                "containerDefinitions": [
                    {
                        "environment": [
                            {"name": "MODE", "value": "fast"},
                            {"name": "DB_PASSWORD", "value": "hunter22"},
                        ]
                    }
                ]
            },
            "projects": [
                {
                    "environment": {
                        "environmentVariables": [
                            {"name": "TOKEN", "value": "/build/token", "type": "PARAMETER_STORE"},
                            {"name": "TOKEN", "value": "abcd-efgh-ijkl", "type": "PLAINTEXT"},
                        ]
                    },
                    "webhook": {"secret": "s3cr3t", "url": "https://example.com"},
                }
            ],
            "Stacks": [
                {
                    "Parameters": [
                        {"ParameterKey": "DbPassword", "ParameterValue": "hunter22"},
                        {"ParameterKey": "Size", "ParameterValue": "small"},
                    ],
                    "Outputs": [{"OutputKey": "ApiKey", "OutputValue": "hunter22"}],
                }
            ],
            "DefaultArguments": {"--job-language": "python", "--db_password": "hunter22"},
        }
    )
    (container,) = kept["taskDefinition"]["containerDefinitions"]
    assert [one["value"] for one in container["environment"]] == [REDACTED, REDACTED_SECRET]
    (project,) = kept["projects"]
    given = [one["value"] for one in project["environment"]["environmentVariables"]]
    assert given == ["/build/token", REDACTED_SECRET]
    assert project["webhook"] == {"secret": REDACTED, "url": "https://example.com"}
    (stack,) = kept["Stacks"]
    assert [one["ParameterValue"] for one in stack["Parameters"]] == [REDACTED_SECRET, "small"]
    assert stack["Outputs"][0]["OutputValue"] == REDACTED_SECRET
    assert kept["DefaultArguments"] == {"--job-language": "python", "--db_password": REDACTED_SECRET}
