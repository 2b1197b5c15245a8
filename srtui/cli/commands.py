"""What each command does. Imports are inside the functions, so that a command loads only what it needs."""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from srtui import __version__, exits

if TYPE_CHECKING:
    from io import BufferedReader

    from srtui.engine import Update
    from srtui.source import Source


def run(options: argparse.Namespace) -> int:
    """Run the chosen command; returns the exit code."""
    return _COMMANDS[options.command](options)


def _screen(options: argparse.Namespace) -> int:
    from srtui.cli import screen

    return screen.run(options)


def _sessions(options: argparse.Namespace) -> int:
    from srtui.evidence import canonical_json, iso
    from srtui.files import sessions_folder
    from srtui.session import list_sessions

    found = list_sessions()
    if not found:
        say(f"there is no saved session in {sessions_folder()}: run srtui")
    for info in found:
        created = iso(info.created) if info.created else ""
        if options.json:
            print(
                canonical_json(
                    {
                        "name": info.path.name,
                        "path": str(info.path),
                        "account": info.account,
                        "alias": info.alias,
                        "caller": info.caller,
                        "label": info.label,
                        "created": created,
                        "answers": info.answers,
                        "failures": info.failures,
                        "bytes": info.size,
                        "problem": info.problem,
                    }
                )
            )
            continue
        known = f"{info.answers:>7,} answers  {info.failures:>4,} failed  {info.size / 1e6:>7.1f} MB  {info.label}"
        who = f"  {info.alias}" if info.alias else ""
        print(one_line(f"{info.path.name}  {f'unreadable: {info.problem}' if info.problem else known + who}"))
    return exits.OK


def _bundle(options: argparse.Namespace) -> int:
    from srtui.bundle import write_bundle
    from srtui.source import open_source

    source = open_source(options.session)
    check_output(options)
    answers = write_bundle(source.evidence, options.output, meta=source.meta, force=options.force)
    _say_notes(source.notes)
    say(f"{options.output}: {answers:,} answers")
    return exits.OK


def _report(options: argparse.Namespace) -> int:
    from srtui.source import open_source

    source = open_source(options.session)
    if options.output is not None:
        check_output(options)

    from srtui.files import new_file
    from srtui.findings.triage import load_triage
    from srtui.report import open_findings, render

    update = analysed(source)
    triage = load_triage(update.analysis.account.id)
    text = render(update.analysis, triage, options.format, notes=update.notes)
    if options.output is None:
        write(text)
    else:
        with new_file(options.output, force=options.force) as file:
            file.write(text.encode())
        say(str(options.output))
    _say_notes(update.notes)
    if options.fail_on and open_findings(update.analysis, triage, options.fail_on):
        return exits.FAILURE
    return exits.OK


def analysed(source: Source) -> Update:
    """Everything that follows from a source, without an interface."""
    from srtui.cli.settings import risk_settings
    from srtui.engine import Engine
    from srtui.source import ReplayFeed

    return Engine(ReplayFeed(source), notes=lambda: source.notes, settings=risk_settings()).run_to_end()


def _evaluate(options: argparse.Namespace) -> int:
    from srtui.policy import stream

    if options.capabilities:
        print(json.dumps(stream.capabilities()))
        return exits.OK
    if sys.stdin is None or sys.stdout is None:
        raise exits.UsageProblem(
            "evaluate reads standard input and answers on standard output: one of them is closed"
        )
    # Nothing that a request leaves behind is part of a cycle, and looking for cycles takes a tenth of the time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    stream.evaluate_lines(cast("BufferedReader", sys.stdin.buffer), sys.stdout.buffer)
    return exits.OK


def _can(options: argparse.Namespace) -> int:
    from srtui.cli import access

    return access.can(options)


def _who_can(options: argparse.Namespace) -> int:
    from srtui.cli import access

    return access.who_can(options)


def _complete(options: argparse.Namespace) -> int:
    from srtui.cli import completing

    return completing.complete(options)


def _completion(options: argparse.Namespace) -> int:
    from srtui.cli.completion import script

    write(script(options.shell, tuple(sorted(_COMMANDS.keys() - {"live", "complete"}))))
    return exits.OK


def _paths(options: argparse.Namespace) -> int:
    from srtui.cli import escalation

    return escalation.paths(options)


def _reach(options: argparse.Namespace) -> int:
    from srtui.cli import escalation

    return escalation.reach(options)


def _fix_first(options: argparse.Namespace) -> int:
    from srtui.cli import escalation

    return escalation.fix_first(options)


def _permissions(options: argparse.Namespace) -> int:
    from srtui.cli import permissions

    return permissions.permissions(options)


def _controls(options: argparse.Namespace) -> int:
    from srtui.cli import controls

    return controls.controls(options)


def _collect(options: argparse.Namespace) -> int:
    from srtui.cli import collect

    return collect.collect(options)


def _diff(options: argparse.Namespace) -> int:
    from srtui.cli import diff

    return diff.diff(options)


def _keys(options: argparse.Namespace) -> int:
    from srtui.tui.actions import keys_document

    write(keys_document())
    return exits.OK


def _info(options: argparse.Namespace) -> int:
    from srtui.config import paths

    print(f"version   {__version__}")
    print(f"python    {sys.version.split()[0]} ({sys.executable})")
    print(f"program   {Path(__file__).resolve().parent.parent}")
    for name, path in paths().items():
        print(f"{name:<9} {path}{'' if path.exists() else '  (not there yet)'}")
    return exits.OK


def check_output(options: argparse.Namespace) -> None:
    """Refuse before the work, not after it, when the file is in the way or has nowhere to go."""
    from srtui.files import Exists

    output: Path = options.output
    if output.exists() and not options.force:
        raise Exists(f"{output} exists: choose another name, or give --force to replace it")
    if not output.parent.is_dir():
        raise exits.UsageProblem(f"{output}: there is no folder {output.parent}")


def write(text: str) -> None:
    """Data for standard output, UTF-8 whatever the locale says."""
    sys.stdout.flush()
    sys.stdout.buffer.write((text if text.endswith("\n") else text + "\n").encode())


def say(text: str) -> None:
    """A line for the person, on standard error."""
    print(f"srtui: {one_line(text)}", file=sys.stderr)


def one_line(text: str) -> str:
    """Without anything a terminal could take as a command."""
    return "".join(character if character.isprintable() else " " for character in text)


def _say_notes(notes: Iterable[str]) -> None:
    for note in notes:
        say(note)


_COMMANDS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {
    "live": _screen,
    "demo": _screen,
    "lab": _screen,
    "open": _screen,
    "sessions": _sessions,
    "bundle": _bundle,
    "report": _report,
    "can": _can,
    "who-can": _who_can,
    "evaluate": _evaluate,
    "completion": _completion,
    "complete": _complete,
    "paths": _paths,
    "reach": _reach,
    "fix-first": _fix_first,
    "permissions": _permissions,
    "controls": _controls,
    "collect": _collect,
    "diff": _diff,
    "keys": _keys,
    "info": _info,
}
