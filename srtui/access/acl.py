"""Access control lists of buckets, as statements that take part like a bucket policy.

S3 User Guide, "Access control list (ACL) overview" and "How Amazon S3 authorizes a request": S3 turns every list into
policies and evaluates them together with the bucket's own. A list only allows, and only where Object Ownership lets
lists count; grants to everyone also need that Block Public Access does not ignore them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from srtui.account import UNREAD, Account
from srtui.account.model import Bucket, Document

_GROUPS: Final = "http://acs.amazonaws.com/groups/"
ALL_USERS: Final = f"{_GROUPS}global/AllUsers"
AUTHENTICATED_USERS: Final = f"{_GROUPS}global/AuthenticatedUsers"
LOG_DELIVERY: Final = f"{_GROUPS}s3/LogDelivery"
#: How the Sid of a grant begins.
GRANT: Final = "grant of"
_SPOKEN: Final = {
    ALL_USERS: "everyone",
    AUTHENTICATED_USERS: "everyone with an AWS account",
    LOG_DELIVERY: "S3 log delivery",
}

#: What a permission on a bucket allows: (actions on the bucket, actions on objects that are in it or will be).
_PERMISSIONS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "READ": (("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"), ()),
    "WRITE": ((), ("s3:PutObject",)),
    "READ_ACP": (("s3:GetBucketAcl",), ()),
    "WRITE_ACP": (("s3:PutBucketAcl",), ()),
}
_FULL: Final = (
    tuple(action for actions, _ in _PERMISSIONS.values() for action in actions),
    tuple(action for _, actions in _PERMISSIONS.values() for action in actions),
)
#: Actions that the list of an object may allow (the same page, "granted on an object").
_OF_OBJECTS: Final = frozenset(
    f"s3:{name}"
    for name in (
        "getobject",
        "getobjectversion",
        "getobjectacl",
        "getobjectversionacl",
        "putobjectacl",
        "putobjectversionacl",
    )
)


class BucketAcl(msgspec.Struct, frozen=True):
    """What the list of a bucket allows: statements that count, those that may count, and what would tell (`needs`)."""

    sure: tuple[dict[str, Any], ...] = ()
    perhaps: tuple[dict[str, Any], ...] = ()
    needs: tuple[str, ...] = ()


def bucket_acl(account: Account, bucket: Bucket) -> BucketAcl:
    """The list of a bucket, without what its owner has."""
    if bucket.ownership == "BucketOwnerEnforced":
        return BucketAcl()
    ignored = acls_ignored(account, bucket)
    if bucket.acl_grants is UNREAD:
        if ignored:
            return BucketAcl()
        needs = [f"s3:GetBucketAcl on {bucket.name}", *_needs(bucket, ignored)]
        return BucketAcl(perhaps=(_statement(bucket, ALL_USERS, "FULL_CONTROL"),), needs=tuple(needs))
    sure: list[dict[str, Any]] = []
    perhaps: list[dict[str, Any]] = []
    for grantee, permission in bucket.acl_grants:
        public = grantee in (ALL_USERS, AUTHENTICATED_USERS)
        if not grantee or grantee == bucket.acl_owner or (public and ignored):
            continue
        doubtful = bucket.ownership is UNREAD or (public and ignored is None)
        (perhaps if doubtful else sure).append(_statement(bucket, grantee, permission))
    return BucketAcl(tuple(sure), tuple(perhaps), _needs(bucket, ignored) if perhaps else ())


def acls_ignored(account: Account, bucket: Bucket) -> bool | None:
    """Whether Block Public Access of bucket or account ignores grants to everyone; None if that was not read."""
    unread = False
    for block in (bucket.public_access_block, account.account_public_access_block):
        if block is UNREAD:
            unread = True
        elif block is not None and block.ignore_acls:
            return True
    return None if unread else False


def public_access_restricted(account: Account, bucket: Bucket) -> bool | None:
    """Whether Block Public Access keeps outsiders from a bucket with a public policy; None if that was not read."""
    unread = False
    for block in (bucket.public_access_block, account.account_public_access_block):
        if block is UNREAD:
            unread = True
        elif block is not None and block.restrict_buckets:
            return True
    return None if unread else False


def object_acl_note(account: Account, bucket: Bucket, action: str) -> str:
    """What to say of the lists of single objects, which are not read, for a lower-case action; "" if none can count."""
    if action not in _OF_OBJECTS or bucket.ownership == "BucketOwnerEnforced":
        return ""
    who = "other accounts" if acls_ignored(account, bucket) else "anyone"
    count = "may count" if bucket.ownership is UNREAD else "count"
    return f"object ACLs {count} in {bucket.name} and were not read: they may let {who} reach single objects"


def with_statements(policy: Document | None, statements: tuple[dict[str, Any], ...]) -> Document:
    """A bucket policy with further statements behind its own; one that cannot be read stays as it is."""
    if policy is None:
        return _kept(msgspec.json.encode({"Version": "2012-10-17", "Statement": statements}))
    own = policy.get("Statement")
    if not isinstance(own, list | dict):
        return policy
    own = own if isinstance(own, list) else [own]
    return _kept(msgspec.json.encode({**policy, "Statement": [*own, *statements]}))


@lru_cache(maxsize=256)
def _kept(text: bytes) -> Document:
    """The same object for the same text, because policies are read once for each object."""
    found: Document = msgspec.json.decode(text)
    return found


def _needs(bucket: Bucket, ignored: bool | None) -> tuple[str, ...]:
    found = []
    if bucket.ownership is UNREAD:
        found.append(f"s3:GetBucketOwnershipControls on {bucket.name}")
    if ignored is None:
        found.append(f"s3:GetBucketPublicAccessBlock on {bucket.name} and on the account")
    return tuple(found)


def _statement(bucket: Bucket, grantee: str, permission: str) -> dict[str, Any]:
    on_bucket, on_objects = _FULL if permission == "FULL_CONTROL" else _PERMISSIONS.get(permission, ((), ()))
    statement: dict[str, Any] = {
        "Sid": f"{GRANT} {permission} to {_SPOKEN.get(grantee, 'another account')}",
        "Effect": "Allow",
        "Principal": _principal(grantee),
        "Action": [*on_bucket, *on_objects] or ["s3:NoSuchAction"],
        # No action of the one kind is about a resource of the other, so both may stand together.
        "Resource": [bucket.arn, f"{bucket.arn}/*"],
    }
    if grantee == AUTHENTICATED_USERS:
        statement["Condition"] = {"Null": {"aws:PrincipalAccount": "false"}}
    return statement


def _principal(grantee: str) -> Any:
    if grantee in (ALL_USERS, AUTHENTICATED_USERS):
        return "*"
    if grantee == LOG_DELIVERY:
        return {"Service": "logging.s3.amazonaws.com"}
    return {"CanonicalUser": grantee}
