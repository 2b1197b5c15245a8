"""Questions about a kind of resource that an action does not take, and what was probably meant."""

from __future__ import annotations

import msgspec

from srtui.account import Account
from srtui.policy.catalogue import load_catalogue
from srtui.policy.match import ARN_SEGMENTS, split_arn
from srtui.policy.overlap import pattern_overlaps


class Misfit(msgspec.Struct, frozen=True):
    """An action asked about a resource on which it can never be done. `instead`: ARNs that it can be asked about."""

    sentence: str
    instead: tuple[str, ...]


def misfit(account: Account, action: str, resource: str | None) -> Misfit | None:
    """What is wrong with the resource of a question; None if nothing is, or if AWS's lists do not tell."""
    if resource is None or takes(action, resource):
        return None
    catalogue = load_catalogue()
    wanted = [kind.type for kind in catalogue.resources_of(action)]
    found = [kind for kind in catalogue.resource_types if _is_about(resource, kind)]
    if not found:
        return None
    name = catalogue.names[catalogue.index(action) or 0]
    kinds = " or ".join(dict.fromkeys(_spoken(kind) for kind in wanted))
    service = split_arn(resource)[2]
    is_a = _spoken(
        max(found, key=lambda kind: (kind.startswith(f"{service}/"), len(catalogue.type_pattern(kind))))
    )
    return Misfit(f"{name} is done to {kinds}, and {resource} is {is_a}", _instead(account, resource, wanted))


def takes(action: str, resource: str) -> bool:
    """Whether an action can be done to a resource, as far as AWS's lists tell."""
    wanted = load_catalogue().resources_of(action.strip())
    return (
        not wanted
        or len(split_arn(resource)) < ARN_SEGMENTS
        or any(_is_about(resource, one.type) for one in wanted)
    )


def _is_about(resource: str, kind: str) -> bool:
    if kind == "s3/bucket" and "/" in split_arn(resource)[5]:
        return False  # the name of a bucket has no slash
    return pattern_overlaps(resource, load_catalogue().type_pattern(kind))


def _spoken(kind: str) -> str:
    service, _, name = kind.partition("/")
    article = "an" if name[:1] in "aeio" else "a"
    return f"{article} {name}" if service in ("s3", "iam", "kms", "sts") else f"{article} {service} {name}"


def _instead(account: Account, resource: str, wanted: list[str]) -> tuple[str, ...]:
    if resource.startswith(f"arn:{account.partition}:s3:::"):
        bucket = resource.partition("/")[0]
        if "s3/object" in wanted:
            return (f"{bucket}/*",)
        if "s3/bucket" in wanted:
            return (bucket,)
    found = []
    for kind in dict.fromkeys(wanted):
        segments = split_arn(load_catalogue().type_pattern(kind))
        segments[1] = account.partition
        segments[4] = account.id if segments[4] == "*" else segments[4]
        found.append(":".join(segments))
    return tuple(found)
