"""Every control, one module a topic. Importing this package registers them all."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from srtui.responsibility.control import Control, registered
from srtui.responsibility.controls import (
    access,
    alarms,
    backups,
    compute,
    connections,
    credentials,
    databases,
    delegation,
    detection,
    edge,
    event_history,
    guardduty,
    guardrails,
    identities,
    images,
    inspector,
    keeping,
    loadbalancers,
    logs,
    machines,
    messages,
    network,
    organization,
    passwords,
    patches,
    patching,
    platforms,
    resources,
    root,
    storage,
    stores,
    trail_use,
    trails,
    trust,
    vpc,
)

#: By id, in the order of the modules.
CONTROLS: Final[Mapping[str, Control]] = MappingProxyType(dict(registered()))

__all__ = [
    "CONTROLS",
    "access",
    "alarms",
    "backups",
    "compute",
    "connections",
    "credentials",
    "databases",
    "delegation",
    "detection",
    "edge",
    "event_history",
    "guardduty",
    "guardrails",
    "identities",
    "images",
    "inspector",
    "keeping",
    "loadbalancers",
    "logs",
    "machines",
    "messages",
    "network",
    "organization",
    "passwords",
    "patches",
    "patching",
    "platforms",
    "resources",
    "root",
    "storage",
    "stores",
    "trail_use",
    "trails",
    "trust",
    "vpc",
]
