"""Evidence of AWS's shapes for tests: an account where every declared call was answered, failed, or was empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from srtui.account import Account
from srtui.evidence import CallError, Evidence, error_kind
from srtui.permissions import account_permissions
from srtui.responsibility.control import Context, Result, evaluate
from srtui.responsibility.controls import CONTROLS
from srtui.services import apply, declared_calls
from tests.shapes import misfits

ACCOUNT = "420042004200"
REGION = "eu-west-1"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
REGIONS = {"Regions": [{"RegionName": REGION, "OptInStatus": "opt-in-not-required"}]}


def evidence(
    service: str,
    operation: str,
    response: Mapping[str, Any] | None = None,
    *,
    error: str = "",
    message: str = "",
    params: Mapping[str, Any] | None = None,
    region: str = REGION,
    more: bool = False,
) -> Evidence:
    if not error:
        wrong = misfits(service, operation, response or {})
        assert not wrong, wrong
    return Evidence(
        service=service,
        operation=operation,
        region=region,
        account=ACCOUNT,
        at=NOW,
        params=dict(params or {}),
        more=more,
        response=None if error else dict(response or {}),
        error=CallError(code=error, message=message, kind=error_kind(error)) if error else None,
    )


def listings(error: str = "") -> list[Evidence]:
    """Every call without a parent, answered with an empty answer, or with an error."""
    found = []
    for call in declared_calls():
        if call.for_each is None and call.id not in (
            ("ec2", "DescribeRegions"),
            ("sts", "GetCallerIdentity"),
        ):
            found += [evidence(*call.id, {}, params=variant, error=error) for variant in call.variants]
    return found


def account(*given: Evidence, rest: bool = True, items: bool = False) -> Account:
    """An account from this evidence; with `rest`, every other listing was answered with nothing.

    With `items` calls for single items that were not given are missed; otherwise nobody expects them.
    """
    made = Account(id=ACCOUNT, caller_arn=f"arn:aws:iam::{ACCOUNT}:role/Audit")
    apply(made, evidence("ec2", "DescribeRegions", REGIONS, params={"AllRegions": True}))
    answered = {(one.service, one.operation) for one in given}
    for one in listings() if rest else []:
        if (one.service, one.operation) not in answered:
            apply(made, one)
    for one in given:
        apply(made, one)
    if not items:
        made.due.clear()
    return made


def check(control: str, of: Account) -> list[Result]:
    """All results of one control."""
    return evaluate(CONTROLS[control], Context(account=of, now=NOW, permissions=account_permissions(of)))


def statuses(control: str, of: Account) -> dict[str, str]:
    """Status by the last part of the subject's ARN."""
    return {
        result.subject.rsplit("/", 1)[-1].rsplit(":", 1)[-1]: result.status for result in check(control, of)
    }


def trust(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [dict(one) for one in statements]}


def role(name: str, trusted: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """One entry of RoleDetailList."""
    return {
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "RoleName": name,
        "Path": "/",
        "CreateDate": "2026-11-01T00:00:00Z",
        "AssumeRolePolicyDocument": dict(trusted),
        "RolePolicyList": [],
        "AttachedManagedPolicies": [],
        "InstanceProfileList": [],
        **more,
    }


def user(name: str, **more: Any) -> dict[str, Any]:
    """One entry of UserDetailList."""
    return {
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "UserName": name,
        "Path": "/",
        "CreateDate": "2025-01-01T00:00:00Z",
        "UserPolicyList": [],
        "GroupList": [],
        "AttachedManagedPolicies": [],
        **more,
    }


def inline(document: Mapping[str, Any], name: str = "inline") -> dict[str, Any]:
    return {"PolicyName": name, "PolicyDocument": dict(document)}


def allow(actions: Any, resources: Any = "*", **more: Any) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resources, **more}],
    }


def details(**members: Any) -> Evidence:
    """The unfiltered answer of GetAccountAuthorizationDetails."""
    return evidence("iam", "GetAccountAuthorizationDetails", members, region="us-east-1")


_COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,mfa_active,"
    "access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date"
)


def report(*rows: tuple[str, ...]) -> Evidence:
    """GetCredentialReport; a row is (user, then the columns from password_enabled on)."""
    lines = [_COLUMNS]
    for name, *values in rows:
        arn = f"arn:aws:iam::{ACCOUNT}:" + ("root" if name == "<root_account>" else f"user/{name}")
        cells = [*values, *["N/A"] * (10 - len(values))]
        lines.append(",".join([name, arn, "2025-01-01T00:00:00+00:00", *cells]))
    return evidence(
        "iam", "GetCredentialReport", {"Content": "\n".join(lines), "GeneratedTime": "2026-11-24T11:00:00Z"}
    )
