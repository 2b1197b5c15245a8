"""The collector: makes the planned calls, as many at a time as services bear, and what follows from their answers.

Everything here runs on one event loop, so plain attributes need no locks.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, Final

from srtui.account.account import REGION_LEFT_OUT, SERVICE_LEFT_OUT
from srtui.aws.access import Access
from srtui.aws.caller import Caller, Unfinished
from srtui.aws.delivery import Counts, Delivery
from srtui.aws.plan import IDENTITY, LISTED_REGIONS, PRELIMINARY, REGIONS, Job, Plan, ShapeError, matching
from srtui.aws.settings import AwsSettings, CredentialsError
from srtui.evidence import LEFT_OUT, CallError, CallKey
from srtui.feed import Failed, Finished, Listener, Part
from srtui.services import call_named
from srtui.services.declare import Call, home_region

_log = logging.getLogger(__name__)

#: From this many clients on, one is closed as soon as nothing more is to be asked there: each holds about 0.3 MB.
_MANY_CLIENTS: Final = 60


class Collector:
    """Collects one account, and parts of it again. Made on the loop it works on."""

    def __init__(self, settings: AwsSettings, listener: Listener) -> None:
        self.settings = settings
        self._delivery = Delivery(listener)
        self._access = Access(settings, self._delivery)
        self._caller = Caller(self._access, self._delivery)
        self._plan: Plan | None = None
        self._jobs: dict[CallKey, Job] = {}
        self._open: Counter[tuple[str, str]] = Counter()
        self._runs: set[asyncio.Task[None]] = set()
        self._stop = asyncio.Event()
        self._cancelled = False
        self._failed = False

    # --- from the feed ----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Collect everything."""
        self._start(self._everything())

    def jobs_of(self, part: Part) -> list[Job]:
        """The calls already asked that a part names, and those on demand. May be called from another thread."""
        found = matching(list(self._jobs.values()), part)
        if self._plan is not None:
            known = {job.key for job in found}
            found += [job for job in self._plan.on_demand(part) if job.key not in known]
        return found

    def begin_refresh(self, jobs: Iterable[Job]) -> None:
        """Ask these again, and what follows from their answers."""
        if not self._runs:
            self._delivery.counts = Counts(throttled=self._delivery.counts.throttled)
        self._caller.forget_failures()
        self._start(self._again(list(jobs)))

    def cancel(self) -> None:
        """Stop every run; `Finished` follows."""
        self._cancelled = True
        for run in self._runs:
            run.cancel()

    def stop(self) -> None:
        """Cancel, and let `serve` return."""
        self.cancel()
        self._stop.set()

    async def serve(self) -> None:
        """Stay until stopped, so that parts can be asked again."""
        await self._stop.wait()
        if self._runs:
            await asyncio.wait(self._runs, timeout=0.5)
        await self._access.close()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._cancelled = self._failed = False
        run = asyncio.get_running_loop().create_task(self._run(work))
        self._runs.add(run)

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except asyncio.CancelledError:
            self._cancelled = True
        except CredentialsError as error:
            self._fail(Failed(error.title, error.tried, error.remedy, credentials=True))
        except Exception as error:  # noqa: BLE001 - a defect here must not leave the interface waiting for ever
            _log.exception("collecting failed")
            self._fail(Failed("collecting stopped: a defect of srtui", (repr(error),), ("see the log",)))
        finally:
            work.close()
            current = asyncio.current_task()
            self._runs = {run for run in self._runs if run is not current}
        if not self._runs:
            self._delivery.counts.note = ""
            self._delivery.flush()
            if not self._failed:
                self._delivery.listener(Finished(cancelled=self._cancelled))
            await self._access.close_retired()

    def _fail(self, event: Failed) -> None:
        self._failed = True
        self._delivery.flush()
        self._delivery.listener(event)

    # --- the runs ---------------------------------------------------------------------------------------------

    async def _everything(self) -> None:
        await self._access.enter()
        account, partition = str(self._access.identity["Account"]), self._access.partition
        self._delivery.account = account
        self._plan = plan = Plan(account, partition)
        first = Job(_declared(IDENTITY), self._access.home)
        self._jobs[first.key] = first
        self._delivery.counts.total += 1
        self._delivery.put(first, 0, False, self._access.identity)
        self._delivery.counts.done += 1
        self._delivery.flush()
        async with asyncio.TaskGroup() as group:
            run = _Run(self, plan, group)
            for jobs in plan.roots("global"):
                run.spawn_group(jobs)
            regions = await self._regions(run)
            for jobs in plan.roots("regional", regions):
                run.spawn_group(jobs)

    async def _again(self, jobs: list[Job]) -> None:
        if self._plan is None:
            return
        async with asyncio.TaskGroup() as group:
            run = _Run(self, self._plan, group)
            groups: dict[tuple[Call, str], list[Job]] = {}
            for job in jobs:
                groups.setdefault((job.call, job.region), []).append(job)
            for same in groups.values():
                run.spawn_group(same)

    async def _regions(self, run: _Run) -> list[str]:
        """The regions to ask: the enabled ones, or of those the ones that the user named."""
        wanted = self.settings.regions
        params: dict[str, Any] = {"AllRegions": True}
        if wanted:
            params["RegionNames"] = list(wanted)
        found = await self._region_status(run, REGIONS, params, "OptInStatus")
        if not found and not wanted:
            enabled = {"RegionOptStatusContains": ["ENABLED", "ENABLED_BY_DEFAULT"]}
            found = await self._region_status(run, LISTED_REGIONS, enabled, "RegionOptStatus")
        self._caller.region_status = found
        if found:
            return [name for name, status in sorted(found.items()) if status != "not-opted-in"]
        # Without any list every region that this version knows is asked: a disabled one says so itself.
        return list(wanted) or await self._access.known_regions()

    async def _region_status(
        self, run: _Run, name: tuple[str, str], params: dict[str, Any], member: str
    ) -> dict[str, str]:
        found: dict[str, str] = {}

        def read(response: Mapping[str, Any]) -> None:
            for entry in response.get("Regions") or ():
                found[entry["RegionName"]] = entry.get(member, "")

        call = _declared(name)
        job = Job(call, home_region(call.service, run.plan.partition), params)
        run.expect([job])
        await run.do(job, read)
        return found

    # --- bookkeeping of the calls -----------------------------------------------------------------------------

    def expect(self, jobs: Iterable[Job]) -> None:
        """Count calls that will be made."""
        for job in jobs:
            self._jobs[job.key] = job
            self._open[job.endpoint] += 1
            self._delivery.counts.total += 1
        self._delivery.changed()

    async def ask(self, job: Job, on_page: Callable[[Mapping[str, Any]], None]) -> None:
        """Make one call; its answer, or why there is none, is delivered."""
        try:
            if reason := self._left_out(job):
                self._delivery.put_error(job, 0, CallError(LEFT_OUT, reason, "left-out"))
            else:
                await self._caller.ask(job, on_page)
        except Unfinished as problem:
            self._delivery.put_error(job, problem.page, problem.error)
        finally:
            self._open[job.endpoint] -= 1
        self._delivery.counts.done += 1
        self._delivery.changed()
        if not self._open[job.endpoint]:
            await self._access.release(*job.endpoint, above=_MANY_CLIENTS)

    def _left_out(self, job: Job) -> str:
        """Why the user's configuration leaves a call out; "" if it does not."""
        if job.call.id in PRELIMINARY:
            return ""
        if job.call.service.name in self.settings.skip_services:
            return SERVICE_LEFT_OUT
        placed = job.call.scope == "regional" or job.call.region_of is not None
        return REGION_LEFT_OUT if placed and job.region in self.settings.skip_regions else ""

    def broken_answer(self, job: Job, page: int, error: ShapeError) -> None:
        """An answer was delivered, but what should follow from it cannot be asked: that call is incomplete."""
        self._delivery.put_error(job, page, CallError("UnexpectedAnswer", str(error), "invalid"))


class _Run:
    """One run through the plan or a part of it; no call is made twice in it."""

    def __init__(self, collector: Collector, plan: Plan, group: asyncio.TaskGroup) -> None:
        self.plan = plan
        self._collector = collector
        self._group = group
        self._asked: set[CallKey] = set()

    def expect(self, jobs: Iterable[Job]) -> list[Job]:
        """Count the jobs that were not asked in this run, and return them."""
        new = []
        for job in jobs:
            if job.key not in self._asked:
                self._asked.add(job.key)
                new.append(job)
        self._collector.expect(new)
        return new

    def spawn_group(self, jobs: list[Job]) -> None:
        """Ask the variants of a call side by side, then the calls that wait for them."""
        if new := self.expect(jobs):
            self._group.create_task(self._do_group(new))

    async def _do_group(self, jobs: list[Job]) -> None:
        async with asyncio.TaskGroup() as variants:
            for job in jobs:
                variants.create_task(self.do(job))
        for following in self.plan.after(jobs[0].call, jobs[0].region):
            self.spawn_group(following)

    async def do(self, job: Job, on_page: Callable[[Mapping[str, Any]], None] | None = None) -> None:
        """Make one call; the calls for the items of a page begin when the page has arrived."""

        broken: list[ShapeError] = []
        pages = 0

        def page(response: Mapping[str, Any]) -> None:
            nonlocal pages
            pages += 1
            if on_page is not None:
                on_page(response)
            try:
                for child in self.plan.children(job, response):
                    for new in self.expect([child]):
                        self._group.create_task(self.do(new))
            except ShapeError as error:
                broken.append(error)

        await self._collector.ask(job, page)
        if broken:
            self._collector.broken_answer(job, pages, broken[0])


def _declared(name: tuple[str, str]) -> Call:
    call = call_named(*name)
    if call is None:
        raise LookupError(f"{name} is not declared")
    return call
