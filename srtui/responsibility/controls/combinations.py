"""Toxic combinations: two facts of different kinds that together let somebody do what neither does alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from srtui.responsibility.control import Check, Control, Fact, Result, Severity, control
from srtui.responsibility.controls.at_risk import risk_of
from srtui.services.cloudtrail import trail_status, trails
from srtui.services.cloudtrail_events import event_history
from srtui.services.codebuild import project_details, projects
from srtui.services.cognito_identity import identity_pools
from srtui.services.declare import Call
from srtui.services.ec2 import instances, security_groups
from srtui.services.ec2_compute import public_snapshots
from srtui.services.iam import authorization_details, credential_report, oidc_providers
from srtui.services.lambda_ import function_policy, function_url, functions
from srtui.services.rds import snapshot_attributes, snapshots
from srtui.services.rds_more import cluster_snapshot_attributes, cluster_snapshots
from srtui.services.s3 import bucket_acl, bucket_policy, bucket_public_access_block, buckets
from srtui.services.secretsmanager import secret_policy, secrets

_GUIDE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
_BEST: Final = f"{_GUIDE}best-practices.html"


def _rule(id: str) -> Callable[[Check], Iterator[Result]]:
    def rule(check: Check) -> Iterator[Result]:
        looked = risk_of(check.context).toxic(id)
        for one in looked.found:
            facts = one.facts if one.sure else (*one.facts, Fact("certainty", "conditional"))
            name = one.subject.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
            yield check.failed(one.subject, *facts, region=one.region, name=name)
        for subject, need in looked.unread:
            yield check.unknown(subject, reason=f"not read: {need}")
        if looked.looked and not looked.found and not looked.unread:
            yield check.passed(check.account.root_arn, Fact("looked at", str(looked.looked)))

    return rule


def _declare(
    id: str,
    severity: Severity,
    rows: Iterable[int],
    title: str,
    problem: str,
    why: str,
    fix: str,
    needs: Iterable[Call],
    reference: str = _BEST,
    command: str = "",
) -> Control:
    return control(
        f"tox-{id}",
        title=title,
        problem=problem,
        rows=rows,
        severity=severity,
        topic="combinations",
        needs=(authorization_details, *needs),
        why=why,
        fix=fix,
        command=command,
        references=[reference],
    )(_rule(id))


PUBLIC_COMPUTE = _declare(
    "public-compute-priv-role",
    "critical",
    [1, 8, 11],
    "No instance on the internet becomes administrator",
    "Exposed instance becomes administrator",
    "Whoever breaks into the software on it has its role, and with it a way to the whole account.",
    "Take the way to administrator from the role (srtui paths shows it), and require IMDSv2.",
    [instances, security_groups],
)
PUBLIC_FUNCTION = _declare(
    "public-function-admin-role",
    "critical",
    [1, 8, 11],
    "No function that anyone runs leads to administrator",
    "Public function leads to administrator",
    "A flaw in its code is then a flaw of the whole account, for anyone.",
    "Give the function a role with just what it needs, or ask for credentials.",
    [functions, function_policy, function_url],
)
OPEN_SIGN_IN = _declare(
    "oidc-open-admin",
    "critical",
    [1, 2, 11],
    "No sign-in that is open to strangers leads to administrator",
    "Open sign-in leads to administrator",
    "Anyone with an account at the identity provider becomes administrator here.",
    "Name the tenant, the repository and the branch in the trust policy.",
    [oidc_providers, identity_pools],
    f"{_GUIDE}id_roles_providers_oidc_secure-by-default.html",
)
CARELESS_ADMIN = _declare(
    "admin-no-mfa-old-key",
    "critical",
    [2, 11],
    "No administrator has an old key and no MFA",
    "Administrator with old key, without MFA",
    "A key that old is in more places than anyone remembers, and nothing else stands in the way.",
    "Delete the key, and give the person MFA or the workload a role.",
    [credential_report],
    command="aws iam list-access-keys --user-name {name}",
)
UNUSED_ADMIN = _declare(
    "unused-admin",
    "high",
    [2, 11],
    "No administrator is unused",
    "Administrator that nobody uses",
    "Nobody would notice if somebody else used it.",
    "Quarantine the identity with a Deny, then delete it; keep an alarm on emergency access.",
    [credential_report],
)
THIRD_PARTY = _declare(
    "third-party-escalation",
    "critical",
    [1, 11],
    "No role for another account leads to administrator",
    "Outside role leads to administrator",
    "A break-in there is a break-in here, as deep as it gets.",
    "Take the way to administrator from the role (srtui paths shows it).",
    [],
)
STORED_ADMIN_KEY = _declare(
    "secret-is-admin-key",
    "critical",
    [2, 11, 12],
    "No administrator's key is stored where others read it",
    "Stored key of an administrator",
    "Who reads the secret is administrator, whatever its own policies say.",
    "Replace the key by a role; until then let only the administrators read the secret.",
    [credential_report, secrets, secret_policy],
)
UNLOGGED = _declare(
    "log-off-admin-activity",
    "high",
    [2],
    "Identities are not changed while no trail logs",
    "Identities changed while no trail logs",
    "Someone who makes users or keys while nobody records it does not want to be seen.",
    "Find out who it was, and switch a trail on in every region.",
    [trails, trail_status, event_history],
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
)
PIPELINE = _declare(
    "ci-role-prod-data",
    "high",
    [11, 12],
    "No pipeline's role reads or changes production data",
    "Pipeline reaches production data",
    "Every change that a pipeline runs, a dependency's too, can then read or change the data.",
    "Let pipelines deploy; let the deployed workloads touch the data with roles of their own.",
    [oidc_providers, buckets, secrets],
)
ARTIFACTS = _declare(
    "public-bucket-artifacts",
    "high",
    [8, 11, 12],
    "No bucket that code comes from is open to writers outside",
    "Strangers write where code comes from",
    "What they put there runs with the permissions of whatever is deployed from it.",
    "Take the statement or grant away, and let only the pipeline write.",
    [buckets, bucket_policy, bucket_acl, bucket_public_access_block, projects, project_details],
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
)
SHARED_SNAPSHOT = _declare(
    "snapshot-shared-unencrypted",
    "high",
    [7, 11, 12],
    "No unencrypted snapshot is shared",
    "Unencrypted snapshot is shared",
    "Whoever it is shared with copies it and reads it, now and for ever; no key can be taken away.",
    "Stop sharing, and share an encrypted copy under a key of your own.",
    [snapshots, snapshot_attributes, cluster_snapshots, cluster_snapshot_attributes, public_snapshots],
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html",
)
