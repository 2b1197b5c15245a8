"""The way into the account: credentials, the clients made from them, and their renewal when they expire in mid-run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from srtui.aws.credentials import explain, open_session
from srtui.aws.delivery import Delivery
from srtui.aws.errors import CALL_ERRORS
from srtui.aws.plan import IDENTITY
from srtui.aws.reader import ClientPool
from srtui.aws.settings import AwsSettings, CredentialsError, endpoint_override
from srtui.feed import Paused, Question
from srtui.services import call_named
from srtui.services.declare import Call, home_region

_IDENTITY_LIMIT = 60.0


def _identity_call() -> Call:
    call = call_named(*IDENTITY)
    if call is None:  # the plan is built on it
        raise LookupError(f"{IDENTITY} is not declared")
    return call


class Access:
    """One set of credentials at a time. While they are being renewed no call is begun; none is lost."""

    def __init__(self, settings: AwsSettings, delivery: Delivery) -> None:
        self.settings = settings
        self.generation = 0
        self.identity: Mapping[str, Any] = {}
        self.partition = "aws"
        self._delivery = delivery
        self._pool: ClientPool | None = None
        self._retired: list[ClientPool] = []
        self._open = asyncio.Event()
        self._renewing = asyncio.Lock()
        self._loop = asyncio.get_running_loop()

    @property
    def home(self) -> str:
        """Where the caller's identity is asked for."""
        return home_region(_identity_call().service, self.partition)

    async def pool(self) -> ClientPool:
        """The clients, once there are credentials that are not known to have expired."""
        await self._open.wait()
        if self._pool is None:
            raise LookupError("opened without clients")
        return self._pool

    async def enter(self) -> None:
        """Get credentials for the first time. Raises CredentialsError where only another start can help."""
        while True:
            try:
                await self._resolve()
                return
            except CredentialsError as error:
                if not error.renewable:
                    raise
                await self._wait_for_user(error)

    async def renew(self, generation: int, why: Exception) -> None:
        """Replace credentials that expired: the run pauses until the user resumes it with working ones."""
        async with self._renewing:
            if generation != self.generation:
                return  # another call found out first
            self._open.clear()
            error = explain(why, self.settings, doing="collecting")
            while True:
                await self._wait_for_user(error)
                try:
                    await self._resolve()
                    return
                except CredentialsError as failure:
                    error = failure

    async def key_works(self) -> bool:
        """Whether the key is known where the account is at home; raises nothing."""
        pool = await self.pool()
        try:
            async with asyncio.timeout(_IDENTITY_LIMIT):
                await pool.ask(_identity_call(), self.home, {})
        except CALL_ERRORS:
            return False
        return True

    async def known_regions(self) -> list[str]:
        """Every region of the partition that this version of botocore knows."""
        found = await (await self.pool()).session.get_available_regions("ec2", self.partition)
        return sorted(found)

    async def lists(self, service: str, region: str) -> bool | None:
        """Whether botocore knows the service in the region; None for services that it lists no region for."""
        if endpoint_override(self.settings) is not None:
            return True
        found = await (await self.pool()).session.get_available_regions(service, self.partition)
        return region in found if found else None

    async def release(self, service: str, region: str, above: int) -> None:
        """Close a client that nothing is waiting for, when there are many. The identity is asked for at any time."""
        if self._pool is not None and len(self._pool) > above and service != IDENTITY[0]:
            await self._pool.close(service, region)

    async def close(self) -> None:
        """Close the clients. Calls in flight must have ended."""
        await self.close_retired()
        if self._pool is not None:
            await self._pool.close_all()

    async def close_retired(self) -> None:
        """Close the clients of credentials that were replaced."""
        while self._retired:
            await self._retired.pop().close_all()

    async def _resolve(self) -> None:
        opened = await open_session(self.settings, self._ask)
        self.partition = opened.partition
        pool = ClientPool(opened.session, self.settings, self._count_throttling)
        try:
            async with asyncio.timeout(_IDENTITY_LIMIT):
                identity = await pool.ask(_identity_call(), self.home, {})
        except CALL_ERRORS as error:
            await pool.close_all()
            raise explain(error, self.settings) from error
        known = self.identity.get("Account")
        if known is not None and identity.get("Account") != known:
            await pool.close_all()
            raise CredentialsError(
                "these credentials are of another account",
                (f"collecting {known}; the credentials are of {identity.get('Account')}",),
                ("sign in to the same account, then resume",),
                renewable=True,
            )
        if self._pool is not None:
            self._retired.append(self._pool)
        self._pool, self.identity = pool, identity
        self.partition = str(identity.get("Arn", "")).partition(":")[2].partition(":")[0] or opened.partition
        self.generation += 1
        self._open.set()

    def _count_throttling(self) -> None:
        self._delivery.counts.throttled += 1
        self._delivery.changed()

    async def _wait_for_user(self, error: CredentialsError) -> None:
        resumed = asyncio.Event()
        self._delivery.flush()
        resume = self._from_any_thread(resumed.set)
        self._delivery.listener(Paused(error.title, error.tried, error.remedy, resume))
        await resumed.wait()

    async def _ask(self, prompt: str) -> str | None:
        answer: asyncio.Future[str | None] = self._loop.create_future()

        def settle(text: str | None) -> None:
            if not answer.done():
                answer.set_result(text)

        self._delivery.flush()
        self._delivery.listener(Question(prompt, self._from_any_thread(settle)))
        return await answer

    def _from_any_thread(self, action: Callable[..., None]) -> Callable[..., None]:
        def call(*values: Any) -> None:
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(action, *values)

        return call
