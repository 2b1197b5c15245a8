"""Permissions that no policy shows: grants on KMS keys."""

from __future__ import annotations

from srtui.account.model import UNREAD, Record, Unread


class KeyGrant(Record):
    """A grant on a customer key; `name` is the name it was given, `arn` that of the key followed by the grant's id."""

    key: str = ""  # ARN
    grantee: str = ""  # ARN of a principal, or a service principal
    issuer: str = ""  # ARN of the account or principal under which it was made
    operations: tuple[str, ...] = ()
    constrained: bool = False  # by encryption context


class KeyGrants(Record):
    """That the grants of a key were listed; `arn` is the key's."""

    grants: tuple[str, ...] | Unread = UNREAD  # ARNs of KeyGrant records
