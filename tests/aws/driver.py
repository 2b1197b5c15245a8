"""Starts a feed and waits for what it tells."""

from __future__ import annotations

import queue
import time
from typing import TypeVar

from srtui.aws import LiveFeed
from srtui.evidence import Evidence
from srtui.feed import Arrived, Failed, FeedEvent, Finished, Progress

Event = TypeVar("Event")


class Driver:
    """A running feed and everything it told."""

    def __init__(self, feed: LiveFeed) -> None:
        self.feed = feed
        self.evidence: list[Evidence] = []
        self.progress: list[Progress] = []
        self._events: queue.Queue[FeedEvent] = queue.Queue()
        feed.start(self._events.put)

    def until(self, kind: type[Event], timeout: float = 30.0) -> Event:
        """Read events up to the next of a kind."""
        end = time.monotonic() + timeout
        while True:
            event = self._events.get(timeout=max(0.01, end - time.monotonic()))
            if isinstance(event, Arrived):
                self.evidence.extend(event.evidence)
            elif isinstance(event, Progress):
                self.progress.append(event)
            if isinstance(event, kind):
                return event
            assert not isinstance(event, Failed | Finished), event

    def of(self, service: str, operation: str) -> list[Evidence]:
        return [item for item in self.evidence if (item.service, item.operation) == (service, operation)]
