"""Two looks at an account, from answers of AWS's shape."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from srtui.analysis import Analysis, analyse
from srtui.evidence import Evidence
from tests.responsibility.recorded import ACCOUNT, NOW, account, evidence

EARLIER = NOW - timedelta(days=7)
FILTERS = ("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy")


def document(*actions: str, resource: str = "*") -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def trust(**principal: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def user(name: str, *actions: str, id: str = "", **more: Any) -> dict[str, Any]:
    inline = [{"PolicyName": "own", "PolicyDocument": document(*actions)}] if actions else []
    return {
        "Path": "/",
        "UserName": name,
        "UserId": id or f"AIDA{name.upper():X>16}",
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "CreateDate": "2024-01-01T00:00:00Z",
        "UserPolicyList": inline,
        "GroupList": [],
        "AttachedManagedPolicies": [],
        **more,
    }


def role(name: str, *actions: str, trusts: dict[str, Any] | None = None) -> dict[str, Any]:
    inline = [{"PolicyName": "own", "PolicyDocument": document(*actions)}] if actions else []
    return {
        "Path": "/",
        "RoleName": name,
        "RoleId": f"AROA{name.upper():X>16}",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "CreateDate": "2024-01-01T00:00:00Z",
        "AssumeRolePolicyDocument": trusts or trust(Service="ec2.amazonaws.com"),
        "InstanceProfileList": [],
        "RolePolicyList": inline,
        "AttachedManagedPolicies": [],
    }


def policy(name: str, *actions: str) -> dict[str, Any]:
    version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": document(*actions)}
    return {
        "PolicyName": name,
        "PolicyId": f"ANPA{name.upper():X>16}",
        "Arn": f"arn:aws:iam::{ACCOUNT}:policy/{name}",
        "Path": "/",
        "DefaultVersionId": "v1",
        "AttachmentCount": 1,
        "IsAttachable": True,
        "PolicyVersionList": [version],
    }


def carries(name: str) -> dict[str, Any]:
    return {
        "AttachedManagedPolicies": [
            {"PolicyName": name, "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/{name}"}
        ]
    }


def details(
    users: list[dict[str, Any]] | None = None,
    roles: list[dict[str, Any]] | None = None,
    policies: list[dict[str, Any]] | None = None,
    denied: tuple[str, ...] = (),
) -> list[Evidence]:
    """The five streams of GetAccountAuthorizationDetails, some of them denied."""
    lists: dict[str, dict[str, Any]] = {
        "User": {"UserDetailList": users or []},
        "Role": {"RoleDetailList": roles or []},
        "LocalManagedPolicy": {"Policies": policies or []},
    }
    return [
        evidence(
            "iam",
            "GetAccountAuthorizationDetails",
            lists.get(name, {}),
            params={"Filter": [name]},
            region="us-east-1",
            error="AccessDenied" if name in denied else "",
        )
        for name in FILTERS
    ]


def look(*given: Evidence, at: datetime = NOW) -> Analysis:
    """An analysis as of a time, in which every other listing is empty."""
    return analyse(account(*given), at)
