"""Further facts of IAM: service-specific credentials, and how the organisation holds root."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.credentials import ServiceCredential
from srtui.account.organisation import RootAccessFeatures
from srtui.evidence import moment
from srtui.services.declare import Answer
from srtui.services.iam import IAM
from srtui.services.organizations import organization


@IAM.call("ListServiceSpecificCredentials", variants=[{"AllUsers": True}])
def service_credentials(account: Account, answer: Answer) -> None:
    """Service-specific credentials of all users, Bedrock API keys included."""
    for entry in answer.response.get("ServiceSpecificCredentials") or ():
        name, user = entry["ServiceSpecificCredentialId"], entry["UserName"]
        # Without the path, which the answer does not have.
        arn = f"arn:{account.partition}:iam::{account.id}:user/{user}"
        account.table(ServiceCredential)[name] = ServiceCredential(
            arn=arn,
            name=user,
            service=entry.get("ServiceName") or "",
            status=entry.get("Status") or "",
            created=moment(entry.get("CreateDate")),
            expires=moment(entry.get("ExpirationDate")),
        )


@IAM.call(
    "ListOrganizationsFeatures",
    for_each=organization,
    due=lambda found, context: found.get("MasterAccountId") == context.account,
    absent=["ServiceAccessNotEnabledException", "OrganizationNotFoundException"],
)
def organizations_features(account: Account, answer: Answer) -> None:
    """Centralised root access, which the management account sees."""
    account.table(RootAccessFeatures)[account.root_arn] = RootAccessFeatures(
        arn=account.root_arn,
        name="root access",
        enabled=tuple(answer.response.get("EnabledFeatures") or ()),
    )
