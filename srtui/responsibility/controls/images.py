"""Container images: who may pull them, whether tags may move, and what scans found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from srtui.account import UNREAD
from srtui.account.stores import RegistryScanning, Repository
from srtui.policy.match import glob_match
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.judging import Verdict, each, good, not_open, settled, untold
from srtui.services.ecr import newest_image, registry_scanning, repositories, repository_policy

_ECR: Final = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/"


@control(
    "ecr-public",
    title="No image repository is open to strangers",
    problem="Image repository is open to strangers",
    rows=[11],
    severity="high",
    topic="resources",
    needs=[repositories, repository_policy],
    why="Anyone with an AWS account can pull the images with all that is in them, or push his own.",
    fix="Name the accounts, or add a condition on aws:PrincipalOrgID.",
    command="aws ecr delete-repository-policy --region {region} --repository-name {name}",
    references=[_ECR + "repository-policies.html"],
)
def ecr_public(check: Check) -> Iterator[Result]:
    found = check.account.table(Repository).values()
    yield from each(check, found, lambda one: not_open(one.policy, repository_policy))


@control(
    "ecr-immutable",
    title="Image tags cannot be moved",
    problem="Image tags can be moved",
    rows=[12],
    severity="low",
    topic="resources",
    needs=[repositories],
    why="Whoever may push can put another image behind the tag that you run.",
    fix="Make tags immutable, and deploy by digest.",
    command="aws ecr put-image-tag-mutability --region {region} --repository-name {name} --image-tag-mutability IMMUTABLE",
    references=[_ECR + "image-tag-mutability.html"],
    insecure_default=True,
)
def ecr_immutable(check: Check) -> Iterator[Result]:
    def judge(one: Repository) -> Verdict:
        return settled(one.immutable, Fact("tags", "immutable" if one.immutable else "mutable"))

    yield from each(check, check.account.table(Repository).values(), judge)


@control(
    "ecr-scan",
    title="Images are scanned when they are pushed",
    problem="Images are not scanned",
    rows=[10],
    severity="medium",
    topic="patching",
    needs=[repositories, registry_scanning],
    why="What is in an image is yours to patch, and unknown until somebody looks.",
    fix="Switch enhanced scanning on for the registry, or scan on push for the repository.",
    command="aws ecr put-registry-scanning-configuration --region {region} --scan-type ENHANCED --rules file://rules.json",
    references=[_ECR + "image-scanning.html"],
    insecure_default=True,
)
def ecr_scan(check: Check) -> Iterator[Result]:
    registries = check.account.table(RegistryScanning)

    def judge(one: Repository) -> Verdict:
        if one.scan_on_push:
            return good(Fact("scans", "on push, by the repository"))
        registry = registries.get(one.region)
        if registry is None:
            return untold(registry_scanning)
        matched = [pattern for pattern in registry.filters if glob_match(pattern, one.name)]
        text = f"by the registry ({registry.kind.lower()}, {matched[0]})" if matched else "none"
        return settled(bool(matched), Fact("scans", text))

    yield from each(check, check.account.table(Repository).values(), judge)


@control(
    "ecr-findings",
    title="Newest images have no critical weakness",
    problem="Image has critical weaknesses",
    rows=[10],
    severity="high",
    topic="patching",
    needs=[repositories, newest_image, registry_scanning],
    why="Every container started from it can be broken into in a known way.",
    fix="Rebuild the image on a current base image, push and deploy it.",
    command="aws ecr describe-image-scan-findings --region {region} --repository-name {name} --image-id imageDigest={digest}",
    references=[_ECR + "image-scanning-basic.html"],
)
def ecr_findings(check: Check) -> Iterator[Result]:
    registries = check.account.table(RegistryScanning)

    def judge(one: Repository) -> Verdict | None:
        if one.newest_image is UNREAD:
            return untold(newest_image)
        if one.newest_image is None:
            return None
        image = Fact("image", ", ".join(one.newest_tags) or one.newest_image)
        if one.newest_findings is None:
            registry = registries.get(one.region)
            if registry is not None and registry.kind == "ENHANCED":
                return None  # Inspector keeps those findings
            state = one.newest_scan.lower().replace("_", " ") or "never scanned"
            return untold(newest_image, reason=f"what is in its newest image is not known: {state}")
        counts = one.newest_findings
        found = ", ".join(f"{name.lower()} {count}" for name, count in sorted(counts.items()))
        critical = counts.get("CRITICAL", 0)
        return settled(not critical, Fact("found", found or "nothing"), image, digest=one.newest_image)

    yield from each(check, check.account.table(Repository).values(), judge)
