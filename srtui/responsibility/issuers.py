"""Identity providers that every customer of theirs shares, and what in a trust policy keeps other customers out."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

from srtui.responsibility.openness import required_values

#: Issuers that every customer of theirs shares, and the claim that names the customer (IAM User Guide,
#: "Identity-provider controls for shared OIDC providers").
SHARED_ISSUERS: Final = {
    "token.actions.githubusercontent.com": "sub",
    "oidc-configuration.audit-log.githubusercontent.com": "sub",
    "vstoken.actions.githubusercontent.com": "sub",
    "gitlab.com": "sub",
    "app.terraform.io": "sub",
    "agent.buildkite.com": "sub",
    "oidc.codefresh.io": "sub",
    "studio.datachain.ai/api": "sub",
    "scalr.io": "sub",
    "tokens.cloud.shisho.dev": "sub",
    "proidc.upbound.io": "sub",
    "cognito-identity.amazonaws.com": "aud",
    "oidc.vercel.com": "aud",
    "api.pulumi.com/oidc": "aud",
    "sandboxes.cloud": "aud",
    "accounts.google.com": "aud",
    "www.amazon.com": "app_id",
    "graph.facebook.com": "app_id",
}
#: Further claims that name the tenant at an issuer, beside the one above.
_ALSO: Final = {
    "token.actions.githubusercontent.com": (
        "repository",
        "repository_id",
        "repository_owner",
        "repository_owner_id",
    )
}
#: Parts of a customized subject of GitHub, `key:value:key:value`, that name whose workflow it is. The rest is anybody's
#: to choose: every owner of a repository may have `environment:prod` alone, or the workflow of another, as its subject.
_GITHUB: Final = ("token.actions.githubusercontent.com", "vstoken.actions.githubusercontent.com")
_GITHUB_REPOSITORY: Final = ("repo", "repository", "repository_id")
_GITHUB_OWNER: Final = ("repository_owner", "repository_owner_id", "enterprise", "enterprise_id")
#: What separates the tenant from the rest of the subject, by how the subject begins.
_TENANT_ENDS: Final = {"repo": "/", "project_path": "/", "organization": ":"}


def names_tenant(issuer: str, conditions: Any) -> bool:
    """Whether conditions on a shared issuer limit it to one tenant of it."""
    claim = SHARED_ISSUERS[issuer]
    for name in _ALSO.get(issuer, ()):
        values = required_values(conditions, f"{issuer}:{name}")
        if values and all(_prefix(value).strip("/") for value in values):
            return True
    values = required_values(conditions, f"{issuer}:{claim}")
    if claim != "sub":
        return bool(values) and all(value == _prefix(value) for value in values)
    named = _github_parts if issuer in _GITHUB else _subject_names_tenant
    return bool(values) and all(named(value) for value in values)


def subject_scope(issuer: str, subject: str) -> str:
    """How far a whole subject of no usual form reaches: `open`, `tenant-wide`, `any-ref`, or `` if that is not known."""
    if issuer not in _GITHUB:
        return ""
    parts = _github_parts(subject)
    if not parts:
        return "open"
    limited = "job_workflow_ref" in subject.split(":")
    if not parts & {*_GITHUB_REPOSITORY}:
        return "" if limited else "tenant-wide"
    words = {*subject.split(":")[::2]}
    return "any-ref" if words <= {*_GITHUB_REPOSITORY, *_GITHUB_OWNER, "repository_visibility"} else ""


def _github_parts(subject: str) -> set[str]:
    """The parts that name repository or owner, with a value that is whole before any wildcard."""
    fixed = _prefix(subject)
    words = fixed.split(":")
    found = set()
    for at, (key, value) in enumerate(pairwise(words)):
        ended = fixed == subject or at + 2 < len(words)
        owner, slash, _ = value.partition("/")
        if (key in _GITHUB_OWNER and value and ended) or (
            key in _GITHUB_REPOSITORY and owner and (ended or slash)
        ):
            found.add(key)
    return found


def _prefix(value: str) -> str:
    """The part before the first wildcard."""
    return value[: min((at for at in (value.find("*"), value.find("?")) if at >= 0), default=len(value))]


def _subject_names_tenant(subject: str) -> bool:
    """Whether the text before any wildcard holds the whole name of the tenant: the weakest value decides."""
    fixed = _prefix(subject)
    if fixed == subject:
        return bool(subject)
    kind, colon, rest = fixed.partition(":")
    if not colon:
        return False
    end = _TENANT_ENDS.get(kind, ":")
    name, ended, _ = rest.partition(end)
    return bool(name and ended)
