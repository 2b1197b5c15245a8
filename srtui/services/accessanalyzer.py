"""IAM Access Analyzer: analyzers and their active findings."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.model import Analyzer
from srtui.services.declare import Answer, Service

ACCESS_ANALYZER = Service("accessanalyzer", title="Access Analyzer", prefix="access-analyzer")


@ACCESS_ANALYZER.call("ListAnalyzers", items="analyzers")
def analyzers(account: Account, answer: Answer) -> None:
    """Analyzers."""
    for entry in answer.response.get("analyzers") or ():
        account.analyzers[entry["arn"]] = Analyzer(
            arn=entry["arn"],
            name=entry.get("name", ""),
            region=answer.region,
            kind=entry.get("type", ""),
            status=entry.get("status", ""),
        )


@ACCESS_ANALYZER.call(
    "ListFindingsV2",
    for_each=analyzers,
    params=lambda analyzer, _: {"analyzerArn": analyzer["arn"], "filter": {"status": {"eq": ["ACTIVE"]}}},
    only_if=lambda analyzer: analyzer.get("type") in {"ACCOUNT", "ORGANIZATION"},
    actions=["access-analyzer:ListFindings"],
)
def analyzer_findings(account: Account, answer: Answer) -> None:
    """Active external-access findings."""
    if analyzer := account.analyzers.get(answer.params["analyzerArn"]):
        known = analyzer.findings if isinstance(analyzer.findings, tuple) and answer.evidence.page else ()
        analyzer.findings = (*known, *(dict(finding) for finding in answer.response.get("findings") or ()))
