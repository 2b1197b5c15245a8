"""What screens and commands say of paths, in the same words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from srtui.escalation.catalogue import Catalogue
from srtui.escalation.explain import Step
from srtui.escalation.stops import Stop

_OTHERS: Final = 6


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
