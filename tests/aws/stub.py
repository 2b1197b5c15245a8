"""An AWS endpoint for tests: a real HTTP server that answers as a test scripts it, and counts what it was asked."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from aiohttp import web

ACCOUNT = "123456789012"


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it."""

    service: str
    operation: str
    region: str
    key: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


class Drop(Exception):  # noqa: N818 - an instruction to the server
    """Close the connection without an answer."""


Script = Callable[[Asked], Reply | None]


class StubAws:
    """`script` answers first; what it leaves is answered by the account below, or denied."""

    def __init__(self, script: Script = lambda asked: None, latency: float = 0.0) -> None:
        self.script = script
        self.latency = latency
        self.asked: list[Asked] = []
        self.buckets: list[str] = []
        self.in_flight = self.most_in_flight = 0
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> StubAws:
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def count(self, service: str, operation: str) -> int:
        return sum(item.service == service and item.operation == operation for item in self.asked)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        self._loop.run_until_complete(runner.setup())
        site = web.TCPSite(runner, "127.0.0.1", 0)
        self._loop.run_until_complete(site.start())
        self.port = runner.addresses[0][1]
        self._started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        asked = _asked(request, await request.text())
        self.asked.append(asked)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(self.latency)
            reply = self.script(asked) or self._default(asked)
        except Drop:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        finally:
            self.in_flight -= 1
        return web.Response(status=reply.status, text=reply.body, headers=reply.headers)

    def _default(self, asked: Asked) -> Reply:
        match asked.service, asked.operation:
            case "sts", "GetCallerIdentity":
                return identity()
            case "ec2", "DescribeRegions":
                return regions(eu_west_1="opt-in-not-required")
            case "s3", "GET /":
                return buckets(self.buckets)
        return error(asked, "AccessDenied", 403)


def _asked(request: web.Request, body: str) -> Asked:
    scope = re.search(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/", request.headers.get("Authorization", ""))
    key, region, service = scope.groups() if scope else ("", "", "")
    target = request.headers.get("X-Amz-Target", "")
    form = {name: values[0] for name, values in parse_qs(body).items()}
    operation = target.rpartition(".")[2] or form.get("Action") or f"{request.method} {request.path}"
    return Asked(service, operation, region, key, {**form, **request.query})


def error(asked: Asked, code: str, status: int = 400) -> Reply:
    """An error in the shape of the service's protocol."""
    inner = f"<Error><Code>{code}</Code><Message>{code} from the stub</Message></Error>"
    match asked.service:
        case "ec2":
            return Reply(status, f"<Response><Errors>{inner}</Errors></Response>")
        case "s3":
            return Reply(status, inner)
        case "iam" | "sts" | "rds":
            return Reply(status, f"<ErrorResponse>{inner}</ErrorResponse>")
    return Reply(
        status, f'{{"__type":"{code}","message":"{code} from the stub"}}', {"x-amzn-ErrorType": code}
    )


def identity(account: str = ACCOUNT) -> Reply:
    return Reply(
        200,
        f"<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::{account}:user/me</Arn>"
        f"<UserId>AIDA</UserId><Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
    )


def regions(**status: str) -> Reply:
    items = "".join(
        f"<item><regionName>{name.replace('_', '-')}</regionName><optInStatus>{text}</optInStatus></item>"
        for name, text in status.items()
    )
    return Reply(200, f"<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>")


def buckets(names: list[str]) -> Reply:
    items = "".join(
        f"<Bucket><Name>{name}</Name><BucketRegion>us-east-1</BucketRegion></Bucket>" for name in names
    )
    return Reply(200, f"<ListAllMyBucketsResult><Buckets>{items}</Buckets></ListAllMyBucketsResult>")


def users(names: list[str], marker: str = "") -> Reply:
    """One page of GetAccountAuthorizationDetails."""
    items = "".join(
        f"<member><Arn>arn:aws:iam::{ACCOUNT}:user/{name}</Arn><UserName>{name}</UserName><Path>/</Path>"
        f"<UserId>AIDA{name}</UserId></member>"
        for name in names
    )
    more = (
        f"<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>"
        if marker
        else "<IsTruncated>false</IsTruncated>"
    )
    return Reply(
        200,
        "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult>"
        f"<UserDetailList>{items}</UserDetailList>{more}"
        "</GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>",
    )


def assumed(key: str) -> Reply:
    """AssumeRole's answer."""
    return Reply(
        200,
        f"<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>{key}</AccessKeyId>"
        "<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>"
        "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
    )
