"""A set of actions as the few patterns that a policy needs to name them, never more than the set holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from srtui.policy.catalogue import Catalogue, load_catalogue


def patterns_for(wanted: int, written: Iterable[str] = ()) -> list[str]:
    """Action patterns that stand for just this set.

    Patterns that a person has `written` are kept where they hold nothing else; then whole services, then the beginnings
    of names (`Get*`) that save at least one line, then names.
    """
    catalogue = load_catalogue()
    left = wanted
    found: list[str] = []
    for pattern in written:
        bits = catalogue.expand(pattern)
        if bits and not bits & ~wanted and bits & left:
            found.append(pattern)
            left &= ~bits
    if left:
        found += _by_service(catalogue, wanted, left)
    return found


def _by_service(catalogue: Catalogue, wanted: int, left: int) -> Iterator[str]:
    for service in catalogue.services:
        every = catalogue.service_bits(service)
        missing = left & every
        if not missing:
            continue
        if not every & ~wanted and missing.bit_count() > 1:
            yield f"{service}:*"
            continue
        yield from _by_beginning(catalogue, service, wanted, missing)


def _by_beginning(catalogue: Catalogue, service: str, wanted: int, missing: int) -> Iterator[str]:
    names = [name.partition(":")[2] for name in catalogue.actions(missing)]
    covered: set[str] = set()
    for name in names:
        if name in covered:
            continue
        best = _beginning(catalogue, service, wanted, name)
        same = [one for one in names if one not in covered and best and one.startswith(best)]
        if best and len(same) > 1:
            covered.update(same)
            yield f"{service}:{best}*"
        else:
            covered.add(name)
            yield f"{service}:{name}"


def _beginning(catalogue: Catalogue, service: str, wanted: int, name: str) -> str:
    """The shortest beginning of a name, up to the end of one of its words, of which the set holds everything."""
    for end in range(1, len(name)):
        if name[end].isupper() and name[end - 1].islower():
            bits = catalogue.expand(f"{service}:{name[:end]}*")
            if not bits & ~wanted:
                return name[:end]
    return ""
