"""What stops a path, or all ways of a principal: the first lines wherever paths are shown."""

from __future__ import annotations

from collections.abc import Iterator

from srtui.access import Reason
from srtui.escalation.escalation import Escalation, Start
from srtui.escalation.explain import Route, Step
from srtui.escalation.spoken import all_title, stop_text
from srtui.escalation.stops import Stop
from srtui.tui.views.keys import SEP
from srtui.tui.views.words import counted
from srtui.tui.widgets.detail import Block, Gap, Heading, Item, Para
from srtui.tui.widgets.text import Span
from srtui.tui.widgets.virtual_tree import TreeNode
from srtui.whatif import Drop

#: Key of an item or a row that stands for a statement: whose it is, the policy, its name, the place of the statement.
_STATEMENT = "statement"
_CERTAIN_ENOUGH = ("confirmed", "conditional")


def statement_key(whose: str, policy: str, name: str, statement: int, where: str) -> str:
    """`where` tells the same statement in several places of one screen apart."""
    return SEP.join((_STATEMENT, where, whose, policy, name, str(statement)))


def statement_of(key: str) -> tuple[str, Drop] | None:
    """Whose statement a key stands for, and the change that takes it out; None for other keys."""
    parts = key.split(SEP)
    if len(parts) < 6 or parts[-6] != _STATEMENT:
        return None
    whose, policy, name, statement = parts[-4:]
    return whose, Drop(policy, name, int(statement))


def reason_key(step: Step, reason: Reason, where: str) -> str | None:
    """The key of a statement that a hop rests on; None if it is no statement of an identity's policy."""
    if reason.kind not in ("inline", "managed", "group-inline", "group-managed") or reason.arn is None:
        return None
    return statement_key(step.source, reason.arn, reason.policy, reason.statement, where)


def _stop_note(stop: Stop) -> str:
    if not stop.others:
        return "nobody else has it"
    return f"{counted(stop.others, 'other has', 'others have')} it too"


def _stop_key(stop: Stop, whose: str, where: str) -> str:
    if stop.kind == "statement":
        return statement_key(whose, stop.policy, stop.name, stop.statement, where)
    return SEP.join(("principal", stop.policy))


def stop_blocks(route: Route, escalation: Escalation) -> Iterator[Block]:
    """The single changes that stop a path, then what stops all ways of its start."""
    if route.tier not in _CERTAIN_ENOUGH or not route.steps:
        return
    single = escalation.stops(route)
    whole = escalation.stops_all(route.start)
    yield Heading("Any one of these stops this path" if len(single) > 1 else "What stops this path")
    if not single:
        yield Para("No single change does: other statements give the same.", "warning")
    for stop in single:
        yield _item(stop, "stop", "ends every way of its start" if stop.ends_all else "")
    if whole and not (len(whole) == 1 and any(one.ends_all for one in single)):
        yield Heading(all_title(whole))
        for stop in whole:
            yield _item(stop, "all", "")
    elif not whole:
        yield Para("No set of changes was found that stops every way of its start.", "muted")
    yield Para("Worked out anew without it. enter shows the statement, d tries it in What if.", "muted")
    yield Gap()


def _item(stop: Stop, where: str, more: str) -> Item:
    notes = ", ".join(text for text in (more, _stop_note(stop)) if text)
    return Item(
        _stop_key(stop, stop.source, where), (Para(f"✂ {stop_text(stop)}", "good"), Para(notes, "muted", 2))
    )


def stop_root(escalation: Escalation, start: Start) -> TreeNode | None:
    """The changes that stop all ways of a principal, as the first rows of its tab."""
    if start.already or start.tier not in _CERTAIN_ENOUGH:
        return None
    whole = escalation.stops_all(start.arn)
    rows = [_row(stop, "all") for stop in whole]
    title = all_title(whole) if whole else "No set of changes was found that stops every way"
    if len(whole) != 1:
        for route in escalation.paths(start.arn, most=1):
            single = escalation.stops(route)
            label: tuple[Span, ...] = (("the first path alone:", "muted"),)
            if single:
                rows += [TreeNode(f"stops{SEP}first", label, selectable=False)]
                rows += [_row(stop, "stop") for stop in single]
    return TreeNode(
        "stops", ((title, "good" if whole else "warning"),), children=tuple(rows), selectable=False
    )


def _row(stop: Stop, where: str) -> TreeNode:
    return TreeNode(
        f"stops{SEP}{_stop_key(stop, stop.source, where)}",
        (("✂ ", "good"), (stop_text(stop), "")),
        badges=((_stop_note(stop), "muted"),),
    )
