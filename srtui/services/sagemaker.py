"""Amazon SageMaker: notebook instances and Studio, and what code in them runs as."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.analytics import Notebook, StudioDomain, StudioProfile
from srtui.services.declare import Answer, Service

SAGEMAKER = Service("sagemaker", title="SageMaker")


@SAGEMAKER.call("ListNotebookInstances", items="NotebookInstances", page_size=100)
def notebooks(account: Account, answer: Answer) -> None:
    """Notebook instances."""
    for entry in answer.response.get("NotebookInstances") or ():
        arn = entry["NotebookInstanceArn"]
        found = account.table(Notebook).setdefault(
            arn, Notebook(arn=arn, name=entry["NotebookInstanceName"], region=answer.region)
        )
        found.status = entry.get("NotebookInstanceStatus") or ""


@SAGEMAKER.call(
    "DescribeNotebookInstance",
    for_each=notebooks,
    params=lambda notebook, _: {"NotebookInstanceName": notebook["NotebookInstanceName"]},
)
def notebook_details(account: Account, answer: Answer) -> None:
    """Role and network of a notebook instance."""
    entry = answer.response
    notebook = account.table(Notebook).get(entry.get("NotebookInstanceArn") or "")
    if notebook is None:
        return
    notebook.role = entry.get("RoleArn") or ""
    notebook.subnet = entry.get("SubnetId") or ""
    notebook.key = entry.get("KmsKeyId") or ""
    if access := entry.get("DirectInternetAccess"):
        notebook.direct_internet = access == "Enabled"
    if root := entry.get("RootAccess"):
        notebook.root_access = root == "Enabled"


@SAGEMAKER.call("ListDomains", items="Domains", page_size=100)
def domains(account: Account, answer: Answer) -> None:
    """Studio domains."""
    for entry in answer.response.get("Domains") or ():
        arn = entry["DomainArn"]
        found = account.table(StudioDomain).setdefault(
            arn,
            StudioDomain(
                arn=arn, name=entry.get("DomainName") or "", id=entry["DomainId"], region=answer.region
            ),
        )
        found.status = entry.get("Status") or ""


@SAGEMAKER.call("DescribeDomain", for_each=domains, params=lambda domain, _: {"DomainId": domain["DomainId"]})
def domain_details(account: Account, answer: Answer) -> None:
    """Default role, network and sign-in of a Studio domain."""
    entry = answer.response
    domain = account.table(StudioDomain).get(entry.get("DomainArn") or "")
    if domain is not None:
        domain.role = (entry.get("DefaultUserSettings") or {}).get("ExecutionRole") or ""
        domain.authentication = entry.get("AuthMode") or ""
        domain.network = entry.get("AppNetworkAccessType") or "PublicInternetOnly"
        domain.key = entry.get("KmsKeyId") or entry.get("HomeEfsFileSystemKmsKeyId") or ""


@SAGEMAKER.call("ListUserProfiles", items="UserProfiles", page_size=100)
def profiles(account: Account, answer: Answer) -> None:
    """User profiles of Studio domains."""
    for entry in answer.response.get("UserProfiles") or ():
        domain, name = entry["DomainId"], entry["UserProfileName"]
        arn = f"arn:{account.partition}:sagemaker:{answer.region}:{account.id}:user-profile/{domain}/{name}"
        account.table(StudioProfile).setdefault(
            arn, StudioProfile(arn=arn, name=name, region=answer.region, domain=domain)
        )


@SAGEMAKER.call(
    "DescribeUserProfile",
    for_each=profiles,
    params=lambda profile, _: {
        "DomainId": profile["DomainId"],
        "UserProfileName": profile["UserProfileName"],
    },
)
def profile_details(account: Account, answer: Answer) -> None:
    """What a user profile runs as."""
    profile = account.table(StudioProfile).get(answer.response.get("UserProfileArn") or "")
    if profile is not None:
        profile.role = (answer.response.get("UserSettings") or {}).get("ExecutionRole") or ""
