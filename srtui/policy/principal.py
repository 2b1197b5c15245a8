"""Principals: who calls, and whom a Principal or NotPrincipal element names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal

from srtui.policy.errors import PolicyError, RequestError
from srtui.policy.match import glob_match

CallerKind = Literal["user", "session", "role", "federated", "root", "service", "provider", "anonymous"]
#: How a statement names a caller. `parent` is the user behind a federated session, `everyone` is `*`.
Naming = Literal["exact", "role", "parent", "account", "everyone", "service", "provider"]

_ACCOUNT = re.compile(r"\d{12}\Z", re.ASCII)
_ARN = re.compile(r"arn:(aws[a-z0-9-]*):(iam|sts)::(\d{12}):(.+)\Z", re.DOTALL | re.ASCII)
_DOMAIN = re.compile(r"[A-Za-z0-9.-]+(?:/\S*)?\Z", re.ASCII)
_KINDS = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_SIGN_IN: Final = frozenset({"sts:assumerolewithsaml", "sts:assumerolewithwebidentity"})
#: What goes with a sign-in in the same call.
_WITH_SIGN_IN: Final = frozenset({"sts:tagsession", "sts:setsourceidentity"})
_COGNITO: Final = "cognito-identity.amazonaws.com"
_LINKED: Final = ":role/aws-service-role/"
#: Callers with names up to this length are kept, so that memory stays bounded.
_KEPT_LENGTH: Final = 512


class PrincipalElement:
    """Whom a statement names. `"*"` is read as `{"AWS": "*"}`, which AWS says is the same."""

    __slots__ = ("aws", "canonical", "everyone", "federated", "service")

    def __init__(
        self,
        everyone: bool,
        aws: tuple[str, ...] = (),
        service: tuple[str, ...] = (),
        federated: tuple[str, ...] = (),
        canonical: tuple[str, ...] = (),
    ) -> None:
        self.everyone = everyone
        self.aws = aws
        self.service = service
        self.federated = federated
        self.canonical = canonical

    def names_account(self, partition: str, account: str) -> bool:
        """Whether the account as a whole is named, by its id or its root ARN."""
        return account in self.aws or f"arn:{partition}:iam::{account}:root" in self.aws


def parse_principal(value: str | Mapping[str, str | list[str]], name: str, where: str) -> PrincipalElement:
    """Read a Principal or NotPrincipal element; raises PolicyError."""
    if value == "*":
        return PrincipalElement(True)
    if isinstance(value, str) or not value:
        raise PolicyError(f'{name} of {where} must be "*" or an object such as {{"AWS": …}}')
    found: dict[str, tuple[str, ...]] = {}
    for kind, names in value.items():
        if kind not in _KINDS:
            raise PolicyError(f"unknown kind of principal {kind!r} in {name} of {where}")
        found[kind] = (names,) if isinstance(names, str) else tuple(names)
    aws = found.get("AWS", ())
    return PrincipalElement(
        "*" in aws, aws, found.get("Service", ()), found.get("Federated", ()), found.get("CanonicalUser", ())
    )


class Caller:
    """Who makes a request."""

    __slots__ = ("account", "kind", "name", "parent", "partition", "role", "service_linked")

    def __init__(
        self,
        kind: CallerKind,
        name: str,
        account: str = "",
        partition: str = "aws",
        role: str = "",
        parent: str = "",
        service_linked: bool = False,
    ) -> None:
        self.kind: CallerKind = kind
        self.name = name  # as it was given
        self.account = account  # "" for services, anonymous and providers outside IAM
        self.partition = partition
        self.role = role  # ARN of the role behind a session
        self.parent = parent  # ARN of the user behind a federated session, where it is known
        self.service_linked = service_linked

    @property
    def is_iam(self) -> bool:
        """Whether identity policies, boundaries and session policies can exist for it."""
        return self.kind in ("user", "session", "role", "federated", "root")

    @property
    def bound_by_scps(self) -> bool:
        """Whether SCPs can bind it: it belongs to an account and is no service-linked role ("SCP effects")."""
        return bool(self.account) and not self.service_linked

    def named_by(self, element: PrincipalElement) -> Naming | None:
        """How an element names this caller, the most specific way first."""
        kind, aws = self.kind, element.aws
        if kind == "service":
            if self.name in element.service:
                return "service"
        elif kind == "provider":
            # Someone at an identity provider is no AWS principal: `*` does not let them in.
            return "provider" if self.name in element.federated else None
        elif aws and kind != "anonymous":
            if kind not in ("role", "root") and self.name in aws:
                return "exact"
            if element.everyone:
                return "everyone"  # several names are ORed, and what is narrower takes nothing away
            if self.role and self.role in aws:
                return "role"
            if self.parent and self.parent in aws:
                return "parent"
            if element.names_account(self.partition, self.account):
                return "exact" if kind == "root" else "account"
        return "everyone" if element.everyone else None

    def denied_by(self, element: PrincipalElement) -> bool:
        """Whether a Deny for this element means the caller. `*` means everybody, and doubts count against."""
        if element.everyone or self.named_by(element) is not None:
            return True
        if self.kind == "service":
            return "*" in element.service
        if self.kind == "provider":
            return "*" in element.federated
        # Not what AWS would have saved: another partition's form of the account, and wildcards in a name.
        return any(
            value.endswith(f":iam::{self.account}:root")
            or (
                ("*" in value or "?" in value)
                and (glob_match(value, self.name) or glob_match(value, self.role))
            )
            for value in element.aws
        )

    def lists_role(self, element: PrincipalElement) -> bool:
        """Whether the account and the role of a session are named."""
        return self.role in element.aws and element.names_account(self.partition, self.account)

    def exempted_by(self, element: PrincipalElement) -> bool:
        """Whether a NotPrincipal element lists this caller so completely that it does not apply to it.

        IAM JSON policy reference, "NotPrincipal": the account must be listed too, and for a session account, role
        and session. Of a session whose name is not known it cannot be said that it is listed.
        """
        if element.everyone:
            return True
        match self.kind:
            case "service":
                return self.name in element.service
            case "provider":
                return self.name in element.federated
            case "anonymous" | "role":
                return False
            case "session":
                listed = self.name in element.aws and self.role in element.aws
            case "root":
                listed = True
            case _:
                listed = self.name in element.aws
        return listed and element.names_account(self.partition, self.account)


def parse_caller(text: str, action: str, principal_arn: str | None) -> Caller:
    """Read who calls the lower-case `action`. `principal_arn` is aws:PrincipalArn, which holds a role's path.

    Raises RequestError for a text that names no caller.
    """
    short = len(text) <= _KEPT_LENGTH and len(principal_arn or "") <= _KEPT_LENGTH
    return (_kept_caller if short else _read_caller)(text, action, principal_arn)


def _read_caller(text: str, action: str, principal_arn: str | None) -> Caller:
    if text == "anonymous":
        return Caller("anonymous", text)
    found = _ARN.match(text)
    if found is None:
        return _outside_iam(text, action)
    partition, service, account, rest = found.groups()
    given = principal_arn or ""
    kind, _, name = rest.partition("/")
    if service == "iam" and rest == "root":
        return Caller("root", text, account, partition)
    if service == "iam" and name:
        if kind == "user":
            return Caller("user", text, account, partition)
        if kind == "role":
            return Caller(
                "role", text, account, partition, text, service_linked=_LINKED in text or _LINKED in given
            )
        if kind in ("saml-provider", "oidc-provider"):
            return Caller("provider", text, account, partition)
    if service == "sts" and kind == "federated-user" and name:
        parent = given if given.startswith(f"arn:{partition}:iam::{account}:user/") else ""
        return Caller("federated", text, account, partition, parent=parent)
    if service == "sts" and kind == "assumed-role" and name.count("/") == 1 and not name.endswith("/"):
        role_name = name.partition("/")[0]
        role = f"arn:{partition}:iam::{account}:role/{role_name}"
        if given.startswith(f"arn:{partition}:iam::{account}:role/") and given.endswith(f"/{role_name}"):
            role = given
        return Caller(
            "session", text, account, partition, role, service_linked=_LINKED in text or _LINKED in given
        )
    raise RequestError(f"principal {text!r} is no caller: expected a user, role, session, provider or root")


_kept_caller = lru_cache(maxsize=2048)(_read_caller)


def _outside_iam(text: str, action: str) -> Caller:
    if text.startswith("arn:") or "." not in text or not _DOMAIN.match(text):
        raise RequestError(f"principal {text!r} is no caller: expected an ARN, a service, or anonymous")
    signs_in = action in _SIGN_IN or (text == _COGNITO and action in _WITH_SIGN_IN)
    if text.endswith((".amazonaws.com", ".amazonaws.com.cn")) and not signs_in:
        return Caller("service", text)
    return Caller("provider", text)


def check_account(value: str, name: str) -> str:
    """A 12-digit account id; raises RequestError."""
    if not _ACCOUNT.match(value):
        raise RequestError(f"{name} must be a 12-digit account id")
    return value
