"""Amazon S3: how buckets keep what must not be lost, and who else is let in by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from srtui.account import UNREAD
from srtui.account.model import AccessPoint, Bucket
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.controls.backups import KEEPSAKES
from srtui.responsibility.judging import Verdict, each, good, not_shared, on_off, settled, untold
from srtui.responsibility.openness import stranger_openings
from srtui.services.cloudtrail import trails
from srtui.services.s3 import (
    bucket_encryption,
    bucket_lifecycle,
    bucket_logging,
    bucket_object_lock,
    bucket_policy,
    bucket_versioning,
    buckets,
)
from srtui.services.s3control import access_point_block, access_points

_S3: Final = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/"


@control(
    "s3-cross-account",
    title="Bucket policies name no other account",
    problem="Bucket is shared with another account",
    rows=[11],
    severity="medium",
    topic="storage",
    needs=[buckets, bucket_policy],
    why="Whoever is broken into there reads your data here.",
    fix="Check that you know each account; let it assume a role of yours, or name single roles of it.",
    command="aws s3api get-bucket-policy --bucket {name}",
    references=[_S3 + "example-walkthroughs-managing-access-example2.html"],
)
def s3_cross_account(check: Check) -> Iterator[Result]:
    def judge(bucket: Bucket) -> Verdict | None:
        verdict = not_shared(bucket.policy, bucket_policy, check.account.id)
        if verdict.status == "pass" and isinstance(bucket.policy, dict) and stranger_openings(bucket.policy):
            return None  # whom a wildcard lets in is told by s3-bucket-public
        return verdict

    yield from each(check, check.account.buckets.values(), judge)


@control(
    "s3-encryption",
    title="Buckets are encrypted with a KMS key",
    problem="Bucket has no key of its own",
    rows=[12],
    severity="low",
    topic="storage",
    needs=[buckets, bucket_encryption],
    why="S3 encrypts everything by itself, but with its own key whoever may read the object reads it: no second fence.",
    fix="Set a KMS key as default where the content is confidential; suppress this where it is not.",
    command="aws s3api put-bucket-encryption --bucket {name} --server-side-encryption-configuration file://encryption.json",
    references=[_S3 + "UsingKMSEncryption.html"],
)
def s3_encryption(check: Check) -> Iterator[Result]:
    def judge(bucket: Bucket) -> Verdict:
        if bucket.encryption is UNREAD:
            return untold(bucket_encryption)
        return settled(
            (bucket.encryption or "").startswith("aws:kms"),
            Fact("default encryption", bucket.encryption or "S3's own key"),
        )

    yield from each(check, check.account.buckets.values(), judge)


def _keepsakes(check: Check) -> Callable[[Bucket], bool]:
    """Which buckets hold logs or backups: those that trails and buckets log to, and those called so."""
    targets = {trail.bucket for trail in check.account.trails.values()}
    for bucket in check.account.buckets.values():
        if bucket.logging_target is not UNREAD and bucket.logging_target:
            targets.add(bucket.logging_target)
    return lambda bucket: bucket.name in targets or bool(KEEPSAKES.search(bucket.name))


@control(
    "s3-mfa-delete",
    title="Buckets with logs and backups ask for MFA before versions are deleted",
    problem="Versions are deleted without MFA",
    rows=[12],
    severity="low",
    topic="storage",
    needs=[buckets, bucket_versioning, bucket_logging, trails],
    why="Whoever steals a key deletes the logs that show it, and the backups.",
    fix="Switch MFA delete on as the root user, or lock the objects instead.",
    command="aws s3api put-bucket-versioning --bucket {name} --versioning-configuration Status=Enabled,MFADelete=Enabled --mfa 'SERIAL CODE'",
    references=[_S3 + "MultiFactorAuthenticationDelete.html"],
    insecure_default=True,
    frameworks={"cis-3.0": ["2.1.2"], "cis-5.0": ["2.1.2"]},
)
def s3_mfa_delete(check: Check) -> Iterator[Result]:
    matters = _keepsakes(check)

    def judge(bucket: Bucket) -> Verdict | None:
        if not matters(bucket):
            return None
        if bucket.mfa_delete is UNREAD:
            return untold(bucket_versioning)
        return settled(bucket.mfa_delete, Fact("MFA delete", on_off(bucket.mfa_delete)))

    yield from each(check, check.account.buckets.values(), judge)


@control(
    "s3-object-lock",
    title="Buckets with logs and backups lock their objects",
    problem="Logs or backups can be deleted",
    rows=[3, 12],
    severity="low",
    topic="storage",
    needs=[buckets, bucket_object_lock, bucket_logging, trails],
    why="Locked objects stay, whoever has taken over the account.",
    fix="Switch object lock on with a default retention.",
    command="aws s3api put-object-lock-configuration --bucket {name} --object-lock-configuration file://lock.json",
    references=[_S3 + "object-lock.html"],
)
def s3_object_lock(check: Check) -> Iterator[Result]:
    matters = _keepsakes(check)

    def judge(bucket: Bucket) -> Verdict | None:
        if not matters(bucket):
            return None
        if bucket.object_lock is UNREAD:
            return untold(bucket_object_lock)
        return settled(bucket.object_lock, Fact("object lock", on_off(bucket.object_lock)))

    yield from each(check, check.account.buckets.values(), judge)


@control(
    "s3-lifecycle",
    title="Buckets have lifecycle rules",
    problem="Bucket keeps everything for ever",
    rows=[12],
    severity="low",
    topic="storage",
    needs=[buckets, bucket_lifecycle],
    why="What nobody deletes can still be stolen, and old versions and unfinished uploads are paid for.",
    fix="Let rules delete old versions, unfinished uploads, and what the retention policy says.",
    command="aws s3api put-bucket-lifecycle-configuration --bucket {name} --lifecycle-configuration file://rules.json",
    references=[_S3 + "object-lifecycle-mgmt.html"],
)
def s3_lifecycle(check: Check) -> Iterator[Result]:
    def judge(bucket: Bucket) -> Verdict:
        if bucket.lifecycle is UNREAD:
            return untold(bucket_lifecycle)
        return settled(bucket.lifecycle > 0, Fact("rules that are enabled", str(bucket.lifecycle)))

    yield from each(check, check.account.buckets.values(), judge)


@control(
    "s3-access-point-bpa",
    title="Access points block public access",
    problem="Access point may be made public",
    rows=[11],
    severity="high",
    topic="storage",
    needs=[access_points, access_point_block],
    why="An access point is a second door to the bucket, with a policy of its own.",
    fix="Make it again with all four flags on: they cannot be changed later.",
    command="aws s3control get-access-point --region {region} --account-id {account} --name {name}",
    references=[_S3 + "access-points-bpa-settings.html"],
)
def s3_access_point_bpa(check: Check) -> Iterator[Result]:
    def judge(point: AccessPoint) -> Verdict:
        if point.network_origin == "VPC":
            return good(Fact("reached from", "a VPC only"))
        if point.public_access_block is UNREAD:
            return untold(access_point_block)
        block = point.public_access_block
        text = "not set" if block is None else "all four flags on" if block.full else "not all flags on"
        full = block is not None and block.full
        return settled(full, Fact("Block Public Access", text), account=check.account.id)

    yield from each(check, check.account.access_points.values(), judge)
