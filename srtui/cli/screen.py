"""The commands that open the interface: live, demo, lab, open."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from msgspec.structs import replace

from srtui import exits
from srtui.cli.settings import risk_settings
from srtui.config import Config, ConfigError, load_config
from srtui.files import config_folder

if TYPE_CHECKING:
    from srtui.engine import Engine

#: A pause between batches of the demo, so that it streams in as a live run does; the whole takes about two seconds.
_DEMO_PACE = 0.05


def run(options: argparse.Namespace) -> int:
    """Check the terminal and the settings, build the engine for the command, and hand over to the interface."""
    config = with_options(load_config(), options)
    check_terminal()
    check_settings(config)
    match options.command:
        case "open":
            return _show(_opened(options.session), config)
        case "demo":
            return _show(_opened("demo", _DEMO_PACE), config)
        case "lab":
            return _lab(config)
        case _:
            from srtui.cli.live import engine_for

            return _show(engine_for(options, config), config)


def with_options(config: Config, options: argparse.Namespace) -> Config:
    """The configuration with the command line on top."""
    return replace(
        config,
        theme=options.theme or config.theme,
        mouse=config.mouse if options.mouse is None else options.mouse,
        profile=options.profile or config.profile,
        regions=tuple(options.region) or config.regions,
        skip_services=(*config.skip_services, *options.skip_service),
        skip_regions=(*config.skip_regions, *options.skip_region),
    )


def check_terminal() -> None:
    """Say what to do instead where there is no terminal to draw on."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise exits.UsageProblem(
            "this is not a terminal: use srtui report SESSION for text (srtui report demo to try)"
        )
    if os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        raise exits.UsageProblem(
            f"the terminal says it can do nothing (TERM={os.environ.get('TERM', '')}): "
            "set TERM, e.g. TERM=xterm-256color, or use srtui report SESSION"
        )
    # Textual takes this as a colour system of its own and crashes on it.
    if os.environ.get("TEXTUAL_COLOR_SYSTEM", "") == "none":
        del os.environ["TEXTUAL_COLOR_SYSTEM"]
        os.environ["NO_COLOR"] = "1"


def check_settings(config: Config) -> None:
    """Refuse a theme or a key that there is not before the screen is taken over."""
    from srtui.tui.actions import REGISTRY
    from srtui.tui.theme import ThemeError, choose, load_themes

    looks, problems = load_themes(config_folder() / "themes")
    for problem in problems:
        print(f"srtui: {problem}", file=sys.stderr)
    try:
        choose(config.theme, looks, os.environ)
    except ThemeError as error:
        raise ConfigError(str(error)) from error
    clashes = REGISTRY.rebind(config.keys)
    if clashes:
        raise ConfigError(f"{config.path}: {clashes[0]}")


def _opened(ref: str, pace: float = 0.0) -> Engine:
    from srtui.engine import Engine
    from srtui.source import ReplayFeed, open_source

    source = open_source(ref)
    return Engine(
        ReplayFeed(source, pace, batch=24 if pace else 64),
        notes=lambda: source.notes,
        recall=lambda: open_source(ref).evidence,
        settings=risk_settings(),
    )


def _show(engine: Engine, config: Config) -> int:
    from srtui.tui.app import run_app

    return run_app(engine, config)


def _lab(config: Config) -> int:
    from srtui.cli.live import live_engine
    from srtui.demo.lab import practice_server
    from srtui.demo.policies import AUDITOR

    # The practice server takes any credentials; the user's own have no business there.
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"):
        os.environ.pop(name, None)
    os.environ.update(AWS_ACCESS_KEY_ID="practice", AWS_SECRET_ACCESS_KEY="practice")
    print("srtui: starting the practice account …", file=sys.stderr)
    try:
        with practice_server() as endpoint:
            engine = live_engine(endpoint_url=endpoint, regions=config.regions, role_arns=(AUDITOR,))
            return _show(engine, config)
    except ImportError as error:
        raise exits.UsageProblem(
            f"the practice account needs more packages: pip install 'srtui[lab]' ({error})"
        ) from error
