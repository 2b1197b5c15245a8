"""APIs, Beanstalk, user pools, desktops and replication, through evidence of AWS's shape."""

from __future__ import annotations

import json
from typing import Any

import pytest

from srtui.account import Account
from srtui.evidence import Evidence
from tests.responsibility.recorded import ACCOUNT, REGION, account, check, evidence, statuses


def rest(
    methods: dict[str, Any] | None,
    *,
    policy: str = "",
    kind: str = "REGIONAL",
    stages: list[dict[str, Any]] | None = None,
) -> Account:
    api = {"id": "r1", "name": "orders", "endpointConfiguration": {"types": [kind]}}
    found = [
        evidence("apigateway", "GetRestApis", {"items": [{**api, **({"policy": policy} if policy else {})}]})
    ]
    if methods is not None:
        resources = [{"id": "x", "path": "/orders", "resourceMethods": methods}]
        asked = {"restApiId": "r1", "embed": ["methods"]}
        found.append(evidence("apigateway", "GetResources", {"items": resources}, params=asked))
    if stages is not None:
        found.append(evidence("apigateway", "GetStages", {"item": stages}, params={"restApiId": "r1"}))
    return account(*found)


def method(authorization: str, key: bool = False) -> dict[str, Any]:
    return {"authorizationType": authorization, "apiKeyRequired": key}


OWN = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "execute-api:Invoke",
            "Resource": "*",
        }
    ],
}
#: API Gateway escapes the quotes of the document once more.
ESCAPED = json.dumps(OWN).replace('"', '\\"')
ANYONE = json.dumps({**OWN, "Statement": [{**OWN["Statement"][0], "Principal": "*"}]})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (rest({"GET": method("AWS_IAM")}), {"r1": "pass"}),
        (rest({"GET": method("AWS_IAM"), "OPTIONS": method("NONE")}), {"r1": "pass"}),
        (rest({"GET": method("NONE")}), {"r1": "fail"}),
        (rest({"GET": method("NONE", key=True)}), {"r1": "fail"}),
        (rest({"GET": method("NONE")}, policy=json.dumps(OWN)), {"r1": "pass"}),
        (rest({"GET": method("NONE")}, policy=ESCAPED), {"r1": "pass"}),
        (rest({"GET": method("NONE")}, policy=ANYONE), {"r1": "fail"}),
        (rest({"GET": method("NONE")}, policy="no json"), {"r1": "unknown"}),
        (rest({"GET": {}}), {"r1": "unknown"}),
        (rest({"GET": method("NONE")}, kind="PRIVATE"), {"root": "not_applicable"}),
        (rest(None), {"r1": "unknown"}),
    ],
)
def test_who_may_call_a_rest_api(made: Account, status: dict[str, str]) -> None:
    assert statuses("apigw-authorizer", made) == status


def http(protocol: str, *routes: tuple[str, str], stages: list[dict[str, Any]] | None = None) -> Account:
    asked = {"ApiId": "h1"}
    entry = {"ApiId": "h1", "Name": "web", "ProtocolType": protocol}
    found = [
        evidence("apigatewayv2", "GetApis", {"Items": [entry]}),
        evidence(
            "apigatewayv2",
            "GetRoutes",
            {"Items": [{"RouteKey": key, "AuthorizationType": kind} for key, kind in routes]},
            params=asked,
        ),
    ]
    if stages is not None:
        found.append(evidence("apigatewayv2", "GetStages", {"Items": stages}, params=asked))
    return account(*found)


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (http("HTTP", ("GET /", "JWT")), "pass"),
        (http("HTTP", ("GET /", "JWT"), ("$default", "NONE")), "fail"),
        (http("WEBSOCKET", ("$connect", "AWS_IAM"), ("send", "NONE")), "pass"),
        (http("WEBSOCKET", ("$connect", "NONE")), "fail"),
        (http("WEBSOCKET", ("send", "AWS_IAM")), "fail"),
    ],
)
def test_who_may_call_http_and_websocket_apis(made: Account, status: str) -> None:
    assert statuses("apigw-authorizer", made) == {"h1": status}


def test_routes_that_were_denied() -> None:
    listed = evidence("apigatewayv2", "GetApis", {"Items": [{"ApiId": "h1", "ProtocolType": "HTTP"}]})
    denied = evidence("apigatewayv2", "GetRoutes", error="AccessDeniedException", params={"ApiId": "h1"})
    (result,) = check("apigw-authorizer", account(listed, denied))
    assert (result.status, "apigatewayv2:GetRoutes" in result.reason) == ("unknown", True)


def test_stages_log_and_have_a_web_acl() -> None:
    log = {"destinationArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:api"}
    sound = {"stageName": "prod", "accessLogSettings": log, "webAclArn": "arn:aws:wafv2:x"}
    execution = {"stageName": "prod", "methodSettings": {"*/*": {"loggingLevel": "ERROR"}}}
    silent = {"stageName": "prod", "methodSettings": {"*/*": {"loggingLevel": "OFF"}}}
    assert statuses("apigw-logging", rest({}, stages=[sound])) == {"r1": "pass"}
    assert statuses("apigw-logging", rest({}, stages=[execution])) == {"r1": "pass"}
    assert statuses("apigw-logging", rest({}, stages=[sound, silent])) == {"r1": "fail"}
    assert statuses("apigw-logging", rest({}, stages=[])) == {"root": "not_applicable"}
    assert statuses("apigw-logging", rest({})) == {"r1": "unknown"}
    assert statuses("apigw-logging", http("HTTP", stages=[{"StageName": "$default"}])) == {"h1": "fail"}
    assert statuses("apigw-waf", rest({}, stages=[sound])) == {"r1": "pass"}
    assert statuses("apigw-waf", rest({}, stages=[sound, silent])) == {"r1": "fail"}
    assert statuses("apigw-waf", rest({})) == {"r1": "unknown"}
    assert statuses("apigw-waf", http("HTTP", stages=[{"StageName": "$default"}])) == {
        "root": "not_applicable"
    }


def _beanstalk(*options: dict[str, str]) -> list[Evidence]:
    entry = {"EnvironmentName": "prod", "ApplicationName": "shop", "Status": "Ready"}
    asked = {"ApplicationName": "shop", "EnvironmentName": "prod"}
    settings = [{"DeploymentStatus": "deployed", "OptionSettings": list(options)}]
    return [
        evidence("elasticbeanstalk", "DescribeEnvironments", {"Environments": [entry]}),
        evidence(
            "elasticbeanstalk",
            "DescribeConfigurationSettings",
            {"ConfigurationSettings": settings},
            params=asked,
        ),
    ]


def test_platforms_are_updated() -> None:
    option = {"Namespace": "aws:elasticbeanstalk:managedactions", "OptionName": "ManagedActionsEnabled"}
    listed, updated = _beanstalk({**option, "Value": "true"})
    assert statuses("beanstalk-managed-updates", account(listed, updated)) == {"prod": "pass"}
    assert statuses("beanstalk-managed-updates", account(*_beanstalk({**option, "Value": "false"}))) == {
        "prod": "fail"
    }
    assert statuses("beanstalk-managed-updates", account(*_beanstalk())) == {"prod": "fail"}
    assert statuses("beanstalk-managed-updates", account(listed)) == {"prod": "unknown"}


def test_user_pools_require_mfa() -> None:
    listed = evidence("cognito-idp", "ListUserPools", {"UserPools": [{"Id": "eu-west-1_a", "Name": "a"}]})

    def pool(**more: Any) -> Evidence:
        asked = {"UserPoolId": "eu-west-1_a"}
        return evidence("cognito-idp", "DescribeUserPool", {"UserPool": more}, params=asked)

    assert statuses("cognito-mfa", account(listed, pool(MfaConfiguration="ON"))) == {"eu-west-1_a": "pass"}
    for weak in ("OPTIONAL", "OFF"):
        assert statuses("cognito-mfa", account(listed, pool(MfaConfiguration=weak))) == {
            "eu-west-1_a": "fail"
        }
    assert statuses("cognito-mfa", account(listed)) == {"eu-west-1_a": "unknown"}


def test_desktops_are_encrypted() -> None:
    both = {"UserVolumeEncryptionEnabled": True, "RootVolumeEncryptionEnabled": True}
    found = [
        {"WorkspaceId": "ws-1", "State": "AVAILABLE", **both},
        {"WorkspaceId": "ws-2", "State": "AVAILABLE", "RootVolumeEncryptionEnabled": True},
        {"WorkspaceId": "ws-3", "State": "TERMINATED"},
    ]
    made = account(evidence("workspaces", "DescribeWorkspaces", {"Workspaces": found}))
    assert statuses("workspaces-encrypted", made) == {"ws-1": "pass", "ws-2": "fail"}


def test_replication_instances() -> None:
    def instance(name: str, public: bool, minor: bool) -> dict[str, Any]:
        return {
            "ReplicationInstanceIdentifier": name,
            "ReplicationInstanceArn": f"arn:aws:dms:{REGION}:{ACCOUNT}:rep:{name}",
            "PubliclyAccessible": public,
            "AutoMinorVersionUpgrade": minor,
        }

    found = [instance("one", True, False), instance("two", False, True)]
    made = account(evidence("dms", "DescribeReplicationInstances", {"ReplicationInstances": found}))
    assert statuses("dms-public", made) == {"one": "fail", "two": "pass"}
    assert statuses("dms-auto-minor", made) == {"one": "fail", "two": "pass"}
