"""What instances are made from and run on: images, volumes, snapshots, hosts, zones and instance types."""

from __future__ import annotations

from datetime import datetime

from srtui.account.model import UNREAD, Record, Unread


class Image(Record):
    """A machine image that the account owns; `title` is the name it was given."""

    title: str = ""
    public: bool = False
    created: datetime | None = None
    state: str = ""
    shared_with: tuple[str, ...] | Unread = UNREAD  # account ids, organisation ARNs, or "all"


class InstanceImage(Record):
    """The image that an instance was started from; `arn` is the instance's, `name` the image's id."""

    title: str = ""
    owner: str = ""
    owner_alias: str = ""  # amazon, aws-marketplace, self, …
    state: str = ""
    created: datetime | None = None
    deprecated: datetime | None = None
    public: bool = False


class Volume(Record):
    encrypted: bool = False
    state: str = ""
    size: int = 0  # GiB
    instances: tuple[str, ...] = ()


class PublicSnapshot(Record):
    """An EBS snapshot of the account that everyone may restore."""

    volume: str = ""
    encrypted: bool = False
    started: datetime | None = None
    description: str = ""


class DedicatedHost(Record):
    zone: str = ""
    state: str = ""
    instance_family: str = ""
    recovery: bool = False
    instances: tuple[str, ...] = ()


class Zone(Record):
    """An availability zone; `zone_id` is the same in every account, `name` is not."""

    zone_id: str = ""
    kind: str = ""  # availability-zone, local-zone or wavelength-zone
    state: str = ""


class InstanceType(Record):
    """An instance type in use in a region."""

    hypervisor: str = ""  # nitro, xen, or "" for bare metal
    bare_metal: bool = False
