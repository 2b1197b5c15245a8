"""Questions about an action that is misspelt or about a resource that it does not take, and what was probably meant."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from srtui.account import Account
from srtui.policy.catalogue import load_catalogue
from srtui.policy.match import ARN_SEGMENTS, split_arn
from srtui.policy.overlap import pattern_overlaps

#: Names of so many letters and more may have two of them wrong, shorter ones one.
_LONG: Final = 8
_MOST_MEANT: Final = 3
_VERSION = re.compile(r"v\d+\Z")


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


# --- misspelt actions -----------------------------------------------------------------------------------------


def meant(action: str) -> tuple[str, ...]:
    """The documented actions that one which AWS does not document is a slip of the finger for; the nearest first.

    Empty for a documented action, and where nothing is near: new actions exist before any list knows them.
    """
    catalogue = load_catalogue()
    wanted = action.strip().lower()
    if catalogue.index(wanted) is not None:
        return ()
    service, _, name = wanted.partition(":")
    found = []
    for known in catalogue.names:
        lower = known.lower()
        prefix, _, other = lower.partition(":")
        if prefix == service:
            most = 2 if len(name) >= _LONG else 1
            distance = _distance(name, other, most)
            if distance <= most and not _later_version(name, other):
                found.append((distance, known))
        elif other == name and _distance(service, prefix, 1) <= 1:
            found.append((1, known))
    return tuple(known for _, known in sorted(found)[:_MOST_MEANT])


def _later_version(name: str, other: str) -> bool:
    """Whether they differ in a version alone, as ListObjectsV2 does: a new one is no slip."""
    return name != other and _VERSION.sub("", name) == _VERSION.sub("", other)


def _distance(one: str, two: str, most: int) -> int:
    """How many letters are wrong, left out, too many or swapped with the next; more than `most` is not told apart."""
    if abs(len(one) - len(two)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(two) + 1))
    for row, letter in enumerate(one, 1):
        this = [row]
        for column, other in enumerate(two, 1):
            best = min(last[column] + 1, this[-1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == two[column - 2] and one[row - 2] == other:
                best = min(best, before[column - 2] + 1)
            this.append(best)
        if min(this) > most:
            return most + 1
        before, last = last, this
    return last[-1]
