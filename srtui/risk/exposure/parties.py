"""Parties outside of the account: who they are, and whether the account knows them."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from srtui.account import UNREAD, Account
from srtui.account.members import OrganizationMember
from srtui.account.organisation import DelegatedAdministrator
from srtui.risk.known import AWS_ACCOUNTS, KnownAccounts

PartyKind = Literal[
    "anyone", "any-aws", "organisation", "account", "network", "canonical", "service", "provider"
]
#: public: everyone; own: an account of one's own; organisation: in the same one; known: the user says so; aws: AWS's
#: own; unknown: nobody says who it is; unread: it may be in the organisation, whose accounts were not listed.
Standing = Literal["public", "own", "organisation", "known", "aws", "unknown", "unread"]
#: The furthest away first.
STANDINGS: Final[tuple[Standing, ...]] = (
    "public",
    "unknown",
    "unread",
    "known",
    "aws",
    "organisation",
    "own",
)


class Party(msgspec.Struct, frozen=True):
    """Someone outside of the account. `id`: account id, organisation id, service principal, provider or canonical id."""

    kind: PartyKind
    id: str
    name: str  # for a person
    standing: Standing

    @property
    def stranger(self) -> bool:
        """Whether nobody says that this party is to be here."""
        return self.standing in ("public", "unknown", "unread")


ANYONE: Final = Party("anyone", "*", "anyone on the internet", "public")
ANY_AWS: Final = Party("any-aws", "*", "anyone with an AWS account", "public")


class Parties:
    """Tells who is who, for one account."""

    def __init__(self, account: Account, known: KnownAccounts) -> None:
        self._account = account
        self._known = known
        organization = account.organization
        self.organization = "" if organization is UNREAD or organization is None else organization.id
        #: Whether it is known of every account whether it is in the organisation.
        self.members_read = organization is None
        self._members: dict[str, str] = {}
        if organization is not UNREAD and organization is not None:
            self._members[organization.management_account] = "management account"
            for administrator in account.table(DelegatedAdministrator).values():
                self._members[administrator.name] = administrator.title
            listed = account.outcomes_of("organizations", "ListAccounts")
            self.members_read = bool(listed) and all(one.error is None and one.complete for one in listed)
            for member in account.table(OrganizationMember).values():
                self._members[member.name] = member.title

    def account(self, id: str) -> Party:
        """Another account by its id."""
        if id in self._known.own:
            return Party("account", id, self._named(id, ""), "own")
        if id in self._members:
            return Party("account", id, self._named(id, self._members[id]), "organisation")
        if id in self._known.accounts:
            return Party("account", id, self._named(id, ""), "known")
        if id in AWS_ACCOUNTS or not id.isdigit():
            # What is no number is one of AWS's own, such as `cloudfront` or `aws`.
            return Party("account", id, AWS_ACCOUNTS.get(id, f"AWS ({id})"), "aws")
        unread = not self.members_read and (self.organization or self._account.organization is UNREAD)
        return Party("account", id, self._named(id, ""), "unread" if unread else "unknown")

    def _named(self, id: str, title: str) -> str:
        name = self._known.accounts.get(id) or title
        return f"{name} ({id})" if name else f"account {id}"

    def in_organization(self, id: str) -> bool | None:
        """Whether an account is in the organisation; None if that was not read."""
        if id in self._members:
            return True
        return False if self.members_read else None

    def organisation(self, id: str) -> Party:
        """An organisation by its id."""
        if id and id == self.organization:
            return Party("organisation", id, "every account of the organisation", "organisation")
        return Party("organisation", id, f"every account of organisation {id}", "unknown")

    def network(self, key: str, id: str) -> Party:
        """Whoever comes through a VPC endpoint or from a VPC that is not the account's.

        `key`: the condition key; two of them tell whose the endpoint is, of the others the id does not tell it.
        """
        if key == "aws:vpceaccount":
            return self.account(id)
        if key == "aws:vpceorgid":
            return self.organisation(id)
        what = "VPC endpoint" if id.startswith("vpce-") else "VPC"
        return Party("network", id, f"{what} {id}, not this account's", "unknown")

    def canonical(self, id: str) -> Party:
        """Whoever has a canonical user id, which does not tell the account."""
        return Party("canonical", id, f"canonical user {id[:12]}…", "unknown")

    def provider(self, id: str) -> Party:
        """Whoever signs in at an identity provider."""
        return Party("provider", id, id.rsplit("provider/", 1)[-1], "known")

    @staticmethod
    def service(name: str) -> Party:
        """An AWS service that acts for whichever of its customers asks."""
        return Party("service", name, f"{name} for any of its customers", "public")
