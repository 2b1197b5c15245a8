"""Findings for tests."""

from __future__ import annotations

from typing import Any

from srtui.findings.finding import Finding, fingerprint
from srtui.responsibility.control import Fact


def finding(
    control: str = "root-mfa", subject: str = "arn:aws:iam::420042004200:user/ann", **more: Any
) -> Finding:
    values: dict[str, Any] = {
        "title": "Root without MFA",
        "region": "",
        "rows": (1, 2),
        "severity": "critical",
        "service": "iam",
        "facts": (Fact("MFA", "none"),),
        "sources": (),
        "why": "why",
        "fix": "fix",
        "command": "",
        "references": (),
        "insecure_default": False,
        **more,
    }
    return Finding(
        fingerprint=fingerprint(control, subject, values["region"]),
        control=control,
        subject=subject,
        **values,
    )
