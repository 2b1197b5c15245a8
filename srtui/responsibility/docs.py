"""docs/controls.md, made from the controls themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from srtui.responsibility.control import SEVERITIES, Control
from srtui.responsibility.controls import CONTROLS
from srtui.responsibility.matrix import grouped

_HEAD = """# Controls

Made from the code by `python -m srtui.responsibility.docs`; do not edit. A control whose calls were denied or never
made is *unknown*, never passed. Controls that correct an insecure default of AWS are marked †.
"""


def controls_markdown() -> str:
    """The document: the controls of each row, then what each one reads and refers to."""
    return "\n".join([_HEAD, *_rows(), *_left_out(), *_details()]) + "\n"


#: What one might look for here, and what became of it.
LEFT_OUT: Final[dict[str, str]] = {
    "Password expiry": "left out: NIST SP 800-63B and CIS since 1.4 advise against it.",
    "SSH public keys of users": "left out: one call a user, for CodeCommit alone.",
    "Policies that let their holder escalate, managed and inline": "merged into the controls on escalation, by what is "
    "gained (escalation-self, escalation-assumption and so on), which look at the whole graph.",
    "Services that access advisor shows as unused": "merged into the controls on excess, which compare what is granted "
    "with what was used, action by action where AWS tells.",
    "Regions in use, managed services in use": "no verdict: shown as inherited evidence in the rows that AWS answers for; "
    "regions-unused judges opt-in regions.",
    "Incident Manager plans": "left out: the service takes no new customers; security-ir asks for its successor.",
    "Snow devices": "left out: the family takes no new customers; premises-hardware looks at Outposts and gateways.",
    "Classic load balancers": "left out: AWS has replaced them; what elbv2 lists is judged.",
    "Policies of aliases and versions of functions": "left out: two calls a function and more; their URLs are judged.",
}


def _left_out() -> Iterator[str]:
    yield "## Left out or merged\n"
    yield from (f"- {name}: {text}" for name, text in LEFT_OUT.items())
    yield ""


def _rows() -> Iterator[str]:
    for group, rows in grouped():
        yield f"## {group}\n"
        for row in rows:
            mine = [control for control in CONTROLS.values() if row.number in control.rows]
            yield f"### {row.number} {row.label}\n"
            yield f"{row.about}\n"
            if row.remains:
                yield f"Left to the customer: {row.remains}\n"
            mine.sort(key=lambda control: (SEVERITIES.index(control.severity), control.id))
            yield from (_line(control) for control in mine)
            yield "" if mine else "No control: nothing of this row can be seen from an account.\n"


def _line(control: Control) -> str:
    default = " †" if control.insecure_default else ""
    return f"- {control.severity}: [{control.id}](#{control.id}) {control.title}{default}"


def _details() -> Iterator[str]:
    yield "## All controls\n"
    for control in sorted(CONTROLS.values(), key=lambda control: control.id):
        yield f"### {control.id}\n"
        yield f"{control.title} ({control.severity}, rows {', '.join(map(str, control.rows))}).\n"
        yield f"{control.why}\n"
        yield f"Fix: {control.fix}\n"
        if control.command:
            yield f"    {control.command}\n"
        yield f"Reads {', '.join(f'`{call!r}`' for call in control.needs)}."
        for name, ids in sorted(control.frameworks.items()):
            yield f"{name}: {', '.join(ids)}."
        yield from (f"<{reference}>" for reference in control.references)
        yield ""


if __name__ == "__main__":
    print(controls_markdown(), end="")
