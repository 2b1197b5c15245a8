"""Every policy document that gives permissions in the account, once each, with what it allows on its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from srtui.account import Account
from srtui.account.model import Document, Role
from srtui.policy.catalogue import load_catalogue
from srtui.policy.effective import EffectivePermissions, Grant, NamedDocument, effective_permissions
from srtui.policy.match import glob_match
from srtui.responsibility.control import Context


class PolicyText(msgspec.Struct, frozen=True):
    """One customer-managed or inline policy. `subject` is the policy's ARN, or of whom an inline policy is in."""

    subject: str
    name: str
    inline: bool
    attached: bool
    permissions: EffectivePermissions | None  # None: the document could not be read

    @property
    def allows(self) -> tuple[Grant, ...]:
        """Its Allow statements."""
        return tuple(grant for grant in self.permissions.grants if grant.allow) if self.permissions else ()

    @property
    def everything(self) -> bool:
        """Whether it allows every action on every resource without a condition."""
        return self.permissions is not None and self.permissions.admin == "everything"


def policy_texts(context: Context) -> tuple[PolicyText, ...]:
    """Customer-managed and inline policies; read once a context."""
    known: tuple[PolicyText, ...] | None = context.cache.get("policy_texts")
    if known is None:
        known = context.cache["policy_texts"] = tuple(_policy_texts(context.account))
    return known


def _policy_texts(account: Account) -> Iterator[PolicyText]:
    for policy in account.policies.values():
        if policy.aws_managed:
            continue
        yield PolicyText(
            policy.arn, policy.name, False, policy.attachments > 0, _alone(policy.name, policy.document)
        )
    for one in (*account.users.values(), *account.roles.values(), *account.groups.values()):
        if isinstance(one, Role) and (one.service_linked or one.aws_reserved):
            continue
        for inline in one.inline:
            yield PolicyText(one.arn, inline.name, True, True, _alone(inline.name, inline.document))


def _alone(name: str, document: Document | None) -> EffectivePermissions | None:
    if document is None:
        return None
    found = effective_permissions([NamedDocument(name, "inline", None, document)])
    return None if found.unreadable else found


def names_action(grant: Grant, action: str) -> bool:
    """Whether the statement's Action or NotAction covers the action."""
    position = load_catalogue().index(action)
    return position is not None and bool(grant.actions >> position & 1)


def everywhere(grant: Grant) -> bool:
    """Whether the Resource element covers every resource, conditions aside."""
    return bool(grant.not_resources) or any(not value.strip("*") for value in grant.resources)


#: Roles with names that nobody would write a pattern for.
_ANY_ROLES: Final = ("role/qzv", "role/qzv/x/wkj-7")


def every_role(grant: Grant) -> bool:
    """Whether the Resource element covers every role, of whatever accounts, conditions aside."""
    return everywhere(grant) or any(
        all(glob_match(pattern, f"arn:{partition}:iam::{account}:{role}") for role in _ANY_ROLES)
        for pattern in grant.resources
        for partition, account in [_place(pattern)]
    )


def _place(arn: str) -> tuple[str, str]:
    """Partition and account of a pattern, as an ARN that it may cover would have them."""
    parts = arn.split(":", 5)
    partition = parts[1] if len(parts) > 1 and parts[1].isalpha() else "aws"
    return partition, parts[4] if len(parts) > 5 and parts[4].isdigit() else "111122223333"
