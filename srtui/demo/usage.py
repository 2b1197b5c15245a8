"""What the people and workloads of the practice account have used, as IAM's last-accessed data would tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from srtui.demo.planted import Planted, Where, number_of
from srtui.demo.policies import ACCOUNT
from srtui.policy.catalogue import load_catalogue

_USER: Final = f"arn:aws:iam::{ACCOUNT}:user"
_ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role"
#: Services of which AWS keeps count action by action, and what of them it leaves out: what is done with data.
_TRACKED: Final[Mapping[str, tuple[str, ...]]] = {
    "ec2": (),
    "iam": ("PassRole",),  # no call of its own, so AWS does not count it
    "lambda": ("Invoke",),
    "s3": ("Object", "Multipart"),
    "rds": (),
    "sagemaker": (),
}
#: Days since each service was used, and since each of its actions was, by principal. Everything else never was.
_USED: Final[Mapping[str, Mapping[str, tuple[int, Mapping[str, int]]]]] = {
    f"{_USER}/staff/alice.moreau": {
        "ec2": (2, {"DescribeInstances": 2, "StartInstances": 40}),
        "s3": (3, {"ListAllMyBuckets": 3, "ListBucket": 3}),
        "cloudwatch": (2, {}),
        "iam": (30, {"ListUsers": 30, "GetUser": 30, "CreateAccessKey": 210}),
    },
    f"{_USER}/staff/bruno.keller": {"iam": (1, {"GetRole": 1, "ListRoles": 1}), "sts": (12, {})},
    f"{_USER}/staff/chidi.okafor": {
        "ec2": (1, {"DescribeInstances": 1, "RunInstances": 8, "TerminateInstances": 8}),
        "lambda": (5, {"GetFunction": 5, "UpdateFunctionCode": 5}),
        "logs": (1, {}),
    },
    f"{_USER}/staff/priya.nair": {"sagemaker": (1, {"CreateNotebookInstance": 12, "ListNotebookInstances": 1})},
    f"{_USER}/bots/ci-deploy": {
        "lambda": (0, {"UpdateFunctionCode": 0, "CreateFunction": 60}),
        "s3": (0, {}),
    },
    f"{_USER}/bots/terraform": {
        "iam": (2, {"CreateRole": 20, "AttachRolePolicy": 20, "GetRole": 2}),
        "ec2": (2, {"DescribeInstances": 2, "CreateSecurityGroup": 31, "RunInstances": 31}),
        "s3": (2, {"CreateBucket": 45, "PutBucketPolicy": 45, "ListBucket": 2}),
        "rds": (31, {"CreateDBInstance": 31, "DescribeDBInstances": 2}),
    },
    f"{_USER}/bots/legacy-reporting": {"s3": (401, {})},
    f"{_ROLE}/ci/github-deploy": {"lambda": (3, {"UpdateFunctionCode": 3}), "s3": (3, {})},
    f"{_ROLE}/ci/github-infra": {
        "ec2": (1, {"DescribeInstances": 1, "RunInstances": 14}),
        "rds": (14, {"ModifyDBInstance": 14}),
        "s3": (1, {"ListBucket": 1}),
        "cloudformation": (14, {}),
    },
    f"{_ROLE}/service/orders-admin": {"dynamodb": (1, {}), "logs": (1, {})},
    f"{_ROLE}/service/bastion-instance": {"ssm": (1, {}), "s3": (6, {"ListBucket": 6})},
    f"{_ROLE}/vendors/vendor-backup": {"s3": (260, {"ListBucket": 260})},
    f"{_ROLE}/old-migration": {"rds": (388, {"DescribeDBInstances": 388})},
    f"{_ROLE}/proof-of-concept": {},
}  # fmt: skip
#: Whose reports are in the demo.
LOOKED_AT: Final = tuple(_USED)
#: Whose policies allow little: AWS tells only of services that a policy allows.
_FEW: Final[Mapping[str, tuple[str, ...]]] = {
    f"{_USER}/staff/priya.nair": ("athena", "glue", "iam", "s3", "sagemaker"),
    f"{_USER}/bots/ci-deploy": ("iam", "lambda", "s3"),
    f"{_ROLE}/ci/github-deploy": ("iam", "lambda", "s3"),
    f"{_ROLE}/vendors/vendor-backup": ("s3", "s3-object-lambda"),
    f"{_ROLE}/proof-of-concept": ("autoscaling", "cloudwatch", "ec2", "elasticloadbalancing", "iam"),
}


def _job(arn: str) -> str:
    digits = f"{number_of(arn):032x}"[-32:]
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _report(where: Where) -> dict[str, Any]:
    return {"JobId": _job(str(where.params.get("Arn", "")))}


def _read(where: Where) -> dict[str, Any]:
    arn = next((one for one in _USED if _job(one) == where.params.get("JobId")), "")
    services = [_service(where, arn, name) for name in _services(arn)]
    return {
        "JobStatus": "COMPLETED",
        "JobType": "ACTION_LEVEL",
        "JobCreationDate": where.ago(hours=1),
        "JobCompletionDate": where.ago(hours=1),
        "ServicesLastAccessed": services,
        "IsTruncated": False,
    }


def _services(arn: str) -> tuple[str, ...]:
    if not arn:
        return ()
    return _FEW.get(arn) or load_catalogue().services


def _service(where: Where, arn: str, name: str) -> dict[str, Any]:
    days, actions = _USED[arn].get(name, (None, {}))
    found: dict[str, Any] = {
        "ServiceName": name.upper() if len(name) < 4 else name.capitalize(),
        "ServiceNamespace": name,
        "TotalAuthenticatedEntities": int(days is not None),
    }
    if days is None:
        return found
    used = {
        "LastAuthenticated": where.ago(days),
        "LastAuthenticatedEntity": arn,
        "LastAuthenticatedRegion": "eu-west-1",
    }
    if name in _TRACKED:
        found["TrackedActionsLastAccessed"] = [
            {"ActionName": one, **({"LastAccessedTime": where.ago(actions[one])} if one in actions else {})}
            for one in _tracked(name)
        ]
    return {**found, **used}


def _tracked(service: str) -> list[str]:
    catalogue = load_catalogue()
    names = catalogue.actions(catalogue.service_bits(service))
    short = [name.partition(":")[2] for name in names]
    return [name for name in short if not any(part in name for part in _TRACKED[service])]


USAGE: Final[dict[tuple[str, str], Planted]] = {
    ("iam", "GenerateServiceLastAccessedDetails"): _report,
    ("iam", "GetServiceLastAccessedDetails"): _read,
}
