"""AWS Backup: vaults and who may use them, plans, where they copy to, and what they protect."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.backups import BackupPlan, BackupVault, ProtectedResource
from srtui.evidence import moment
from srtui.services.declare import Answer, Service
from srtui.services.documents import json_document

BACKUP = Service("backup", title="AWS Backup")


def _vault_arn(account: Account, region: str, name: str) -> str:
    return f"arn:{account.partition}:backup:{region}:{account.id}:backup-vault:{name}"


@BACKUP.call("ListBackupVaults", items="BackupVaultList", page_size=100)
def backup_vaults(account: Account, answer: Answer) -> None:
    """Backup vaults."""
    for entry in answer.response.get("BackupVaultList") or ():
        arn = _vault_arn(account, answer.region, entry["BackupVaultName"])
        account.table(BackupVault)[arn] = BackupVault(
            arn=arn,
            name=entry["BackupVaultName"],
            region=answer.region,
            locked=bool(entry.get("Locked")),
            key=entry.get("EncryptionKeyArn") or "",
            kind=entry.get("VaultType") or "BACKUP_VAULT",
            recovery_points=entry.get("NumberOfRecoveryPoints") or 0,
        )


@BACKUP.call(
    "GetBackupVaultAccessPolicy",
    for_each=backup_vaults,
    params=lambda vault, _: {"BackupVaultName": vault["BackupVaultName"]},
    absent=["ResourceNotFoundException"],
)
def backup_vault_policy(account: Account, answer: Answer) -> None:
    """Access policy of a backup vault."""
    vault = account.table(BackupVault).get(
        _vault_arn(account, answer.region, answer.params["BackupVaultName"])
    )
    if vault is not None:
        vault.policy = None if answer.absent else json_document(answer.response.get("Policy"))


def _plan_arn(account: Account, region: str, name: str) -> str:
    return f"arn:{account.partition}:backup:{region}:{account.id}:backup-plan:{name}"


@BACKUP.call("ListBackupPlans", items="BackupPlansList", page_size=100)
def backup_plans(account: Account, answer: Answer) -> None:
    """Backup plans."""
    for entry in answer.response.get("BackupPlansList") or ():
        arn = _plan_arn(account, answer.region, entry["BackupPlanId"])
        account.table(BackupPlan)[arn] = BackupPlan(
            arn=arn,
            name=entry["BackupPlanId"],
            region=answer.region,
            title=entry.get("BackupPlanName") or "",
            last_run=moment(entry.get("LastExecutionDate")),
        )


@BACKUP.call(
    "GetBackupPlan",
    for_each=backup_plans,
    params=lambda plan, _: {"BackupPlanId": plan["BackupPlanId"]},
    absent=["ResourceNotFoundException"],
)
def backup_plan_rules(account: Account, answer: Answer) -> None:
    """Where a plan copies to."""
    plan = account.table(BackupPlan).get(_plan_arn(account, answer.region, answer.params["BackupPlanId"]))
    if plan is not None and not answer.absent:
        rules = (answer.response.get("BackupPlan") or {}).get("Rules") or ()
        plan.copies_to = tuple(
            copy.get("DestinationBackupVaultArn") or ""
            for rule in rules
            for copy in rule.get("CopyActions") or ()
        )


@BACKUP.call(
    "ListBackupSelections",
    for_each=backup_plans,
    params=lambda plan, _: {"BackupPlanId": plan["BackupPlanId"]},
    absent=["ResourceNotFoundException"],
)
def backup_selections(account: Account, answer: Answer) -> None:
    """How many selections of resources a plan has."""
    plan = account.table(BackupPlan).get(_plan_arn(account, answer.region, answer.params["BackupPlanId"]))
    if plan is not None and not answer.absent:
        known = plan.selections if isinstance(plan.selections, int) and answer.evidence.page else 0
        plan.selections = known + len(answer.response.get("BackupSelectionsList") or ())


# Equal questions are asked once: one call a region, and none where there is no plan.
@BACKUP.call("ListProtectedResources", for_each=backup_plans, page_size=1000)
def protected_resources(account: Account, answer: Answer) -> None:
    """What has been backed up."""
    for entry in answer.response.get("Results") or ():
        arn = entry["ResourceArn"]
        account.table(ProtectedResource)[arn] = ProtectedResource(
            arn=arn,
            name=entry.get("ResourceName") or arn.rsplit("/", 1)[-1].rsplit(":", 1)[-1],
            region=answer.region,
            kind=entry.get("ResourceType") or "",
            last_backup=moment(entry.get("LastBackupTime")),
        )
