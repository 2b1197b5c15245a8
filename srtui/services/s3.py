"""Amazon S3: every bucket and how it is exposed. Bucket calls go to the bucket's own region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from srtui.account import Account
from srtui.account.model import Bucket, PublicAccessBlock
from srtui.evidence import moment
from srtui.services.declare import Answer, Call, Reader, Service
from srtui.services.documents import json_document

S3 = Service("s3", title="S3", scope="global", concurrency=32)


@S3.call("ListBuckets", items="Buckets", actions=["s3:ListAllMyBuckets"], page_size=1000)
def buckets(account: Account, answer: Answer) -> None:
    """Buckets."""
    for entry in answer.response.get("Buckets") or ():
        arn = f"arn:{account.partition}:s3:::{entry['Name']}"
        account.buckets[arn] = Bucket(
            arn=arn,
            name=entry["Name"],
            region=entry.get("BucketRegion") or answer.region,
            created=moment(entry.get("CreationDate")),
        )


def _each_bucket(operation: str, action: str = "", absent: Iterable[str] = ()) -> _Declare:
    """A call for each bucket, sent to the bucket's region; `action` where IAM names it differently."""
    return _Declare(
        S3.call(
            operation,
            for_each=buckets,
            params=lambda bucket, _: {"Bucket": bucket["Name"]},
            region_of=lambda bucket, home: bucket.get("BucketRegion") or home,
            actions=[f"s3:{action or operation}"],
            absent=absent,
        )
    )


class _Declare:
    """Lets a reader take the bucket itself; answers about a bucket that is gone are dropped."""

    def __init__(self, declare: Any) -> None:
        self.declare = declare

    def __call__(self, read: Any) -> Call:
        def read_bucket(account: Account, answer: Answer) -> None:
            bucket = account.buckets.get(f"arn:{account.partition}:s3:::{answer.params['Bucket']}")
            if bucket is not None:
                read(bucket, answer)

        read_bucket.__doc__ = read.__doc__
        reader: Reader = read_bucket
        call: Call = self.declare(reader)
        return call


def public_access_block(configuration: Mapping[str, Any]) -> PublicAccessBlock:
    """The four flags of a PublicAccessBlockConfiguration."""
    return PublicAccessBlock(
        block_acls=bool(configuration.get("BlockPublicAcls")),
        ignore_acls=bool(configuration.get("IgnorePublicAcls")),
        block_policy=bool(configuration.get("BlockPublicPolicy")),
        restrict_buckets=bool(configuration.get("RestrictPublicBuckets")),
    )


@_each_bucket("GetBucketPolicy", absent=["NoSuchBucketPolicy"])
def bucket_policy(bucket: Bucket, answer: Answer) -> None:
    """Bucket policy."""
    bucket.policy = None if answer.absent else json_document(answer.response.get("Policy"))


@_each_bucket("GetBucketPolicyStatus", absent=["NoSuchBucketPolicy"])
def bucket_policy_status(bucket: Bucket, answer: Answer) -> None:
    """S3's own verdict whether the bucket policy is public."""
    public = (answer.response.get("PolicyStatus") or {}).get("IsPublic")
    if answer.absent or public is not None:
        bucket.policy_public = bool(public)


@_each_bucket("GetBucketAcl")
def bucket_acl(bucket: Bucket, answer: Answer) -> None:
    """Bucket access control list."""
    bucket.acl_grants = tuple(
        (grant["Grantee"].get("URI") or grant["Grantee"].get("ID") or "", grant.get("Permission", ""))
        for grant in answer.response.get("Grants") or ()
        if grant.get("Grantee")
    )
    bucket.acl_owner = (answer.response.get("Owner") or {}).get("ID") or ""


@_each_bucket("GetPublicAccessBlock", "GetBucketPublicAccessBlock", ["NoSuchPublicAccessBlockConfiguration"])
def bucket_public_access_block(bucket: Bucket, answer: Answer) -> None:
    """Block Public Access of a bucket."""
    configuration = answer.response.get("PublicAccessBlockConfiguration")
    bucket.public_access_block = public_access_block(configuration) if configuration else None


@_each_bucket("GetBucketOwnershipControls", absent=["OwnershipControlsNotFoundError"])
def bucket_ownership(bucket: Bucket, answer: Answer) -> None:
    """Object ownership: whether access control lists count."""
    rules = (answer.response.get("OwnershipControls") or {}).get("Rules") or ()
    bucket.ownership = rules[0].get("ObjectOwnership") if rules else None


@_each_bucket(
    "GetBucketEncryption", "GetEncryptionConfiguration", ["ServerSideEncryptionConfigurationNotFoundError"]
)
def bucket_encryption(bucket: Bucket, answer: Answer) -> None:
    """Default encryption."""
    rules = (answer.response.get("ServerSideEncryptionConfiguration") or {}).get("Rules") or ()
    default = rules[0].get("ApplyServerSideEncryptionByDefault") if rules else None
    bucket.encryption = (default or {}).get("SSEAlgorithm")


@_each_bucket("GetBucketVersioning")
def bucket_versioning(bucket: Bucket, answer: Answer) -> None:
    """Versioning and MFA delete."""
    bucket.versioning = answer.response.get("Status") or ""
    bucket.mfa_delete = answer.response.get("MFADelete") == "Enabled"


@_each_bucket("GetBucketLogging")
def bucket_logging(bucket: Bucket, answer: Answer) -> None:
    """Server access logging."""
    bucket.logging_target = (answer.response.get("LoggingEnabled") or {}).get("TargetBucket")


@_each_bucket(
    "GetObjectLockConfiguration",
    "GetBucketObjectLockConfiguration",
    ["ObjectLockConfigurationNotFoundError"],
)
def bucket_object_lock(bucket: Bucket, answer: Answer) -> None:
    """Object lock."""
    found = answer.response.get("ObjectLockConfiguration") or {}
    bucket.object_lock = found.get("ObjectLockEnabled") == "Enabled"


@_each_bucket(
    "GetBucketLifecycleConfiguration", "GetLifecycleConfiguration", ["NoSuchLifecycleConfiguration"]
)
def bucket_lifecycle(bucket: Bucket, answer: Answer) -> None:
    """Lifecycle rules."""
    rules = answer.response.get("Rules") or ()
    bucket.lifecycle = sum(rule.get("Status") == "Enabled" for rule in rules)


@_each_bucket(
    "GetBucketReplication", "GetReplicationConfiguration", ["ReplicationConfigurationNotFoundError"]
)
def bucket_replication(bucket: Bucket, answer: Answer) -> None:
    """Where a bucket replicates to."""
    rules = (answer.response.get("ReplicationConfiguration") or {}).get("Rules") or ()
    targets = (
        ((rule.get("Destination") or {}).get("Bucket") or "").rsplit(":", 1)[-1]
        for rule in rules
        if rule.get("Status") == "Enabled"
    )
    bucket.replicates_to = tuple(dict.fromkeys(target for target in targets if target))


@_each_bucket("GetBucketWebsite", absent=["NoSuchWebsiteConfiguration"])
def bucket_website(bucket: Bucket, answer: Answer) -> None:
    """Static website."""
    bucket.website = not answer.absent
