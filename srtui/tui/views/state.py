"""Everything the screens show at one moment, made off the interface's loop."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from srtui.analysis import Analysis
from srtui.engine import Update
from srtui.findings.filter import Searchable
from srtui.findings.triage import Triage
from srtui.tui.views.findings import all_searchable
from srtui.tui.views.matrix import matrix_roots
from srtui.tui.views.tree import identity_roots
from srtui.tui.views.trend import Trends
from srtui.tui.widgets.virtual_tree import TreeNode


class View(msgspec.Struct, frozen=True):
    """An update with the rows made from it."""

    update: Update
    matrix: tuple[TreeNode, ...]
    identities: tuple[TreeNode, ...]
    items: tuple[Searchable, ...]
    trends: Trends | None = None  # None: not known yet

    @property
    def analysis(self) -> Analysis:
        """What everything follows from."""
        return self.update.analysis


def build_view(update: Update, triage: Triage | None, trends: Trends | None = None) -> View:
    """Make the rows. Takes a while for large accounts, so it runs on the engine's thread."""
    analysis = update.analysis
    return View(
        update,
        matrix_roots(analysis, trends),
        identity_roots(analysis),
        tuple(all_searchable(analysis, triage)),
        trends,
    )


def with_trends(view: View, trends: Trends) -> View:
    """The same view once it is known what changed since the session before."""
    return replace(view, trends=trends, matrix=matrix_roots(view.analysis, trends))


def with_triage(view: View, triage: Triage) -> View:
    """The same view after decisions changed."""
    items = (replace(item, state=triage.state(item.finding.fingerprint)) for item in view.items)
    return replace(view, items=tuple(items))
