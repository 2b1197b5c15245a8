"""AWS Resource Access Manager: what the account shares, and with whom."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.sharing import ResourceShare
from srtui.services.batches import tags_of
from srtui.services.declare import Answer, Service

RAM = Service("ram", title="Resource Access Manager")


@RAM.call(
    "GetResourceShares",
    variants=[{"resourceOwner": "SELF", "resourceShareStatus": "ACTIVE"}],
    items="resourceShares",
    page_size=100,
)
def resource_shares(account: Account, answer: Answer) -> None:
    """Resource shares of the account's own."""
    for entry in answer.response.get("resourceShares") or ():
        arn = entry["resourceShareArn"]
        account.table(ResourceShare)[arn] = ResourceShare(
            arn=arn,
            name=entry.get("name") or "",
            region=answer.region,
            tags=tags_of(entry, "tags"),
            external_allowed=bool(entry.get("allowExternalPrincipals")),
            status=entry.get("status") or "",
        )


@RAM.call(
    "GetResourceShareAssociations",
    for_each=resource_shares,
    params=lambda share, _: {
        "associationType": "PRINCIPAL",
        "resourceShareArns": [share["resourceShareArn"]],
    },
    absent=["UnknownResourceException"],
    page_size=100,
)
def share_principals(account: Account, answer: Answer) -> None:
    """With whom a resource share shares."""
    share = account.table(ResourceShare).get(answer.params["resourceShareArns"][0])
    if share is not None and not answer.absent:
        known = share.principals if isinstance(share.principals, tuple) and answer.evidence.page else ()
        found = (
            (entry.get("associatedEntity") or "", bool(entry.get("external")))
            for entry in answer.response.get("resourceShareAssociations") or ()
            if entry.get("status") not in ("DISASSOCIATED", "FAILED")
        )
        share.principals = (*known, *found)
