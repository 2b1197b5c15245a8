"""Amazon ECR: repositories, who may pull from them, and what scans of the newest image found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from srtui.account import Account
from srtui.account.stores import RegistryScanning, Repository
from srtui.evidence import moment
from srtui.services.declare import Answer, Service
from srtui.services.documents import json_document

ECR = Service("ecr", title="ECR")
_GONE = ("RepositoryNotFoundException",)
#: What an image that can be run says of itself; signatures and attestations say something else.
_RUNNABLE: Final = frozenset(
    {
        "",
        "application/vnd.docker.container.image.v1+json",
        "application/vnd.oci.image.config.v1+json",
    }
)


def _arn(account: Account, region: str, name: str) -> str:
    return f"arn:{account.partition}:ecr:{region}:{account.id}:repository/{name}"


@ECR.call("DescribeRepositories", items="repositories", page_size=1000)
def repositories(account: Account, answer: Answer) -> None:
    """Repositories."""
    for entry in answer.response.get("repositories") or ():
        arn = _arn(account, answer.region, entry["repositoryName"])
        encryption = entry.get("encryptionConfiguration") or {}
        account.table(Repository)[arn] = Repository(
            arn=arn,
            name=entry["repositoryName"],
            region=answer.region,
            immutable=str(entry.get("imageTagMutability", "")).startswith("IMMUTABLE"),
            scan_on_push=bool((entry.get("imageScanningConfiguration") or {}).get("scanOnPush")),
            key=encryption.get("kmsKey") or "",
        )


def _named(repository: Mapping[str, Any], _: object) -> dict[str, Any]:
    return {"repositoryName": repository["repositoryName"]}


def _asked_for(account: Account, answer: Answer) -> Repository | None:
    return account.table(Repository).get(_arn(account, answer.region, answer.params["repositoryName"]))


@ECR.call(
    "GetRepositoryPolicy",
    for_each=repositories,
    params=_named,
    absent=["RepositoryPolicyNotFoundException"],
)
def repository_policy(account: Account, answer: Answer) -> None:
    """Policy of a repository."""
    repository = _asked_for(account, answer)
    if repository is not None:
        repository.policy = None if answer.absent else json_document(answer.response.get("policyText"))


# Equal questions are asked once: one call a region, and none where there is no repository.
@ECR.call("GetRegistryScanningConfiguration", for_each=repositories)
def registry_scanning(account: Account, answer: Answer) -> None:
    """How the registry scans."""
    found = answer.response.get("scanningConfiguration") or {}
    account.table(RegistryScanning)[answer.region] = RegistryScanning(
        arn=account.root_arn,
        name="registry",
        region=answer.region,
        kind=found.get("scanType") or "",
        filters=tuple(
            one.get("filter") or ""
            for rule in found.get("rules") or ()
            if rule.get("scanFrequency") in ("SCAN_ON_PUSH", "CONTINUOUS_SCAN")
            for one in rule.get("repositoryFilters") or ()
        ),
    )


@ECR.call(
    "DescribeImages",
    for_each=repositories,
    params=lambda repository, _: {
        "repositoryName": repository["repositoryName"],
        "filter": {"tagStatus": "TAGGED"},
    },
    absent=_GONE,
    page_size=1000,
)
def newest_image(account: Account, answer: Answer) -> None:
    """The newest tagged image of a repository, and what its scan found."""
    repository = _asked_for(account, answer)
    if repository is None or answer.absent:
        return
    if not answer.evidence.page:
        repository.newest_image, repository.newest_pushed = None, None
    for entry in answer.response.get("imageDetails") or ():
        pushed = moment(entry.get("imagePushedAt"))
        if pushed is None or entry.get("artifactMediaType", "") not in _RUNNABLE:
            continue
        if repository.newest_pushed is None or pushed > repository.newest_pushed:
            counts = (entry.get("imageScanFindingsSummary") or {}).get("findingSeverityCounts")
            repository.newest_image = entry.get("imageDigest") or ""
            repository.newest_pushed = pushed
            repository.newest_tags = tuple(entry.get("imageTags") or ())
            repository.newest_findings = None if counts is None else dict(counts)
            repository.newest_scan = (entry.get("imageScanStatus") or {}).get("status") or ""
