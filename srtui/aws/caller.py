"""One call from its first page to its last: limits, retries, paging, waiting, and what each failure means."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from srtui.aws.access import Access
from srtui.aws.delivery import Delivery
from srtui.aws.errors import CALL_ERRORS, call_error, endpoint_down, key_unknown, no_such_host
from srtui.aws.plan import Job
from srtui.aws.reader import Paging
from srtui.evidence import CallError

#: Calls in flight in all; the limits per service and region are in the declarations.
GLOBAL_LIMIT: Final = 48
_CALL_LIMIT: Final = 120.0
#: How long an asynchronous report may take, and the pauses between looks.
_REPORT_LIMIT: Final = 600.0
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 60.0
#: Pauses after which a call that is still throttled after botocore's own retries is tried again.
_THROTTLE_PAUSES: Final = (2.0, 5.0, 10.0, 20.0)


class Unfinished(Exception):  # noqa: N818 - it carries an outcome
    """A call has no answer, or no whole one: the page that is missing and why."""

    def __init__(self, page: int, error: CallError) -> None:
        super().__init__(f"{error.code}: {error.message}")
        self.page = page
        self.error = error


class Caller:
    """Makes calls within the limits of each service and region, and of the whole."""

    def __init__(self, access: Access, delivery: Delivery) -> None:
        self.region_status: Mapping[str, str] = {}
        self._access = access
        self._delivery = delivery
        self._slots: dict[tuple[str, ...], asyncio.Semaphore] = {}
        self._all = asyncio.Semaphore(GLOBAL_LIMIT)
        # A server on this machine has no limits to keep.
        self._paced = urlsplit(access.settings.endpoint_url or "").hostname not in ("127.0.0.1", "localhost")
        self._next: dict[tuple[tuple[str, str], str], float] = {}
        self._answered: set[tuple[str, str]] = set()
        self._down: dict[tuple[str, str], CallError] = {}
        self._key_works: dict[tuple[str, int], bool] = {}
        self._checking = asyncio.Lock()

    def forget_failures(self) -> None:
        """Try endpoints again that could not be reached."""
        self._down.clear()
        self._key_works.clear()

    async def ask(self, job: Job, on_page: Callable[[Mapping[str, Any]], None]) -> None:
        """Ask, and deliver each page as it arrives. Raises Unfinished when there is no (whole) answer."""
        page = 0
        paging: Paging | None = None
        token: dict[str, Any] = {}
        while True:
            answer = await self._complete(job, page, token)
            try:
                if paging is None:
                    paging = await (await self._access.pool()).paging(job.call, job.region)
                following = paging.next(answer, token)
            except CALL_ERRORS as error:
                # The page is whole; what comes after it is missing.
                self._delivery.put(job, page, True, answer)
                on_page(answer)
                raise Unfinished(page + 1, call_error(error)) from error
            last = not following or page + 1 == job.call.max_pages
            self._delivery.put(job, page, not last, answer)
            on_page(answer)
            if last:
                return
            token = following
            page += 1

    async def _complete(self, job: Job, page: int, token: Mapping[str, Any]) -> Mapping[str, Any]:
        """One page, asked for until it satisfies `until` (asynchronous reports)."""
        pause, waited = _FIRST_PAUSE, 0.0
        while True:
            answer = await self._page(job, page, token)
            if job.call.until is None or job.call.until(answer):
                self._note("")
                return answer
            if waited > _REPORT_LIMIT:
                text = f"not ready after {waited:.0f} s"
                raise Unfinished(page, CallError("NotReady", text, "other"))
            self._note(f"waiting: {job.call.title}")
            await asyncio.sleep(pause)
            waited += pause
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _note(self, text: str) -> None:
        if self._delivery.counts.note != text:
            self._delivery.counts.note = text
            self._delivery.changed()

    async def _page(self, job: Job, page: int, token: Mapping[str, Any]) -> Mapping[str, Any]:
        """One request, repeated after renewal of credentials and after throttling."""
        throttled = 0
        while True:
            generation = self._access.generation
            try:
                answer = await self._send(job, token)
            except CALL_ERRORS as failure:
                cause = failure
                error = failure.error if isinstance(failure, _DownError) else call_error(failure)
            else:
                self._answered.add(job.endpoint)
                return answer
            if key_unknown(error):
                error = await self._unknown_key_error(error, job.region, generation)
            if error.kind == "expired":
                await self._access.renew(generation, cause)
            elif error.kind == "throttled" and throttled < len(_THROTTLE_PAUSES):
                await asyncio.sleep(_THROTTLE_PAUSES[throttled])
                throttled += 1
            else:
                if endpoint_down(cause) and job.endpoint not in self._answered:
                    if no_such_host(cause) and await self._not_offered(job):
                        error = CallError(error.code, error.message, "not-offered")
                    self._down[job.endpoint] = error
                kind = "absent" if job.call.means_none(error) else error.kind
                raise Unfinished(page, CallError(error.code, error.message, kind)) from cause

    async def _send(self, job: Job, token: Mapping[str, Any]) -> Mapping[str, Any]:
        if job.call.pause and self._paced:
            await self._turn(job)
        async with self._slot(job), self._all:
            pool = await self._access.pool()
            if down := self._down.get(job.endpoint):
                # Each try would take half a minute, and none of them reached anything.
                raise _DownError(down)
            request = {**job.params, **token}
            if job.call.page_size:
                limit = (await pool.paging(job.call, job.region)).limit_key
                request |= {limit: job.call.page_size} if limit else {}
            async with asyncio.timeout(_CALL_LIMIT):
                return await pool.ask(job.call, job.region, request)

    async def _not_offered(self, job: Job) -> bool:
        """Whether an endpoint without a name is one that AWS does not have, rather than one that cannot be looked up."""
        listed = await self._access.lists(*job.endpoint)
        if listed is None:
            # No list to look into: the names of the region's other services were found.
            return any(region == job.region for _, region in self._answered)
        return not listed

    async def _turn(self, job: Job) -> None:
        """Wait until the call may begin: some operations bear only so many a second."""
        loop = asyncio.get_running_loop()
        key = (job.call.id, job.region)
        start = max(loop.time(), self._next.get(key, 0.0))
        self._next[key] = start + job.call.pause
        await asyncio.sleep(start - loop.time())

    def _slot(self, job: Job) -> asyncio.Semaphore:
        key: tuple[str, ...] = job.endpoint
        limit = job.call.service.concurrency
        if job.call.concurrency:
            key, limit = (*key, job.call.operation), job.call.concurrency
        if key not in self._slots:
            self._slots[key] = asyncio.Semaphore(limit)
        return self._slots[key]

    async def _unknown_key_error(self, error: CallError, region: str, generation: int) -> CallError:
        """A key that one region does not know: is the region disabled, or is the key gone? Asked once a region."""
        async with self._checking:
            if (region, generation) not in self._key_works:
                works = await self._access.key_works()
                if generation != self._access.generation:
                    # The key was replaced meanwhile, and the new one was asked about.
                    return CallError(error.code, error.message, "expired")
                self._key_works[region, generation] = works
        if not self._key_works[region, generation]:
            return CallError(error.code, error.message, "expired")
        if self.region_status.get(region) in ("opt-in-not-required", "ENABLED_BY_DEFAULT"):
            return error  # such a region cannot be switched off
        return CallError(error.code, error.message, "region-disabled")


class _DownError(ConnectionError):
    """An endpoint that could not be reached a moment ago."""

    def __init__(self, error: CallError) -> None:
        super().__init__(error.message)
        self.error = CallError(error.code, f"not tried again: {error.message}", error.kind)
