"""How much a fix command asks of whoever runs it: ready, to be filled in, to be looked at first, or able to break things."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from srtui.responsibility.control import Control

Effort = Literal["ready", "fill in", "look first", "may break"]
EFFORTS: Final[tuple[Effort, ...]] = ("ready", "fill in", "look first", "may break")

#: Words in capitals that AWS defines; every other one in a command stands for something only the user knows.
_CONSTANTS: Final = frozenset(
    {"ALL", "ACCOUNT", "ACCOUNT_UNUSED_ACCESS", "AWS", "AWS_IAM", "DISABLED", "ENABLED", "ENHANCED", "IMMUTABLE",
     "LATEST", "OFF", "ON", "PFS", "SECURITY", "SERVICE_CONTROL_POLICY", "SSM", "SUN", "TLS", "VPC"}
)  # fmt: skip
_CAPITALS: Final = re.compile(r"(?<![\w$'])'?([A-Z]{2,}(?:[-_ ][A-Z]+)*)(?![\w])")
_READS: Final = ("describe-", "get-", "list-", "search-", "lookup-")

#: What somebody may no longer be able to do once the command has run.
MAY_BREAK: Final[Mapping[str, str]] = {
    "user-console-mfa": "The user can no longer sign in to the console until somebody gives a password again.",
    "opensearch-public": "Clients that are not in the new policy are refused.",
    "elasticache-tls-auth": "Clients that do not speak TLS lose their connection.",
    "imdsv2-instance": "Software that still asks the metadata service without a token loses its credentials.",
    "imdsv2-account": "Instances started from now on refuse software that asks without a token.",
    "sagemaker-notebook": "The notebook has to be stopped first, and people lose root on it.",
    "cloudfront-tls": "Browsers that know no newer TLS are refused.",
    "eks-endpoint-public": "Whoever reaches the cluster from outside of its VPC, pipelines too, is locked out.",
    "elb-tls-policy": "Clients that know no newer TLS are refused.",
    "ram-external": "Accounts outside the organisation lose what is shared with them.",
    "efs-anonymous": "Clients that mount without credentials or TLS are refused.",
    "s3-account-bpa": "Whatever is meant to be public, websites too, is public no longer.",
    "s3-tls-only": "Clients that come over plain HTTP are refused.",
    "opensearch-encryption": "Clients that come over plain HTTP are refused, and the domain moves to new nodes.",
    "vpc-bpa": "Nothing in the region reaches the internet any more, nor is reached from it.",
    "vpce-policy-open": "What the new policy does not name is no longer reached through the endpoint.",
    "trust-confused-deputy": "What the new policy does not name can no longer become the role.",
    "nacl-admin": "People and tools that come over SSH or RDP are refused.",
    "secret-rotation": "The secret changes at once: whatever keeps a copy of it stops working.",
    "cognito-mfa": "Users without a second factor have to set one up at their next sign-in.",
    "scp-attached": "What the policy does not allow is refused for everyone in the account.",
    "rcp-attached": "What the policy does not allow is refused for everyone.",
    "scp-region-deny": "What runs in the other regions can no longer be changed.",
    "s3-data-events-read": "Selectors that the trail has already are replaced.",
    "s3-data-events-write": "Selectors that the trail has already are replaced.",
    "lambda-data-events": "Selectors that the trail has already are replaced.",
    "patch-schedule": "Instances install patches and restart at the time that is given.",
    "ecr-immutable": "Pipelines that push the same tag again fail.",
    "beanstalk-managed-updates": "The platform is updated, and instances replaced, in the maintenance window.",
    "s3-mfa-delete": "Lifecycle rules can no longer be set, and only root with its device deletes versions.",
    "backup-vault-lock": "Backups cannot be deleted before their time, not even by you once the lock is fixed.",
    "ssm-doc-sharing-block": "Documents can no longer be shared with everyone.",
    "ebs-snapshot-bpa": "Snapshots that are meant to be public are so no longer.",
    "subnet-auto-public": "What is started there from now on has no public address.",
    "ecr-scan": "Rules that the registry has already are replaced.",
}
#: What to know or to do before: cost, or further steps without which the command corrects nothing.
LOOK_FIRST: Final[Mapping[str, str]] = {
    "detective-on": "It is billed by the data it reads, and needs GuardDuty.",
    "guardduty-on": "It is billed by the data it reads; the first 30 days are free.",
    "guardduty-plans": "Each plan is billed by the data it reads; the first 30 days are free.",
    "securityhub-on": "It is billed by the check, and needs Config to record.",
    "inspector-on": "It is billed by what it scans; the first 15 days are free.",
    "macie-on": "It is billed by the bucket and by what it reads.",
    "analyzer-unused": "It is billed by the user and role.",
    "trail-insights": "It is billed by the event that it looks at.",
    "config-recorder": "It is billed by the change; a recorder and its delivery channel have to be made first.",
    "multi-az": "It doubles what the instance costs.",
    "dynamodb-pitr": "It is billed by the size of the table.",
    "s3-versioning": "Old versions are billed until a lifecycle rule removes them.",
    "redshift-audit": "It is billed by what is written to the log.",
    "eks-logging": "It is billed by what is written to the log, the audit log being large.",
    "shield-advanced": "It needs a subscription of 3,000 dollars a month for a year.",
    "ebs-volume-encrypted": "The first of several steps: copy the snapshot encrypted, make a volume of it, exchange it.",
    "efs-encryption": "The first of several steps: copy the files, mount the new file system, delete the old one.",
    "rds-encrypted": "The first of several steps: copy the snapshot encrypted and restore the database from it.",
    "imdsv2-template": "Make the new version the default one, and replace instances of the old.",
    "rds-iam-auth": "Database users have to be made for it; the applications change how they sign in.",
    "alb-headers": "Requests with header names that are not allowed lose these headers.",
    "org-root-centralised": "It is run in the management account, after trusted access for IAM has been enabled.",
    "support-role": "The role has to exist, with a trust policy that names who handles incidents.",
    "securityaudit-role": "The role has to exist, with a trust policy that names who audits.",
    "loggroup-kms": "The key's policy has to allow CloudWatch Logs to use it.",
    "trail-kms": "The key's policy has to allow CloudTrail to use it.",
    "sns-encryption": "The key's policy has to allow the services that publish to use it.",
    "trail-bucket-logging": "The other bucket has to allow the logging service to write.",
}


def only_reads(command: str) -> bool:
    """Whether a command shows something and changes nothing."""
    words = command.split()
    return len(words) > 2 and words[2].startswith(_READS)


def to_fill_in(command: str) -> tuple[str, ...]:
    """What the user has to put into a command: words in capitals and files."""
    words = [found[1] for found in _CAPITALS.finditer(command) if found[1] not in _CONSTANTS]
    files = re.findall(r"file://(\S+)", command)
    return tuple(dict.fromkeys([*words, *files]))


def effort_of(control: Control) -> Effort:
    """What running the command of a control takes; the gravest that applies."""
    if control.id in MAY_BREAK:
        return "may break"
    if control.id in LOOK_FIRST:
        return "look first"
    return "fill in" if to_fill_in(control.command) else "ready"


def caution(control: Control) -> str:
    """What to know before running it, in a sentence; "" for nothing."""
    return MAY_BREAK.get(control.id) or LOOK_FIRST.get(control.id, "")
