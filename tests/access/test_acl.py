"""Access control lists of buckets in answers: S3 User Guide, "Access control list (ACL) overview"."""

from __future__ import annotations

from typing import Any

import pytest

from srtui.access import AccessIndex, WhoCan
from srtui.access.acl import ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY
from srtui.account import UNREAD
from srtui.account.model import PublicAccessBlock
from srtui.cli.access import widest
from tests.access.made import account, arn, bucket, user
from tests.policy.ask import policy

BUCKET = "arn:aws:s3:::shop"
OBJECTS = f"{BUCKET}/*"
ANA = arn("user", "ana")
OPEN = {"ownership": "ObjectWriter", "acl_owner": "me"}


def index(*grants: tuple[str, str], document: Any = None, block: Any = None, **more: Any) -> AccessIndex:
    values = {"acl_grants": (("me", "FULL_CONTROL"), *grants), **OPEN, **more}
    made = account(user("ana"), bucket("shop", document, **values))
    made.account_public_access_block = block
    return AccessIndex(made)


def outside(found: WhoCan) -> list[tuple[str, str]]:
    return [(one.kind, one.name) for one in found.outsiders]


@pytest.mark.parametrize(
    ("permission", "action", "resource", "allowed"),
    [
        ("READ", "s3:ListBucket", BUCKET, True),
        ("READ", "s3:ListBucketVersions", BUCKET, True),
        ("READ", "s3:ListBucketMultipartUploads", BUCKET, True),
        ("READ", "s3:GetBucketAcl", BUCKET, False),
        ("READ", "s3:GetObject", OBJECTS, False),  # an object has a list of its own
        ("WRITE", "s3:PutObject", OBJECTS, True),
        ("WRITE", "s3:ListBucket", BUCKET, False),
        ("READ_ACP", "s3:GetBucketAcl", BUCKET, True),
        ("WRITE_ACP", "s3:PutBucketAcl", BUCKET, True),
        ("WRITE_ACP", "s3:PutBucketPolicy", BUCKET, False),
        ("FULL_CONTROL", "s3:ListBucket", BUCKET, True),
        ("FULL_CONTROL", "s3:PutObject", OBJECTS, True),
        ("FULL_CONTROL", "s3:GetObject", OBJECTS, False),
    ],
)
def test_a_grant_to_everyone_allows_what_aws_says(
    permission: str, action: str, resource: str, allowed: bool
) -> None:
    found = index((ALL_USERS, permission)).who_can(action, resource)
    assert outside(found) == ([("anyone", "*")] if allowed else [])
    assert found.allowed == ((ANA,) if allowed else ()), "own users are everyone, too"


def test_the_answer_names_the_grant() -> None:
    found = index((ALL_USERS, "READ")).can(ANA, "s3:ListBucket", BUCKET)
    assert found.sentence == "allowed by ACL of shop, grant of READ to everyone"


def test_lists_do_not_count_where_the_owner_owns_everything() -> None:
    found = index((ALL_USERS, "READ"), ownership="BucketOwnerEnforced").who_can("s3:ListBucket", BUCKET)
    assert not found.outsiders
    assert not found.allowed
    assert not found.notes


@pytest.mark.parametrize("where", ["bucket", "account"])
def test_block_public_access_ignores_grants_to_everyone_but_not_to_accounts(where: str) -> None:
    block = PublicAccessBlock(ignore_acls=True)
    more = {"public_access_block": block} if where == "bucket" else {"block": block}
    asked = index((ALL_USERS, "READ"), (AUTHENTICATED_USERS, "READ"), ("partner", "READ"), **more)
    found = asked.who_can("s3:ListBucket", BUCKET)
    assert outside(found) == [("canonical", "partner")]
    assert not found.allowed


def test_everyone_with_an_account_is_said_so_and_holds_own_users() -> None:
    found = index((AUTHENTICATED_USERS, "READ")).who_can("s3:ListBucket", BUCKET)
    (one,) = found.outsiders
    assert one.label.endswith("READ to everyone with an AWS account")
    assert one.conditions == ("aws:PrincipalAccount is present",)
    assert found.allowed == (ANA,)


def test_an_outsider_alone_makes_the_exit_code_allowed() -> None:
    assert widest(index((LOG_DELIVERY, "WRITE")).who_can("s3:PutObject", OBJECTS)) == "allowed"
    assert widest(index(("partner", "WRITE")).who_can("s3:PutObject", OBJECTS)) == "conditional"
    assert widest(index().who_can("s3:PutObject", OBJECTS)) == "denied"


def test_the_owner_is_no_outsider_and_log_delivery_is_a_service() -> None:
    found = index((LOG_DELIVERY, "WRITE")).who_can("s3:PutObject", OBJECTS)
    assert outside(found) == [("service", "logging.s3.amazonaws.com")]
    assert not found.allowed


def test_a_deny_in_the_bucket_policy_wins_over_the_list() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [BUCKET, OBJECTS]}
    asked = index((ALL_USERS, "READ"), document=policy(deny))
    assert asked.can(ANA, "s3:ListBucket", BUCKET).denial == "explicit"
    assert not asked.who_can("s3:ListBucket", BUCKET).outsiders


@pytest.mark.parametrize(
    ("unread", "need"),
    [
        ({"acl_grants": UNREAD}, "s3:GetBucketAcl on shop"),
        ({"ownership": UNREAD}, "s3:GetBucketOwnershipControls on shop"),
        ({"public_access_block": UNREAD}, "s3:GetBucketPublicAccessBlock on shop and on the account"),
    ],
)
def test_what_was_not_read_leaves_it_unknown(unread: dict[str, Any], need: str) -> None:
    asked = index((ALL_USERS, "READ"), **unread)
    answer = asked.can(ANA, "s3:ListBucket", BUCKET)
    assert (answer.verdict, answer.otherwise) == ("unknown", "denied")
    assert need in answer.needs
    found = asked.who_can("s3:ListBucket", BUCKET)
    assert found.unknown == (ANA,)
    assert any(need in note for note in found.notes)


def test_who_is_allowed_anyway_stays_allowed_without_the_list() -> None:
    made = account(
        user("ana", {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}),
        bucket("shop", **OPEN),
    )
    assert AccessIndex(made).can(ANA, "s3:ListBucket", BUCKET).verdict == "allowed"


@pytest.mark.parametrize(
    ("action", "more", "words"),
    [
        ("s3:GetObject", {}, "they may let anyone reach"),
        ("s3:GetObject", {"public_access_block": PublicAccessBlock(ignore_acls=True)}, "other accounts"),
        ("s3:GetObject", {"ownership": None}, "object ACLs count"),
        ("s3:GetObject", {"ownership": UNREAD}, "object ACLs may count"),
        ("s3:GetObject", {"ownership": "BucketOwnerEnforced"}, ""),
        ("s3:DeleteObject", {}, ""),
    ],
)
def test_lists_of_objects_are_said_to_be_unread(action: str, more: dict[str, Any], words: str) -> None:
    notes = index(**more).who_can(action, OBJECTS).notes
    assert any(words in note for note in notes) if words else not notes


def test_block_public_access_keeps_outsiders_from_a_public_policy() -> None:
    public = policy({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": OBJECTS})
    enforced = {"ownership": "BucketOwnerEnforced"}
    shut = index(document=public, block=PublicAccessBlock(restrict_buckets=True), **enforced)
    found = shut.who_can("s3:GetObject", OBJECTS)
    assert not found.outsiders
    assert any("Block Public Access keeps out" in note for note in found.notes)
    assert found.allowed == (ANA,), "the account's own principals pass"
    assert outside(index(document=public, **enforced).who_can("s3:GetObject", OBJECTS)) == [("anyone", "*")]
    unread = index(document=public, public_access_block=UNREAD, **enforced)
    assert any("was not read" in note for note in unread.who_can("s3:GetObject", OBJECTS).notes)
