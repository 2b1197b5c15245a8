"""The options of every command. Nothing heavy is imported here: `--help` must be instant."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from srtui import __version__, exits
from srtui.report import FORMATS

SEVERITIES: Final = ("critical", "high", "medium", "low", "info")

_SESSION: Final = (
    "a saved session (a path, the beginning of its name, or latest), a bundle (.jsonl, .jsonl.gz), the output of "
    "aws iam get-account-authorization-details, or demo"
)


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the command line; leaves the program with code 2 on wrong usage."""
    parser = _parser()
    options, rest = parser.parse_known_args(argv)
    if len(rest) == 1 and not rest[0].startswith("-") and getattr(options, "resource", "") is None:
        # argparse takes a last word that may be missing for missing when an option comes before it.
        options.resource = rest.pop()
    _check_place_of_session(options, rest)
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if options.command is None:
        options.command = "live"
    return options


def _check_place_of_session(options: argparse.Namespace, rest: Sequence[str]) -> None:
    """Raises UsageProblem where a session stands among words that are none, which is said better than by argparse."""
    if options.command == "permissions" and rest and not rest[0].startswith("-"):
        raise exits.UsageProblem(
            f"permissions needs no session: write --missing {rest[0]} for what was denied in {rest[0]}"
        )
    if options.command in ("can", "who-can") and ":" not in options.action:
        words = [options.principal] if options.command == "can" else []
        words += [word for word in (options.action, options.resource, *rest) if word]
        session = words.pop(0)
        position = 1 if options.command == "can" else 0
        asked = words[position] if len(words) > position else ""
        if ":" in asked and not asked.startswith("arn:"):
            raise exits.UsageProblem(
                f"{session} stands where no session does, it goes in --session: "
                f"srtui {options.command} --session {session} {' '.join(words)}"
            )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="srtui",
        description="Explore an AWS account through the shared responsibility model. Without a command: live, "
        "read-only, with the credentials the AWS CLI would use.",
        epilog=exits.EXPLAINED,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"srtui {__version__}")
    _add_live_options(parser)
    _add_screen_options(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    for name, text in (
        ("demo", "explore a recorded company account; needs no credentials"),
        ("lab", "start a practice account on this machine and explore it live"),
    ):
        _add_screen_options(commands.add_parser(name, help=text, description=text), inherit=True)

    opened = commands.add_parser(
        "open", help="explore a saved session, a bundle or an authorization-details file"
    )
    opened.add_argument("session", metavar="SESSION", help=_SESSION)
    _add_screen_options(opened, inherit=True)

    sessions = commands.add_parser("sessions", help="list saved sessions, newest first")
    sessions.add_argument("--json", action="store_true", help="one JSON object a line")

    bundle = commands.add_parser("bundle", help="write the offline bundle of a session")
    bundle.add_argument("session", metavar="SESSION", help=_SESSION)
    _add_output(bundle, required=True)

    report = commands.add_parser("report", help="write a report")
    report.add_argument("session", metavar="SESSION", help=_SESSION)
    report.add_argument(
        "--format",
        choices=tuple(FORMATS),
        default="md",
        metavar="FORMAT",
        help="; ".join(f"{name}: {what}" for name, (what, _) in FORMATS.items()) + "; default: md",
    )
    report.add_argument(
        "--fail-on",
        choices=SEVERITIES,
        metavar="SEVERITY",
        help="exit with 1 if a finding this bad or worse is open",
    )
    _add_output(report)

    _add_access_commands(commands)
    evaluate = commands.add_parser("evaluate", help="decide IAM requests: JSON lines in, JSON lines out")
    evaluate.add_argument(
        "--capabilities", action="store_true", help="print what the engine supports, and exit"
    )

    _add_headless_commands(commands)
    commands.add_parser("keys", help="print every key of the interface")
    commands.add_parser("info", help="print the version and every path in use")
    return parser


_COMPLETION = """\
to install, for every new shell from now on:
  bash   echo 'source <(srtui completion bash)' >> ~/.bashrc
  zsh    echo 'source <(srtui completion zsh)' >> ~/.zshrc
         (below the line with compinit)
  fish   srtui completion fish > ~/.config/fish/completions/srtui.fish"""


def _add_access_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    can = commands.add_parser(
        "can",
        help="can this principal do that: 0 allowed, 1 denied, 3 on conditions, 4 unknown",
        epilog="example: srtui can deploy s3:PutObject 'arn:aws:s3:::artifacts/*' --context aws:SourceIp=10.0.0.1",
    )
    can.add_argument("principal", metavar="PRINCIPAL", help="user or role: its ARN or its name")
    who_can = commands.add_parser(
        "who-can",
        help="who can do that; exit codes as for can, by the widest access that anyone has",
        epilog="example: srtui who-can iam:PassRole arn:aws:iam::111122223333:role/admin",
    )
    for command in (can, who_can):
        command.add_argument(
            "action", metavar="ACTION", help="service:Action in any letter case, or a pattern such as s3:Put*"
        )
        command.add_argument(
            "resource",
            metavar="RESOURCE",
            nargs="?",
            help="an ARN, with * for a pattern; default: some resource of the kinds that the action works on",
        )
        command.add_argument(
            "--context",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="a condition key of the request that is known; may be repeated, also for several values of a key",
        )
        command.add_argument(
            "--session", metavar="SESSION", default="latest", help=f"default: latest; {_SESSION}"
        )
        command.add_argument("--json", action="store_true", help="one JSON object")

    _add_escalation_commands(commands)

    completion = commands.add_parser(
        "completion",
        help="print the completion script of a shell",
        description="Print the script that lets a shell complete commands, actions and principals.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_COMPLETION,
    )
    completion.add_argument(
        "shell", metavar="SHELL", choices=("bash", "zsh", "fish"), help="bash, zsh or fish"
    )
    complete = commands.add_parser("complete")  # for those scripts
    complete.add_argument("kind", choices=("actions", "principals"))
    complete.add_argument("prefix")
    complete.add_argument("--session", default="latest")


def _add_escalation_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    paths = commands.add_parser("paths", help="how anyone becomes administrator, or somebody else")
    paths.add_argument("session", metavar="SESSION", nargs="*", help=f"default: latest; {_SESSION}")
    paths.add_argument("--from", dest="start", metavar="ARN", help="only from this user or role")
    paths.add_argument(
        "--to", metavar="ARN", default="admin", help="a user, a role or a store of data; default: admin"
    )
    reach = commands.add_parser("reach", help="what a user or role gets to: principals, services, data")
    reach.add_argument("session", metavar="SESSION", help=_SESSION)
    reach.add_argument("principal", metavar="PRINCIPAL", help="user or role: its ARN or its name")
    first = commands.add_parser("fix-first", help="the statements and trusts whose removal cuts most paths")
    first.add_argument("session", metavar="SESSION", nargs="?", default="latest", help=_SESSION)
    for command, default in ((paths, "unknown"), (reach, "conditional")):
        command.add_argument(
            "--tier",
            choices=("confirmed", "conditional", "needs-target", "unknown"),
            default=default,
            help=f"only paths as certain as this, or more; default: {default}",
        )
    for command in (paths, reach, first):
        command.add_argument("--json", action="store_true", help="one JSON object a line")


def _add_headless_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    collect = commands.add_parser(
        "collect",
        help="collect the live account into a session file, without an interface: for cron and CI",
    )
    _add_output(collect)
    collect.add_argument(
        "--fail-on",
        choices=SEVERITIES,
        metavar="SEVERITY",
        help="exit with 1 if a finding this bad or worse is open",
    )
    collect.add_argument(
        "--trend", action="store_true", help="compare with the session before of the same account"
    )
    collect.add_argument("--json", action="store_true", help="the summary as one JSON object")
    _add_live_options(collect, inherit=True)

    diff = commands.add_parser(
        "diff", help="what changed between two looks at an account: 0 nothing, 1 something"
    )
    for name in ("old", "new"):
        diff.add_argument(name, metavar=name.upper(), help=_SESSION)
    diff.add_argument("--json", action="store_true", help="one JSON object")

    controls = commands.add_parser("controls", help="list what srtui checks")
    controls.add_argument(
        "--row", type=int, choices=range(1, 14), metavar="N", help="only row N of the matrix"
    )
    controls.add_argument("--json", action="store_true", help="one JSON object a line")

    permissions = commands.add_parser("permissions", help="print the least IAM policy for what srtui reads")
    which = permissions.add_mutually_exclusive_group()
    which.add_argument(
        "--addon", action="store_true", help="only what AWS's SecurityAudit policy lacks of it"
    )
    which.add_argument(
        "--missing",
        metavar="SESSION",
        nargs="?",
        const="latest",
        help=f"only what was denied in a session; default: latest; {_SESSION}",
    )
    permissions.add_argument(
        "--part", type=int, metavar="N", help="only the N-th, where one policy is too small"
    )


_LIVE_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "--profile": {"help": "profile of the AWS shared configuration"},
    "--region": {
        "action": "append",
        "default": [],
        "metavar": "REGION",
        "help": "may be repeated; default: all",
    },
    "--skip-service": {
        "action": "append",
        "default": [],
        "metavar": "SERVICE",
        "help": "do not ask this service, e.g. macie2; what depends on it is unknown; may be repeated",
    },
    "--skip-region": {
        "action": "append",
        "default": [],
        "metavar": "REGION",
        "help": "do not ask this region; what depends on it is unknown; may be repeated",
    },
    "--role-arn": {
        "action": "append",
        "default": [],
        "metavar": "ARN",
        "help": "role to assume; repeat it for a chain",
    },
    "--mfa-serial": {"metavar": "ARN", "help": "MFA device for assuming the role; the code is asked for"},
    "--external-id": {"metavar": "ID", "help": "external id for assuming the role"},
    "--endpoint-url": {"metavar": "URL", "help": "send every call there, e.g. to a practice server"},
    "--fips": {"action": "store_true", "help": "use FIPS endpoints"},
}


def _add_live_options(parser: argparse.ArgumentParser, *, inherit: bool = False) -> None:
    # As with the screen options, a subcommand's silence must not undo what was said before it.
    silence = {"default": argparse.SUPPRESS} if inherit else {}
    group = parser.add_argument_group("live account")
    for name, settings in _LIVE_OPTIONS.items():
        group.add_argument(name, **{**settings, **silence})


def _add_screen_options(parser: argparse.ArgumentParser, *, inherit: bool = False) -> None:
    # A subcommand repeats the options of the main parser; its silence must not undo what was said before it.
    group = parser.add_argument_group("screen")
    silence = argparse.SUPPRESS if inherit else None
    group.add_argument(
        "--theme", metavar="NAME", default=silence, help="colour theme, e.g. dark, light, ansi16"
    )
    group.add_argument(
        "--no-mouse",
        dest="mouse",
        action="store_const",
        const=False,
        default=silence,
        help="leave the mouse alone",
    )


def _add_output(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=required, help="file to write")
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")
