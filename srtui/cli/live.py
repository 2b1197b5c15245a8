"""The live account as an engine that records what it hears."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from srtui.cli.settings import risk_settings
from srtui.config import Config
from srtui.engine import Engine, live_clock
from srtui.files import sessions_folder

#: Of so many identities last-accessed data is asked for without being told to.
_LOOKED_INTO: Final = 25


def live_engine(
    *,
    profile: str | None = None,
    regions: tuple[str, ...] = (),
    role_arns: tuple[str, ...] = (),
    mfa_serial: str | None = None,
    external_id: str | None = None,
    endpoint_url: str | None = None,
    fips: bool = False,
    record_as: Path | None = None,
) -> Engine:
    """An engine that collects from AWS, or from whatever answers at `endpoint_url`, into a new session."""
    from srtui.aws import AwsSettings, LiveFeed

    settings = AwsSettings(
        profile=profile,
        regions=regions,
        role_arns=role_arns,
        mfa_serial=mfa_serial,
        external_id=external_id,
        endpoint_url=endpoint_url,
        use_fips=fips,
    )
    return Engine(
        LiveFeed(settings),
        record=None if record_as else sessions_folder(),
        record_as=record_as,
        clock=live_clock,
        settings=risk_settings(),
        look_into=_LOOKED_INTO,
    )


def engine_for(options: argparse.Namespace, config: Config, record_as: Path | None = None) -> Engine:
    """The live account that the command line and the configuration name."""
    return live_engine(
        profile=config.profile,
        regions=config.regions,
        role_arns=tuple(options.role_arn),
        mfa_serial=options.mfa_serial,
        external_id=options.external_id,
        endpoint_url=options.endpoint_url,
        fips=options.fips,
        record_as=record_as,
    )
