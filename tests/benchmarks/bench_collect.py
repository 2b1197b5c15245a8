"""Collecting from a server that takes 50 ms an answer: wall time against the ideal for the chosen concurrency.

The server has a process of its own, as AWS does: it must not share the collectors' interpreter.
Run: python -m tests.benchmarks.bench_collect            150 buckets again, clients being there
     python -m tests.benchmarks.bench_collect large      a whole run: 2,000 buckets, 17 regions, every service
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator

from srtui.aws import AwsSettings, LiveFeed
from srtui.evidence import CallKey
from srtui.feed import Arrived, Failed, FeedEvent, Finished, Part, Progress
from srtui.services import SERVICES
from srtui.services.s3 import S3
from tests.aws.stub import Asked, Reply, StubAws, regions
from tests.benchmarks.bench_controls import REGIONS
from tests.benchmarks.table import Figure, print_table

LATENCY = 0.05
BUCKETS, LARGE_BUCKETS = 150, 2_000
RUNS = 3


@contextlib.contextmanager
def server(size: str = "small") -> Iterator[str]:
    """The address of the stub, which runs until the block ends."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.bench_collect", "serve", size],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def many_regions(asked: Asked) -> Reply | None:
    if asked.operation != "DescribeRegions":
        return None
    return regions(**{name.replace("-", "_"): "opt-in-not-required" for name in REGIONS})


def serve(size: str) -> None:
    """Be the server: print the address, then answer until standard input closes."""
    large = size == "large"
    with StubAws(many_regions if large else lambda asked: None, latency=LATENCY) as stub:
        stub.buckets = [f"bucket{number}" for number in range(LARGE_BUCKETS if large else BUCKETS)]
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


def measure_whole(url: str) -> tuple[float, float, Counter[tuple[str, str]]]:
    """Wall and CPU seconds of a whole run, and its calls by service and region."""
    ended = threading.Event()
    calls: set[CallKey] = set()

    def listen(event: FeedEvent) -> None:
        if isinstance(event, Arrived):
            calls.update(item.key for item in event.evidence)
        elif isinstance(event, Finished | Failed):
            ended.set()

    feed = LiveFeed(AwsSettings(endpoint_url=url))
    started, cpu = time.perf_counter(), time.process_time()
    feed.start(listen)
    ended.wait(600)
    wall, cpu = time.perf_counter() - started, time.process_time() - cpu
    feed.close()
    return wall, cpu, Counter((key[0], key[2]) for key in calls)


def large() -> None:
    """A whole run against the time that the slowest endpoint takes at the concurrency it bears."""
    with server("large") as url:
        wall, cpu, calls = measure_whole(url)
    concurrency = {service.name: service.concurrency for service in SERVICES}
    ideal, slowest = max((count * LATENCY / concurrency[one[0]], one) for one, count in calls.items())
    total = sum(calls.values())
    print_table(
        f"A whole run: {total:,} calls, {len(calls):,} endpoints, {LATENCY * 1000:.0f} ms each",
        [
            Figure("wall time", f"{wall:.1f} s ({total / wall:.0f} calls/s)"),
            Figure("CPU of the collector", f"{cpu:.1f} s ({cpu / total * 1000:.1f} ms a call)"),
            Figure("ideal, by the slowest endpoint", f"{ideal:.1f} s ({' in '.join(slowest)})"),
            Figure("share of the ideal", f"{ideal / wall:.2f}", ">= 0.8", ideal / wall >= 0.8),
        ],
    )


def main() -> None:
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
    os.environ.update(
        AWS_ACCESS_KEY_ID="AKIABENCH", AWS_SECRET_ACCESS_KEY="secret", AWS_EC2_METADATA_DISABLED="true"
    )
    if sys.argv[1:2] == ["serve"]:
        serve(sys.argv[2])
    elif sys.argv[1:] == ["large"]:
        large()
    else:
        main()
