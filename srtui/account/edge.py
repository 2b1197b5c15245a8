"""What faces the internet: load balancers, distributions, names and domains."""

from __future__ import annotations

from datetime import datetime

import msgspec

from srtui.account.model import UNREAD, Record, Unread


class Listener(msgspec.Struct, frozen=True):
    """One port of a load balancer. `actions` are the types of its default actions."""

    arn: str
    port: int
    protocol: str  # HTTP, HTTPS, TCP, TLS, …
    ssl_policy: str = ""
    actions: tuple[str, ...] = ()
    redirects_to: str = ""  # protocol of a redirect: HTTPS, HTTP or #{protocol}


class LoadBalancer(Record):
    kind: str = ""  # application, network or gateway
    scheme: str = ""  # internet-facing or internal
    dns_name: str = ""
    vpc: str = ""
    security_groups: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    listeners: tuple[Listener, ...] | Unread = UNREAD
    attributes: dict[str, str] | Unread = UNREAD
    web_acl: str | Unread | None = UNREAD  # name of the WAF ACL; None: there is none


class Origin(msgspec.Struct, frozen=True):
    """Where a distribution fetches from."""

    id: str
    host: str
    access_control: str = ""  # id of an origin access control
    access_identity: str = ""  # the older way
    protocol_policy: str = ""  # http-only, match-viewer or https-only; "" for S3
    tls: tuple[str, ...] = ()


class Distribution(Record):
    """A CloudFront distribution; `name` is its id."""

    host: str = ""
    aliases: tuple[str, ...] = ()
    enabled: bool = False
    web_acl: str = ""
    viewer_policies: tuple[str, ...] = ()  # of all its cache behaviours
    minimum_tls: str = ""
    default_certificate: bool = False
    origins: tuple[Origin, ...] = ()


class DnsRecord(msgspec.Struct, frozen=True):
    """One A, AAAA, CNAME or alias record. `values` are addresses or host names, in lower case."""

    name: str
    kind: str
    values: tuple[str, ...]
    alias: bool = False


class HostedZone(Record):
    """`name` is the id; `domain` has no final dot."""

    domain: str = ""
    private: bool = False
    size: int = 0
    records: tuple[DnsRecord, ...] | Unread = UNREAD


class RegisteredDomain(Record):
    auto_renew: bool = False
    transfer_lock: bool = False
    expires: datetime | None = None


class ShieldProtection(Record):
    """`resource` is the ARN of what Shield Advanced protects."""

    resource: str = ""


class ShieldSubscription(Record):
    """`active` is whether the account has Shield Advanced."""

    active: bool | Unread = UNREAD
