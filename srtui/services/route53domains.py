"""Amazon Route 53 Domains: registered domains."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.edge import RegisteredDomain
from srtui.evidence import moment
from srtui.services.declare import Answer, Service

ROUTE53_DOMAINS = Service(
    "route53domains", title="Route 53 Domains", scope="global", partitions=frozenset({"aws"}), concurrency=1
)


@ROUTE53_DOMAINS.call("ListDomains", page_size=100)
def domains(account: Account, answer: Answer) -> None:
    """Registered domains."""
    for entry in answer.response.get("Domains") or ():
        name = entry["DomainName"]
        arn = f"arn:{account.partition}:route53domains::{account.id}:domain/{name}"
        account.table(RegisteredDomain)[arn] = RegisteredDomain(
            arn=arn,
            name=name,
            auto_renew=bool(entry.get("AutoRenew")),
            transfer_lock=bool(entry.get("TransferLock")),
            expires=moment(entry.get("Expiry")),
        )
