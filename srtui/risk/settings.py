"""What the user says about identities at risk: three files in the configuration folder, all of them optional.

duties.toml           duties and conflicts on top of the built-in ones (see `duties`)
known-accounts.toml   other accounts and tenants that are known (see `known`)
identities.toml       who is a person and who a machine: `human` and `machine` are globs, `tag` the key of a tag
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from srtui.config import DUTIES, IDENTITIES, KNOWN_ACCOUNTS, ConfigError
from srtui.files import config_folder
from srtui.natures import NatureRules
from srtui.risk.duties import DutyBook, built_in_duties, load_duties
from srtui.risk.known import KnownAccounts, load_known_accounts


class RiskSettings(msgspec.Struct, frozen=True):
    """All of it; without files what srtui brings along."""

    own_duties: DutyBook | None = None
    known: KnownAccounts = KnownAccounts()
    natures: NatureRules = NatureRules()

    @property
    def duties(self) -> DutyBook:
        """The duties that count. The built-in ones are read when they are first asked for."""
        return self.own_duties or built_in_duties()


def load_settings(folder: Path | None = None) -> RiskSettings:
    """Read the files of a folder, srtui's own by default. Raises ConfigError with one line."""
    folder = folder or config_folder()
    return RiskSettings(
        own_duties=load_duties(folder / DUTIES) if (folder / DUTIES).exists() else None,
        known=load_known_accounts(folder / KNOWN_ACCOUNTS),
        natures=load_natures(folder / IDENTITIES),
    )


class _Identities(msgspec.Struct, forbid_unknown_fields=True):
    human: tuple[str, ...] = ()
    machine: tuple[str, ...] = ()
    tag: str = ""


def load_natures(path: Path) -> NatureRules:
    """Read identities.toml; no file means no rules. Raises ConfigError."""
    try:
        found = msgspec.convert(tomllib.loads(path.read_bytes().decode("utf-8")), _Identities)
    except FileNotFoundError:
        return NatureRules()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigError(f"{path}: {error}") from error
    return NatureRules(human=found.human, machine=found.machine, tag=found.tag)
