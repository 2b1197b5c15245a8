"""Amazon Route 53: hosted zones and what their records point at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from srtui.account import Account
from srtui.account.edge import DnsRecord, HostedZone
from srtui.services.declare import Answer, Service

# Route 53 bears five requests a second of an account.
ROUTE53 = Service(
    "route53", title="Route 53", scope="global", home={"aws-cn": "cn-northwest-1"}, concurrency=2
)


def _zone_arn(account: Account, zone_id: str) -> str:
    return f"arn:{account.partition}:route53:::hostedzone/{zone_id.rsplit('/', 1)[-1]}"


@ROUTE53.call("ListHostedZones", items="HostedZones")
def hosted_zones(account: Account, answer: Answer) -> None:
    """Hosted zones."""
    for entry in answer.response.get("HostedZones") or ():
        arn = _zone_arn(account, entry["Id"])
        account.table(HostedZone)[arn] = HostedZone(
            arn=arn,
            name=arn.rsplit("/", 1)[-1],
            domain=str(entry.get("Name", "")).rstrip("."),
            private=bool((entry.get("Config") or {}).get("PrivateZone")),
            size=entry.get("ResourceRecordSetCount") or 0,
        )


def _public(zone: Mapping[str, Any]) -> bool:
    return not (zone.get("Config") or {}).get("PrivateZone")


def _records(entries: Any) -> Iterator[DnsRecord]:
    for entry in entries or ():
        kind = entry.get("Type") or ""
        if kind not in ("A", "AAAA", "CNAME"):
            continue
        target = (entry.get("AliasTarget") or {}).get("DNSName")
        values = [target] if target else [one.get("Value") for one in entry.get("ResourceRecords") or ()]
        yield DnsRecord(
            name=str(entry.get("Name", "")).rstrip(".").lower(),
            kind=kind,
            values=tuple(str(value).rstrip(".").lower() for value in values if value),
            alias=bool(target),
        )


@ROUTE53.call(
    "ListResourceRecordSets",
    for_each=hosted_zones,
    only_if=_public,
    params=lambda zone, _: {"HostedZoneId": zone["Id"].rsplit("/", 1)[-1]},
    absent=["NoSuchHostedZone"],
)
def records(account: Account, answer: Answer) -> None:
    """Addresses and names in a public zone."""
    zone = account.table(HostedZone).get(_zone_arn(account, answer.params["HostedZoneId"]))
    if zone is not None and not answer.absent:
        known = zone.records if isinstance(zone.records, tuple) and answer.evidence.page else ()
        zone.records = (*known, *_records(answer.response.get("ResourceRecordSets")))
