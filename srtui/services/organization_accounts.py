"""AWS Organizations: the accounts of the organisation, which its management account may list."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.members import OrganizationMember
from srtui.services.declare import Answer
from srtui.services.organizations import ORGANIZATIONS, organization


@ORGANIZATIONS.call(
    "ListAccounts",
    for_each=organization,
    due=lambda found, context: found.get("MasterAccountId") == context.account,
)
def organization_accounts(account: Account, answer: Answer) -> None:
    """Accounts of the organisation."""
    for entry in answer.response.get("Accounts") or ():
        arn = entry.get("Arn") or f"arn:{account.partition}:organizations:::account/{entry['Id']}"
        account.table(OrganizationMember)[arn] = OrganizationMember(
            arn=arn,
            name=entry["Id"],
            title=entry.get("Name") or "",
            status=entry.get("State") or entry.get("Status") or "",
        )
