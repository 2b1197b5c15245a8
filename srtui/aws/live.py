"""The live feed: a thread with an event loop of its own, on which the collector works."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from srtui.aws.settings import AwsSettings, endpoint_override
from srtui.feed import Failed, Listener, Part
from srtui.services import call_named

if TYPE_CHECKING:
    from srtui.aws.collect import Collector

_log = logging.getLogger(__name__)


class LiveFeed:
    """Evidence from AWS as it is now. See `srtui.feed.Feed`."""

    def __init__(self, settings: AwsSettings) -> None:
        self.settings = settings
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._collector: Collector | None = None
        self._ready = threading.Event()
        self._cancelled = False
        self._closed = False

    @property
    def label(self) -> str:
        """What the header says; answers from elsewhere than AWS may be made up, so an override is always named."""
        override = endpoint_override(self.settings)
        return f"live via {override}" if override else "live"

    def start(self, listener: Listener) -> None:
        """Begin to collect. Called once."""
        self._thread = threading.Thread(target=self._run, args=(listener,), name="collector", daemon=True)
        self._thread.start()

    def refresh(self, part: Part) -> str | None:
        """Ask a part again, also while the whole is still being collected. Returns why not, or None."""
        if self._closed or self._collector is None:
            return "collecting has not begun" if not self._closed else "collecting has ended"
        unknown = [
            f"{service}:{operation}"
            for service, operation in part.calls
            if not call_named(service, operation)
        ]
        if unknown:
            return f"srtui never calls {', '.join(unknown)}"
        jobs = self._collector.jobs_of(part)
        if not jobs:
            return "nothing of this has been asked yet"
        collector = self._collector
        self._soon(lambda: collector.begin_refresh(jobs))
        return None

    def cancel(self) -> None:
        """Stop what is under way. Returns at once; `Finished(cancelled=True)` follows."""
        self._cancelled = True
        if self._collector is not None:
            self._soon(self._collector.cancel)

    def close(self) -> None:
        """Stop and wait for the thread, at most a second."""
        self._closed = True
        if self._collector is not None:
            self._soon(self._collector.stop)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(1.0)

    def _soon(self, action: Callable[[], None]) -> None:
        if self._loop is not None:
            try:
                self._loop.call_soon_threadsafe(action)
            except RuntimeError:  # the loop has ended: there is nothing left to tell it
                _log.debug("the collector has ended")

    def _run(self, listener: Listener) -> None:
        for name in ("asyncio", "aiobotocore", "botocore", "aiohttp"):
            # Without any handler Python prints warnings to the terminal that the interface draws on.
            logging.getLogger(name).addHandler(logging.NullHandler())
        try:
            asyncio.run(self._main(listener))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the interface must hear of it
            _log.exception("the collector failed")
            listener(Failed("collecting stopped: a defect of srtui", (repr(error),), ("see the log",)))

    async def _main(self, listener: Listener) -> None:
        from srtui.aws.collect import Collector  # loads botocore, which the first frame must not wait for

        self._loop = asyncio.get_running_loop()
        self._collector = collector = Collector(self.settings, listener)
        # A cancel or close that came before the collector existed.
        if self._closed:
            return
        collector.begin()
        if self._cancelled:
            self._loop.call_soon(collector.cancel)  # after the run's first step, or nobody would say Finished
        await collector.serve()
