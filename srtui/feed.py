"""Feeds: where evidence comes from while the program runs, live or replayed, all with one shape.

A feed works on a thread of its own and tells one listener what happens, in batches. The listener must not
block. Evidence in a batch is already plain and redacted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Protocol

import msgspec

from srtui.evidence import Evidence


class Arrived(msgspec.Struct, frozen=True):
    """Evidence, in the order it arrived."""

    evidence: tuple[Evidence, ...]


class Progress(msgspec.Struct, frozen=True):
    """Counts of calls so far; `total` grows while listings reveal more to ask."""

    done: int
    total: int
    failed: int
    throttled: int = 0
    note: str = ""  # what is going on, in a few words: "waiting for the credential report"


class Question(msgspec.Struct, frozen=True):
    """Something only the user can answer (an MFA code). `reply(None)` gives up. Any thread may call it, once."""

    prompt: str
    reply: Callable[[str | None], None]
    secret: bool = False


class Paused(msgspec.Struct, frozen=True):
    """The run waits, for example because the credentials expired. `resume()` tries again where it stopped."""

    title: str
    tried: tuple[str, ...]
    remedy: tuple[str, ...]
    resume: Callable[[], None]


class Failed(msgspec.Struct, frozen=True):
    """The feed cannot go on or could not start: what was tried, and what to do. `credentials`: for want of usable ones."""

    title: str
    tried: tuple[str, ...]
    remedy: tuple[str, ...]
    credentials: bool = False


class Finished(msgspec.Struct, frozen=True):
    """All that was planned has been asked. `cancelled` if the user stopped it."""

    cancelled: bool = False


FeedEvent = Arrived | Progress | Question | Paused | Failed | Finished
Listener = Callable[[FeedEvent], None]


class Part(msgspec.Struct, frozen=True):
    """A part of the plan to ask again: operations as (service, operation), limited to regions or parameters.

    Calls that are made on demand only are asked for the values in `params` of the parameter that they go by.
    """

    calls: Collection[tuple[str, str]]
    regions: Collection[str] = ()  # empty: all
    #: of calls that have such a parameter only those with one of these values, e.g. (("Bucket", ("logs",)),)
    params: tuple[tuple[str, tuple[Any, ...]], ...] = ()


class Feed(Protocol):
    """A source of evidence."""

    @property
    def label(self) -> str:
        """What the header says of it: "live", "demo", "session 2026-11-24 09:12"."""
        ...

    def start(self, listener: Listener) -> None:
        """Begin, on a thread of its own. Called once."""
        ...

    def refresh(self, part: Part) -> str | None:
        """Ask a part again. Returns why that is impossible, or None."""
        ...

    def cancel(self) -> None:
        """Stop what is under way; what arrived stays. Returns at once; `Finished` follows."""
        ...

    def close(self) -> None:
        """Stop and wait for the thread, at most a second."""
        ...
