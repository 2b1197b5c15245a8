"""What AWS answered about one principal, word for word, out of the recorded evidence."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from srtui.evidence import Evidence
from srtui.policy.effective import as_list
from srtui.tui.views.policies import pretty
from srtui.tui.views.words import when
from srtui.tui.widgets.detail import Block, Code, Gap, Heading, Para

#: Operations whose answers hold many principals, and those asked about one user or role by name.
_LISTS: Final = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies", "Roles")
OPERATIONS: Final = (
    "GetAccountAuthorizationDetails",
    "ListRoles",
    "GetCredentialReport",
    "ListMFADevices",
    "ListVirtualMFADevices",
)
Recall = Callable[[str, str], Iterable[Evidence]]


def raw_blocks(recall: Recall, arn: str) -> list[Block]:
    """Every answer about the principal. Reads the session file: call it off the interface's loop."""
    blocks: list[Block] = []
    for operation in OPERATIONS:
        for item in recall("iam", operation):
            for found in _about(item, arn):
                head = f"iam {operation}" + (f" {_words(item.params.values())}" if item.params else "")
                blocks += [
                    Heading(head),
                    Para(f"{item.region}, {when(item.at)}, page {item.page + 1}", "muted"),
                ]
                blocks += [Code(pretty(found)), Gap()]
    return blocks or [Para("No recorded answer names this principal.", "unknown")]


def _about(item: Evidence, arn: str) -> Iterator[Mapping[str, Any]]:
    response = item.response or {}
    name = arn.rsplit("/", 1)[-1]
    for member in _LISTS:
        for entry in response.get(member) or ():
            if isinstance(entry, Mapping) and entry.get("Arn") == arn:
                yield entry
    if item.operation == "GetCredentialReport" and isinstance(response.get("Content"), str):
        yield from (row for row in csv.DictReader(io.StringIO(response["Content"])) if row.get("arn") == arn)
    if item.params.get("UserName") == name and ":user/" in arn:
        yield response
    for device in response.get("VirtualMFADevices") or ():
        if isinstance(device, Mapping) and (device.get("User") or {}).get("Arn") == arn:
            yield device


def _words(values: Iterable[Any]) -> str:
    return ", ".join(str(one) for value in values for one in as_list(value))
