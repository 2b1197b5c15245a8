"""Keys that are typed faster than the interface answers: each one goes where it would have gone if typed slowly.

Textual gives a key to whatever has the focus when it arrives, and does what it is bound to only after it has bubbled
up to the app. Of a burst, `s` and then a reason, the letters of the reason would so reach the list under the dialog
and be commands there. Here a key is handed on only when all that the key before it set going has come to rest: its
action, the messages of it, and a dialog or screen that it opened, up to the focus in there.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from textual import events
from textual.message_pump import MessagePump

if TYPE_CHECKING:
    from textual.app import App

BEFORE_A_DIALOG: Final = "before a dialog"
"""The group of workers that end by asking something or going somewhere: until they have ended keys wait."""

# The loop runs what is ready in turn, so rest is a matter of rounds through it and not of time: load changes nothing.
_QUIET_ROUNDS: Final = 2
_MOST_ROUNDS: Final = 60  # while evidence streams in there is always some message on its way
_PATIENCE: Final = 5.0  # seconds; only a defect takes longer, and must not take the keyboard with it


class TypedAhead:
    """Hands keys and pasted text on, one at a time and in order."""

    def __init__(
        self,
        app: App[None],
        give: Callable[[events.Event], Awaitable[None]],
        failed: Callable[[Exception], None],
    ) -> None:
        """`give` is what would happen to an event without this; `failed` is told of a defect in it."""
        self._app, self._give, self._failed = app, give, failed
        self._waiting: deque[events.Event] = deque()
        self._task: asyncio.Task[None] | None = None

    def take(self, event: events.Event) -> None:
        """Hand an event on when it is its turn."""
        self._waiting.append(event)
        if self._task is None:
            self._task = asyncio.create_task(self._hand_on(), name="keys typed ahead")

    async def _hand_on(self) -> None:
        try:
            while self._waiting and not self._leaving:
                await self._give(self._waiting.popleft())
                await self._rest()
        except Exception as problem:  # noqa: BLE001 - a defect is told as any other of the interface
            self._failed(problem)
        finally:
            self._task = None

    async def _rest(self) -> None:
        """Wait until nothing is on its way between what has the focus and the app, and the focus stays."""
        while not self._leaving:
            asking = self._asking()
            try:
                async with asyncio.timeout(_PATIENCE):
                    await self._quiet()
            except TimeoutError:
                return
            if not asking and not self._asking():
                return
            await asyncio.sleep(0.01)

    @property
    def _leaving(self) -> bool:
        """Whether the program ends: its screens may be gone, and what was typed after that is for nobody."""
        return self._app._exit or not self._app.screen_stack

    def _asking(self) -> bool:
        return any(one.group == BEFORE_A_DIALOG and not one.is_finished for one in self._app.workers)

    async def _quiet(self) -> None:
        quiet = 0
        for _ in range(_MOST_ROUNDS):
            if self._leaving:
                return
            before, nodes = self._in_front(), self._path()
            for node in nodes:
                await _passed(node)
            still = (
                not self._leaving
                and before == self._in_front()
                and not any(node.message_queue_size for node in nodes)
            )
            quiet = quiet + 1 if still else 0
            if quiet == _QUIET_ROUNDS:
                return

    def _in_front(self) -> tuple[object, ...]:
        return (*self._app.screen_stack, self._app.focused)

    def _path(self) -> list[MessagePump]:
        """What a key passes through, in its order."""
        inner = self._app.focused or self._app.screen
        return list(dict.fromkeys([*inner.ancestors_with_self, self._app]))


async def _passed(node: MessagePump) -> None:
    """Wait until a node has done with the messages that it has now."""
    done = asyncio.Event()
    if node.call_later(done.set):
        await done.wait()
