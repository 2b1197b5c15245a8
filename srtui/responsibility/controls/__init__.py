"""Every control, one module a topic. Importing this package registers them all."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from srtui.responsibility.control import Control, registered
from srtui.responsibility.controls import (
    access,
    alarms,
    compute,
    connections,
    credentials,
    databases,
    delegation,
    detection,
    event_history,
    guardduty,
    guardrails,
    identities,
    logs,
    edge,
    loadbalancers,
    machines,
    network,
    organization,
    passwords,
    patching,
    platforms,
    resources,
    root,
    storage,
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
    "compute",
    "connections",
    "credentials",
    "databases",
    "delegation",
    "detection",
    "event_history",
    "guardduty",
    "guardrails",
    "identities",
    "logs",
    "edge",
    "loadbalancers",
    "machines",
    "network",
    "organization",
    "passwords",
    "patching",
    "platforms",
    "resources",
    "root",
    "storage",
    "trail_use",
    "trails",
    "trust",
    "vpc",
]
