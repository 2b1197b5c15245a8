"""What is worth knowing about each principal at a glance: kind, badges, key facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from srtui.account import Account
from srtui.account.model import Document
from srtui.policy.effective import EffectivePermissions

PrincipalKind = Literal["user", "role", "group"]
Nature = Literal["human", "machine", "aws", "unclear"]


@dataclass(frozen=True, slots=True)
class Badge:
    """A short mark beside a name. `style` is a semantic style (a severity, or "muted")."""

    id: str  # admin, no-mfa, old-key, unused-key, external-trust, unused, bounded, …
    text: str  # "admin", "no MFA", "key 412 d"
    style: str


@dataclass(frozen=True, slots=True)
class Trustee:
    """Someone a role's trust policy lets in, as one line of the trust table."""

    kind: Literal["aws-account", "principal", "service", "saml", "oidc", "anyone", "canonical"]
    value: str  # the Principal element as written
    external: bool  # outside this account
    actions: tuple[str, ...]
    conditions: tuple[str, ...]  # readable, one a condition key
    statement: int  # index in the trust policy


@dataclass(frozen=True, slots=True)
class PrincipalSummary:
    """One line of the identity tree and the head of the principal screen."""

    arn: str
    name: str
    kind: PrincipalKind
    nature: Nature
    nature_reasons: tuple[str, ...]
    badges: tuple[Badge, ...]
    admin: str | None  # None, "everything" or "self-grant"
    actions: int  # number of allowed actions
    access_levels: Mapping[str, int]  # access level → number of actions
    last_used: datetime | None
    last_used_known: bool  # False: the evidence for it is missing
    created: datetime | None
    policy_count: int
    findings: int = 0


def trustees(trust: Document, account_id: str) -> tuple[Trustee, ...]:
    """Everyone a trust policy names in its Allow statements, in document order."""
    raise NotImplementedError


def can_become(account: Account, arn: str) -> list[str]:
    """ARNs of the roles whose trust policy names this principal or (with sts:AssumeRole allowed) its account."""
    raise NotImplementedError


def summarise(
    account: Account, permissions: Mapping[str, EffectivePermissions], now: datetime
) -> dict[str, PrincipalSummary]:
    """A summary of every user, role and group by ARN."""
    raise NotImplementedError
