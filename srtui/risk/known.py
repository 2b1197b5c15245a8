"""Whom the account knows: the user's known-accounts.toml, and accounts that are AWS's own.

[accounts]
"210021002100" = "monitoring vendor"
own = ["110011001100"]           # above [accounts]: accounts of one's own that are in no or another organisation
tenants = ["acme", "9188040d-…"] # names of one's own tenants at GitHub, Entra and so on
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from srtui.config import ConfigError

_ACCOUNT: Final = re.compile(r"\d{12}\Z", re.ASCII)
#: Accounts from which Elastic Load Balancing delivers access logs (its user guide, "Attach a policy to your bucket").
_LOAD_BALANCERS: Final = (
    "127311923021 033677994240 027434742980 797873946194 098369216593 754344448648 589379963580 718504428378 "
    "383597477331 600734575887 114774131450 783225319266 582318560864 985666609251 054676820928 156460612806 "
    "652711504416 635631232127 009996457667 897822967062 076674570225 507241528517 048591011584 190560391635"
)
AWS_ACCOUNTS: Final[Mapping[str, str]] = dict.fromkeys(_LOAD_BALANCERS.split(), "Elastic Load Balancing")


class KnownAccounts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names by account id, accounts of one's own, and one's tenants at identity providers (lower case)."""

    accounts: dict[str, str] = {}
    own: tuple[str, ...] = ()
    tenants: tuple[str, ...] = ()


def load_known_accounts(path: Path) -> KnownAccounts:
    """Read the user's file; no file means nobody is known. Raises ConfigError."""
    try:
        values = tomllib.loads(path.read_bytes().decode("utf-8"))
        found = msgspec.convert(values, KnownAccounts)
    except FileNotFoundError:
        return KnownAccounts()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigError(f"{path}: {error}") from error
    for account in (*found.accounts, *found.own):
        if not _ACCOUNT.match(account):
            raise ConfigError(f"{path}: {account!r} is no account id, which has 12 digits, in quotes")
    return msgspec.structs.replace(found, tenants=tuple(one.lower() for one in found.tenants))
