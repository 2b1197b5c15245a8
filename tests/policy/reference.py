"""A second evaluator, slow and as plain as the documentation, to compare the real one with.

It knows the callers, elements and operators that tests/policy/test_properties.py makes up, and nothing of speed.
"""

from __future__ import annotations

import fnmatch
import ipaddress
import re
from typing import Any

Json = dict[str, Any]


def glob(pattern: str, text: str) -> bool:
    return (
        re.fullmatch("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern), text, re.DOTALL)
        is not None
    )


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class Reference:
    """One request."""

    def __init__(self, request: Json) -> None:
        self.request = request
        self.principal: str = request["principal"]
        self.action = request["action"].lower()
        self.context = {key.lower(): value for key, value in request["context"].items()}
        parts = self.principal.split(":")
        self.account = parts[4] if len(parts) > 5 else ""
        self.kind = parts[5].split("/")[0] if self.account else self.principal
        self.role = ""
        if self.kind == "assumed-role":
            self.role = f"arn:aws:iam::{self.account}:role/{parts[5].split('/')[1]}"
        elif self.kind == "role":
            self.role = self.principal

    # --- elements -----------------------------------------------------------------------------------------

    def action_matches(self, pattern: str, *, loose: bool) -> bool:
        pattern = pattern.lower()
        if pattern in ("*", "*:*"):
            return True
        if not loose and pattern.split(":")[0] != self.action.split(":")[0]:
            return False
        return fnmatch.fnmatchcase(self.action, pattern.replace("[", "[[]"))

    def text(self, value: str) -> str | None:
        """The value with aws:username put in, as a glob; None if there is none."""
        if "${aws:username}" not in value:
            return value
        name = self.context.get("aws:username")
        return None if name is None else value.replace("${aws:username}", name.replace("*", "\0"))

    def resource_matches(self, pattern: str) -> bool:
        if pattern == "*":
            return True
        filled = self.text(pattern)
        if filled is None:
            return False
        ours = self.request["resource"].split(":", 5)
        return all(glob(p, t) for p, t in zip(filled.split(":", 5), ours, strict=True))

    def condition_holds(self, operator: str, key: str, values: list[str]) -> bool:
        prefix, _, name = operator.rpartition(":")
        given = self.context.get(key.lower())
        if name == "Null":
            return any((v == "true") == (given is None or given == []) for v in values)
        negated = "Not" in name
        if given is None:
            return prefix == "ForAllValues" or (negated and not prefix)
        if isinstance(given, list) and not prefix:
            return False
        results = [self.one(name.replace("Not", ""), negated, item, values) for item in listed(given)]
        return any(results) if prefix == "ForAnyValue" else all(results)

    @staticmethod
    def one(name: str, negated: bool, item: str, values: list[str]) -> bool:
        found: list[bool | None] = []
        for value in values:
            if name == "IpAddress":
                try:
                    found.append(ipaddress.ip_address(item) in ipaddress.ip_network(value))
                except ValueError:
                    found.append(None)
            elif name == "ArnLike":
                found.append(
                    all(glob(p, t) for p, t in zip(value.split(":", 5), item.split(":", 5), strict=True))
                )
            else:
                found.append(glob(value, item) if name == "StringLike" else value == item)
        return all(result is False for result in found) if negated else True in found

    def covers(self, statement: Json) -> bool:
        allow = statement["Effect"] == "Allow"
        if "Action" in statement:
            if not any(self.action_matches(p, loose=not allow) for p in listed(statement["Action"])):
                return False
        elif any(self.action_matches(p, loose=allow) for p in listed(statement["NotAction"])):
            return False
        resources = listed(statement.get("Resource", statement.get("NotResource")))
        if any(self.resource_matches(value) for value in resources) != ("Resource" in statement):
            return False
        return all(
            self.condition_holds(operator, key, listed(values))
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )

    def naming(self, principal: Any) -> str:
        """direct, role, account, everyone, other, or nothing."""
        names = [] if principal == "*" else listed(principal.get("AWS", []))
        if self.kind.endswith("amazonaws.com"):
            if principal != "*" and self.principal in listed(principal.get("Service", [])):
                return "other"
        elif self.kind != "anonymous":
            if self.kind not in ("role", "root") and self.principal in names:
                return "direct"
            if principal == "*" or "*" in names:
                return "everyone"
            if self.role in names and self.role:
                return "role"
            if self.account in names or f"arn:aws:iam::{self.account}:root" in names:
                return "direct" if self.kind == "root" else "account"
        return "everyone" if principal == "*" or "*" in names else ""

    # --- layers -------------------------------------------------------------------------------------------

    def effects(self, policies: list[Json]) -> set[str]:
        return {s["Effect"] for p in policies for s in p["Statement"] if self.covers(s)}

    def decide(self) -> str:
        request = self.request
        iam = self.account != ""
        identity = (
            request["identity_policies"] + [p for g in request["groups"] for p in g["policies"]]
            if iam
            else []
        )
        boundary, session = (
            (request["boundary"] or None, request["session_policies"] or None) if iam else (None, None)
        )
        named = [s for s in (request["resource_policy"] or {"Statement": []})["Statement"] if self.covers(s)]
        named = [s for s in named if self.naming(s["Principal"])]
        layers = [identity, boundary or [], session or [], *(request["scps"] if iam else [])]
        if any("Deny" in self.effects(layer) for layer in layers) or any(
            s["Effect"] == "Deny" for s in named
        ):
            return "explicit_deny"
        grants = {
            "direct"
            if self.naming(s["Principal"]) == "everyone" and self.narrowed(s)
            else self.naming(s["Principal"])
            for s in named
        }
        if not iam:
            unsigned = self.principal == "anonymous" and (
                ":kms:" in request["resource"] or self.action.startswith("sts:")
            )
            return "allow" if grants and not unsigned else "implicit_deny"
        if not all("Allow" in self.effects(level) for level in request["scps"]):
            return "implicit_deny"
        if self.action.startswith("sts:") and (
            (self.kind == "root" and self.action == "sts:assumerole") or self.kind == "federated-user"
        ):
            return "implicit_deny"
        by_identity = "Allow" in self.effects(identity) or self.kind == "root"
        limits = boundary is None or "Allow" in self.effects(boundary)
        if session is None:
            limits = limits and self.kind != "federated-user"
        else:
            limits = limits and "Allow" in self.effects(session)
        if self.account != request["resource_account"]:
            return "allow" if grants and by_identity and limits else "implicit_deny"
        key = ":kms:" in request["resource"]
        trust = (
            self.action == "sts:assumerole"
            and ":role/" in request["resource"]
            and request["resource_policy"] is not None
        )
        basis = bool(grants & {"role", "everyone"}) or (
            by_identity and (not (key or trust) or "account" in grants)
        )
        return "allow" if "direct" in grants or (basis and limits) else "implicit_deny"

    @staticmethod
    def narrowed(statement: Json) -> bool:
        return "aws:PrincipalArn" in statement.get("Condition", {}).get("ArnLike", {})
