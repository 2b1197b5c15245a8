"""Policies of resources: where the account's records hold the policy that goes with a resource.

To add a kind of resource: if its record has a field `policy` and lives in `Account.table`, name its service in
`WITH_POLICIES` and it is found by its ARN; otherwise add a function to `_FINDERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from srtui.access.acl import bucket_acl, with_statements
from srtui.access.facts import bucket_arn
from srtui.account import UNREAD, Account
from srtui.account.model import Document, Record, Unread
from srtui.policy.decide import TRUST_ACTIONS
from srtui.policy.target import Target

#: Services (as ARNs name them) whose resources have policies that may name principals of an account
#: (IAM User Guide, "AWS services that work with IAM"). Without the policy nothing is certain about their resources.
WITH_POLICIES: Final = frozenset(
    {
        "acm-pca",
        "backup",
        "codeartifact",
        "codebuild",
        "dynamodb",
        "ecr",
        "elasticfilesystem",
        "es",
        "events",
        "execute-api",
        "glue",
        "kinesis",
        "kms",
        "lambda",
        "mediastore",
        "s3",
        "s3-object-lambda",
        "s3-outposts",
        "s3express",
        "s3tables",
        "schemas",
        "secretsmanager",
        "ses",
        "sns",
        "sqs",
        "vpc-lattice",
    }
)


class ResourcePolicy(msgspec.Struct, frozen=True):
    """The policy of a resource. `document` None: there is none; UNREAD: there may be one. `need`: what would tell."""

    name: str
    arn: str
    document: Document | Unread | None
    need: str = ""
    perhaps: Document | None = None  # the same with statements that may count or not
    perhaps_needs: tuple[str, ...] = ()  # what would tell whether they do


def resource_policy(account: Account, target: Target, action: str) -> ResourcePolicy | None:
    """The policy that takes part in a lower-case action on the target; None if resources of its kind have none.

    For a pattern of resources None too, unless all of them are in one bucket: policies of single resources are then
    another question.
    """
    if target.wildcard_only:
        return None
    service = target.service
    finder = _FINDERS.get(service)
    if finder is not None:
        return finder(account, target, action)
    if service not in WITH_POLICIES or target.pattern:
        return None
    record = record_of(account, target.text)
    document = getattr(record, "policy", UNREAD)
    return ResourcePolicy(f"policy of {target.text}", target.text, document, f"the policy of {target.text}")


def record_of(account: Account, arn: str) -> Record | None:
    """The record of a resource, or of the resource that this one is a part of (an index of a table)."""
    best: Record | None = None
    for table in account.tables.values():
        found = table.get(arn)
        if found is not None:
            return found  # type: ignore[no-any-return]
        for candidate, record in table.items():
            if arn.startswith((f"{candidate}/", f"{candidate}:")) and (
                best is None or len(candidate) > len(best.arn)
            ):
                best = record
    return best


def _bucket(account: Account, target: Target, action: str) -> ResourcePolicy | None:
    name = target.segments[5].partition("/")[0]
    if target.account:
        # An access point: its own policy and that of the bucket behind it both count.
        need = f"the policies of {target.text} and of the bucket behind it"
        return None if target.pattern else ResourcePolicy(need, target.text, UNREAD, need)
    if "*" in name or "?" in name:
        return None
    arn = bucket_arn(target)
    bucket = account.buckets.get(arn)
    need = f"s3:GetBucketPolicy on {name}"
    if bucket is None or bucket.policy is UNREAD:
        return ResourcePolicy(f"bucket policy of {name}", arn, UNREAD, need)
    acl = bucket_acl(account, bucket)
    title = "bucket policy"
    if acl.sure:
        title = "bucket policy and ACL" if bucket.policy else "ACL"
    return ResourcePolicy(
        f"{title} of {name}",
        arn,
        with_statements(bucket.policy, acl.sure) if acl.sure else bucket.policy,
        need,
        with_statements(bucket.policy, (*acl.sure, *acl.perhaps)) if acl.perhaps else None,
        acl.needs,
    )


def _key(account: Account, target: Target, action: str) -> ResourcePolicy | None:
    tail = target.segments[5]
    if target.pattern:
        whole = "key policies"
        return ResourcePolicy(whole, target.text, UNREAD, "one key: the policy of each decides")
    if not tail.startswith("key/"):
        return None
    key = account.keys.get(target.text)
    document = UNREAD if key is None else key.policy
    return ResourcePolicy(
        f"key policy of {tail[4:]}", target.text, document, f"kms:GetKeyPolicy on {target.text}"
    )


def _function(account: Account, target: Target, action: str) -> ResourcePolicy | None:
    parts = target.segments[5].split(":")
    if parts[0] != "function" or len(parts) < 2 or target.pattern:
        return None
    arn = ":".join((*target.segments[:5], *parts[:2]))
    function = account.functions.get(arn)
    document = UNREAD if function is None else function.policy
    return ResourcePolicy(f"policy of function {parts[1]}", arn, document, f"lambda:GetPolicy on {arn}")


def _trust(account: Account, target: Target, action: str) -> ResourcePolicy | None:
    if action not in TRUST_ACTIONS:
        return None
    if target.pattern:
        whole = "trust policies"
        return ResourcePolicy(whole, target.text, UNREAD, "one role: the trust policy of each decides")
    if not target.segments[5].startswith("role/"):
        return None
    role = account.roles.get(target.text)
    name = target.segments[5].rsplit("/", 1)[-1]
    document = UNREAD if role is None else role.trust
    return ResourcePolicy(f"trust policy of {name}", target.text, document, f"iam:GetRole on {target.text}")


_Finder = Callable[[Account, Target, str], ResourcePolicy | None]
_FINDERS: Final[Mapping[str, _Finder]] = {"s3": _bucket, "kms": _key, "lambda": _function, "iam": _trust}
