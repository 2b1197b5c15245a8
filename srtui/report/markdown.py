"""The report as Markdown: for people, and inert, because every text from the account stands in a code span."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from srtui.escalation.edges import TIER_WORDS
from srtui.report.at_risk_tables import tables
from srtui.report.content import Content, standing_of_inherited
from srtui.report.inert import code_block, code_span, escaped
from srtui.responsibility.verdict import SEVERITIES

_STATUS: Final = {
    "pass": "✓ pass",
    "fail": "✗ fail",
    "unknown": "? unknown",
    "not_applicable": "– n.a.",
}
_WORST: Final = 5
_OWNER: Final = {"customer": "yours", "shared": "shared", "aws": "AWS's"}


def render(content: Content) -> str:
    """The whole report."""
    return "\n".join(
        [
            *_head(content),
            *_at_a_glance(content),
            *_matrix(content),
            *_findings(content),
            *_paths(content),
            *_at_risk(content),
            *_principals(content),
            *_unknown(content),
            *_gaps(content),
        ]
    )


def _head(content: Content) -> Iterator[str]:
    coverage = content["coverage"]
    alias = f" ({code_span(content['alias'])})" if content["alias"] else ""
    yield f"# AWS account {code_span(content['account'] or 'unknown')}{alias}\n"
    yield f"- Caller: {code_span(content['caller'] or 'unknown')}"
    yield f"- Collected: {content['collected_at'] or 'nothing was collected'}"
    yield f"- Regions: {', '.join(map(code_span, coverage['regions'])) or 'not known'}"
    yield (
        f"- Coverage: {coverage['answered']} of {coverage['calls']} calls answered, {coverage['failed']} failed, "
        f"{coverage['incomplete']} incomplete; {coverage['evaluated']} of {coverage['controls']} controls evaluated"
    )
    for note in coverage["notes"]:
        yield f"- Note: {code_span(note)}"
    yield ""


def _at_a_glance(content: Content) -> Iterator[str]:
    """What somebody reads who reads nothing else."""
    findings, told = content["findings"], content["attack_paths"]
    counts = Counter(finding["severity"] for finding in findings if finding["triage"]["state"] == "open")
    yield "## At a glance\n"
    yield f"- Open findings: {', '.join(f'{counts[one]} {one}' for one in SEVERITIES if counts[one]) or 'none'}"
    becoming = ", ".join(
        f"{told['becoming'][tier]} {words}" for tier, words in TIER_WORDS.items() if told["becoming"][tier]
    )
    yield f"- Administrators: {told['already']}; becoming administrator: {becoming or 'nobody'}"
    for cut in told["fix_first"][:1]:
        yield f"- Fix first: {code_span(cut['label'])} ({cut['stops']} of {cut['of']} then have no way any more)"
    unknown = content["coverage"]["unknown"]
    if unknown:
        yield f"- Unknown: {unknown} of {content['coverage']['controls']} controls could not be told completely"
    # One finding a subject: three about the same role are one problem to look at.
    worst: dict[str, Mapping[str, Any]] = {}
    for finding in findings:
        if finding["triage"]["state"] == "open":
            worst.setdefault(finding["subject"], finding)
    if worst:
        yield "\nThe worst, by what is gained, by whom it can be begun and how certain that is:\n"
    for number, finding in enumerate(list(worst.values())[:_WORST], 1):
        yield f"{number}. {escaped(finding['title'])}: {code_span(finding['subject'])}"
    yield ""


def _matrix(content: Content) -> Iterator[str]:
    yield "## Responsibility matrix\n"
    yield "| # | responsibility | whose | status | pass | fail | unknown | n.a. | evaluated |"
    yield "|--:|---|---|---|--:|--:|--:|--:|--:|"
    for row in content["matrix"]:
        evaluated = "" if row["evaluated"] is None else f"{row['evaluated']:.0%}"
        counts = " | ".join(
            str(row["controls"][status]) for status in ("pass", "fail", "unknown", "not_applicable")
        )
        status = standing_of_inherited(row) if row["inherited"] else _STATUS[row["status"]]
        yield (
            f"| {row['row']} | {escaped(row['label'])} | {_OWNER[row['owner']]} | {status} | {counts} | {evaluated} |"
        )
    yield ""
    yield (
        "The figures count controls. A row with anything unknown never shows as good. A control that fails for one "
        "subject and is unknown for another counts as fail, but not as evaluated.\n"
    )
    for row in content["matrix"]:
        if row["inherited"]:
            yield from _inherited(row)
    yield ""


def _inherited(row: Mapping[str, Any]) -> Iterator[str]:
    inherited = row["inherited"]
    yield f"- **{row['row']} {escaped(row['label'])}**, inherited: {escaped(inherited['what'])}"
    if inherited["attestation"]:
        yield f"  - Attested by {escaped(', '.join(inherited['attestation']))} ({code_span(inherited['attested_at'])})"
    for use in inherited["in_use"]:
        where = f" in {code_span(use['region'])}" if use["region"] else ""
        yield f"  - In use: {use['count']} × {code_span(use['service'])} {code_span(use['detail'])}{where}"
    if inherited["remains"]:
        yield f"  - Left to you: {escaped(inherited['remains'])}"


def _findings(content: Content) -> Iterator[str]:
    findings = content["findings"]
    yield f"## Findings ({len(findings)})\n"
    if not findings:
        yield "None. What could not be read is listed at the end.\n"
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for finding in findings:
        groups.setdefault((finding["severity"], finding["control"]), []).append(finding)
    for group in groups.values():
        yield from _control(group)


def _control(findings: list[Mapping[str, Any]]) -> Iterator[str]:
    first = findings[0]
    rows = ", ".join(map(str, first["rows"]))
    yield f"### {first['severity'].capitalize()} ✗ {escaped(first['title'])} ({len(findings)})\n"
    yield f"{escaped(first['why'])}\n"
    yield f"**Fix.** {escaped(first['fix'])}\n"
    yield f"Control {code_span(first['control'])}, {'row' if len(first['rows']) == 1 else 'rows'} {rows}."
    for reference in first["references"]:
        yield f"Reference: {code_span(reference)}"
    yield ""
    for finding in findings:
        yield from _finding(finding)


def _finding(finding: Mapping[str, Any]) -> Iterator[str]:
    where = f" in {code_span(finding['region'])}" if finding["region"] else ""
    yield f"- {code_span(finding['subject'])}{where}"
    yield f"  - Risk: {code_span(finding['risk']['words'])}"
    for fact in finding["facts"]:
        yield f"  - {escaped(fact['label'])}: {code_span(fact['value'])}"
    for source in finding["sources"]:
        call = f"{source['service']} {source['operation']} {source['region']}"
        yield f"  - Seen: {code_span(call)} at {source['at'] or 'no time'}"
    yield f"  - Triage: {_triage(finding['triage'])}, fingerprint {code_span(finding['fingerprint'])}"
    if finding["command"]:
        yield ""
        yield _indented(code_block(finding["command"], "sh"), "  ")
        yield ""


def _triage(triage: Mapping[str, Any]) -> str:
    named = (("reason", "reason"), ("expires", "until"), ("author", "by"), ("at", "at"))
    parts = [triage["state"], *(f"{word} {code_span(triage[name])}" for name, word in named if triage[name])]
    parts.extend(f"note {code_span(note['text'])}" for note in triage["notes"])
    return ", ".join(parts)


def _indented(text: str, by: str) -> str:
    return "\n".join(by + line for line in text.split("\n"))


def _paths(content: Content) -> Iterator[str]:
    told = content["attack_paths"]
    becoming = [
        f"{told['becoming'][tier]:,} {words}" for tier, words in TIER_WORDS.items() if told["becoming"][tier]
    ]
    yield f"## Ways to administrator ({sum(told['becoming'].values()):,})\n"
    yield (
        f"Of {told['principals']:,} users and roles {told['already']:,} are administrator as they are; becoming "
        f"administrator: {', '.join(becoming) or 'nobody'}. The shortest way of each:\n"
    )
    for gap in told["gaps"]:
        yield f"- Note: {code_span(gap)}"
    for path in told["paths"]:
        yield f"- {code_span(path['start'])}, {TIER_WORDS[path['tier']]}"
        for hop in path["hops"]:
            to = "a new administrator" if hop["to"] == "admin" else code_span(hop["to"])
            yield f"  - {escaped(hop['name'])} ({code_span(hop['technique'])}) → {to}"
            yield f"    - Allowed by: {', '.join(map(code_span, hop['statements'])) or 'nothing that was read'}"
            if hop["conditions"]:
                yield f"    - If: {', '.join(map(code_span, hop['conditions']))}"
    if told["fix_first"]:
        yield "\nWhat to take away first. So many of them have no way any more without this one statement or trust:\n"
    for cut in told["fix_first"]:
        yield f"- {code_span(cut['label'])} stops {cut['stops']:,} of {cut['of']:,}: {escaped(cut['fix'])}"
    yield ""


def _at_risk(content: Content) -> Iterator[str]:
    """Identities at risk: each row a line, each cell of it behind the name of its column."""
    for table in tables(content):
        yield f"## {table.title} ({len(table.rows) + table.more:,})\n"
        yield f"{escaped(table.intro)}\n"
        for first, *rest in table.rows:
            yield f"- {code_span(first or '')}"
            for name, cell in zip(table.columns[1:], rest, strict=True):
                if cell is not None:
                    yield f"  - {escaped(name)}: {code_span(cell)}"
        if table.more:
            yield f"- and {table.more:,} more, in the JSON report"
        yield ""


def _principals(content: Content) -> Iterator[str]:
    principals = content["principals"]
    yield f"## Principals ({len(principals)})\n"
    for principal in principals:
        yield f"- {code_span(principal['arn'])}"
        yield f"  - {_joined(_facts(principal))}"
        if principal["badges"]:
            yield f"  - Badges: {', '.join(code_span(badge['text']) for badge in principal['badges'])}"
    yield ""


def _facts(principal: Mapping[str, Any]) -> Iterator[str]:
    yield principal["kind"]
    yield {"aws": "AWS's own", "unclear": "human or machine: unclear"}.get(
        principal["nature"], principal["nature"]
    )
    if principal["admin"]:
        yield f"**admin** ({escaped(principal['admin'])})"
    if principal["becomes_admin"]:
        yield f"becomes admin {TIER_WORDS[principal['becomes_admin']]}"
    yield f"{principal['actions']:,} actions"
    yield f"{principal['policy_count']} policies"
    if principal["kind"] != "group":
        yield f"last used {_last_used(principal)}"
    yield f"{principal['findings']} findings"


def _last_used(principal: Mapping[str, Any]) -> str:
    if not principal["last_used_known"]:
        return "unknown"
    return principal["last_used"] or "never"


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def _unknown(content: Content) -> Iterator[str]:
    results = {result["control"]: result for row in content["matrix"] for result in row["results"]}
    unknown = [result for result in results.values() if result["subjects"]["unknown"]]
    if not unknown:
        return
    yield f"## Unknown ({len(unknown)} controls)\n"
    for result in unknown:
        yield f"- {escaped(result['title'])} ({code_span(result['control'])}): {code_span(result['reason'])}"
    yield ""


def _gaps(content: Content) -> Iterator[str]:
    failures = content["coverage"]["failures"]
    if not failures:
        return
    yield f"## Not answered ({len(failures)})\n"
    for failure in failures:
        where = f" in {code_span(failure['region'])}" if failure["region"] else ""
        params = f" {code_span(failure['params'])}" if failure["params"] else ""
        yield (
            f"- {code_span(failure['service'] + ':' + failure['operation'])}{where}{params}: {code_span(failure['error'])}"
        )
        if failure["grant"]:
            yield f"  - To grant: {', '.join(map(code_span, failure['grant']))}"
        if failure["unknown"]:
            yield f"  - Unknown because of it: {', '.join(map(code_span, failure['unknown']))}"
    yield ""
