"""Answers compared with AWS's own service models, so that no test rests on a shape that AWS never sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session

_JSON = {"string": str, "character": str, "timestamp": str, "blob": str, "boolean": bool}


@cache
def _service(name: str) -> Any:
    return botocore.session.get_session().get_service_model(name)


def misfits(service: str, operation: str, response: Mapping[str, Any]) -> list[str]:
    """What in a response is not of the shape that the operation answers with."""
    shape = _service(service).operation_model(operation).output_shape
    return (
        list(_misfits(shape, response, operation))
        if shape
        else [f"{operation} answers nothing"] * bool(response)
    )


def _misfits(shape: Any, value: Any, path: str) -> Iterator[str]:
    if value is None:
        return
    if shape.type_name == "structure":
        if getattr(shape, "is_document_type", False):
            return
        if not isinstance(value, Mapping):
            yield f"{path} is no object"
            return
        for name, item in value.items():
            if name not in shape.members:
                yield f"{path} has no {name}"
            else:
                yield from _misfits(shape.members[name], item, f"{path}.{name}")
    elif shape.type_name == "list":
        if not isinstance(value, list | tuple):
            yield f"{path} is no list"
            return
        for item in value:
            yield from _misfits(shape.member, item, f"{path}[]")
    elif shape.type_name == "map":
        if not isinstance(value, Mapping):
            yield f"{path} is no map"
            return
        for name, item in value.items():
            yield from _misfits(shape.value, item, f"{path}.{name}")
    elif shape.type_name in ("integer", "long"):
        if not isinstance(value, int) or isinstance(value, bool):
            yield f"{path} is no whole number"
    elif shape.type_name in ("float", "double"):
        if not isinstance(value, int | float) or isinstance(value, bool):
            yield f"{path} is no number"
    elif not isinstance(value, _JSON[shape.type_name]) and not _decoded(shape, value):
        yield f"{path} is no {shape.type_name}"
    elif getattr(shape, "enum", None) and value not in shape.enum and not value.startswith("new-"):
        # AWS adds values before the models know them; a test of such a value starts it with "new-".
        yield f"{path} cannot be {value}"


def _decoded(shape: Any, value: Any) -> bool:
    # botocore decodes the policy documents of IAM.
    return shape.name == "policyDocumentType" and isinstance(value, Mapping)
