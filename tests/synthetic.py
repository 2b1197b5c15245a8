"""Accounts of any size, the same at every run, as `aws iam get-account-authorization-details` would write them."""

from __future__ import annotations

import random
from typing import Any

ACCOUNT = "420042004200"
_CREATED = "2024-03-01T09:00:00+00:00"
_ACTIONS = (
    "s3:GetObject", "s3:PutObject", "s3:List*", "ec2:Describe*", "ec2:*", "lambda:InvokeFunction", "lambda:*",
    "dynamodb:GetItem", "dynamodb:*", "sqs:SendMessage", "kms:Decrypt", "logs:*", "iam:Get*", "iam:PassRole",
    "sts:AssumeRole", "secretsmanager:GetSecretValue", "cloudformation:*", "ssm:GetParameter*", "sns:Publish",
)  # fmt: skip


def authorization_details(principals: int, *, policies: int = 400) -> dict[str, Any]:
    """Half users and half roles, groups of fifty, shared managed policies, and a few administrators."""
    chance = random.Random(principals)
    arns = [f"arn:aws:iam::{ACCOUNT}:policy/team-{number:04}" for number in range(policies)]
    groups = [f"group-{number:03}" for number in range(max(1, principals // 100))]
    return {
        "UserDetailList": [_user(number, groups, arns, chance) for number in range(principals // 2)],
        "GroupDetailList": [
            {
                "Path": "/",
                "GroupName": name,
                "GroupId": f"AGPA{name.upper()}",
                "Arn": f"arn:aws:iam::{ACCOUNT}:group/{name}",
                "CreateDate": _CREATED,
                "GroupPolicyList": [],
                "AttachedManagedPolicies": [_attached(chance.choice(arns)) for _ in range(2)],
            }
            for name in groups
        ],
        "RoleDetailList": [_role(number, arns, chance) for number in range(principals - principals // 2)],
        "Policies": [_policy(arn, chance) for arn in arns]
        + [_policy("arn:aws:iam::aws:policy/AdministratorAccess", chance, "*", "*")],
    }


def _statement(chance: random.Random, action: str = "", resource: str = "") -> dict[str, Any]:
    actions = [action] if action else chance.sample(_ACTIONS, chance.randint(1, 5))
    name = f"{chance.choice(['orders', 'billing', 'search', 'media'])}-{chance.randint(1, 99)}"
    return {
        "Effect": "Allow",
        "Action": actions,
        "Resource": resource
        or chance.choice(["*", f"arn:aws:s3:::{name}/*", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:{name}"]),
    }


def _policy(arn: str, chance: random.Random, action: str = "", resource: str = "") -> dict[str, Any]:
    statements = [_statement(chance, action, resource) for _ in range(1 if action else chance.randint(1, 4))]
    return {
        "PolicyName": arn.rsplit("/", 1)[-1],
        "PolicyId": f"ANPA{arn[-8:].upper()}",
        "Arn": arn,
        "Path": "/",
        "DefaultVersionId": "v1",
        "AttachmentCount": 3,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "CreateDate": _CREATED,
        "UpdateDate": _CREATED,
        "PolicyVersionList": [
            {
                "Document": {"Version": "2012-10-17", "Statement": statements},
                "VersionId": "v1",
                "IsDefaultVersion": True,
                "CreateDate": _CREATED,
            }
        ],
    }


def _attached(arn: str) -> dict[str, str]:
    return {"PolicyName": arn.rsplit("/", 1)[-1], "PolicyArn": arn}


def _inline(number: int, chance: random.Random) -> list[dict[str, Any]]:
    if number % 4:
        return []
    return [
        {"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [_statement(chance)]}}
    ]


def _user(number: int, groups: list[str], arns: list[str], chance: random.Random) -> dict[str, Any]:
    admin = ["arn:aws:iam::aws:policy/AdministratorAccess"] if number % 500 == 0 else []
    return {
        "Path": "/staff/" if number % 3 else "/",
        "UserName": f"user-{number:05}",
        "UserId": f"AIDA{number:016}",
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/{'staff/' if number % 3 else ''}user-{number:05}",
        "CreateDate": _CREATED,
        "GroupList": chance.sample(groups, min(len(groups), number % 3)),
        "UserPolicyList": _inline(number, chance),
        "AttachedManagedPolicies": [_attached(arn) for arn in (*admin, *chance.sample(arns, number % 3))],
        "Tags": [],
    }


def _role(number: int, arns: list[str], chance: random.Random) -> dict[str, Any]:
    trusted: dict[str, str] = (
        {"Service": chance.choice(["lambda.amazonaws.com", "ec2.amazonaws.com", "ecs-tasks.amazonaws.com"])}
        if number % 3
        else {
            "AWS": chance.choice([f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{ACCOUNT}:user/user-00000"])
        }
    )
    return {
        "Path": "/service/" if number % 2 else "/",
        "RoleName": f"role-{number:05}",
        "RoleId": f"AROA{number:016}",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{'service/' if number % 2 else ''}role-{number:05}",
        "CreateDate": _CREATED,
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}],
        },
        "InstanceProfileList": [],
        "RolePolicyList": _inline(number, chance),
        "AttachedManagedPolicies": [_attached(arn) for arn in chance.sample(arns, 1 + number % 3)],
        "Tags": [],
        "RoleLastUsed": {},
    }
