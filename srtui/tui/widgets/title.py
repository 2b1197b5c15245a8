"""The title line of a pane: its name in a rule. Focus changes this one line and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from srtui.tui.theme import Look
from srtui.tui.widgets.lines import strip
from srtui.tui.widgets.text import Span, fit_spans, spans_len


def title_strip(
    title: Sequence[Span], right: Sequence[Span], width: int, look: Look, *, focus: bool
) -> Strip:
    """`─ Findings · 31 open ───── /alice ─`, heavy and in the accent when focused."""
    rule, text_style = ("━", "title_focus") if focus else ("─", "title")
    rule_style = "accent" if focus else "rule"
    end = fit_spans(right, max(0, width // 2 - 4))
    end_len = spans_len(end) + 3 if end else 0
    body = fit_spans(((text, style or text_style) for text, style in title), max(0, width - 4 - end_len))
    spans: list[Span] = [(rule + " ", rule_style), *body, (" ", "")]
    rest = width - spans_len(spans) - end_len
    spans.append((rule * max(0, rest), rule_style))
    if end:
        spans += [(" ", ""), *((text, style or "muted") for text, style in end), (" " + rule, rule_style)]
    return strip(spans, width, look)
