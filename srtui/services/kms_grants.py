"""AWS KMS: grants on customer keys, which no policy shows."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.grants import KeyGrant, KeyGrants
from srtui.services.declare import Answer
from srtui.services.kms import KMS, key_metadata


@KMS.call(
    "ListGrants",
    for_each=key_metadata,
    params=lambda key, _: {"KeyId": key["KeyId"]},
    only_if=lambda metadata: metadata.get("KeyManager") == "CUSTOMER",
    absent=["NotFoundException"],
    page_size=100,
)
def key_grants(account: Account, answer: Answer) -> None:
    """Grants on a key."""
    key = f"arn:{account.partition}:kms:{answer.region}:{account.id}:key/{answer.params['KeyId']}"
    known = account.table(KeyGrants).get(key)
    before = known.grants if known and isinstance(known.grants, tuple) and answer.evidence.page else ()
    found = []
    for entry in answer.response.get("Grants") or ():
        arn = f"{key}/grant/{entry['GrantId']}"
        account.table(KeyGrant)[arn] = KeyGrant(
            arn=arn,
            name=entry.get("Name") or "",
            region=answer.region,
            key=key,
            grantee=entry.get("GranteePrincipal") or entry.get("GranteeServicePrincipal") or "",
            issuer=entry.get("IssuingAccount") or "",
            operations=tuple(entry.get("Operations") or ()),
            constrained=bool(entry.get("Constraints")),
        )
        found.append(arn)
    account.table(KeyGrants)[key] = KeyGrants(
        arn=key, name=answer.params["KeyId"], region=answer.region, grants=(*before, *found)
    )
