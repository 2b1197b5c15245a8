"""The live account as an engine that records what it hears."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from srtui.cli.settings import risk_settings
from srtui.config import Config, ConfigError, did_you_mean
from srtui.engine import Engine, live_clock
from srtui.files import sessions_folder

#: Of so many identities last-accessed data is asked for without being told to.
_LOOKED_INTO: Final = 25


def live_engine(
    *,
    profile: str | None = None,
    regions: tuple[str, ...] = (),
    skip_services: tuple[str, ...] = (),
    skip_regions: tuple[str, ...] = (),
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
        skip_services=skip_services,
        skip_regions=skip_regions,
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


def check_services(names: Iterable[str]) -> None:
    """Raises ConfigError for a service that srtui does not know, which would be asked in spite of the setting."""
    if not names:
        return
    from srtui.services import SERVICES

    known = {service.name for service in SERVICES}
    for name in names:
        if name not in known:
            raise ConfigError(f"srtui asks no service {name!r}{did_you_mean(name, sorted(known))}")


def engine_for(options: argparse.Namespace, config: Config, record_as: Path | None = None) -> Engine:
    """The live account that the command line and the configuration name."""
    check_services(config.skip_services)
    return live_engine(
        profile=config.profile,
        regions=config.regions,
        skip_services=config.skip_services,
        skip_regions=config.skip_regions,
        role_arns=tuple(options.role_arn),
        mfa_serial=options.mfa_serial,
        external_id=options.external_id,
        endpoint_url=options.endpoint_url,
        fips=options.fips,
        record_as=record_as,
    )
