"""Answers for what the practice server lacks, in AWS's own wire formats, put in front of it as WSGI middleware."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from srtui.demo.answers import answered, targets
from srtui.demo.engines import ENGINES
from srtui.demo.estate import ESTATE
from srtui.demo.governance import GOVERNANCE
from srtui.demo.holdings import HOLDINGS
from srtui.demo.people import USERS, KeySeed, UserSeed
from srtui.demo.planted import Planted, Where
from srtui.demo.policies import ACCOUNT
from srtui.demo.provider import PROVIDER
from srtui.demo.resources import BUCKETS, ENABLED_REGIONS, HOME, OTHER
from srtui.demo.usage import USAGE
from srtui.demo.wire import Wire

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_SCOPE: Final = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/")


@dataclass(frozen=True, slots=True)
class Request:
    """What tells one API call from another: signing service and region, operation or method and path."""

    service: str
    region: str
    method: str
    path: str
    action: str
    body: bytes


class Overlay:
    """Wraps the practice server's application; `now` is the time that ages are counted back from."""

    def __init__(self, app: App, now: datetime) -> None:
        self.app = app
        self.now = now
        self._wire = Wire()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = _read(environ)
        answer = self.answer(request)
        if answer is not None:
            kind, text = answer
            data = text.encode()
            start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(data)))])
            return [data]
        if request.service == "s3" and request.path == "/" and request.method == "GET":
            return _rewritten(self.app, environ, start_response, _with_bucket_regions)
        return self._planted_or_served(request, environ, start_response)

    def _planted_or_served(
        self, request: Request, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """What is planted here; else the server's answer, or an empty one to a declared call that it lacks."""
        body = _body(environ)
        asked = self._wire.read(request.service, environ, body)
        if asked is None:
            return self.app(environ, start_response)
        plant = _PLANTED.get(asked.id)
        planted = plant(Where(asked.params, request.region, self.now)) if plant else None
        if planted is None:
            served = self._served(environ)
            if served is not None and self._wire.understands(asked, served[0], served[2]):
                start_response(*served[:2])
                return [served[2]]
        made = self._wire.empty(asked) if planted is None else self._wire.write(asked, planted)
        size = ("Content-Length", str(len(made.body)))
        start_response("200 OK", [("Content-Type", made.content_type), size])
        return [made.body]

    def _served(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes] | None:
        try:
            return _captured(self.app, environ)
        except (NotImplementedError, AttributeError):
            # So the server says that it lacks the operation, or the whole service.
            return None

    def answer(self, request: Request) -> tuple[str, str] | None:
        """(content type, body) of a call that is answered here, or None."""
        match request.service:
            case "ec2" if request.action in _EC2:
                body = _EC2[request.action](request.region)
                name = request.action
                xmlns = "http://ec2.amazonaws.com/doc/2016-11-15/"
                return (
                    "text/xml",
                    f'<{name}Response xmlns="{xmlns}"><requestId>r</requestId>{body}</{name}Response>',
                )
            case "iam" if request.action == "GetCredentialReport":
                return "text/xml", self._credential_report()
            case "account":
                return _json(_ACCOUNT.get(request.path))
            case "access-analyzer":
                return _json(_analyzer(request))
            case "securityhub" if request.path == "/standards/get":
                return _json({"StandardsSubscriptions": []})
        return _json(
            answered(
                request.service, request.region, request.method, request.path, request.action, request.body
            )
        )

    def _ago(self, days: int) -> str:
        return (self.now - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S+00:00")

    def _credential_report(self) -> str:
        rows = [_REPORT_HEADER, self._root_row(), *(self._row(user) for user in USERS)]
        content = base64.b64encode("\n".join(",".join(row) for row in rows).encode()).decode()
        made = (self.now - timedelta(minutes=40)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (
            '<GetCredentialReportResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetCredentialReportResult>'
            f"<Content>{content}</Content><ReportFormat>text/csv</ReportFormat><GeneratedTime>{made}</GeneratedTime>"
            "</GetCredentialReportResult></GetCredentialReportResponse>"
        )

    def _root_row(self) -> list[str]:
        arn = f"arn:aws:iam::{ACCOUNT}:root"
        password = ["not_supported", self._ago(19), "not_supported", "not_supported"]
        return [
            "<root_account>",
            arn,
            self._ago(1500),
            *password,
            "true",
            *_NO_KEY,
            *_NO_KEY,
            "false",
            "N/A",
            "false",
            "N/A",
        ]

    def _row(self, user: UserSeed) -> list[str]:
        if user.password is None:
            password = ["false", "N/A", "N/A", "N/A"]
        else:
            used = "no_information" if user.password < 0 else self._ago(user.password)
            password = ["true", used, self._ago(user.age // 2), "N/A"]
        keys = [
            cell
            for slot in range(2)
            for cell in (self._key(user.keys[slot]) if slot < len(user.keys) else _NO_KEY)
        ]
        arn = f"arn:aws:iam::{ACCOUNT}:user{user.path}{user.name}"
        return [
            user.name,
            arn,
            self._ago(user.age),
            *password,
            str(user.mfa).lower(),
            *keys,
            "false",
            "N/A",
            "false",
            "N/A",
        ]

    def _key(self, key: KeySeed) -> list[str]:
        used = ["N/A"] * 3 if key.used is None else [self._ago(key.used), key.region, key.service]
        return [str(key.active).lower(), self._ago(key.age), *used]


_PLANTED: Final[dict[tuple[str, str], Planted]] = {
    **GOVERNANCE,
    **PROVIDER,
    **ESTATE,
    **HOLDINGS,
    **ENGINES,
    **USAGE,
}
_NO_KEY: Final = ["false", "N/A", "N/A", "N/A", "N/A"]
_KEY_COLUMNS: Final = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
_REPORT_HEADER: Final = [
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    *(f"access_key_{slot}_{column}" for slot in (1, 2) for column in _KEY_COLUMNS),
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
]

_EC2: Final[dict[str, Callable[[str], str]]] = {
    "GetInstanceMetadataDefaults": lambda region: (
        "<accountLevel><httpTokens>required</httpTokens></accountLevel>"
        if region == HOME
        else "<accountLevel/>"
    ),
    "GetSnapshotBlockPublicAccessState": lambda region: (
        f"<state>{'block-all-sharing' if region == HOME else 'unblocked'}</state>"
    ),
    "GetImageBlockPublicAccessState": lambda region: (
        f"<imageBlockPublicAccessState>{'unblocked' if region == OTHER else 'block-new-sharing'}</imageBlockPublicAccessState>"
    ),
    "GetSerialConsoleAccessStatus": lambda region: (
        f"<serialConsoleAccessEnabled>{str(region == OTHER).lower()}</serialConsoleAccessEnabled>"
    ),
    "DescribeRegions": lambda _: (
        "<regionInfo>"
        + "".join(
            f"<item><regionName>{name}</regionName><regionEndpoint>ec2.{name}.amazonaws.com</regionEndpoint>"
            f"<optInStatus>{'opt-in-not-required' if name in ENABLED_REGIONS else 'not-opted-in'}</optInStatus></item>"
            for name in (*ENABLED_REGIONS, "af-south-1", "ap-east-1")
        )
        + "</regionInfo>"
    ),
}

_ACCOUNT: Final[dict[str, dict[str, Any]]] = {
    "/listRegions": {
        "Regions": [{"RegionName": name, "RegionOptStatus": "ENABLED_BY_DEFAULT"} for name in ENABLED_REGIONS]
    },
    "/getContactInformation": {
        "ContactInformation": {
            "FullName": "Acme Trading Ltd",
            "AddressLine1": "1 Example Street",
            "City": "London",
            "CountryCode": "GB",
            "PostalCode": "EC1A 1AA",
            "PhoneNumber": "+44 20 7946 0001",
        }
    },
}


def _analyzer(request: Request) -> dict[str, Any] | None:
    arn = f"arn:aws:access-analyzer:{HOME}:{ACCOUNT}:analyzer/acme"
    if request.path == "/analyzer" and request.method == "GET":
        found = {
            "arn": arn,
            "name": "acme",
            "type": "ACCOUNT",
            "status": "ACTIVE",
            "createdAt": "2025-03-01T08:00:00Z",
        }
        return {"analyzers": [found] if request.region == HOME else []}
    if request.path == "/findingv2":
        finding = {
            "id": "5a1b2c3d-0001-4000-8000-000000000001",
            "resource": "arn:aws:s3:::acme-partner-inbox",
            "resourceType": "AWS::S3::Bucket",
            "resourceOwnerAccount": ACCOUNT,
            "findingType": "ExternalAccess",
            "status": "ACTIVE",
            "createdAt": "2026-05-01T08:00:00Z",
            "updatedAt": "2026-05-01T08:00:00Z",
            "analyzedAt": "2026-10-01T08:00:00Z",
        }
        return {"findings": [finding]}
    return None


def _json(content: dict[str, Any] | None) -> tuple[str, str] | None:
    return None if content is None else ("application/json", json.dumps(content))


def _read(environ: dict[str, Any]) -> Request:
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    region, service = scope.groups() if scope else ("", "")
    body = b""
    target = environ.get("HTTP_X_AMZ_TARGET", "") if service in targets() else ""
    if target or service in {"ec2", "iam"}:
        body = _body(environ)
    action = target or (parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[0] if body else "")
    return Request(service, region, environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""), action, body)


def _body(environ: dict[str, Any]) -> bytes:
    """The body of a request, which the server can still read afterwards."""
    data: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = _Replay(data)
    return data


def _captured(app: App, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status, headers and body of the server's own answer."""
    held: list[Any] = []

    def hold(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        held.extend((status, headers))

    body = b"".join(app(environ, hold))
    return held[0], held[1], body


class _Replay:
    """A request body that was read once already."""

    def __init__(self, data: bytes) -> None:
        self.data, self.position = data, 0

    def read(self, size: int = -1) -> bytes:
        end = len(self.data) if size is None or size < 0 else self.position + size
        taken, self.position = self.data[self.position : end], min(end, len(self.data))
        return taken

    def readline(self, size: int = -1) -> bytes:
        end = self.data.find(b"\n", self.position) + 1
        return self.read((end or len(self.data)) - self.position)


def _rewritten(
    app: App, environ: dict[str, Any], start_response: Callable[..., Any], change: Callable[[str], str]
) -> Iterable[bytes]:
    status, served, data = _captured(app, environ)
    body = change(data.decode()).encode()
    headers = [(name, value) for name, value in served if name.lower() != "content-length"]
    start_response(status, [*headers, ("Content-Length", str(len(body)))])
    return [body]


def _with_bucket_regions(xml: str) -> str:
    """S3 tells each bucket's region in ListBuckets; the practice server does not."""

    def add(found: re.Match[str]) -> str:
        region = BUCKETS[found[1]][0] if found[1] in BUCKETS else "us-east-1"
        return f"{found[0]}<BucketRegion>{escape(region)}</BucketRegion>"

    return re.sub(r"<Bucket>\s*<Name>([^<]+)</Name>", add, xml)
