"""Records the demo: seeds the practice server, runs the real collectors against it, writes the bundle.

Run: python -m srtui.demo.record
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from srtui.aws import AwsSettings, LiveFeed
from srtui.bundle import write_bundle
from srtui.demo.lab import practice_server
from srtui.demo.policies import ACCOUNT, AUDITOR
from srtui.demo.usage import LOOKED_AT
from srtui.evidence import Evidence, canonical_json, iso
from srtui.feed import Arrived, Failed, FeedEvent, Finished, Part
from srtui.services import declared_calls
from srtui.source import demo_bundle

#: The moment the demo was taken, which every age in it is counted from.
TAKEN_AT: Final = datetime(2026, 11, 1, 9, 0, 0, tzinfo=UTC)
PATIENCE: Final = 120.0  # seconds
USED: Final = ("iam", "GenerateServiceLastAccessedDetails")


def record() -> list[Evidence]:
    """The practice account's evidence, the same at every run. Raises RuntimeError if collection fails."""
    os.environ.update(AWS_ACCESS_KEY_ID="AKIAPRACTICE00000000", AWS_SECRET_ACCESS_KEY="practice")
    os.environ.pop("AWS_PROFILE", None)
    with practice_server(now=TAKEN_AT.isoformat()) as endpoint:
        return settled(collect(endpoint))


def collect(endpoint: str) -> list[Evidence]:
    """Everything the collectors bring from an endpoint. Raises RuntimeError if they fail."""
    evidence: list[Evidence] = []
    problems: list[str] = []
    ended = threading.Event()

    def listen(event: FeedEvent) -> None:
        if isinstance(event, Arrived):
            evidence.extend(event.evidence)
        elif isinstance(event, Failed):
            problems.append("; ".join((event.title, *event.tried)))
            ended.set()
        elif isinstance(event, Finished):
            ended.set()

    feed = LiveFeed(AwsSettings(endpoint_url=endpoint, role_arns=(AUDITOR,)))
    feed.start(listen)
    finished = ended.wait(PATIENCE)
    if finished and not problems:
        # What is asked on demand is asked of some, as a person would who looks at them.
        ended.clear()
        feed.refresh(Part([USED], params=(("Arn", LOOKED_AT),)))
        finished = ended.wait(PATIENCE)
    feed.close()
    if problems or not finished:
        raise RuntimeError(problems[0] if problems else "collection did not end")
    return evidence


def settled(evidence: Iterable[Evidence]) -> list[Evidence]:
    """The evidence with what differs between two recordings made equal: order of arrival, and times of today."""
    order = {call.id: position for position, call in enumerate(declared_calls())}
    kept = sorted(
        evidence,
        key=lambda item: (
            order[item.service, item.operation],
            item.region,
            canonical_json(item.params),
            item.page,
        ),
    )
    return [
        msgspec.structs.replace(
            item, at=TAKEN_AT + timedelta(milliseconds=10 * index), response=_without_today(item.response)
        )
        for index, item in enumerate(kept)
    ]


_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)")


def _without_today(value: Any) -> Any:
    """What the server made a moment ago counts as made two hours before the demo was taken."""
    if isinstance(value, dict):
        return {name: _without_today(item) for name, item in value.items()}
    if isinstance(value, list):
        items = [_without_today(item) for item in value]
        # The server keeps some listings in sets, whose order changes from run to run.
        return (
            sorted(items, key=canonical_json)
            if all(isinstance(item, dict) and "Arn" in item for item in items)
            else items
        )
    if isinstance(value, str) and _TIME.fullmatch(value):
        made = datetime.fromisoformat(value.replace("Z", "+00:00"))
        if abs((datetime.now(UTC) - made).total_seconds()) < 3600:
            return iso(TAKEN_AT - timedelta(hours=2))
    if type(value) is int and abs(datetime.now(UTC).timestamp() * 1000 - value) < 3_600_000:
        # CloudWatch Logs counts milliseconds.
        return int((TAKEN_AT - timedelta(hours=2)).timestamp() * 1000)
    return value


def main() -> int:
    """Write the bundle into the package."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else demo_bundle()
    evidence = record()
    write_bundle(evidence, target, force=True)
    print(f"{len(evidence)} answers of account {ACCOUNT} → {target}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
