"""ARNs of resources that do not exist yet, made from what policies allow: what an attacker would call a new thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

from srtui.policy.match import ARN_SEGMENTS, is_everything, segments_match, split_arn

#: A name that nothing in an account has.
NAME: Final = "srtui-new"
_REGION: Final = "us-east-1"


def example(pattern: str) -> str:
    """An ARN of a pattern."""
    segments = split_arn(pattern)
    segments[3] = _REGION if segments[3] == "*" else segments[3]
    return ":".join(_filled(part) for part in segments)


def _filled(text: str) -> str:
    return text.replace("*", NAME).replace("?", "x")


def examples(texts: Iterable[str], pattern: str) -> list[str]:
    """ARNs of a pattern that Resource values are about, one for each value, and one with a name of its own."""
    found = dict.fromkeys([example(pattern)])
    wanted = split_arn(pattern)
    for text in texts:
        if "${" in text or is_everything(text):
            continue
        if arn := _in(text, wanted):
            found[arn] = None
    return list(found)


def meeting(texts: Iterable[str], pattern: str) -> list[str]:
    """The same, and ARNs that two values are about at once."""
    plain = [text for text in texts if "${" not in text and not is_everything(text)]
    found = dict.fromkeys(examples(plain, pattern))
    wanted = split_arn(pattern)
    for one, two in combinations(plain, 2):
        for text in _meetings(one, two):
            if arn := _in(text, wanted):
                found[arn] = None
    return list(found)


def _meetings(one: str, two: str) -> Iterator[str]:
    """ARN patterns that two with one run of wildcards in their names have in common."""
    first, second = split_arn(one), split_arn(two)
    if len(first) != ARN_SEGMENTS or len(second) != ARN_SEGMENTS:
        return
    where = [a if "*" not in a and "?" not in a else b for a, b in zip(first[:-1], second[:-1], strict=True)]
    head_one, _, tail_one = first[-1].partition("*")
    head_two, _, tail_two = second[-1].partition("*")
    # The longer beginning and the longer end: if the two meet at all, they meet there.
    head = max(head_one, head_two, key=len)
    tail = max(tail_one.rpartition("*")[2], tail_two.rpartition("*")[2], key=len)
    yield ":".join([*where, f"{head}{NAME}{tail}"])
    yield ":".join([*where, f"{head}{tail}"])


def _in(text: str, wanted: list[str]) -> str:
    """An ARN that a value is about and that is of the wanted pattern; "" if none is found."""
    segments = split_arn(text)
    if segments[0] != "arn":
        return ""
    segments += ["*"] * (ARN_SEGMENTS - len(segments))
    chosen = []
    for place, (part, of) in enumerate(zip(segments, wanted, strict=True)):
        if "*" not in part and "?" not in part:
            chosen.append(part)
        elif "*" not in of:
            chosen.append(of)
        elif place == 3:
            chosen.append(_REGION if part == "*" else _filled(part))
        else:
            chosen.append(_filled(of if part == "*" else part))
    return ":".join(chosen) if segments_match(wanted, chosen) else ""
