"""Principals: who calls, and whom a Principal or NotPrincipal element names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from srtui.policy.errors import PolicyError

CallerKind = Literal["user", "session", "role", "federated", "root", "service", "provider", "anonymous"]
#: How a statement names a caller. `narrowed` is everyone, cut down to the caller by aws:PrincipalArn.
Naming = Literal["exact", "role", "parent", "account", "everyone", "narrowed", "service", "provider"]

_ACCOUNT = re.compile(r"\d{12}\Z")
_ARN = re.compile(r"arn:(aws[a-z0-9-]*):(iam|sts)::(\d{12}):(.+)\Z", re.DOTALL)
_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
_SIGN_IN = frozenset({"sts:assumerolewithsaml", "sts:assumerolewithwebidentity"})


@dataclass(frozen=True, slots=True)
class PrincipalElement:
    """Whom a statement names. `"*"` is read as `{"AWS": "*"}`, which AWS says is the same."""

    everyone: bool
    aws: frozenset[str]
    service: frozenset[str]
    federated: frozenset[str]
    canonical: frozenset[str]

    def account_named(self, account: str) -> bool:
        """Whether the account as a whole is named, by its id or its root ARN."""
        return any(
            value == account or (value.startswith("arn:") and value.endswith(f":iam::{account}:root"))
            for value in self.aws
        )


def parse_principal(value: object, name: str, where: str) -> PrincipalElement:
    """Read a Principal or NotPrincipal element; raises PolicyError."""
    if value == "*":
        return PrincipalElement(True, frozenset(), frozenset(), frozenset(), frozenset())
    if not isinstance(value, Mapping) or not value:
        raise PolicyError(f'{name} of {where} must be "*" or an object such as {{"AWS": …}}')
    found: dict[str, frozenset[str]] = {}
    for kind, names in value.items():
        if kind not in _KINDS:
            raise PolicyError(f"unknown kind of principal {kind!r} in {name} of {where}")
        listed = [names] if isinstance(names, str) else names
        if not isinstance(listed, list | tuple) or not all(isinstance(item, str) for item in listed):
            raise PolicyError(f"{name}.{kind} of {where} must be a string or an array of strings")
        found[kind] = frozenset(listed)
    aws = found.get("AWS", frozenset())
    empty: frozenset[str] = frozenset()
    return PrincipalElement(
        "*" in aws,
        aws - {"*"},
        found.get("Service", empty),
        found.get("Federated", empty),
        found.get("CanonicalUser", empty),
    )


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request."""

    kind: CallerKind
    name: str  # as it was given
    account: str  # "" for services, anonymous and providers outside IAM
    role: str = ""  # ARN of the role behind a session
    service_linked: bool = False

    def named_by(self, element: PrincipalElement) -> Naming | None:
        """How an element names this caller, the most specific way first."""
        match self.kind:
            case "service":
                if self.name in element.service:
                    return "service"
            case "provider":
                # Someone at an identity provider is no AWS principal: `*` does not let them in.
                return "provider" if self.name in element.federated else None
            case "user" | "root" | "session" | "role" | "federated":
                if self.kind != "role" and self.kind != "root" and self.name in element.aws:
                    return "exact"
                if self.role and self.role in element.aws:
                    return "role"
                if element.account_named(self.account):
                    return "exact" if self.kind == "root" else "account"
        return "everyone" if element.everyone else None

    def exempted_by(self, element: PrincipalElement) -> bool:
        """Whether a NotPrincipal element lists this caller so completely that it does not apply to it.

        IAM JSON policy reference, "NotPrincipal": for a session the account, the role and the session must be listed.
        """
        match self.kind:
            case "anonymous":
                return element.everyone
            case "service":
                return element.everyone or self.name in element.service
            case "provider":
                return self.name in element.federated
            case "root":
                return element.everyone or element.account_named(self.account)
        if element.everyone:
            return True
        listed = {self.name, self.role} - {""} if self.kind != "role" else {self.role}
        return listed <= element.aws and element.account_named(self.account)


def parse_caller(text: str, action: str, principal_arn: str | None) -> Caller:
    """Read who calls. `principal_arn` is aws:PrincipalArn of the request, which holds a role's path.

    Raises PolicyError for a text that names no caller.
    """
    linked = ":role/aws-service-role/" in text or ":role/aws-service-role/" in (principal_arn or "")
    if text == "anonymous":
        return Caller("anonymous", text, "")
    found = _ARN.match(text)
    if found is None:
        if text.startswith("arn:") or not re.fullmatch(r"[A-Za-z0-9.-]+(?:/\S*)?", text) or "." not in text:
            raise PolicyError(f"principal {text!r} is no caller: expected an ARN, a service, or anonymous")
        is_service = text.endswith((".amazonaws.com", ".amazonaws.com.cn")) and action not in _SIGN_IN
        return Caller("service" if is_service else "provider", text, "")
    partition, service, account, rest = found.groups()
    kind, _, name = rest.partition("/")
    if service == "iam" and rest == "root":
        return Caller("root", text, account)
    if service == "iam" and kind == "user" and name:
        return Caller("user", text, account)
    if service == "iam" and kind == "role" and name:
        return Caller("role", text, account, text, linked)
    if service == "iam" and kind in ("saml-provider", "oidc-provider") and name:
        return Caller("provider", text, account)
    if service == "sts" and kind == "federated-user" and name:
        return Caller("federated", text, account)
    if service == "sts" and kind == "assumed-role" and name.count("/") == 1:
        role_name = name.partition("/")[0]
        role = f"arn:{partition}:iam::{account}:role/{role_name}"
        given = principal_arn or ""
        if given.startswith(f"arn:{partition}:iam::{account}:role/") and given.endswith(f"/{role_name}"):
            role = given
        return Caller("session", text, account, role, linked)
    raise PolicyError(f"principal {text!r} is no caller: expected a user, role, session, provider or root")


def check_account(value: Any, name: str) -> str:
    """A 12-digit account id; raises PolicyError."""
    if not isinstance(value, str) or not _ACCOUNT.match(value):
        raise PolicyError(f"{name} must be a 12-digit account id")
    return value
