"""Conditions and requirements in words: `aws:MultiFactorAuthPresent = true`, `aws:SourceIp in 10.0.0.0/8`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from srtui.policy.condition import Condition
from srtui.policy.requirement import All, Any, Fact, Proviso, Requirement

#: Keys as AWS spells them, because policies spell them in any letter case ("Global condition context keys").
_GLOBAL_KEYS: Final = {
    key.lower(): key
    for key in (
        "aws:CalledVia",
        "aws:CalledViaFirst",
        "aws:CalledViaLast",
        "aws:CurrentTime",
        "aws:Ec2InstanceSourcePrivateIPv4",
        "aws:Ec2InstanceSourceVpc",
        "aws:EpochTime",
        "aws:FederatedProvider",
        "aws:MultiFactorAuthAge",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
        "aws:PrincipalType",
        "aws:Referer",
        "aws:RequestedRegion",
        "aws:ResourceAccount",
        "aws:ResourceOrgID",
        "aws:ResourceOrgPaths",
        "aws:SecureTransport",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceIdentity",
        "aws:SourceIp",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:TagKeys",
        "aws:TokenIssueTime",
        "aws:UserAgent",
        "aws:userid",
        "aws:username",
        "aws:ViaAWSService",
        "aws:VpcSourceIp",
        "sts:ExternalId",
        "iam:PassedToService",
        "iam:PolicyARN",
        "iam:PermissionsBoundary",
    )
}
_PREFIXES: Final = {
    prefix.lower(): prefix for prefix in ("aws:PrincipalTag/", "aws:RequestTag/", "aws:ResourceTag/")
}
#: Keys that are in every request.
_ALWAYS: Final = frozenset({"aws:securetransport", "aws:currenttime", "aws:epochtime"})
#: What to write between key and value, and for the opposite. {} of several values: the sign before a list.
_SIGNS: Final[dict[str, tuple[str, str]]] = {
    "lessthan": ("<", "≥"),
    "lessthanequals": ("≤", ">"),
    "greaterthan": (">", "≤"),
    "greaterthanequals": ("≥", "<"),
}


def key_text(condition: Condition) -> str:
    """The key as AWS spells it where that is known, otherwise as the policy does."""
    known = _GLOBAL_KEYS.get(condition.key)
    if known:
        return known
    for prefix, spelt in _PREFIXES.items():
        if condition.key.startswith(prefix):
            return spelt + condition.name[len(prefix) :]
    return condition.name


def condition_text(condition: Condition, wanted: bool = True) -> str:
    """What the condition asks of a request, or with `wanted` False what keeps a request out of it."""
    key = key_text(condition)
    if condition.base == "null":
        absent = (condition.texts[0].lower() == "true" if condition.texts else False) is wanted
        return f"{key} is {'absent' if absent else 'present'}"
    compared = condition.negated is not wanted  # whether the values are compared without a Not
    if condition.set_operator:
        return _of_a_set(condition, key, wanted)
    text = f"{key} {_comparison(condition, compared)}"
    # An absent key fulfils …IfExists and the operators with Not, and nothing else.
    absent_fulfils = condition.if_exists or condition.negated
    return f"{text} or absent" if absent_fulfils is wanted and condition.key not in _ALWAYS else text


def _of_a_set(condition: Condition, key: str, wanted: bool) -> str:
    every = (condition.set_operator == "ForAllValues") is wanted
    compared = _comparison(condition, condition.negated is not wanted)
    return f"every {key} {compared}" if every else f"some {key} {compared}"


def _comparison(condition: Condition, positive: bool) -> str:
    base, texts = condition.base, condition.texts
    values = ", ".join(text or '""' for text in texts)
    name = base.removeprefix("numeric").removeprefix("date")
    if name in _SIGNS:
        return (
            f"{_SIGNS[name][0 if positive else 1]} {' or '.join(texts) if positive else ' and '.join(texts)}"
        )
    if base == "bool" and len(texts) == 1 and texts[0].lower() in ("true", "false"):
        return f"= {texts[0].lower() if positive else 'false' if texts[0].lower() == 'true' else 'true'}"
    if base == "ipaddress":
        return f"in {values}" if positive else f"not in {values}"
    with_wildcards = base in ("stringlike", "arnlike", "arnequals") and any(
        "*" in t or "?" in t for t in texts
    )
    if with_wildcards:
        return f"like {values}" if positive else f"not like {values}"
    suffix = " (any letter case)" if base == "stringequalsignorecase" else ""
    if len(texts) == 1:
        return f"{'=' if positive else '≠'} {values}{suffix}"
    return f"{'in' if positive else 'not in'} {values}{suffix}"


def requirement_text(requirement: Requirement) -> str:
    """A requirement in one sentence without its full stop."""
    if isinstance(requirement, bool):
        return "nothing" if requirement else "impossible"
    if isinstance(requirement, Proviso):
        return condition_text(requirement.condition, requirement.wanted)
    if isinstance(requirement, Fact):
        return requirement.text if requirement.wanted else requirement.opposite
    if isinstance(requirement, All):
        return _joined(requirement.parts, " and ")
    if isinstance(requirement, Any):
        return _joined(requirement.parts, " or ")
    return f"{requirement.what} says so"


def _joined(parts: Iterable[Requirement], word: str) -> str:
    texts = []
    for part in parts:
        text = requirement_text(part)
        texts.append(f"({text})" if isinstance(part, All | Any) or " or " in text else text)
    return word.join(texts)


def requirement_texts(requirement: Requirement) -> tuple[str, ...]:
    """One text for each thing that must be so at the same time."""
    if isinstance(requirement, All):
        return tuple(requirement_text(part) for part in requirement.parts)
    return () if requirement is True else (requirement_text(requirement),)
