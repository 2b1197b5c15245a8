"""Words, letters and short names that several sections of the page use."""

from __future__ import annotations

from typing import Final

from srtui.report.page.markup import Html, el

SEVERITIES: Final = ("critical", "high", "medium", "low", "info")
LETTER: Final = {"critical": "C", "high": "H", "medium": "M", "low": "L", "info": "I"}
STATUS: Final = {
    "fail": ("✗", "fail"),
    "unknown": ("?", "unknown"),
    "pass": ("✓", "pass"),
    "not_applicable": ("–", "n.a."),
}
OWNER: Final = {"customer": "Yours", "shared": "Shared", "aws": "AWS’s, inherited"}
#: How certain a way is; the second is the style of its line.
TIER: Final = {
    "confirmed": ("confirmed", "solid"),
    "conditional": ("conditional", "dashed"),
    "needs-target": ("needs target", "dotted"),
    "unknown": ("unknown", "broken"),
}


def severity(name: str) -> Html:
    """The mark of a severity: a letter, and its colour."""
    return el("span", LETTER[name], cls=f"sev {LETTER[name]}", title=name)


def status(name: str) -> Html:
    """The mark of a status: a sign and a word."""
    sign, word = STATUS[name]
    return el("span", el("i", sign), f" {word}", cls=f"st {name}")


def short(arn: str) -> str:
    """`user/staff/ana`: what is left of an ARN where the account is clear."""
    parts = arn.split(":", 5)
    return parts[5] if len(parts) > 5 and parts[2] in ("iam", "sts") else arn


def subject(arn: str, account: str) -> str:
    """`ec2:instance/i-0abc`: what tells resources of the account apart, beside their region."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[4] not in ("", account):
        return arn
    return f"{parts[2]}:{parts[5]}"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 finding`, `2 findings`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
