"""Small accounts, and what is asked about them."""

from __future__ import annotations

from typing import Any

from srtui.escalation.escalation import Escalation, escalate
from srtui.evidence import Evidence
from tests.escalation.scenes import EVERYTHING, service_trust
from tests.responsibility.recorded import (
    ACCOUNT,
    account,
    details,
    inline,
    role,
    trust,
    user,
)

ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def principal(name: str, kind: str = "user") -> str:
    return f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"


def trusting(who: Any, **condition: Any) -> dict[str, Any]:
    more = {"Condition": condition} if condition else {}
    action = "sts:AssumeRole"
    if isinstance(who, dict) and "Federated" in who:
        saml = "saml-provider" in str(who["Federated"])
        action = "sts:AssumeRoleWithSAML" if saml else "sts:AssumeRoleWithWebIdentity"
    return trust({"Effect": "Allow", "Principal": who, "Action": action, **more})


def escalation(*given: Evidence, rest: bool = True, **members: Any) -> Escalation:
    return escalate(account(details(**members), *given, rest=rest))


def admin(found: Escalation, name: str, kind: str = "user") -> Any:
    return found.starts[principal(name, kind)].admin


def simple(*users: dict[str, Any], roles: Any = (), **more: Any) -> Escalation:
    return escalation(UserDetailList=list(users), RoleDetailList=list(roles), **more)


def boss() -> dict[str, Any]:
    return user("boss", UserPolicyList=[inline(EVERYTHING)])


def lambda_role(document: dict[str, Any] = EVERYTHING) -> dict[str, Any]:
    return role("fn", trust(service_trust("lambda.amazonaws.com")), RolePolicyList=[inline(document)])
