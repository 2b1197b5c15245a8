"""Amazon CloudFront: distributions, how viewers reach them, and how they reach their origins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srtui.account import Account
from srtui.account.edge import Distribution, Origin
from srtui.services.declare import Answer, Service

CLOUDFRONT = Service(
    "cloudfront",
    title="CloudFront",
    scope="global",
    home={"aws-cn": "cn-northwest-1"},
    partitions=frozenset({"aws", "aws-cn"}),
)


def _items(entry: Mapping[str, Any], member: str) -> list[Any]:
    return list((entry.get(member) or {}).get("Items") or ())


def _origin(entry: Mapping[str, Any]) -> Origin:
    custom = entry.get("CustomOriginConfig") or {}
    return Origin(
        id=entry.get("Id") or "",
        host=entry.get("DomainName") or "",
        access_control=entry.get("OriginAccessControlId") or "",
        access_identity=(entry.get("S3OriginConfig") or {}).get("OriginAccessIdentity") or "",
        protocol_policy=custom.get("OriginProtocolPolicy") or "",
        tls=tuple(_items(custom, "OriginSslProtocols")),
    )


@CLOUDFRONT.call("ListDistributions")
def distributions(account: Account, answer: Answer) -> None:
    """Distributions."""
    for entry in _items(answer.response, "DistributionList"):
        arn = (
            entry.get("ARN") or f"arn:{account.partition}:cloudfront::{account.id}:distribution/{entry['Id']}"
        )
        certificate = entry.get("ViewerCertificate") or {}
        behaviours = [entry.get("DefaultCacheBehavior") or {}, *_items(entry, "CacheBehaviors")]
        account.table(Distribution)[arn] = Distribution(
            arn=arn,
            name=entry["Id"],
            host=entry.get("DomainName") or "",
            aliases=tuple(_items(entry, "Aliases")),
            enabled=bool(entry.get("Enabled")),
            web_acl=entry.get("WebACLId") or "",
            viewer_policies=tuple(one.get("ViewerProtocolPolicy") or "" for one in behaviours),
            minimum_tls=certificate.get("MinimumProtocolVersion") or "",
            default_certificate=bool(certificate.get("CloudFrontDefaultCertificate")),
            origins=tuple(map(_origin, _items(entry, "Origins"))),
        )
