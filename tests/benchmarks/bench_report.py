"""The HTML report of a large account: how long it takes to write, its size, and how fast it is in a browser.

Run: python -m tests.benchmarks.bench_report
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from srtui.cli.commands import analysed
from srtui.findings.triage import load_triage
from srtui.report import html_
from srtui.report.content import content
from srtui.source import open_source
from tests.benchmarks.table import Figure, print_table
from tests.report.chromium import Page, chromium

FINDINGS = 10_000
PRINCIPALS = 5_000
ROUNDS = 5


def large(findings: int, principals: int) -> dict[str, Any]:
    """The demo's report, its findings and principals repeated under other names."""
    analysis = analysed(open_source("demo")).analysis
    report = content(analysis, load_triage(analysis.account.id))

    def repeated(items: list[dict[str, Any]], name: str, count: int) -> list[dict[str, Any]]:
        return [
            {**items[number % len(items)], name: f"{items[number % len(items)][name]}-{number}"}
            for number in range(count)
        ]

    report["findings"] = [
        {**finding, "fingerprint": f"{number:016x}"}
        for number, finding in enumerate(repeated(report["findings"], "subject", findings))
    ]
    report["findings"].sort(
        key=lambda one: ("critical", "high", "medium", "low", "info").index(one["severity"])
    )
    report["principals"] = repeated(report["principals"], "arn", principals)
    return report


def typed(page: Page, text: str) -> float:
    """Seconds from typing into the filter until the frame that shows what is left."""
    return float(
        page.evaluate(
            f"""new Promise(done => {{
                const box = document.querySelector('#table-findings .search');
                const count = document.querySelector('#table-findings .count');
                const started = performance.now();
                new MutationObserver((_, seen) => {{
                    seen.disconnect();
                    requestAnimationFrame(() => setTimeout(() => done((performance.now() - started) / 1000)));
                }}).observe(count, {{childList: true}});
                box.value = {json.dumps(text)};
                box.dispatchEvent(new Event('input', {{bubbles: true}}));
            }})"""
        )
    )


def sorted_by(page: Page, column: int) -> float:
    """Seconds from a click on a heading to the frame in the new order."""
    return float(
        page.evaluate(
            f"""new Promise(done => {{
                const started = performance.now();
                document.querySelectorAll('#table-findings [data-sort]')[{column}].click();
                requestAnimationFrame(() => setTimeout(() => done((performance.now() - started) / 1000)));
            }})"""
        )
    )


def main() -> None:
    report = large(FINDINGS, PRINCIPALS)
    started = time.perf_counter()
    document = html_.render(report).encode()
    written = time.perf_counter() - started
    size = len(document) / 1e6
    with tempfile.TemporaryDirectory() as folder, chromium() as page:
        path = Path(folder) / "report.html"
        path.write_bytes(document)
        opened = [page.open(path) for _ in range(ROUNDS)]
        first = typed(page, "mfa")
        later = [typed(page, text) for text in ("bucket", "root-", "", "eu-west-1 public")]
        order = [sorted_by(page, column) for column in (2, 1, 0)]
    both = statistics.median(opened) + first
    print_table(
        f"HTML report, {FINDINGS:,} findings and {PRINCIPALS:,} principals, in Chromium",
        [
            Figure("written in", f"{written:.2f} s"),
            Figure("size", f"{size:.1f} MB", "≤ 15 MB", size <= 15),
            Figure("opened, median", f"{statistics.median(opened):.2f} s"),
            Figure("filtered the first time", f"{first:.2f} s"),
            Figure("opened and filtered", f"{both:.2f} s", "≤ 2 s", both <= 2),
            Figure("filtered again, median", f"{statistics.median(later):.2f} s"),
            Figure("sorted, median", f"{statistics.median(order):.2f} s"),
        ],
    )


if __name__ == "__main__":
    main()
