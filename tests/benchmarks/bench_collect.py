"""Collecting from a server that takes 50 ms an answer: wall time against the ideal for the chosen concurrency.

The server has a process of its own, as AWS does: it must not share the collectors' interpreter.
Run: python -m tests.benchmarks.bench_collect
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

from srtui.aws import AwsSettings, LiveFeed
from srtui.feed import Failed, FeedEvent, Finished, Part, Progress
from srtui.services.s3 import S3
from tests.aws.stub import StubAws
from tests.benchmarks.table import Figure, print_table

LATENCY = 0.05
BUCKETS = 150
RUNS = 3


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The address of the stub, which runs until the block ends."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.bench_collect", "serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def serve() -> None:
    """Be the server: print the address, then answer until standard input closes."""
    with StubAws(latency=LATENCY) as stub:
        stub.buckets = [f"bucket{number}" for number in range(BUCKETS)]
        print(stub.url, flush=True)
        sys.stdin.read()


def measure(url: str) -> tuple[float, int]:
    """Wall seconds of asking every bucket once more, and the number of calls."""
    ended = threading.Event()
    done: list[int] = []

    def listen(event: FeedEvent) -> None:
        if isinstance(event, Progress):
            done.append(event.done)
        elif isinstance(event, Finished | Failed):
            ended.set()

    feed = LiveFeed(AwsSettings(endpoint_url=url))
    feed.start(listen)
    ended.wait(120)
    ended.clear()
    # Clients exist now: what is measured is the scheduler, not the loading of botocore's data.
    started = time.perf_counter()
    problem = feed.refresh(Part([("s3", "ListBuckets")]))
    assert problem is None, problem
    ended.wait(120)
    wall = time.perf_counter() - started
    feed.close()
    return wall, done[-1]


def main() -> None:
    os.environ.update(
        AWS_ACCESS_KEY_ID="AKIABENCH", AWS_SECRET_ACCESS_KEY="secret", AWS_EC2_METADATA_DISABLED="true"
    )
    with server() as url:
        wall, calls = min(measure(url) for _ in range(RUNS))
    ideal = LATENCY + (calls - 1) * LATENCY / S3.concurrency
    ratio = ideal / wall
    print_table(
        f"Collecting: {calls} calls, {LATENCY * 1000:.0f} ms each, {S3.concurrency} at a time",
        [
            Figure("wall time", f"{wall:.2f} s (ideal {ideal:.2f} s, {calls / wall:.0f} calls/s)"),
            Figure("share of the ideal", f"{ratio:.2f}", ">= 0.8", ratio >= 0.8),
        ],
    )


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["serve"] else main()
