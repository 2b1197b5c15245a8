"""Policy documents of the practice account, as its people might have written them."""

from __future__ import annotations

import json
from typing import Any, Final

ACCOUNT: Final = "420042004200"
#: The role that explores the practice account: read-only, as a real one should be.
AUDITOR: Final = f"arn:aws:iam::{ACCOUNT}:role/auditor"
PARTNER: Final = "210021002100"  # a monitoring vendor's account
STRANGER: Final = "990099009900"  # nobody here remembers whose


def statement(
    effect: str, action: str | list[str], resource: str | list[str] = "*", **more: Any
) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return statement("Allow", action, resource, **more)


def deny(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return statement("Deny", action, resource, **more)


def trust(principal: dict[str, Any] | str, action: str = "sts:AssumeRole", **condition: Any) -> str:
    entry: dict[str, Any] = {"Effect": "Allow", "Principal": principal, "Action": action}
    if condition:
        entry["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [entry]})


def service_trust(name: str, **condition: Any) -> str:
    return trust({"Service": f"{name}.amazonaws.com"}, **condition)


def account_trust(account: str, **condition: Any) -> str:
    return trust({"AWS": f"arn:aws:iam::{account}:root"}, **condition)


def role_arn(name: str, path: str = "/") -> str:
    return f"arn:aws:iam::{ACCOUNT}:role{path}{name}"


#: Customer-managed policies: name → versions, oldest first, the last is the default.
MANAGED: Final[dict[str, list[str]]] = {
    "DeveloperBoundary": [
        policy(
            allow(
                [
                    "s3:*",
                    "lambda:*",
                    "dynamodb:*",
                    "logs:*",
                    "cloudwatch:*",
                    "sqs:*",
                    "sns:*",
                    "ec2:Describe*",
                ]
            ),
            deny(["iam:*", "organizations:*", "account:*"]),
        )
    ],
    "WebDeploy": [
        policy(
            allow(
                ["s3:PutObject", "s3:GetObject", "s3:ListBucket"],
                ["arn:aws:s3:::acme-web-assets", "arn:aws:s3:::acme-web-assets/*"],
            )
        ),
        policy(
            allow(
                ["s3:PutObject", "s3:GetObject", "s3:ListBucket"],
                ["arn:aws:s3:::acme-web-assets", "arn:aws:s3:::acme-web-assets/*"],
            ),
            allow(
                ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"],
                f"arn:aws:cloudfront::{ACCOUNT}:distribution/*",
            ),
        ),
    ],
    "DeployPipeline": [
        policy(
            allow(["iam:PassRole"], Sid="AllowPass"),
            allow(
                ["lambda:CreateFunction", "lambda:UpdateFunctionCode", "lambda:InvokeFunction"],
                Sid="Functions",
            ),
            allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::acme-artifacts/*", Sid="Artifacts"),
        )
    ],
    "DataLakeRead": [
        policy(
            allow(
                ["s3:GetObject", "s3:ListBucket"],
                ["arn:aws:s3:::acme-data-lake", "arn:aws:s3:::acme-data-lake/*"],
            ),
            allow(
                ["athena:StartQueryExecution", "athena:GetQueryResults", "glue:GetTable", "glue:GetDatabase"]
            ),
        )
    ],
    "PaymentsOperator": [
        policy(
            allow(
                ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"],
                f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/payments-*",
            ),
            allow(["kms:Decrypt", "kms:GenerateDataKey"], f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/*"),
            allow(
                "secretsmanager:GetSecretValue",
                f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:payments/*",
            ),
        )
    ],
    "KeyAdministrator": [policy(allow("kms:*"), allow(["s3:GetObject"], "arn:aws:s3:::acme-data-lake/*"))],
    "PolicyEditor": [
        policy(
            allow(
                ["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:Get*", "iam:List*"],
                Sid="KeepPoliciesTidy",
            ),
        )
    ],
    "SupportDesk": [
        policy(
            allow(
                ["iam:UpdateLoginProfile", "iam:CreateLoginProfile", "iam:GetUser", "iam:ListUsers"],
                f"arn:aws:iam::{ACCOUNT}:user/staff/*",
            ),
        )
    ],
    "OperationsAll": [policy(allow("*", Sid="Everything"))],
    "LegacyNotAction": [
        policy(
            statement("Allow", "s3:GetObject") | {"Sid": "Reports"},
            {
                "Effect": "Allow",
                "NotAction": ["iam:*", "organizations:*"],
                "Resource": "*",
                "Sid": "AllButIdentity",
            },
        )
    ],
    "RequireMfa": [
        policy(
            deny(
                [
                    "ec2:TerminateInstances",
                    "rds:DeleteDBInstance",
                    "s3:DeleteBucket",
                    "kms:ScheduleKeyDeletion",
                ],
                Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
                Sid="DestroyOnlyWithMfa",
            )
        )
    ],
    "AuditRead": [
        policy(
            allow(
                [
                    "cloudtrail:LookupEvents",
                    "config:Get*",
                    "config:List*",
                    "securityhub:Get*",
                    "guardduty:Get*",
                    "guardduty:List*",
                ]
            )
        )
    ],
    "CostView": [policy(allow(["ce:Get*", "budgets:ViewBudget", "cur:DescribeReportDefinitions"]))],
}

GITHUB: Final = "token.actions.githubusercontent.com"


def github_trust(subject: str | None) -> str:
    condition = {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}
    more = {"StringLike": {f"{GITHUB}:sub": subject}} if subject else {}
    return trust(
        {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"},
        "sts:AssumeRoleWithWebIdentity",
        **condition,
        **more,
    )


def saml_trust() -> str:
    return trust(
        {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/AcmeWorkforce"},
        "sts:AssumeRoleWithSAML",
        StringEquals={"SAML:aud": "https://signin.aws.amazon.com/saml"},
    )
