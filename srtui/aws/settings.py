"""How to reach an account, and the error that says why it cannot be reached. Imports nothing of botocore."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SESSION_NAME: Final = "srtui"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSettings:
    """How to reach the account. `role_arns` are assumed in order; `regions` empty means every enabled one.

    `skip_services` (by botocore's names) and `skip_regions` are not asked, and what depends on them is unknown.
    """

    profile: str | None = None
    regions: tuple[str, ...] = ()
    skip_services: tuple[str, ...] = ()
    skip_regions: tuple[str, ...] = ()
    role_arns: tuple[str, ...] = ()
    mfa_serial: str | None = None
    external_id: str | None = None
    session_name: str = SESSION_NAME
    endpoint_url: str | None = None
    use_fips: bool = False


class CredentialsError(Exception):
    """There are no usable credentials. `tried` and `remedy` are lines for a person; `renewable` if signing in helps."""

    def __init__(
        self, title: str, tried: tuple[str, ...], remedy: tuple[str, ...], *, renewable: bool = False
    ) -> None:
        super().__init__(title)
        self.title = title
        self.tried = tried
        self.remedy = remedy
        self.renewable = renewable


def endpoint_override(settings: AwsSettings, environ: Mapping[str, str] = os.environ) -> str | None:
    """Where calls go instead of to AWS, if an option or the environment says so: such answers may be made up."""
    if settings.endpoint_url:
        return settings.endpoint_url
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return None
    named = sorted(name for name in environ if name.startswith("AWS_ENDPOINT_URL") and environ[name])
    return environ[named[0]] if named else None
