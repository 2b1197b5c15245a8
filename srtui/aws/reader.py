"""The guarded client pool: the only place where requests to AWS are made, and where all but reads are refused."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any, Final, cast

import jmespath
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.session import AioSession
from botocore import xform_name
from botocore.exceptions import CredentialRetrievalError, DataNotFoundError

from srtui.aws.errors import PagingError, endpoint_down
from srtui.aws.settings import AwsSettings, endpoint_override
from srtui.evidence import THROTTLED_CODES
from srtui.services import call_named
from srtui.services.declare import Call

#: Paging members of operations that botocore has no paginator for.
_TOKENS: Final = ("NextToken", "nextToken", "Marker")
_CONNECT_ATTEMPTS: Final = 3


class ReadOnlyViolationError(Exception):
    """An operation that no service module declares was about to be sent. It was not."""


def refuse_undeclared(service: str, operation: str) -> None:
    """Let declared operations through, refuse the rest."""
    if call_named(service, operation) is None:
        raise ReadOnlyViolationError(
            f"{service}:{operation} is not declared by any service module; it was not sent"
        )


def guard(client: Any) -> None:
    """Make a client refuse undeclared operations: before parameters are built, before the call, before signing."""
    service = client.meta.service_model.service_name

    def by_model(model: Any, **_: Any) -> None:
        refuse_undeclared(service, model.name)

    def by_name(operation_name: str, **_: Any) -> None:
        refuse_undeclared(service, operation_name)

    for event in ("provide-client-params", "before-parameter-build", "before-call"):
        client.meta.events.register_first(event, by_model, unique_id=f"srtui-guard-{event}")
    # The last door: nothing unsigned is sent, and presigned requests pass here too.
    client.meta.events.register_first("before-sign", by_name, unique_id="srtui-guard-before-sign")


class _SharedTls(AIOHTTPSession):  # type: ignore[misc]
    """One TLS context for all clients: loading the root certificates costs 20 ms and 0.7 MB each time."""

    _contexts: dict[str, ssl.SSLContext] = {}

    def _build_ssl_contexts(self, proxy_url: str | None) -> Any:
        if proxy_url or self._cert_file:
            return super()._build_ssl_contexts(proxy_url)
        key = repr(self._verify)
        if key not in self._contexts:
            self._contexts[key] = super()._build_ssl_contexts(None)[0]
        return self._contexts[key], None


class ClientPool:
    """One client per (service, region), made on first use on the collector's loop."""

    def __init__(self, session: AioSession, settings: AwsSettings, throttled: Callable[[], None]) -> None:
        self.session = session
        self._settings = settings
        self._throttled = throttled
        self._clients: dict[tuple[str, str], tuple[Any, AsyncExitStack]] = {}
        self._making = asyncio.Lock()
        self._overridden = endpoint_override(settings) is not None

    def __len__(self) -> int:
        return len(self._clients)

    async def client(self, service: str, region: str) -> Any:
        """The client of a service in a region."""
        found = self._clients.get((service, region))
        if found is None:
            async with self._making:
                found = self._clients.get((service, region)) or await self._make(service, region)
        return found[0]

    async def _make(self, service: str, region: str) -> tuple[Any, AsyncExitStack]:
        stack = AsyncExitStack()
        client = await stack.enter_async_context(
            self.session.create_client(
                service,
                region_name=region,
                endpoint_url=self._settings.endpoint_url,
                config=self._config(service),
            )
        )
        guard(client)
        client.meta.events.register_first("needs-retry", self._before_retry)
        if self._overridden and service in ("s3control", "mwaa"):
            # botocore puts the account id, or "api", before the host, which no custom endpoint resolves.
            name = client.meta.service_model.service_id.hyphenize()
            client.meta.events.register(f"before-call.{name}", _drop_host_prefix)
        self._clients[service, region] = client, stack
        return client, stack

    def _config(self, service: str) -> AioConfig:
        # The first call of all is to STS: whether AWS can be reached must show soon.
        attempts = 3 if service == "sts" else 6
        return AioConfig(
            retries={"mode": "adaptive", "total_max_attempts": attempts},
            connect_timeout=5,
            read_timeout=20,
            max_pool_connections=64,
            use_fips_endpoint=self._settings.use_fips or None,
            s3={"addressing_style": "path"} if self._overridden else None,
            http_session_cls=_SharedTls,
            user_agent_extra="srtui",
        )

    def _before_retry(
        self, response: Any, attempts: int, caught_exception: Exception | None = None, **_: Any
    ) -> None:
        """Count throttling; and where no connection can be made, do not try as often as where AWS is only busy."""
        if caught_exception is not None and endpoint_down(caught_exception) and attempts >= _CONNECT_ATTEMPTS:
            raise caught_exception
        if response and response[1].get("Error", {}).get("Code") in THROTTLED_CODES:
            self._throttled()

    async def ask(self, call: Call, region: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """One page of an answer."""
        client = await self.client(call.service.name, region)
        try:
            answer = await getattr(client, xform_name(call.operation))(**request)
        except RuntimeError as error:
            # The only way in which botocore says that renewed credentials are as old as those before.
            if "expired" not in str(error):
                raise
            raise CredentialRetrievalError(provider="refresh", error_msg=str(error)) from error
        return cast("Mapping[str, Any]", answer)

    async def close(self, service: str, region: str) -> None:
        """Close one client; none of its calls may be in flight. It is made again when needed."""
        found = self._clients.pop((service, region), None)
        if found is not None:
            await found[1].aclose()

    async def close_all(self) -> None:
        """Close every client. Calls in flight must have ended."""
        for key in list(self._clients):
            await self.close(*key)

    async def paging(self, call: Call, region: str) -> Paging:
        """How the answers of an operation are paged."""
        loader = self.session.get_component("data_loader")
        try:
            known = loader.load_service_model(call.service.name, "paginators-1")["pagination"]
        except DataNotFoundError:
            known = {}
        if call.operation in known:
            return Paging(known[call.operation])
        client = await self.client(call.service.name, region)
        model = client.meta.service_model.operation_model(call.operation)
        inputs = model.input_shape.members if model.input_shape else {}
        outputs = model.output_shape.members if model.output_shape else {}
        tokens = [name for name in _TOKENS if name in inputs and name in outputs][:1]
        return Paging({"input_token": tokens, "output_token": tokens})


class Paging:
    """The paging members of one operation, as botocore's paginator files describe them."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.limit_key: str = settings.get("limit_key", "")
        self._inputs = _list(settings["input_token"])
        self._outputs = [jmespath.compile(token) for token in _list(settings["output_token"])]
        self._more = jmespath.compile(settings["more_results"]) if "more_results" in settings else None

    def next(self, answer: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
        """The request members for the next page; empty after the last one. Raises PagingError for a list in a circle."""
        if self._more is not None and not self._more.search(answer):
            return {}
        values = [token.search(answer) for token in self._outputs]
        members = {name: value for name, value in zip(self._inputs, values, strict=False) if value}
        if not members:
            if self._more is not None:
                raise PagingError("the list goes on, but the answer does not say where")
            return {}
        if all(request.get(name) == value for name, value in members.items()):
            raise PagingError("the list goes on with the page that was just read")
        return members


def _list(value: Any) -> list[str]:
    return list(value) if isinstance(value, list) else [value]


def _drop_host_prefix(params: dict[str, Any], **_: Any) -> None:
    params["url"] = re.sub(r"//(?:\d{12}|api)\.", "//", params["url"])
