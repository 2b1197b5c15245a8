"""The declaration of API calls: which calls a service module makes, in which order, and how it reads them.

From these declarations come the scheduler's plan, the progress totals, the read-only guard's allow-list, the
least IAM policy, docs/permissions.md, and what a failed call leaves unknown. Nothing else lists API calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from srtui.account import Account
from srtui.evidence import CallError, Evidence
from srtui.partitions import GLOBAL_REGIONS

Scope = Literal["global", "regional"]


class CallContext(msgspec.Struct, frozen=True):
    """What a call's parameters may depend on besides the item it is made for."""

    account: str
    partition: str
    region: str
    parent: Mapping[str, Any] = msgspec.field(
        default_factory=dict
    )  # parameters of the call whose item this is for


class Answer(msgspec.Struct, frozen=True):
    """One page of an answer as a reader sees it. `absent` says that AWS answered "there is none"."""

    evidence: Evidence
    response: Mapping[str, Any]
    absent: bool = False

    @property
    def params(self) -> Mapping[str, Any]:
        return self.evidence.params

    @property
    def region(self) -> str:
        return self.evidence.region


Reader = Callable[[Account, Answer], None]
Params = Callable[[Any, CallContext], Mapping[str, Any]]
Items = Callable[[Mapping[str, Any]], Iterable[Any]]


class Call(msgspec.Struct, frozen=True, eq=False):
    """One declared API operation.

    `items` is the path of the list in the answer that dependent calls are made for, one call an item:
    `"Buckets"`, or `"Reservations[].Instances[]"`, or a function of the answer. `for_each` names that parent; `after` only an order.
    `absent` lists the errors that mean "there is none": codes, or "code: part of the message" where the code alone
    also means something else. `until` repeats the call until the answer satisfies it (asynchronous reports).
    `due` says for a variant (for a dependent call: for an item) whether the call is to be made at all. At most
    `max_pages` pages are read; calls begin no sooner than `pause` seconds after each other in a region, and no more than
    `concurrency` of them are in flight (0: as many as the service bears). `on_demand` names the parameter by which a
    call is asked for when somebody wants to know; an ordinary run leaves it out.
    """

    service: Service
    operation: str
    read: Reader
    title: str
    actions: tuple[str, ...]
    scope: Scope
    variants: tuple[Mapping[str, Any], ...] = ({},)
    params: Params | None = None
    for_each: Call | None = None
    after: Call | None = None
    items: str | Items = ""
    only_if: Callable[[Any], bool] | None = None
    region_of: Callable[[Any, str], str] | None = None
    absent: frozenset[str] = frozenset()
    until: Callable[[Mapping[str, Any]], bool] | None = None
    page_size: int | None = None
    max_pages: int | None = None
    pause: float = 0.0
    due: Callable[[Any, CallContext], bool] | None = None
    concurrency: int = 0
    on_demand: str = ""
    justification: str = ""  # why an operation that AWS does not class as a read is one

    @property
    def id(self) -> tuple[str, str]:
        return self.service.name, self.operation

    def items_in(self, response: Mapping[str, Any]) -> Iterator[Any]:
        """The items of one page that dependent calls are made for."""
        return walk(response, self.items) if isinstance(self.items, str) else iter(self.items(response))

    def means_none(self, error: CallError) -> bool:
        """Whether AWS answers with this error that there is none."""
        if error.kind == "absent" or error.code in self.absent:
            return True
        named = (one.partition(": ") for one in self.absent if one.startswith(f"{error.code}: "))
        return any(part.lower() in error.message.lower() for _, _, part in named)

    def due_variants(self, context: CallContext) -> list[Mapping[str, Any]]:
        """The variants that are to be asked in a region."""
        return [one for one in self.variants if self.due is None or self.due(one, context)]

    def offered_in(self, partition: str) -> bool:
        """Whether AWS offers the service in a partition."""
        return self.service.partitions is None or partition in self.service.partitions

    def params_for(self, item: Any, context: CallContext) -> dict[str, Any]:
        """Parameters of the call for one item of the parent (None for a call without a parent)."""
        return dict(self.params(item, context)) if self.params else {}

    def asked_for(self, item: Any, home: str, context: CallContext) -> Iterator[tuple[str, dict[str, Any]]]:
        """Region and parameters of each call that is due for one item of the parent, answered in region `home`."""
        if self.only_if is not None and not self.only_if(item):
            return
        region = self.region_of(item, home) if self.region_of else home
        placed = msgspec.structs.replace(context, region=region)
        if self.due is None or self.due(item, placed):
            for variant in self.variants:
                yield region, {**variant, **self.params_for(item, placed)}

    def __repr__(self) -> str:
        return f"{self.service.name}:{self.operation}"


class Service(msgspec.Struct, eq=False):
    """One AWS service by its botocore name; `prefix` is its IAM action prefix where that differs."""

    name: str
    title: str
    scope: Scope = "regional"
    prefix: str = ""
    concurrency: int = (
        4  # calls in flight per region; figures per service: collection notes in docs/permissions.md
    )
    home: Mapping[str, str] = msgspec.field(
        default_factory=dict
    )  # partition → region, for services with one endpoint
    partitions: frozenset[str] | None = None  # where AWS offers it; None: everywhere
    calls: list[Call] = msgspec.field(default_factory=list)

    def call(
        self,
        operation: str,
        *,
        title: str = "",
        actions: Iterable[str] = (),
        scope: Scope | None = None,
        variants: Iterable[Mapping[str, Any]] = ({},),
        params: Params | None = None,
        for_each: Call | None = None,
        after: Call | None = None,
        items: str | Items = "",
        only_if: Callable[[Any], bool] | None = None,
        region_of: Callable[[Any, str], str] | None = None,
        absent: Iterable[str] = (),
        until: Callable[[Mapping[str, Any]], bool] | None = None,
        page_size: int | None = None,
        max_pages: int | None = None,
        pause: float = 0.0,
        due: Callable[[Any, CallContext], bool] | None = None,
        concurrency: int = 0,
        on_demand: str = "",
        justification: str = "",
    ) -> Callable[[Reader], Call]:
        """Declare an operation; the decorated function reads one page of its answer into the account.

        `variants` are the fixed parameters of a call that is made several times (one stream a filter).
        """

        def declare(read: Reader) -> Call:
            call = Call(
                service=self,
                operation=operation,
                read=read,
                title=title or (read.__doc__ or operation).strip().splitlines()[0].rstrip("."),
                actions=tuple(actions) or (f"{self.prefix or self.name}:{operation}",),
                scope=scope or self.scope,
                variants=tuple(dict(variant) for variant in variants),
                params=params,
                for_each=for_each,
                after=after,
                items=items,
                only_if=only_if,
                region_of=region_of,
                absent=frozenset(absent),
                until=until,
                page_size=page_size,
                max_pages=max_pages,
                pause=pause,
                due=due,
                concurrency=concurrency,
                on_demand=on_demand,
                justification=justification,
            )
            self.calls.append(call)
            return call

        return declare


def home_region(service: Service, partition: str) -> str:
    """The region a global service is called in."""
    return service.home.get(partition) or GLOBAL_REGIONS.get(partition, "us-east-1")


def walk(value: Any, path: str) -> Iterator[Any]:
    """The items a path leads to: members by name, `[]` for each element. A missing member has no items."""
    if not path:
        return
    current: list[Any] = [value]
    for part in path.split("."):
        name = part.removesuffix("[]")
        found = [item[name] for item in current if isinstance(item, Mapping) and item.get(name) is not None]
        is_last = path.endswith(part)
        current = (
            [element for item in found for element in item]
            if part.endswith("[]") or (is_last and all(isinstance(item, list) for item in found))
            else found
        )
    yield from current
