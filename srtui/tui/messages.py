"""Messages from other threads to the app: they carry no payload that can grow stale, or plain data."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from srtui.engine import Notice
from srtui.feed import Failed, Finished, Paused, Progress, Question


class Refreshed(Message):
    """There is a newer view; the app holds it. Only the last of a burst is delivered."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Refreshed)


@dataclass
class Progressed(Message):
    """The collection has come further. Only the last of a burst is delivered."""

    progress: Progress

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Progressed)


@dataclass
class FromEngine(Message):
    """Something the user must hear of or answer."""

    event: Notice | Question | Paused | Failed | Finished
