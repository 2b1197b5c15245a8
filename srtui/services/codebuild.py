"""AWS CodeBuild: projects, what their builds run as, and what they are given."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.delivery import BuildProject
from srtui.services.batches import in_batches, tags_of, variables
from srtui.services.declare import Answer, Service

CODEBUILD = Service("codebuild", title="CodeBuild")


@CODEBUILD.call("ListProjects", items=in_batches("projects", 100))
def projects(account: Account, answer: Answer) -> None:
    """Projects, by name alone."""


@CODEBUILD.call("BatchGetProjects", for_each=projects, params=lambda names, _: {"names": list(names)})
def project_details(account: Account, answer: Answer) -> None:
    """Role, source and environment of projects."""
    for entry in answer.response.get("projects") or ():
        arn = entry.get("arn") or (
            f"arn:{account.partition}:codebuild:{answer.region}:{account.id}:project/{entry['name']}"
        )
        source, environment = entry.get("source") or {}, entry.get("environment") or {}
        given = environment.get("environmentVariables") or ()
        account.table(BuildProject)[arn] = BuildProject(
            arn=arn,
            name=entry["name"],
            region=answer.region,
            tags=tags_of(entry, "tags"),
            role=entry.get("serviceRole") or "",
            source=source.get("type") or "",
            location=source.get("location") or "",
            image=environment.get("image") or "",
            privileged=bool(environment.get("privilegedMode")),
            batch=bool(entry.get("buildBatchConfig")),
            environment=variables(given),
            environment_kinds={str(one.get("name", "")): one.get("type") or "PLAINTEXT" for one in given},
            public=entry.get("projectVisibility") == "PUBLIC_READ",
            webhook=bool(entry.get("webhook")),
            encryption_key=entry.get("encryptionKey") or "",
        )
