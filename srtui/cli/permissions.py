"""The command permissions: what to allow the role that srtui runs as."""

from __future__ import annotations

import argparse
import json
from typing import Any

from srtui import exits
from srtui.cli.commands import say, write
from srtui.cli.live import check_services
from srtui.config import load_config
from srtui.services import declared_calls
from srtui.services.permissions import (
    MANAGED_POLICY_LIMIT,
    addon_policy,
    least_policies,
    named_policies,
    security_audit_gaps,
    split_policies,
)


def permissions(options: argparse.Namespace) -> int:
    """`srtui permissions`: the least policy; with --addon what SecurityAudit lacks, with --missing what was denied."""
    if options.addon:
        gaps = security_audit_gaps()
        say(f"to attach beside AWS's SecurityAudit, told from its {gaps.version} of {gaps.updated}")
        documents = [addon_policy()]
    elif options.missing is not None:
        documents = _missing(options.missing)
        if not documents:
            return exits.OK
    else:
        documents = _least()
    _print(documents, options.part)
    return exits.OK


def _least() -> list[dict[str, Any]]:
    """The policy for what is switched on."""
    skipped = load_config().skip_services
    check_services(skipped)
    if skipped:
        say(f"without {', '.join(skipped)}: the configuration leaves them out")
    return least_policies(call for call in declared_calls() if call.service.name not in skipped)


def _missing(ref: str) -> list[dict[str, Any]]:
    from srtui.engine import AccountBuilder
    from srtui.services.missing import missing
    from srtui.source import open_source

    source = open_source(ref)
    builder = AccountBuilder()
    for item in source.evidence:
        builder.apply(item)
    for note in (*source.notes, *builder.problems):
        say(note)
    found = missing(builder.account)
    for one in found.barred:
        where = f" in {one.region}" if one.region else ""
        say(f"{one.service}:{one.operation}{where}: {one.reason}; a permission of the role does not help")
    if not found.actions:
        say("nothing was denied that a permission of the role would allow")
    return split_policies(found.actions, "SrtuiMissing")


def _print(documents: list[dict[str, Any]], part: int | None) -> None:
    if part is not None:
        if not 1 <= part <= len(documents):
            raise exits.UsageProblem(f"--part {part}: there are {len(documents)}")
        write(json.dumps(documents[part - 1], indent=2))
        return
    if len(documents) == 1:
        write(json.dumps(documents[0], indent=2))
        return
    say(
        f"{len(documents)} policies, because a managed policy holds {MANAGED_POLICY_LIMIT:,} characters: "
        "--part 1 prints the first alone"
    )
    write(json.dumps(named_policies(documents), indent=2))
