"""AWS Account Management: the contacts AWS can reach and the regions that are switched on."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.model import Contact
from srtui.services.declare import Answer, Service

ACCOUNT = Service("account", title="Account Management", scope="global", concurrency=2)


@ACCOUNT.call(
    "GetAlternateContact",
    variants=[{"AlternateContactType": kind} for kind in ("SECURITY", "OPERATIONS", "BILLING")],
    absent=["ResourceNotFoundException"],
)
def alternate_contact(account: Account, answer: Answer) -> None:
    """Alternate contacts."""
    kind = answer.params["AlternateContactType"]
    contact = answer.response.get("AlternateContact")
    account.contacts[kind] = (
        Contact(
            name=contact.get("Name", ""),
            email=contact.get("EmailAddress", ""),
            phone=contact.get("PhoneNumber", ""),
        )
        if contact
        else None
    )


@ACCOUNT.call("GetContactInformation", absent=["ResourceNotFoundException"])
def contact_information(account: Account, answer: Answer) -> None:
    """Primary contact."""
    contact = answer.response.get("ContactInformation")
    account.primary_contact = (
        Contact(name=contact.get("FullName", ""), email="", phone=contact.get("PhoneNumber", ""))
        if contact
        else None
    )


@ACCOUNT.call("ListRegions")
def listed_regions(account: Account, answer: Answer) -> None:
    """Enabled regions, asked only where EC2 does not tell."""
    if not account.regions:
        account.regions = {
            entry["RegionName"]: entry.get("RegionOptStatus", "")
            for entry in answer.response.get("Regions") or ()
        }
