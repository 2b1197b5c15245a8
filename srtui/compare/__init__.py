"""What changed between two looks at an account.

    comparison = compare(old, new, triage)      # two analyses; pure, a fraction of a second for 5,000 principals
    comparison.findings.new                     # and came_to_light, reopened, still_open, quiet, fixed, out_of_sight
    comparison.principals                       # added, removed and changed, with permissions gained and lost
    comparison.paths                            # ways to administrator that appeared, grew or went
    route_of(comparison.paths[0], old, new)     # the way itself
    comparison.changed                          # whether anything did

    path = previous_session(account, before)    # the session before this one, or None
    read_analysis(str(path)).analysis           # seconds: not on the interface's loop
    trend(old, new, triage)                     # the figures alone: new, fixed, still open, by severity

What can no longer be told never counts as fixed, and principals that were not read never count as removed.
"""

from srtui.compare.comparison import Comparison, compare
from srtui.compare.findings import FindingDiff, Fixed, Lost, compare_findings
from srtui.compare.paths import EntryChange, PathChange, route_of
from srtui.compare.policies import PolicyChange
from srtui.compare.previous import other_sessions, previous_session, read_analysis
from srtui.compare.principals import PrincipalChange
from srtui.compare.trend import Trend, trend

__all__ = [
    "Comparison",
    "EntryChange",
    "FindingDiff",
    "Fixed",
    "Lost",
    "PathChange",
    "PolicyChange",
    "PrincipalChange",
    "Trend",
    "compare",
    "compare_findings",
    "other_sessions",
    "previous_session",
    "read_analysis",
    "route_of",
    "trend",
]
