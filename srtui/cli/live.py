"""The live account as a feed that is made late: the first frame must not wait for the AWS client to be imported."""

from __future__ import annotations

import argparse
import logging
import threading
from collections.abc import Callable

from srtui.config import Config
from srtui.engine import Engine, live_clock
from srtui.feed import Failed, Feed, Finished, Listener, Part
from srtui.files import sessions_folder

_log = logging.getLogger(__name__)


class DeferredFeed:
    """Stands for a feed until it has been made, on a thread of its own."""

    def __init__(self, label: str, make: Callable[[], Feed]) -> None:
        self._label = label
        self._make = make
        self._feed: Feed | None = None
        self._lock = threading.Lock()
        self._stopped = False

    @property
    def label(self) -> str:
        return self._feed.label if self._feed else self._label

    def start(self, listener: Listener) -> None:
        threading.Thread(target=self._run, args=(listener,), name="feed", daemon=True).start()

    def _run(self, listener: Listener) -> None:
        try:
            feed = self._make()
        except Exception as error:  # noqa: BLE001 - whatever it is, the interface must be told
            _log.exception("the feed cannot be made")
            listener(
                Failed(
                    f"cannot start: {error}",
                    (type(error).__name__,),
                    ("the log has the details: srtui info",),
                )
            )
            return
        with self._lock:
            if self._stopped:
                listener(Finished(cancelled=True))
                return
            feed.start(listener)
            self._feed = feed

    def refresh(self, part: Part) -> str | None:
        return self._feed.refresh(part) if self._feed else "collection has not started yet"

    def cancel(self) -> None:
        with self._lock:
            self._stopped = True
        if self._feed:
            self._feed.cancel()

    def close(self) -> None:
        with self._lock:
            self._stopped = True
        if self._feed:
            self._feed.close()


def live_engine(
    *,
    profile: str | None = None,
    regions: tuple[str, ...] = (),
    role_arns: tuple[str, ...] = (),
    mfa_serial: str | None = None,
    external_id: str | None = None,
    endpoint_url: str | None = None,
    fips: bool = False,
) -> Engine:
    """An engine that collects from AWS, or from whatever answers at `endpoint_url`, into a new session."""

    def make() -> Feed:
        from srtui.aws.collect import LiveFeed
        from srtui.aws.credentials import AwsSettings

        return LiveFeed(
            AwsSettings(
                profile=profile,
                regions=regions,
                role_arns=role_arns,
                mfa_serial=mfa_serial,
                external_id=external_id,
                endpoint_url=endpoint_url,
                use_fips=fips,
            )
        )

    return Engine(DeferredFeed("live", make), record=sessions_folder(), clock=live_clock)


def engine_for(options: argparse.Namespace, config: Config) -> Engine:
    """The live account that the command line and the configuration name."""
    return live_engine(
        profile=config.profile,
        regions=config.regions,
        role_arns=tuple(options.role_arn),
        mfa_serial=options.mfa_serial,
        external_id=options.external_id,
        endpoint_url=options.endpoint_url,
        fips=options.fips,
    )
