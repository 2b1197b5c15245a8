"""Ways in from outside IAM: identity pools, Roles Anywhere, device certificates, IAM Identity Center."""

from __future__ import annotations

from srtui.account.model import UNREAD, Record, Unread


class IdentityPool(Record):
    """A Cognito identity pool; `name` is its id, `title` the name that it was given."""

    title: str = ""
    guests: bool | Unread = UNREAD  # whether identities without sign-in get credentials
    classic_flow: bool | Unread = UNREAD
    roles: dict[str, str] | Unread = UNREAD  # authenticated, unauthenticated → role ARN
    mapped_roles: tuple[str, ...] | Unread = UNREAD  # ARNs that mapping rules name


class TrustAnchor(Record):
    enabled: bool = False
    source: str = ""  # AWS_ACM_PCA or CERTIFICATE_BUNDLE


class AnywhereProfile(Record):
    """A Roles Anywhere profile: which roles certificates may become."""

    enabled: bool = False
    roles: tuple[str, ...] = ()
    session_policy: bool = False  # an inline or managed policy narrows the sessions


class RoleAlias(Record):
    """An IoT role alias: what devices become with their certificate."""

    role: str | Unread = UNREAD


class IdentityCenter(Record):
    """An instance of IAM Identity Center that this account may read."""

    identity_store: str = ""
    owner: str = ""  # account id
    status: str = ""


class PermissionSet(Record):
    """`name` is what its roles are called after: AWSReservedSSO_<name>_<hash>. `arn` until it was described."""

    instance: str = ""  # ARN
    session_duration: str | Unread = UNREAD
    #: (USER or GROUP, id in the identity store) it is assigned to in this account
    assignments: tuple[tuple[str, str], ...] | Unread = UNREAD
