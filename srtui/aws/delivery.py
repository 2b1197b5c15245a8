"""Delivery of evidence and progress to the listener: plain, redacted, and in batches."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from srtui.aws.plan import Job
from srtui.evidence import CallError, Evidence, plain, redact
from srtui.feed import Arrived, Listener, Progress

_INTERVAL: Final = 0.1
_BATCH: Final = 64


@dataclass(slots=True)
class Counts:
    """How far the run is."""

    done: int = 0
    total: int = 0
    failed: int = 0
    throttled: int = 0
    note: str = ""


class Delivery:
    """Hands evidence and counts to the listener at most every tenth of a second, or when a batch is full."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.account = ""
        self.counts = Counts()
        self._batch: list[Evidence] = []
        self._timer: asyncio.TimerHandle | None = None
        self._shown: Progress | None = None

    def put(self, job: Job, page: int, more: bool, response: Mapping[str, Any]) -> None:
        """One page of an answer."""
        self._put(job, page=page, more=more, response=plain(response))

    def put_error(self, job: Job, page: int, error: CallError) -> None:
        """A call that has no answer."""
        self._put(job, page=page, error=error)
        if error.kind not in ("absent", "not-offered", "left-out"):
            self.counts.failed += 1

    def _put(self, job: Job, **answer: Any) -> None:
        at = datetime.now(UTC).replace(microsecond=0)
        service, operation = job.call.id
        self._batch.append(
            redact(
                Evidence(
                    service=service,
                    operation=operation,
                    region=job.region,
                    account=self.account,
                    at=at,
                    params=dict(job.params),
                    **answer,
                )
            )
        )
        if len(self._batch) >= _BATCH:
            self._send()
        self.changed()

    def changed(self) -> None:
        """Something is to be shown soon."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_INTERVAL, self.flush)

    def flush(self) -> None:
        """Hand over everything now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._send()
        counts = self.counts
        progress = Progress(counts.done, counts.total, counts.failed, counts.throttled, counts.note)
        if progress != self._shown:
            self._shown = progress
            self.listener(progress)

    def _send(self) -> None:
        if self._batch:
            batch, self._batch = tuple(self._batch), []
            self.listener(Arrived(batch))
