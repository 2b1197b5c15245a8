"""The command collect: the live account into a session file, without an interface, for cron and CI."""

from __future__ import annotations

import argparse
import getpass
import queue
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from srtui import exits
from srtui.cli.commands import check_output, one_line, say, write
from srtui.cli.live import engine_for
from srtui.cli.screen import with_options
from srtui.config import load_config
from srtui.evidence import canonical_json, iso
from srtui.feed import Failed, Paused, Progress, Question

if TYPE_CHECKING:
    from srtui.compare import Trend
    from srtui.engine import Engine, EngineEvent, Update
    from srtui.findings.triage import Triage

#: Where standard error is no terminal, so many seconds lie between two lines of progress.
_SPARSE: Final = 15.0


def collect(options: argparse.Namespace) -> int:
    """`srtui collect`: progress on standard error, a summary on standard output, the verdict as exit code."""
    if options.output is not None:
        check_output(options)
    config = with_options(load_config(), options)
    engine = engine_for(options, config, options.output)
    watch = _Watch(engine)
    interrupted = False
    try:
        update = engine.run_to_end(watch.hear, watch.tick)
    except KeyboardInterrupt:
        interrupted = True
        watch.line("interrupted: what arrived is kept")
        engine.cancel()
        update = engine.end()
    watch.clear()
    return _finish(options, engine, update, watch, interrupted)


def _finish(
    options: argparse.Namespace, engine: Engine, update: Update, watch: _Watch, interrupted: bool
) -> int:
    from srtui.findings.triage import load_triage
    from srtui.report import open_findings

    for note in update.notes:
        say(note)
    triage = load_triage(update.analysis.account.id)
    if update.analysis.account.outcomes:
        _print_summary(options, engine, update, triage)
    for failure in watch.failures:
        say("; ".join((failure.title, *failure.tried)))
        for remedy in failure.remedy:
            say(f"  {remedy}")
    if interrupted:
        return exits.INTERRUPTED
    if any(isinstance(failure, Paused) or failure.credentials for failure in watch.failures):
        return exits.NO_PERMISSION
    if watch.failures or engine.session is None or engine.session.path is None:
        return exits.FAILURE
    if options.fail_on and open_findings(update.analysis, triage, options.fail_on):
        return exits.FAILURE
    return exits.OK


class _Watch:
    """What goes on while collecting, on standard error; and what stopped it."""

    def __init__(self, engine: Engine) -> None:
        self.failures: list[Failed | Paused] = []
        self._engine = engine
        self._questions: queue.SimpleQueue[Question] = queue.SimpleQueue()
        self._terminal = sys.stderr.isatty()
        self._said = time.monotonic()
        self._drawn = False

    def hear(self, event: EngineEvent) -> None:
        """Called on threads of the engine."""
        if isinstance(event, Question):
            self._questions.put(event)
        elif isinstance(event, Paused):
            # Nobody is there to sign in again: what arrived until now has to do.
            self.failures.append(event)
            self._engine.cancel()
        elif isinstance(event, Failed):
            self.failures.append(event)

    def tick(self, progress: Progress) -> None:
        """Called on the main thread, several times a second."""
        while not self._questions.empty():
            self._answer(self._questions.get())
        if self._terminal:
            self._draw(_progress_text(progress))
        elif time.monotonic() - self._said >= _SPARSE:
            self._said = time.monotonic()
            say(_progress_text(progress))

    def _answer(self, question: Question) -> None:
        if not sys.stdin.isatty():
            question.reply(None)
            return
        self.clear()
        question.reply(getpass.getpass(f"srtui: {one_line(question.prompt)} ") or None)

    def _draw(self, text: str) -> None:
        # One line that is drawn over; what does not fit would leave lines behind.
        sys.stderr.write(f"\r\x1b[Ksrtui: {one_line(text)[:70]}")
        sys.stderr.flush()
        self._drawn = True

    def clear(self) -> None:
        """Take the line of progress away."""
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._drawn = False

    def line(self, text: str) -> None:
        self.clear()
        say(text)


def _progress_text(progress: Progress) -> str:
    parts = [f"collecting: {progress.done:,} of {progress.total:,} calls"]
    if progress.failed:
        parts.append(f"{progress.failed:,} failed")
    if progress.throttled:
        parts.append(f"{progress.throttled:,} slowed down")
    if progress.note:
        parts.append(progress.note)
    return ", ".join(parts)


# --- the summary ------------------------------------------------------------------------------------------


def _print_summary(options: argparse.Namespace, engine: Engine, update: Update, triage: Triage) -> None:
    trend = _trend(engine, update, triage) if options.trend else None
    told = _summary(engine, update, triage, trend)
    if options.json:
        write(canonical_json(told))
    else:
        write("\n".join(one_line(line) for line in _lines(told, trend)))


def _trend(engine: Engine, update: Update, triage: Triage) -> Trend | None:
    from srtui.cli.settings import risk_settings
    from srtui.compare import previous_session, read_analysis, trend

    account = update.analysis.account
    if account.first_evidence is None:
        return None
    path = previous_session(account.id, account.first_evidence)
    if path is None or (engine.session is not None and path == engine.session.path):
        return None
    old = read_analysis(str(path), settings=risk_settings())
    return trend(old.analysis, update.analysis, triage)


def _summary(engine: Engine, update: Update, triage: Triage, trend: Trend | None) -> dict[str, Any]:
    analysis = update.analysis
    account, coverage = analysis.account, analysis.coverage
    still = [one for one in analysis.findings if triage.state(one.fingerprint) == "open"]
    counts = Counter(finding.severity for finding in still)
    path = engine.session.path if engine.session else None
    return {
        "srtui": "collect",
        "version": 1,
        "account": account.id,
        "alias": account.alias if isinstance(account.alias, str) else "",
        "session": str(path) if path else None,
        "complete": update.phase == "done",
        "calls": coverage.calls,
        "failed": coverage.failed,
        "denied": sum(failure.kind == "denied" for failure in analysis.failures),
        "controls": coverage.controls,
        "evaluated": coverage.evaluated,
        "findings": {name: counts[name] for name in _SEVERITIES},
        "trend": None
        if trend is None
        else {
            "since": iso(trend.since),
            "new": sum(trend.new.values()),
            "reopened": sum(trend.reopened.values()),
            "fixed": sum(trend.fixed.values()),
            "out_of_sight": sum(trend.out_of_sight.values()),
            "still_open": sum(trend.still_open.values()),
        },
    }


_SEVERITIES: Final = ("critical", "high", "medium", "low", "info")


def _lines(told: dict[str, Any], trend: Trend | None) -> list[str]:
    name = f" ({told['alias']})" if told["alias"] else ""
    counts = [f"{count:,} {severity}" for severity, count in told["findings"].items() if count]
    lines = [
        f"account   {told['account'] or 'unknown'}{name}{'' if told['complete'] else ', not collected to the end'}",
        f"calls     {told['calls']:,}, {told['failed']:,} failed, {told['denied']:,} of them denied",
        f"controls  {told['evaluated']:,} of {told['controls']:,} told completely",
        f"findings  {', '.join(counts) or 'none'} open",
    ]
    if trend is not None:
        lines.append(f"trend     {trend.sentence}, since {iso(trend.since)}")
    lines.append(f"session   {told['session'] or 'not saved'}")
    return lines
