"""Collecting from a server that takes 50 ms an answer: wall time against the ideal for the chosen concurrency.

Run: python -m tests.benchmarks.bench_collect
"""

from __future__ import annotations

import os
import threading
import time

from srtui.aws import AwsSettings, LiveFeed
from srtui.feed import Failed, FeedEvent, Finished, Part
from srtui.services.s3 import S3
from tests.aws.stub import StubAws
from tests.benchmarks.table import Figure, print_table

LATENCY = 0.05
BUCKETS = 150


def measure() -> tuple[float, float, int]:
    """Wall seconds and ideal seconds of asking every bucket, and the number of calls."""
    ended = threading.Event()

    def listen(event: FeedEvent) -> None:
        if isinstance(event, Finished | Failed):
            ended.set()

    with StubAws(latency=LATENCY) as stub:
        stub.buckets = [f"bucket{number}" for number in range(BUCKETS)]
        feed = LiveFeed(AwsSettings(endpoint_url=stub.url))
        feed.start(listen)
        ended.wait(120)
        ended.clear()
        before = len(stub.asked)
        started = time.perf_counter()
        # Clients exist now: what is measured is the scheduler, not the loading of botocore's data.
        problem = feed.refresh(Part([("s3", "ListBuckets")]))
        assert problem is None, problem
        ended.wait(120)
        wall = time.perf_counter() - started
        calls = len(stub.asked) - before
        feed.close()
    return wall, LATENCY + (calls - 1) * LATENCY / S3.concurrency, calls


def main() -> None:
    os.environ.update(
        AWS_ACCESS_KEY_ID="AKIABENCH", AWS_SECRET_ACCESS_KEY="secret", AWS_EC2_METADATA_DISABLED="true"
    )
    wall, ideal, calls = measure()
    ratio = ideal / wall
    print_table(
        f"Collecting: {calls} calls, {LATENCY * 1000:.0f} ms each, {S3.concurrency} at a time",
        [
            Figure("wall time", f"{wall:.2f} s (ideal {ideal:.2f} s, {calls / wall:.0f} calls/s)"),
            Figure("share of the ideal", f"{ratio:.2f}", ">= 0.8", ratio >= 0.8),
        ],
    )


if __name__ == "__main__":
    main()
