"""Paths in words: for each hop the technique, the permissions and statements it rests on, conditions, commands, cures."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator

import msgspec

from srtui.access.answer import VERDICTS, Answer, Reason
from srtui.access.index import AccessIndex
from srtui.escalation.edges import ADMIN, TIERS, Alternatives, Edge, Option, Tier
from srtui.escalation.engine import Built
from srtui.escalation.graph import Hop, Path

#: What ends a path that makes someone administrator without an ARN of his own yet.
NEW_ADMIN = "admin"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One hop of a path, explained. `source` and `target` are ARNs.

    `target` may be `admin`: a new administrator, or whichever one a technique that needs a target would get at.
    `makes_admin`: the target is administrator only by this hop. `via`: what is changed or used on the way. `others`:
    ids of further techniques that do the same.
    """

    source: str
    target: str
    technique: str
    name: str
    tier: Tier
    makes_admin: bool
    via: str
    permissions: tuple[str, ...]
    reasons: tuple[Reason, ...]
    conditions: tuple[str, ...]
    needs: tuple[str, ...]
    commands: tuple[str, ...]
    fix: str
    public: bool
    others: tuple[str, ...]

    @property
    def statements(self) -> tuple[str, ...]:
        """The deciding statements, each once."""
        return tuple(dict.fromkeys(reason.label for reason in self.reasons))


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """A path, explained, and the path itself. Without steps the start is what was asked for already."""

    start: str
    end: str
    tier: Tier
    steps: tuple[Step, ...]
    path: Path

    @property
    def hops(self) -> int:
        return len(self.steps)


class Explainer:
    """Explains the paths of one graph."""

    def __init__(self, built: Built) -> None:
        self._built = built
        self._variants = {variant.number: variant for variant in built.variants.found}
        self._indexes: dict[int, AccessIndex] = {}
        for _, asker, variants in built.askers:
            for variant in variants:
                self._indexes[variant.number] = asker.batch.index
        self._steps: dict[tuple[int, int, int, int], Step] = {}

    def arn(self, node: int) -> str:
        """The ARN of a node; of a changed principal that of the real one."""
        variant = self._variants.get(node)
        return variant.arn if variant is not None else self._built.principals[node].arn

    def route(self, path: Path) -> Route:
        """A path in words."""
        steps = tuple(self.step(hop) for hop in path.hops)
        start = self.arn(path.start)
        end = steps[-1].target if steps else start
        return Route(start=start, end=end, tier=path.tier, steps=steps, path=path)

    def step(self, hop: Hop) -> Step:
        """One hop in words."""
        key = (hop.source, hop.target, id(hop.edge), len(hop.others))
        found = self._steps.get(key)
        if found is None:
            found = self._steps[key] = self._step(hop)
        return found

    def _step(self, hop: Hop) -> Step:
        edge, source = hop.edge, self.arn(hop.source)
        technique = edge.technique
        option = _option_for(edge, hop.source)
        answers = list(self._answers(hop.source, (*edge.uses, *(option.uses if option else ()))))
        conditions = [*edge.conditions]
        needs = [*edge.needs]
        if option is not None:
            needs += option.needs
            if not option.sources.allowed >> hop.source & 1:
                conditions += option.conditions
        for answer in answers:
            conditions += answer.conditions
            if hop.tier == "unknown":
                needs += answer.needs
        target = self._target(edge, hop, source)
        return Step(
            source=source,
            target=target,
            technique=technique.id,
            name=technique.name,
            tier=hop.tier,
            makes_admin=hop.target == ADMIN or hop.target in self._variants,
            via=edge.via,
            permissions=tuple(dict.fromkeys(_permission(answer) for answer in answers)),
            reasons=tuple(reason for answer in answers for reason in answer.allowed_by),
            conditions=tuple(dict.fromkeys(conditions)),
            needs=tuple(dict.fromkeys(needs)),
            commands=tuple(self._commands(edge, option, source, target, answers)),
            fix=technique.fix,
            public=technique.public,
            others=tuple(other.technique.id for other in hop.others),
        )

    def _target(self, edge: Edge, hop: Hop, source: str) -> str:
        if hop.target != ADMIN:
            return self.arn(hop.target)
        gain = edge.technique.gain
        if gain.startswith("self-") or gain == "join-group":
            return source
        if gain in ("role-admin", "user-admin", "role-unbounded") and edge.via:
            return edge.via
        return NEW_ADMIN

    # --- permissions --------------------------------------------------------------------------------------

    def _answers(self, node: int, uses: Iterable[Alternatives]) -> Iterator[Answer]:
        """The best answer for each permission that the hop uses."""
        index = self._indexes.get(node, self._built.index)
        arn = self.arn(node)
        for alternatives in uses:
            answers = [
                index.can(arn, ask.action, ask.arn, dict(ask.given), lenient=True) for ask in alternatives
            ]
            yield min(answers, key=lambda answer: VERDICTS.index(answer.verdict))

    # --- commands -----------------------------------------------------------------------------------------

    def _commands(
        self, edge: Edge, option: Option | None, source: str, target: str, answers: list[Answer]
    ) -> Iterator[str]:
        account = self._built.account
        role = target if ":role/" in target else edge.via
        values = {
            "account": account.id,
            "admin_policy": self._built.world.admin_policy,
            "self": _name(source),
            "self_arn": source,
            "service": edge.service,
            "role": _name(role),
            "role_arn": role,
            "user": _name(edge.via),
            "boundary": edge.via if ":policy/" in edge.via else "",
        }
        for answer in answers:
            resource = answer.resource or ""
            for kind in ("policy", "group"):
                if f":{kind}/" in resource:
                    values[kind] = resource if kind == "policy" else _name(resource)
        if (edge.via.startswith("arn:") and ":policy/" in edge.via) or (
            edge.via and not edge.via.startswith("arn:")
        ):
            values["policy"] = edge.via
        profiles = account.roles[role].instance_profiles if role in account.roles else ()
        if profiles:
            values["profile"] = _name(profiles[0])
        if option is not None and option.holder is not None:
            holder = option.holder
            values |= {"resource": holder.name, "resource_arn": holder.arn, **holder.values}
        for text in edge.technique.run:
            yield _filled(text, values)


def _option_for(edge: Edge, source: int) -> Option | None:
    """The most certain option that a node has."""
    for bits in ("allowed", "conditional", "unknown"):
        for option in edge.options:
            if getattr(option.sources, bits) >> source & 1:
                return option
    return None


def _permission(answer: Answer) -> str:
    resource = answer.resource or "*"
    return answer.action if resource == "*" else f"{answer.action} on {resource}"


def _name(arn: str) -> str:
    return arn.rsplit("/", 1)[-1].rsplit(":", 1)[-1]


_PLACE = re.compile(r"\{(\w+)\}|\{\{|\}\}")


def _filled(text: str, values: dict[str, str]) -> str:
    """A command with its places filled, quoted for a POSIX shell; what is not known stays in capitals."""

    def fill(found: re.Match[str]) -> str:
        if not found[1]:
            return found[0][0]
        value = values.get(found[1], "")
        return shlex.quote(value) if value else found[1].upper()

    return _PLACE.sub(fill, text)


def worst(tiers: Iterable[Tier]) -> Tier:
    """The least certain of several tiers."""
    return max(tiers, key=TIERS.index, default="confirmed")
