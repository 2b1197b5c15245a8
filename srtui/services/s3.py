"""Amazon S3: every bucket and how it is exposed. Bucket calls go to the bucket's own region."""

from __future__ import annotations

import json

from srtui.account import Account
from srtui.account.model import Bucket
from srtui.evidence import moment
from srtui.services.declare import Answer, Service

S3 = Service("s3", title="S3", scope="global", concurrency=32)


def _bucket(account: Account, answer: Answer) -> Bucket | None:
    return account.buckets.get(f"arn:{account.partition}:s3:::{answer.params['Bucket']}")


@S3.call("ListBuckets", items="Buckets", actions=["s3:ListAllMyBuckets"], page_size=1000)
def buckets(account: Account, answer: Answer) -> None:
    """Buckets."""
    for entry in answer.response.get("Buckets", []):
        arn = f"arn:{account.partition}:s3:::{entry['Name']}"
        account.buckets[arn] = Bucket(
            arn=arn,
            name=entry["Name"],
            region=entry.get("BucketRegion") or answer.region,
            created=moment(entry.get("CreationDate")),
        )


@S3.call(
    "GetBucketPolicy",
    for_each=buckets,
    params=lambda bucket, _: {"Bucket": bucket["Name"]},
    region_of=lambda bucket, home: bucket.get("BucketRegion") or home,
    absent=["NoSuchBucketPolicy"],
)
def bucket_policy(account: Account, answer: Answer) -> None:
    """Bucket policy."""
    if bucket := _bucket(account, answer):
        bucket.policy = None if answer.absent else json.loads(answer.response["Policy"])
