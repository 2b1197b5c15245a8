"""AWS IAM Roles Anywhere: who may sign in with a certificate, and what it becomes."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.federation import AnywhereProfile, TrustAnchor
from srtui.services.declare import Answer, Service

# One request a second for each kind of resource (Roles Anywhere User Guide, "Quotas").
ROLES_ANYWHERE = Service("rolesanywhere", title="Roles Anywhere", concurrency=1)


@ROLES_ANYWHERE.call("ListTrustAnchors")
def trust_anchors(account: Account, answer: Answer) -> None:
    """Trust anchors: the certificate authorities that are believed."""
    for entry in answer.response.get("trustAnchors") or ():
        arn = entry["trustAnchorArn"]
        account.table(TrustAnchor)[arn] = TrustAnchor(
            arn=arn,
            name=entry.get("name") or "",
            region=answer.region,
            enabled=bool(entry.get("enabled")),
            source=(entry.get("source") or {}).get("sourceType") or "",
        )


@ROLES_ANYWHERE.call("ListProfiles")
def profiles(account: Account, answer: Answer) -> None:
    """Profiles: the roles that certificates may become."""
    for entry in answer.response.get("profiles") or ():
        arn = entry["profileArn"]
        account.table(AnywhereProfile)[arn] = AnywhereProfile(
            arn=arn,
            name=entry.get("name") or "",
            region=answer.region,
            enabled=bool(entry.get("enabled")),
            roles=tuple(entry.get("roleArns") or ()),
            session_policy=bool(entry.get("sessionPolicy") or entry.get("managedPolicyArns")),
        )
