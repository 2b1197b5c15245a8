"""Amazon S3: what is public in effect, and the settings that keep it from becoming so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from srtui.account import UNREAD, Account
from srtui.account.model import Bucket
from srtui.policy.effective import as_list
from srtui.policy.match import action_matches
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.openness import names_anyone, openings, readable, statements
from srtui.services.declare import Call
from srtui.services.s3 import (
    bucket_acl,
    bucket_logging,
    bucket_ownership,
    bucket_policy,
    bucket_policy_status,
    bucket_public_access_block,
    bucket_versioning,
    bucket_website,
    buckets,
)
from srtui.services.s3control import account_public_access_block

_BLOCK = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"
_FLAGS = "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
_PUT_BLOCK = (
    "aws s3api put-public-access-block --bucket {bucket} --public-access-block-configuration " + _FLAGS
)
_PUBLIC_NEEDS: Final = (
    buckets,
    bucket_policy,
    bucket_policy_status,
    bucket_acl,
    bucket_ownership,
    bucket_public_access_block,
    account_public_access_block,
)
_EVERYONE: Final = {
    "http://acs.amazonaws.com/groups/global/AllUsers": "everyone",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": "every AWS customer",
}
#: What a permission of a bucket's ACL lets one do; each object has a list of its own.
_ACL_MEANS: Final = {
    "READ": ": lists what is in it",
    "READ_ACP": ": reads the list itself",
    "WRITE": ": writes into it",
    "WRITE_ACP": ": changes the list itself",
    "FULL_CONTROL": ": lists, writes, and changes the list itself",
}


class Exposure(msgspec.Struct, frozen=True):
    """Whether a bucket is public in effect. `unread` names the calls without which that cannot be told."""

    public: bool
    facts: tuple[Fact, ...]
    unread: tuple[Call, ...] = ()


def exposure(account: Account, bucket: Bucket, *, write: bool = False) -> Exposure:
    """Policy and ACL minus Block Public Access of bucket or account; `write`: public for writing."""
    by_policy = _policy_exposure(account, bucket, write)
    by_acl = _acl_exposure(account, bucket, write)
    if by_policy.public or by_acl.public:
        facts = (*(by_policy.facts if by_policy.public else ()), *(by_acl.facts if by_acl.public else ()))
        return Exposure(True, facts)
    return Exposure(False, (*by_policy.facts, *by_acl.facts), (*by_policy.unread, *by_acl.unread))


def _blocked(account: Account, bucket: Bucket, flag: str) -> bool | None:
    """Whether bucket or account switch the flag on; None if that cannot be told."""
    unread = False
    for block in (bucket.public_access_block, account.account_public_access_block):
        if block is UNREAD:
            unread = True
        elif block is not None and getattr(block, flag):
            return True
    return None if unread else False


def _unread_blocks(account: Account, bucket: Bucket) -> tuple[Call, ...]:
    found = []
    if bucket.public_access_block is UNREAD:
        found.append(bucket_public_access_block)
    if account.account_public_access_block is UNREAD:
        found.append(account_public_access_block)
    return tuple(found)


def _policy_exposure(account: Account, bucket: Bucket, write: bool) -> Exposure:
    policy = bucket.policy
    if policy is None:
        return Exposure(False, (Fact("policy", "none"),))
    blocked = _blocked(account, bucket, "restrict_buckets")
    if blocked:
        return Exposure(False, (Fact("policy", "restricted by Block Public Access"),))
    if policy is UNREAD:
        if bucket.policy_public is UNREAD:
            return Exposure(False, (), (bucket_policy_status,))
        if not bucket.policy_public or not write:
            return _judged(
                account, bucket, bucket.policy_public, Fact("policy", "S3 says it is public"), blocked
            )
        return Exposure(False, (), (bucket_policy,))
    if not readable(policy) and (write or bucket.policy_public is UNREAD):
        return Exposure(False, (), (bucket_policy,))
    found = [one for one in openings(policy) if not one.limited]
    if write:
        found = [one for one in found if any(_writes(action) for action in one.actions)]
        public = bool(found)
    elif bucket.policy_public is UNREAD:
        public = bool(found)
        if not public and any(names_anyone(one) for _, one in statements(policy)):
            # Conditions are S3's to judge, and its verdict is missing.
            return Exposure(False, (), (bucket_policy_status,))
    else:
        public = bucket.policy_public
    labels = ", ".join(one.label for one in found) or "S3 says it is public"
    return _judged(account, bucket, public, Fact("policy", f"lets anyone in: {labels}"), blocked)


def _judged(account: Account, bucket: Bucket, public: bool, fact: Fact, blocked: bool | None) -> Exposure:
    if not public:
        return Exposure(False, (Fact("policy", "not public"),))
    if blocked is None:
        return Exposure(False, (), _unread_blocks(account, bucket))
    return Exposure(True, (fact, Fact("Block Public Access", "does not restrict it")))


def _writes(action: str) -> bool:
    tried = (
        "s3:putobject",
        "s3:deleteobject",
        "s3:putobjectacl",
        "s3:putbucketpolicy",
        "s3:putbucketacl",
        "s3:deletebucket",
    )
    return any(action_matches(action.lower(), one) for one in tried)


def _acl_exposure(account: Account, bucket: Bucket, write: bool) -> Exposure:
    if bucket.ownership is not UNREAD and bucket.ownership == "BucketOwnerEnforced":
        return Exposure(False, (Fact("ACL", "does not count (bucket owner enforced)"),))
    blocked = _blocked(account, bucket, "ignore_acls")
    if blocked:
        return Exposure(False, (Fact("ACL", "ignored by Block Public Access"),))
    if bucket.acl_grants is UNREAD:
        return Exposure(False, (), (bucket_acl,))
    found = [
        Fact("ACL", f"{permission} for {_EVERYONE[grantee]}{_ACL_MEANS.get(permission, '')}")
        for grantee, permission in bucket.acl_grants
        if grantee in _EVERYONE and (not write or permission in ("WRITE", "WRITE_ACP", "FULL_CONTROL"))
    ]
    if not found:
        return Exposure(False, (Fact("ACL", "not public"),))
    if bucket.ownership is UNREAD:
        return Exposure(False, (), (bucket_ownership,))
    if blocked is None:
        return Exposure(False, (), _unread_blocks(account, bucket))
    return Exposure(True, tuple(found))


def _exposed(check: Check, write: bool) -> Iterator[Result]:
    for bucket in check.account.buckets.values():
        found = exposure(check.account, bucket, write=write)
        if found.public:
            yield check.failed(bucket.arn, *found.facts, region=bucket.region, bucket=bucket.name)
        elif found.unread:
            yield check.unknown(bucket.arn, *found.unread, region=bucket.region)
        else:
            yield check.passed(bucket.arn, *found.facts, region=bucket.region)


@control(
    "s3-bucket-public",
    title="No bucket is public in effect",
    problem="Bucket is public",
    rows=[1, 11],
    severity="critical",
    topic="storage",
    needs=_PUBLIC_NEEDS,
    why="Anyone on the internet can see the names of what is in it, or read it; the evidence says which.",
    fix="Switch Block Public Access on; serve what must be public through CloudFront.",
    command=_PUT_BLOCK,
    references=[_BLOCK],
)
def s3_bucket_public(check: Check) -> Iterator[Result]:
    yield from _exposed(check, write=False)


@control(
    "s3-public-write",
    title="No bucket lets the world write",
    problem="Bucket lets the world write",
    rows=[11],
    severity="critical",
    topic="storage",
    needs=_PUBLIC_NEEDS,
    why="Anyone can replace what others read and run, or fill the bucket at your cost.",
    fix="Switch Block Public Access on and remove the statement or grant.",
    command=_PUT_BLOCK,
    references=[_BLOCK],
)
def s3_public_write(check: Check) -> Iterator[Result]:
    yield from _exposed(check, write=True)


@control(
    "s3-account-bpa",
    title="Block Public Access is on for the whole account",
    problem="Account allows public buckets",
    rows=[11, 12],
    severity="high",
    topic="storage",
    needs=[account_public_access_block],
    why="It keeps every bucket, those of next year included, from being made public by one mistake.",
    fix="Switch all four flags on, after moving what must be public to CloudFront.",
    command="aws s3control put-public-access-block --account-id {account} --public-access-block-configuration "
    + _FLAGS,
    references=[_BLOCK],
    insecure_default=True,
    frameworks={"cis-3.0": ["2.1.4"], "cis-5.0": ["2.1.4"]},
)
def s3_account_bpa(check: Check) -> Iterator[Result]:
    block = check.account.account_public_access_block
    root = check.account.root_arn
    if block is UNREAD:
        yield check.unknown(root, account_public_access_block)
    elif block is not None and block.full:
        yield check.passed(root, Fact("Block Public Access", "all four flags on"))
    else:
        text = "not set" if block is None else "not all flags on"
        yield check.failed(root, Fact("Block Public Access", text), account=check.account.id)


@control(
    "s3-bucket-bpa",
    title="Every bucket blocks public access",
    problem="Bucket allows public access",
    rows=[11, 12],
    severity="high",
    topic="storage",
    needs=[buckets, bucket_public_access_block, account_public_access_block],
    why="Without it one statement or one ACL makes the bucket public.",
    fix="Switch all four flags on for the bucket or the account.",
    command=_PUT_BLOCK,
    references=[_BLOCK],
    frameworks={"cis-3.0": ["2.1.4"], "cis-5.0": ["2.1.4"]},
)
def s3_bucket_bpa(check: Check) -> Iterator[Result]:
    flags = ("block_acls", "ignore_acls", "block_policy", "restrict_buckets")
    for bucket in check.account.buckets.values():
        blocked = {flag: _blocked(check.account, bucket, flag) for flag in flags}
        off = [flag for flag, on in blocked.items() if on is False]
        if off:
            fact = Fact("off for bucket and account", ", ".join(off))
            yield check.failed(bucket.arn, fact, region=bucket.region, bucket=bucket.name)
        elif None in blocked.values():
            yield check.unknown(bucket.arn, *_unread_blocks(check.account, bucket), region=bucket.region)
        else:
            yield check.passed(
                bucket.arn, Fact("Block Public Access", "all four flags on"), region=bucket.region
            )


@control(
    "s3-acl-disabled",
    title="Access control lists are switched off",
    problem="Access control lists are on",
    rows=[11, 12],
    severity="low",
    topic="storage",
    needs=[buckets, bucket_ownership],
    why="ACLs are a second permission system that reviews of policies do not see.",
    fix="Set object ownership to bucket owner enforced, after moving grants to the policy.",
    command="aws s3api put-bucket-ownership-controls --bucket {bucket} --ownership-controls 'Rules=[{{ObjectOwnership=BucketOwnerEnforced}}]'",
    references=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html"],
)
def s3_acl_disabled(check: Check) -> Iterator[Result]:
    for bucket in check.account.buckets.values():
        if bucket.ownership is UNREAD:
            yield check.unknown(bucket.arn, bucket_ownership, region=bucket.region)
            continue
        fact = Fact("object ownership", bucket.ownership or "not set")
        if bucket.ownership == "BucketOwnerEnforced":
            yield check.passed(bucket.arn, fact, region=bucket.region)
        else:
            yield check.failed(bucket.arn, fact, region=bucket.region, bucket=bucket.name)


@control(
    "s3-tls-only",
    title="Buckets refuse unencrypted connections",
    problem="Bucket accepts unencrypted connections",
    rows=[8, 12],
    severity="medium",
    topic="storage",
    needs=[buckets, bucket_policy],
    why="Over plain HTTP, data and signatures can be read and changed on the way.",
    fix="Deny s3:* where aws:SecureTransport is false.",
    command="aws s3api put-bucket-policy --bucket {bucket} --policy file://policy.json",
    references=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"],
    insecure_default=True,
    frameworks={"cis-3.0": ["2.1.1"], "cis-5.0": ["2.1.1"]},
)
def s3_tls_only(check: Check) -> Iterator[Result]:
    for bucket in check.account.buckets.values():
        if bucket.policy is UNREAD:
            yield check.unknown(bucket.arn, bucket_policy, region=bucket.region)
        elif any(_denies_plain(statement, bucket) for _, statement in statements(bucket.policy)):
            yield check.passed(
                bucket.arn, Fact("aws:SecureTransport", "denied when false"), region=bucket.region
            )
        else:
            fact = Fact("aws:SecureTransport", "no Deny when false")
            yield check.failed(bucket.arn, fact, region=bucket.region, bucket=bucket.name)


def _denies_plain(statement: Any, bucket: Bucket) -> bool:
    """A Deny for everyone, for reading at least, on all objects, with no other condition than the transport."""
    conditions = statement.get("Condition")
    if statement.get("Effect") != "Deny" or not isinstance(conditions, dict) or len(conditions) != 1:
        return False
    (operator, keys), *_ = conditions.items()
    if operator.lower() not in ("bool", "boolifexists") or not isinstance(keys, dict) or len(keys) != 1:
        return False
    (key, values), *_ = keys.items()
    if key.lower() != "aws:securetransport" or {str(one).lower() for one in as_list(values)} != {"false"}:
        return False
    if "Principal" not in statement or not names_anyone(statement):
        return False
    actions = [str(one).lower() for one in as_list(statement.get("Action"))]
    wanted = ("s3:getobject", "s3:putobject")
    resources = {str(one) for one in as_list(statement.get("Resource"))}
    covered = bool(resources & {"*", f"{bucket.arn}/*", f"{bucket.arn}*", "arn:aws:s3:::*"})
    return covered and all(any(action_matches(one, name) for one in actions) for name in wanted)


@control(
    "s3-versioning",
    title="Buckets keep old versions",
    problem="Bucket keeps no old versions",
    rows=[3, 12],
    severity="medium",
    topic="storage",
    needs=[buckets, bucket_versioning],
    why="Without versions, what is overwritten or deleted, by mistake or for ransom, is gone.",
    fix="Switch versioning on, with a lifecycle rule for old versions.",
    command="aws s3api put-bucket-versioning --bucket {bucket} --versioning-configuration Status=Enabled",
    references=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html"],
    insecure_default=True,
)
def s3_versioning(check: Check) -> Iterator[Result]:
    for bucket in check.account.buckets.values():
        if bucket.versioning is UNREAD:
            yield check.unknown(bucket.arn, bucket_versioning, region=bucket.region)
            continue
        fact = Fact("versioning", bucket.versioning or "never switched on")
        if bucket.versioning == "Enabled":
            yield check.passed(bucket.arn, fact, region=bucket.region)
        else:
            yield check.failed(bucket.arn, fact, region=bucket.region, bucket=bucket.name)


@control(
    "s3-access-logging",
    title="Buckets log access",
    problem="Bucket logs no access",
    rows=[1, 12],
    severity="low",
    topic="storage",
    needs=[buckets, bucket_logging],
    why="Requests by strangers and refused requests show in no other place.",
    fix="Log to another bucket, or record data events in a trail.",
    command="aws s3api put-bucket-logging --bucket {bucket} --bucket-logging-status file://logging.json",
    references=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html"],
    insecure_default=True,
)
def s3_access_logging(check: Check) -> Iterator[Result]:
    for bucket in check.account.buckets.values():
        if bucket.logging_target is UNREAD:
            yield check.unknown(bucket.arn, bucket_logging, region=bucket.region)
            continue
        fact = Fact("logs to", bucket.logging_target or "nowhere")
        if bucket.logging_target:
            yield check.passed(bucket.arn, fact, region=bucket.region)
        else:
            yield check.failed(bucket.arn, fact, region=bucket.region, bucket=bucket.name)


@control(
    "s3-website",
    title="No bucket is a static website",
    problem="Bucket is a static website",
    rows=[8, 12],
    severity="low",
    topic="storage",
    needs=[buckets, bucket_website],
    why="Website endpoints speak plain HTTP only and need a public bucket.",
    fix="Serve the content through CloudFront with origin access control.",
    command="aws s3api delete-bucket-website --bucket {bucket}",
    references=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteHosting.html"],
)
def s3_website(check: Check) -> Iterator[Result]:
    for bucket in check.account.buckets.values():
        if bucket.website is UNREAD:
            yield check.unknown(bucket.arn, bucket_website, region=bucket.region)
            continue
        fact = Fact("website", "on" if bucket.website else "off")
        if bucket.website:
            yield check.failed(bucket.arn, fact, region=bucket.region, bucket=bucket.name)
        else:
            yield check.passed(bucket.arn, fact, region=bucket.region)
