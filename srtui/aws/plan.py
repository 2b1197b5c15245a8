"""What to ask: the declared calls as jobs, and which jobs follow from an answer."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from srtui.evidence import CallKey, call_key, plain
from srtui.feed import Part
from srtui.services import SERVICES, SHAPE_ERRORS, declared_calls, following
from srtui.services.declare import Call, CallContext, home_region

_log = logging.getLogger(__name__)

#: Asked before everything else, by themselves.
IDENTITY: Final = ("sts", "GetCallerIdentity")
REGIONS: Final = ("ec2", "DescribeRegions")
#: Asked only where the one above is not answered.
LISTED_REGIONS: Final = ("account", "ListRegions")
PRELIMINARY: Final = (IDENTITY, REGIONS, LISTED_REGIONS)


@dataclass(frozen=True, slots=True)
class Job:
    """One call to make: a declaration, a region and parameters."""

    call: Call
    region: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> CallKey:
        return call_key(self.call.service.name, self.call.operation, self.region, self.params)

    @property
    def endpoint(self) -> tuple[str, str]:
        return self.call.service.name, self.region


class Plan:
    """The jobs of one account. `regions` limits the regional calls."""

    def __init__(self, account: str, partition: str) -> None:
        self.account = account
        self.partition = partition
        self._after: dict[Call, list[Call]] = {}
        for call in declared_calls():
            if call.for_each is None and call.after is not None:
                self._after.setdefault(call.after, []).append(call)

    def roots(self, scope: str, regions: Iterable[str] = ()) -> Iterator[list[Job]]:
        """The calls that need no other call's answer, each with its variants, in the order of the services."""
        for service in SERVICES:
            for call in service.calls:
                if call.scope != scope or call.for_each or call.after or call.id in PRELIMINARY:
                    continue
                if call.on_demand:
                    continue
                if not call.offered_in(self.partition):
                    continue
                places = [home_region(service, self.partition)] if scope == "global" else regions
                for region in places:
                    yield self.variants(call, region)

    def variants(self, call: Call, region: str) -> list[Job]:
        """A call once for each of its variants."""
        context = self._context(region)
        more = call.params_for(None, context)
        return [Job(call, region, {**variant, **more}) for variant in call.due_variants(context)]

    def on_demand(self, part: Part, regions: Iterable[str] = ()) -> Iterator[Job]:
        """The calls of a part that are made on demand only, one for each value of the parameter that they go by."""
        wanted = set(part.calls)
        for call in declared_calls():
            if not call.on_demand or call.id not in wanted or not call.offered_in(self.partition):
                continue
            values = dict(part.params).get(call.on_demand, ())
            home = home_region(call.service, self.partition)
            places = [home] if call.scope == "global" else part.regions or regions
            for region in places:
                for variant in call.due_variants(self._context(region)):
                    for value in values:
                        yield Job(call, region, {**variant, call.on_demand: value})

    def after(self, call: Call, region: str) -> Iterator[list[Job]]:
        """The calls that wait only for another to be over."""
        for next_call in self._after.get(call, ()):
            yield self.variants(next_call, region)

    def children(self, job: Job, response: Mapping[str, Any]) -> Iterator[Job]:
        """The jobs for each item of one page. Raises ShapeError when the answer is not what its service promises."""
        home = home_region(job.call.service, self.partition) if job.call.scope == "global" else job.region
        try:
            for call, region, params in following(job.call, plain(response), self._context(home, job.params)):
                yield Job(call, region, params)
        except SHAPE_ERRORS as error:
            _log.exception("no calls can follow from an answer of %r", job.call)
            raise ShapeError(f"what to ask next cannot be read from the answer ({error!r})") from error

    def _context(self, region: str, parent: Mapping[str, Any] | None = None) -> CallContext:
        return CallContext(self.account, self.partition, region, parent or {})


class ShapeError(Exception):
    """An answer without the members that further calls are made from."""


def matching(jobs: Sequence[Job], part: Part) -> list[Job]:
    """The jobs that a part names."""
    wanted = set(part.calls)
    return [
        job
        for job in jobs
        if job.call.id in wanted
        and (not part.regions or job.region in part.regions)
        and all(name not in job.params or job.params[name] in values for name, values in part.params)
    ]
