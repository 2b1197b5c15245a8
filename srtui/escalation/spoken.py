"""What screens and commands say of paths, in the same words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from srtui.escalation.catalogue import Catalogue
from srtui.escalation.escalation import Escalation
from srtui.escalation.explain import Step
from srtui.escalation.stops import Stop

_OTHERS: Final = 6
_FEW: Final = 3
#: What stands where no data is within reach because none was seen.
NO_STORE: Final = "no store of data was seen in the evidence"


def stop_text(stop: Stop) -> str:
    """`take out managed policy deploy, statement 2`."""
    if stop.kind == "membership":
        return stop.label
    if stop.kind == "trust":
        return f"take back the {stop.label}"
    if ":iam::aws:" in stop.policy:
        return f"detach {stop.label} (AWS's own policy)"
    return f"take out {stop.label}"


def all_title(stops: Sequence[Stop]) -> str:
    """What a set of changes does, as a sentence without its full stop."""
    if len(stops) == 1:
        return "This one change stops every way to administrator"
    return f"These {len(stops)} changes together stop every way to administrator; none can be left out"


def also_by(step: Step, catalogue: Catalogue) -> str:
    """What else leads to the same target: to close one technique is not to close the hop."""
    names = [f"{catalogue.technique(id).name} ({id})" for id in step.others[:_OTHERS]]
    more = f" and {len(step.others) - _OTHERS} more" if len(step.others) > _OTHERS else ""
    many = "1 other technique" if len(step.others) == 1 else f"{len(step.others)} other techniques"
    return (
        f"{many} that this principal has for the same hop, "
        f"open as long as their permissions stay: {', '.join(names)}{more}"
    )


def few_of(names: Iterable[str]) -> str:
    """The first few names, and how many more there are."""
    found = [*names]
    more = f" and {len(found) - _FEW:,} more" if len(found) > _FEW else ""
    return ", ".join(found[:_FEW]) + more


def unknown_text(escalation: Escalation) -> str:
    """Of how many it is not known whether they become administrator, and why; "" if that is known of all."""
    unknown = escalation.unknown_starts
    if not unknown:
        return ""
    unread = dict.fromkeys(name for names in unknown.values() for name in names)
    if not unread:
        # Nothing of their own is missing: something on the way is, and the first ways tell what.
        routes = (route for arn in [*unknown][:_FEW] for route in escalation.paths(arn, most=1))
        unread = dict.fromkeys(need for route in routes for step in route.steps for need in step.needs)
    why = f"not read: {few_of(unread)}" if unread else "not everything on the way was read"
    who = few_of(arn.split(":", 5)[-1] for arn in unknown)
    become = "becomes" if len(unknown) == 1 else "become"
    return f"whether {len(unknown):,} {become} administrator ({who}); {why}"


def self_granting_text(escalation: Escalation) -> str:
    """`, 2 more make themselves one`, behind the number of administrators; "" if nobody does."""
    count = escalation.self_granting
    if not count:
        return ""
    return f", {count:,} more {'makes itself' if count == 1 else 'make themselves'} one"
