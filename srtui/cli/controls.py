"""The command controls: everything srtui checks."""

from __future__ import annotations

import argparse
from typing import Any

from srtui import exits
from srtui.cli.commands import one_line, write
from srtui.evidence import canonical_json
from srtui.responsibility.control import SEVERITIES, Control
from srtui.responsibility.controls import CONTROLS
from srtui.responsibility.matrix import rows


def controls(options: argparse.Namespace) -> int:
    """`srtui controls [--row N] [--json]`: one control a line, the worst of each row first."""
    chosen = [
        control
        for control in sorted(CONTROLS.values(), key=_order)
        if options.row is None or options.row in control.rows
    ]
    if options.json:
        for control in chosen:
            write(canonical_json(_json(control)))
        return exits.OK
    labels = {row.number: row.label for row in rows()}
    wide = max((len(control.id) for control in chosen), default=0)
    row = 0
    for control in chosen:
        if options.row is None and control.rows[0] != row:
            row = control.rows[0]
            write(f"{row} {labels[row]}")
        others = ", ".join(map(str, control.rows[1:] if options.row is None else control.rows))
        default = "  insecure default" if control.insecure_default else ""
        also = f"  (row{'s' * (len(control.rows) > 1)} {others})" if others else ""
        write(one_line(f"  {control.severity:<8}  {control.id:<{wide}}  {control.title}{also}{default}"))
    return exits.OK


def _order(control: Control) -> tuple[int, int, str]:
    return control.rows[0], SEVERITIES.index(control.severity), control.id


def _json(control: Control) -> dict[str, Any]:
    return {
        "id": control.id,
        "rows": list(control.rows),
        "severity": control.severity,
        "title": control.title,
        "topic": control.topic,
        "needs": [repr(call) for call in control.needs],
        "insecure_default": control.insecure_default,
        "frameworks": {name: list(ids) for name, ids in control.frameworks.items()},
    }
