"""AWS's wire formats, from botocore's models: which declared call a request is, and how an answer to it is written.

With it an answer may be given as plain members, and a call that the practice server lacks gets an empty, valid one.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qs, unquote

import msgspec

from srtui.services import declared_calls

#: What an answer may hold besides JSON's own types are times, as ISO 8601 text.
Members = Mapping[str, Any]
_LABEL: Final = re.compile(r"\{([^}+]+)(\+?)\}")


class Written(msgspec.Struct, frozen=True):
    """An HTTP answer."""

    content_type: str
    body: bytes


class Asked(msgspec.Struct, frozen=True):
    """A declared operation with the parameters that could be read from the request."""

    service: str
    operation: str
    params: dict[str, Any]
    model: Any  # botocore's OperationModel; ships no types

    @property
    def id(self) -> tuple[str, str]:
        return self.service, self.operation


class Wire:
    """Reads requests and writes answers of every declared operation."""

    @cached_property
    def _by_signature(self) -> dict[str, list[tuple[str, Any]]]:
        """(service, operation model) by the name that requests are signed for."""
        from moto.core.utils import get_service_model

        found: dict[str, list[tuple[str, Any]]] = defaultdict(list)
        for call in declared_calls():
            service = get_service_model(call.service.name)
            model = service.operation_model(call.operation)
            found[service.signing_name].append((call.service.name, model))
        return found

    def read(self, signed_for: str, environ: Mapping[str, Any], body: bytes) -> Asked | None:
        """The declared operation that a request is for, or None."""
        best: tuple[int, Asked] | None = None
        for service, model in self._by_signature.get(signed_for, ()):
            params = _params(model, environ, body)
            if params is None:
                continue
            # Of two paths that fit the one with more words of its own is meant.
            exact = len(_LABEL.sub("", model.http.get("requestUri", "")))
            if best is None or exact > best[0]:
                best = exact, Asked(service, model.name, params, model)
        return best[1] if best else None

    def write(self, asked: Asked, members: Members) -> Written:
        """The members, by the names that botocore gives them, as the operation answers them."""
        protocol = _protocol(asked.model)
        from moto.core.serialize import get_serializer_class

        made = get_serializer_class(asked.service, protocol)(asked.model).serialize(dict(members))
        kind = made["headers"].get("Content-Type") or (
            "text/xml" if "xml" in protocol or "query" in protocol else "application/json"
        )
        return Written(kind, made["body"].encode() if isinstance(made["body"], str) else made["body"])

    def empty(self, asked: Asked) -> Written:
        """The least that the operation may answer."""
        shape = asked.model.output_shape
        return self.write(asked, _least(shape) if shape is not None else {})

    def understands(self, asked: Asked, status: str, body: bytes) -> bool:
        """Whether this can be an answer to the operation, an error included, rather than a server's shrug."""
        text = body.lstrip()
        if text[:5].lower() in (b"<!doc", b"<html"):
            return False
        if "xml" in _protocol(asked.model) or _protocol(asked.model) in ("query", "ec2"):
            return text.startswith(b"<") or status.startswith("2")
        if not text:
            return status.startswith("2")
        try:
            found = json.loads(text)
        except ValueError:
            return False
        return status.startswith("2") or (
            isinstance(found, dict) and ("__type" in found or "message" in found)
        )


def _protocol(model: Any) -> str:
    return str(model.service_model.resolved_protocol)


def _params(model: Any, environ: Mapping[str, Any], body: bytes) -> dict[str, Any] | None:
    """The parameters of a request, or None if it is for another operation."""
    path, protocol = str(environ.get("PATH_INFO", "")), _protocol(model)
    if protocol == "json":
        if str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2] != model.name:
            return None
        return _json(body)
    if protocol in ("query", "ec2"):
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        return form if form.get("Action") == model.name else None
    return _rest(model, environ, path, body)


def _rest(model: Any, environ: Mapping[str, Any], path: str, body: bytes) -> dict[str, Any] | None:
    template, _, wanted = model.http.get("requestUri", "/").partition("?")
    if model.http.get("method") != environ.get("REQUEST_METHOD"):
        return None
    query = {
        name: values[0]
        for name, values in parse_qs(str(environ.get("QUERY_STRING", "")), keep_blank_values=True).items()
    }
    if any(part.partition("=")[0] not in query for part in wanted.split("&") if part):
        return None
    pattern, at = "", 0
    for label in _LABEL.finditer(template):
        pattern += re.escape(template[at : label.start()]) + ("(.+)" if label[2] else "([^/]+)")
        at = label.end()
    found = re.fullmatch(pattern + re.escape(template[at:]).rstrip("/") + "/?", path)
    if found is None:
        return None
    labels = dict(zip(_LABEL.findall(template), found.groups(), strict=True))
    return {**query, **{name: unquote(value) for (name, _), value in labels.items()}, **_json(body)}


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body) if body else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _least(shape: Any) -> dict[str, Any]:
    """The required members of a structure, each as empty as it may be."""
    return {name: _least_value(shape.members[name]) for name in shape.required_members}


def _least_value(shape: Any) -> Any:
    match shape.type_name:
        case "structure":
            return _least(shape)
        case "list":
            return []
        case "map":
            return {}
        case "boolean":
            return False
        case "string" | "character" | "blob":
            return shape.enum[0] if getattr(shape, "enum", None) else ""
        case "timestamp":
            return "2026-01-01T00:00:00Z"
        case _:
            return 0
