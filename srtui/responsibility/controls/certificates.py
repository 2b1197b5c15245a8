"""Certificates of AWS Certificate Manager that are in use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from srtui.account.provider import Certificate
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.judging import Verdict, each, settled, untold
from srtui.services.acm import certificates

_SOON: Final = 30


@control(
    "acm-expiry",
    title="Certificates in use are valid for 30 more days",
    problem="Certificate in use expires soon",
    rows=[8],
    severity="high",
    topic="network",
    needs=[certificates],
    why="With an expired certificate clients break off, or are taught to go on in spite of the warning.",
    fix="Mend the validation record so that ACM can renew it, or import a new certificate.",
    command="aws acm describe-certificate --region {region} --certificate-arn {subject}",
    references=["https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html"],
)
def acm_expiry(check: Check) -> Iterator[Result]:
    def judge(one: Certificate) -> Verdict | None:
        if one.in_use is False or one.status not in ("ISSUED", "EXPIRED", "REVOKED", "INACTIVE"):
            return None
        if one.in_use is None or one.expires is None:
            return untold(certificates, reason="AWS did not tell whether it is in use, or when it ends")
        days = (one.expires - check.now).days
        facts = (
            Fact("domain", one.name),
            Fact("valid until", f"{one.expires:%Y-%m-%d}, {days} days"),
            Fact("renewal", "by ACM" if one.renewable else "by hand"),
        )
        return settled(one.status == "ISSUED" and days >= _SOON, *facts)

    yield from each(check, check.account.table(Certificate).values(), judge)
