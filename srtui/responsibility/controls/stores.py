"""Secrets, parameters, file systems, tables and archives: who may read them, and how they are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from srtui.account import UNREAD
from srtui.account.stores import ArchiveVault, FileSystem, Parameter, Secret, Table
from srtui.evidence import looks_secret
from srtui.policy.effective import as_list
from srtui.policy.match import action_matches
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.judging import (
    Verdict,
    bad,
    each,
    not_open,
    not_shared,
    on_off,
    settled,
    switched,
    untold,
)
from srtui.responsibility.openness import names_anyone, readable, statements, stranger_openings
from srtui.services.dynamodb import table_details, table_policy, table_recovery, tables
from srtui.services.efs import file_system_policy, file_systems
from srtui.services.glacier import vault_policy, vaults
from srtui.services.secretsmanager import secret_policy, secrets
from srtui.services.ssm_patching import parameters

_SECRETS: Final = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/"
_DYNAMODB: Final = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
_EFS: Final = "https://docs.aws.amazon.com/efs/latest/ug/"
_MOUNT: Final = "elasticfilesystem:clientmount"
_UNUSED: Final = 90  # days


@control(
    "secret-public",
    title="No secret is open to strangers",
    problem="Secret is open to strangers",
    rows=[11],
    severity="critical",
    topic="resources",
    needs=[secrets, secret_policy],
    why="Anyone with an AWS account can read it, if its key lets him.",
    fix="Remove the statement, change the secret, and set the policy again with BlockPublicPolicy.",
    command="aws secretsmanager delete-resource-policy --region {region} --secret-id {subject}",
    references=[_SECRETS + "auth-and-access_resource-policies.html"],
)
def secret_public(check: Check) -> Iterator[Result]:
    found = check.account.table(Secret).values()
    yield from each(check, found, lambda one: not_open(one.policy, secret_policy))


@control(
    "secret-rotation",
    title="Secrets rotate by themselves",
    problem="Secret does not rotate",
    rows=[2, 12],
    severity="medium",
    topic="resources",
    needs=[secrets],
    why="Whoever copied it once, years ago, can still use it.",
    fix="Set up rotation, or let the service that the secret is for manage it.",
    command="aws secretsmanager rotate-secret --region {region} --secret-id {subject} --rotation-rules AutomaticallyAfterDays=90",
    references=[_SECRETS + "rotating-secrets.html"],
    insecure_default=True,
)
def secret_rotation(check: Check) -> Iterator[Result]:
    def judge(one: Secret) -> Verdict:
        last = f"{one.rotated:%Y-%m-%d}" if one.rotated else "never"
        return settled(one.rotates, Fact("rotation", on_off(one.rotates)), Fact("last rotated", last))

    yield from each(check, check.account.table(Secret).values(), judge)


@control(
    "secret-unused",
    title="No secret lies unused for 90 days",
    problem="Secret is not used",
    rows=[12],
    severity="low",
    topic="resources",
    needs=[secrets],
    why="What nobody needs can only be stolen.",
    fix="Delete it; it can be restored for 30 days.",
    command="aws secretsmanager delete-secret --region {region} --secret-id {subject} --recovery-window-in-days 30",
    references=[_SECRETS + "manage_delete-secret.html"],
)
def secret_unused(check: Check) -> Iterator[Result]:
    def judge(one: Secret) -> Verdict:
        since = one.last_used or one.created
        days = check.context.days_since(since)
        if days is None:
            return untold(secrets, reason="AWS does not say when it was last used or made")
        used = f"{days} days ago" if one.last_used else f"never, made {days} days ago"
        return settled(days <= _UNUSED, Fact("last used", used))

    yield from each(check, check.account.table(Secret).values(), judge)


#: Names that end like this hold where a secret is, not the secret.
_REFERENCE: Final = re.compile(r"(arn|name|id|url|uri|path|policy|length|version|region)$", re.I)


@control(
    "ssm-param-plain",
    title="Parameters named like secrets are encrypted",
    problem="Parameter holds a secret in the clear",
    rows=[12],
    severity="high",
    topic="resources",
    needs=[parameters],
    why="Everyone who may read parameters reads it, without any key having a say.",
    fix="Store it as a SecureString under a key of your own, and change the secret.",
    command="aws ssm put-parameter --region {region} --name {name} --type SecureString --overwrite --value VALUE",
    references=[
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html"
    ],
)
def ssm_param_plain(check: Check) -> Iterator[Result]:
    def judge(one: Parameter) -> Verdict | None:
        if not looks_secret(one.name, "?") or _REFERENCE.search(one.name):
            return None
        return settled(one.kind == "SecureString", Fact("type", one.kind or "not told"))

    yield from each(check, check.account.table(Parameter).values(), judge)


@control(
    "efs-encryption",
    title="File systems are encrypted",
    problem="File system is not encrypted",
    rows=[12],
    severity="medium",
    topic="storage",
    needs=[file_systems],
    why="It can be chosen only when the file system is made.",
    fix="Make an encrypted file system and copy the files with DataSync.",
    command="aws efs create-file-system --region {region} --encrypted",
    references=[_EFS + "encryption-at-rest.html"],
    insecure_default=True,
    frameworks={"cis-3.0": ["2.4.1"], "cis-5.0": ["2.3.1"]},
)
def efs_encryption(check: Check) -> Iterator[Result]:
    def judge(one: FileSystem) -> Verdict:
        return settled(one.encrypted, Fact("encrypted", "yes" if one.encrypted else "no"))

    yield from each(check, check.account.table(FileSystem).values(), judge)


def _denies_plain(statement: Mapping[str, Any]) -> bool:
    """A Deny for everyone when the transport is not TLS, and for nothing less."""
    conditions = statement.get("Condition")
    if (
        statement.get("Effect") != "Deny"
        or "NotPrincipal" in statement  # whoever is listed there is spared
        or not names_anyone(statement)
        or not isinstance(conditions, Mapping)
    ):
        return False
    keys = {
        str(key).lower(): {str(value).lower() for value in as_list(values)}
        for operator, entries in conditions.items()
        if str(operator).lower() in ("bool", "boolifexists") and isinstance(entries, Mapping)
        for key, values in entries.items()
    }
    mounts = any(action_matches(str(one).lower(), _MOUNT) for one in as_list(statement.get("Action")))
    return len(conditions) == 1 and keys == {"aws:securetransport": {"false"}} and mounts


@control(
    "efs-anonymous",
    title="File systems can be mounted with credentials and TLS only",
    problem="Anyone in reach mounts the file system",
    rows=[11, 12],
    severity="high",
    topic="storage",
    needs=[file_systems, file_system_policy],
    why="Without a policy whoever reaches a mount target reads and writes every file, in the clear.",
    fix="Set a policy that allows named roles and denies what does not use TLS.",
    command="aws efs put-file-system-policy --region {region} --file-system-id {name} --policy file://policy.json",
    references=[_EFS + "iam-access-control-nfs-efs.html"],
    insecure_default=True,
)
def efs_anonymous(check: Check) -> Iterator[Result]:
    def judge(one: FileSystem) -> Verdict | None:
        if not one.mount_targets:
            return None
        if one.policy is UNREAD:
            return untold(file_system_policy)
        if one.policy is None:
            return bad(Fact("policy", "none, so everyone in reach may mount it"))
        if not readable(one.policy):
            return untold(file_system_policy, reason="its policy could not be read")
        # Coming through a mount target is no restriction: everyone in reach of it does.
        opened = [
            opening.label
            for opening in stranger_openings(one.policy)
            if any(action_matches(action.lower(), _MOUNT) for action in opening.actions)
        ]
        tls = any(_denies_plain(statement) for _, statement in statements(one.policy))
        facts = (
            Fact("anonymous clients", f"let in by {', '.join(opened)}" if opened else "refused"),
            Fact("without TLS", "denied" if tls else "not denied"),
        )
        return settled(not opened and tls, *facts)

    yield from each(check, check.account.table(FileSystem).values(), judge)


@control(
    "dynamodb-pitr",
    title="Tables can be restored to any second",
    problem="Table has no point-in-time recovery",
    rows=[3, 7],
    severity="medium",
    topic="databases",
    needs=[tables, table_recovery],
    why="AWS keeps the table running; what your code deletes or overwrites only a backup brings back.",
    fix="Switch point-in-time recovery on.",
    command="aws dynamodb update-continuous-backups --region {region} --table-name {name} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",
    references=[_DYNAMODB + "Point-in-time-recovery.html"],
    insecure_default=True,
)
def dynamodb_pitr(check: Check) -> Iterator[Result]:
    found = check.account.table(Table).values()
    yield from each(
        check, found, lambda one: switched(one.recovery, "point-in-time recovery", table_recovery)
    )


@control(
    "dynamodb-deletion",
    title="Tables are protected from deletion",
    problem="Table may be deleted by one call",
    rows=[7],
    severity="low",
    topic="databases",
    needs=[tables, table_details],
    why="One call, by mistake or on purpose, deletes the table.",
    fix="Switch deletion protection on.",
    command="aws dynamodb update-table --region {region} --table-name {name} --deletion-protection-enabled",
    references=[_DYNAMODB + "WorkingWithTables.Basics.html"],
    insecure_default=True,
)
def dynamodb_deletion(check: Check) -> Iterator[Result]:
    found = check.account.table(Table).values()
    yield from each(
        check, found, lambda one: switched(one.deletion_protection, "deletion protection", table_details)
    )


@control(
    "dynamodb-cross-account",
    title="Tables are not shared with other accounts",
    problem="Table is shared with another account",
    rows=[11],
    severity="medium",
    topic="databases",
    needs=[tables, table_policy],
    why="What the other account reads leaves no trace in yours but in data events, which are off by default.",
    fix="Let the other account assume a role of yours, or name single principals.",
    command="aws dynamodb get-resource-policy --region {region} --resource-arn {subject}",
    references=[_DYNAMODB + "access-control-resource-based.html"],
)
def dynamodb_cross_account(check: Check) -> Iterator[Result]:
    def judge(one: Table) -> Verdict:
        opened = not_open(one.policy, table_policy)
        return opened if opened.status != "pass" else not_shared(one.policy, table_policy, check.account.id)

    yield from each(check, check.account.table(Table).values(), judge)


@control(
    "glacier-public",
    title="No archive vault is open to strangers",
    problem="Archive vault is open to strangers",
    rows=[11],
    severity="high",
    topic="storage",
    needs=[vaults, vault_policy],
    why="Anyone with an AWS account can fetch the archives, or delete them.",
    fix="Remove the statement or name the principals.",
    command="aws glacier delete-vault-access-policy --region {region} --account-id - --vault-name {name}",
    references=["https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-access-policy.html"],
)
def glacier_public(check: Check) -> Iterator[Result]:
    found = check.account.table(ArchiveVault).values()
    yield from each(check, found, lambda one: not_open(one.policy, vault_policy))
