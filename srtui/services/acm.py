"""AWS Certificate Manager: certificates and when they end."""

from __future__ import annotations

from typing import Final

from srtui.account import Account
from srtui.account.provider import Certificate
from srtui.evidence import moment
from srtui.services.declare import Answer, Service

ACM = Service("acm", title="Certificate Manager")

#: Without this list only RSA keys of up to 2,048 bits are listed (ACM API Reference, Filters).
_KEY_TYPES: Final = (
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
)


@ACM.call("ListCertificates", variants=[{"Includes": {"keyTypes": list(_KEY_TYPES)}}], page_size=1000)
def certificates(account: Account, answer: Answer) -> None:
    """Certificates."""
    for entry in answer.response.get("CertificateSummaryList") or ():
        account.table(Certificate)[entry["CertificateArn"]] = Certificate(
            arn=entry["CertificateArn"],
            name=entry.get("DomainName") or "",
            region=answer.region,
            status=entry.get("Status") or "",
            kind=entry.get("Type") or "",
            in_use=entry.get("InUse"),
            expires=moment(entry.get("NotAfter")),
            renewable=entry.get("RenewalEligibility") == "ELIGIBLE",
            algorithm=entry.get("KeyAlgorithm") or "",
        )
