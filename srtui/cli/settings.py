"""The user's files about identities, read only where there are any: the first frame does not wait for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srtui.config import identity_files

if TYPE_CHECKING:
    from srtui.risk.settings import RiskSettings


def risk_settings() -> RiskSettings | None:
    """What the user says about identities; None where he says nothing. Raises ConfigError."""
    if not any(path.exists() for path in identity_files()):
        return None
    from srtui.risk.settings import load_settings

    return load_settings()
