"""Reports for tests: hostile texts, and a report in which everything that comes from the account is one text."""

from __future__ import annotations

from typing import Any

HOSTILE = [
    "[red]bold[/red] [link=https://evil.example]x[/link]",
    "\x1b[31mred\x1b[0m \x1b]52;c;ZXZpbA==\x07",
    "\x9b31m\x85next",
    "‮gnp.exe\u2066x\u2069\u200b\ufeff",
    "<script>alert(1)</script><img src=x onerror=y>",
    "a | b || c \\| d",
    "`x` ``y`` ```z```",
    "`",
    "\\",
    "line one\n# heading\n- item\n\n```\nout of the fence",
    "\r\n\t| --- | --- |\r\n",
    "![x](https://evil.example/x.png) <https://evil.example> www.evil.example",
    '=HYPERLINK("https://evil.example")',
    "@everyone #1 &amp; &#x3c;",
    " leading and trailing ",
    "x" * 10_000,
    "مرحبا" * 50,
    '"""\n[injected]\nkey = "value"',
    "\u2028\u2029\x00\x7f",
    "\U000e0041tag",
]


def attack_paths(text: str) -> dict[str, Any]:
    """Two ways to administrator, one of them by a new one."""
    hop = {
        "from": text,
        "to": text,
        "technique": "sts-001",
        "name": "Role assumed",
        "tier": "confirmed",
        "makes_admin": False,
        "via": text,
        "permissions": [f"sts:AssumeRole on {text}"],
        "statements": [text],
        "conditions": [text],
        "needs": [text],
        "commands": [f"aws sts assume-role --role-arn '{text}'"],
        "fix": "Name whom it trusts.",
    }
    return {
        "principals": 3,
        "already": 1,
        "becoming": {"confirmed": 1, "conditional": 0, "needs-target": 1, "unknown": 0},
        "paths": [
            {"start": text, "end": text, "tier": "confirmed", "hops": [hop]},
            {"start": text, "end": "admin", "tier": "needs-target", "hops": [hop, {**hop, "to": "admin"}]},
        ],
        "entries": [
            {
                "kind": "account",
                "name": text,
                "to": text,
                "technique": "sts-002",
                "tier": "conditional",
                "open": True,
                "conditions": [text],
                "statement": text,
                "admin": "confirmed",
            }
        ],
        "fix_first": [
            {
                "kind": "statement",
                "label": text,
                "policy": text,
                "stops": 1,
                "of": 2,
                "techniques": ["sts-001"],
                "fix": "Name whom it trusts.",
            }
        ],
        "gaps": [text],
    }


def at_risk(text: str) -> dict[str, Any]:
    """One of everything about identities at risk."""
    party = {"kind": "account", "id": text, "name": text, "standing": "unknown"}
    exposure = {
        "arn": text,
        "kind": "bucket",
        "service": "s3",
        "region": text,
        "party": party,
        "how": ["read"],
        "actions": ["s3:GetObject"],
        "outcome": "conditional",
        "conditions": [text],
        "by": [text],
        "blocked": "",
    }
    way = {"id": "bucket-outside", "kind": "outside", "title": text, "action": "s3:PutObject", "target": text}
    trust = {
        "role": text,
        "kind": "oidc",
        "provider": text,
        "issuer": text,
        "product": "GitHub Actions",
        "required": "sub",
        "missing": "sub",
        "says": [text],
        "grade": "open",
        "why": [text],
        "conditions": [text],
        "traps": [text],
        "actions": 3,
        "leads": "is-admin",
        "unknown_tenants": [text],
        "notes": [text],
        "proposed_condition": {"StringEquals": {text: text}},
    }
    duty = {
        "conflict": "key-data",
        "one": text,
        "two": text,
        "severity": "high",
        "why": text,
        "fix": text,
        "count": 1,
        "perhaps": 1,
        "held": [{"arn": text, "direct": True, "certainty": "sure", "severity": "high"}],
    }
    zombie = {
        "arn": text,
        "last_used": None,
        "days": 400,
        "admin": True,
        "actions": 9,
        "privileged_actions": 4,
    }
    return {
        "separation_of_duty": {"administrators": 1, "conflicts": [duty]},
        "data_exchange": {
            "exposed": 1,
            "exposures": [exposure, {**exposure, "outcome": "unknown"}],
            "unread": [{"arn": text, "kind": "bucket", "need": text}],
            "movers": 1,
            "movements": [
                {
                    "arn": text,
                    "administrator": False,
                    "sure": True,
                    "ways": [way],
                    "stores": 1,
                    "reads": [text],
                }
            ],
            "flows": [],
        },
        "federation": [trust],
        "toxic_combinations": [
            {
                "combination": "unused-admin",
                "title": text,
                "count": 1,
                "found": [
                    {"subject": text, "region": text, "sure": True, "facts": [{"label": text, "value": text}]}
                ],
                "unread": [{"subject": text, "need": text}],
            }
        ],
        "unused_access": {"count": 1, "zombies": [zombie], "unread": [text]},
    }


def report(text: str) -> dict[str, Any]:
    """A report in which everything that comes from the account is this text."""
    counts = {"pass": 1, "fail": 2, "unknown": 0, "not_applicable": 0}
    return {
        "srtui": "report",
        "version": 1,
        "account": "420042004200",
        "alias": text,
        "caller": text,
        "collected_at": "2026-11-24T09:12:00Z",
        "coverage": {
            "controls": 3,
            "evaluated": 2,
            "unknown": 1,
            "calls": 5,
            "answered": 4,
            "failed": 1,
            "incomplete": 0,
            "regions": [text],
            "first_evidence": None,
            "last_evidence": None,
            "failures": [
                {
                    "service": "s3",
                    "operation": "GetBucketPolicy",
                    "region": text,
                    "params": text,
                    "kind": "denied",
                    "code": text,
                    "error": text,
                    "grant": ["s3:GetBucketPolicy"],
                    "unknown": ["s3.public"],
                }
            ],
            "notes": [text],
        },
        "matrix": [
            {
                "row": 1,
                "label": "Account compromise",
                "title": "…",
                "owner": "customer",
                "status": "fail",
                "worst": "high",
                "evaluated": 0.5,
                "controls": counts,
                "subjects": counts,
                "results": [
                    {
                        "control": "root-mfa",
                        "title": "Root has MFA",
                        "severity": "critical",
                        "status": "unknown",
                        "subjects": {**counts, "unknown": 1},
                        "reason": text,
                        "topic": "root",
                        "frameworks": {"cis-5.0": ["1.4", "1.5"], "nist-csf": ["PR.AA"]},
                    }
                ],
                "inherited": None,
            },
            {
                "row": 3,
                "label": "Business continuity",
                "title": "…",
                "owner": "aws",
                "status": "not_applicable",
                "worst": None,
                "evaluated": None,
                "controls": counts,
                "subjects": counts,
                "results": [],
                "inherited": {
                    "what": "platform",
                    "attestation": ["SOC 2"],
                    "attested_at": "AWS Artifact",
                    "in_use": [{"service": "rds", "detail": text, "region": text, "count": 2}],
                    "remains": "backups",
                },
            },
        ],
        "findings": [
            {
                "fingerprint": "0123456789abcdef",
                "control": "s3.public",
                "title": "Bucket is public",
                "severity": "critical",
                "subject": text,
                "region": text,
                "rows": [12],
                "service": "s3",
                "risk": {"impact": text, "reach": text, "confidence": "confirmed", "words": text},
                "facts": [{"label": "policy", "value": text}],
                "sources": [{"service": "s3", "operation": "GetBucketPolicy", "region": text, "at": None}],
                "why": "Anyone reads it.",
                "fix": "Close it.",
                "command": f"aws s3api delete-bucket-policy --bucket '{text}'",
                "references": ["https://docs.aws.amazon.com/x"],
                "insecure_default": False,
                "triage": {
                    "state": "suppressed",
                    "reason": text,
                    "expires": None,
                    "at": None,
                    "author": text,
                    "notes": [{"at": None, "author": text, "text": text}],
                },
            }
        ],
        "attack_paths": attack_paths(text),
        **at_risk(text),
        "principals": [
            {
                "arn": text,
                "name": text,
                "kind": "user",
                "nature": "human",
                "nature_reasons": [text],
                "badges": [{"id": "admin", "text": text}],
                "admin": "everything",
                "becomes_admin": None,
                "actions": 5,
                "access_levels": {"Read": 5},
                "policy_count": 1,
                "created": None,
                "last_used": None,
                "last_used_known": True,
                "findings": 1,
            }
        ],
    }
