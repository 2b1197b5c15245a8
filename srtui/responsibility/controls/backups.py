"""Backups: that there are plans, that vaults are closed and locked, and that copies lie elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from srtui.account import UNREAD
from srtui.account.backups import BackupPlan, BackupVault, ProtectedResource
from srtui.account.model import Bucket
from srtui.account.stores import FileSystem, Table
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.judging import Verdict, each, not_open, settled, untold
from srtui.services.backup import (
    backup_plan_rules,
    backup_plans,
    backup_selections,
    backup_vault_policy,
    backup_vaults,
)
from srtui.services.dynamodb import tables
from srtui.services.efs import file_systems
from srtui.services.rds import databases
from srtui.services.s3 import bucket_replication, buckets

_BACKUP: Final = "https://docs.aws.amazon.com/aws-backup/latest/devguide/"


@control(
    "backup-plan",
    title="Regions with databases and files have a backup plan",
    problem="Data is in no backup plan",
    rows=[3, 12],
    severity="medium",
    topic="backup",
    needs=[backup_plans, backup_selections, databases, tables, file_systems],
    failing_needs=[backup_plans],
    why="AWS keeps services running; bringing back what you deleted, or what was encrypted for ransom, is yours.",
    fix="Make a backup plan that selects resources by tag.",
    command="aws backup create-backup-plan --region {region} --backup-plan file://plan.json",
    references=[_BACKUP + "creating-a-backup-plan.html"],
    insecure_default=True,
)
def backup_plan(check: Check) -> Iterator[Result]:
    account = check.account
    stateful = Counter(one.region for one in account.databases.values())
    stateful.update(one.region for one in account.table(Table).values())
    stateful.update(one.region for one in account.table(FileSystem).values())
    protected = Counter(one.region for one in account.table(ProtectedResource).values())
    for region, count in sorted(stateful.items()):
        plans = [one for one in account.table(BackupPlan).values() if one.region == region]
        facts = (
            Fact("databases, tables and file systems", str(count)),
            Fact("plans", ", ".join(one.title or one.name for one in plans) or "none"),
            Fact("backed up so far", str(protected[region])),
        )
        if any(one.selections is not UNREAD and one.selections > 0 for one in plans):
            yield check.passed(account.root_arn, *facts, region=region)
        elif any(one.selections is UNREAD for one in plans):
            yield check.unknown(account.root_arn, backup_selections, region=region)
        else:
            yield check.failed(account.root_arn, *facts, region=region)


@control(
    "backup-vault-public",
    title="No backup vault is open to strangers",
    problem="Backup vault is open to strangers",
    rows=[11],
    severity="high",
    topic="backup",
    needs=[backup_vaults, backup_vault_policy],
    why="Strangers can copy your backups to their account, or put theirs among yours.",
    fix="Name the accounts, or add a condition on aws:PrincipalOrgID.",
    command="aws backup delete-backup-vault-access-policy --region {region} --backup-vault-name {name}",
    references=[_BACKUP + "create-a-vault-access-policy.html"],
)
def backup_vault_public(check: Check) -> Iterator[Result]:
    found = check.account.table(BackupVault).values()
    yield from each(check, found, lambda one: not_open(one.policy, backup_vault_policy))


@control(
    "backup-vault-lock",
    title="Vaults with backups in them are locked",
    problem="Backups can be deleted",
    rows=[3],
    severity="low",
    topic="backup",
    needs=[backup_vaults],
    why="Who takes over the account deletes the backups first.",
    fix="Lock the vault with a shortest retention.",
    command="aws backup put-backup-vault-lock-configuration --region {region} --backup-vault-name {name} --min-retention-days 7",
    references=[_BACKUP + "vault-lock.html"],
    insecure_default=True,
)
def backup_vault_lock(check: Check) -> Iterator[Result]:
    def judge(one: BackupVault) -> Verdict | None:
        if not one.recovery_points:
            return None
        locked = one.locked or one.kind == "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"
        facts = (
            Fact("locked", "yes" if locked else "no"),
            Fact("recovery points", str(one.recovery_points)),
            Fact("key", one.key or "AWS's own"),
        )
        return settled(locked, *facts)

    yield from each(check, check.account.table(BackupVault).values(), judge)


#: Buckets that hold what must outlive the rest, by their name.
KEEPSAKES: Final = re.compile(r"(^|[-._])(backups?|archives?|logs?|audit|trail|cloudtrail)($|[-._])", re.I)


@control(
    "cross-region-copy",
    title="Backups are copied to another region",
    problem="Backups stay in one region",
    rows=[3, 5],
    severity="low",
    topic="backup",
    needs=[buckets, bucket_replication, backup_plans, backup_plan_rules],
    why="AWS keeps zones apart, but what takes a region takes backups in it as well.",
    fix="Add a copy action to the plan; replicate buckets that hold backups.",
    command="aws backup get-backup-plan --region {region} --backup-plan-id {name}",
    references=[_BACKUP + "cross-region-backup.html"],
    insecure_default=True,
)
def cross_region_copy(check: Check) -> Iterator[Result]:
    account = check.account
    regions = {bucket.name: bucket.region for bucket in account.buckets.values()}

    def of_plan(one: BackupPlan) -> Verdict:
        if one.copies_to is UNREAD:
            return untold(backup_plan_rules)
        away = [arn for arn in one.copies_to if arn.count(":") > 3 and arn.split(":")[3] != one.region]
        return settled(bool(away), Fact("copies to", ", ".join(away) or "no other region"))

    def of_bucket(one: Bucket) -> Verdict | None:
        if not KEEPSAKES.search(one.name):
            return None
        if one.replicates_to is UNREAD:
            return untold(bucket_replication)
        away = [name for name in one.replicates_to if regions.get(name, one.region) != one.region]
        strange = [name for name in one.replicates_to if name not in regions]
        if strange and not away:
            return untold(reason=f"the region of {strange[0]}, which is another account's, is not known")
        return settled(bool(away), Fact("replicates to", ", ".join(away) or "no other region"))

    yield from each(check, account.table(BackupPlan).values(), of_plan)
    yield from each(check, account.buckets.values(), of_bucket)
