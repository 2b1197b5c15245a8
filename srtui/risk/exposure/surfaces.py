"""What can be opened to the outside: every resource with a policy, access control list, share, grant or attribute.

To add a kind of resource: a line in `_TABLES` if its record lives in `Account.table` and has a policy, else a function.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from srtui.account import UNREAD, Account
from srtui.account.analytics import GlueCatalog
from srtui.account.backups import BackupVault
from srtui.account.clusters import SearchDomain
from srtui.account.fleets import SsmDocument
from srtui.account.grants import KeyGrant, KeyGrants
from srtui.account.machines import Image, PublicSnapshot
from srtui.account.messaging import EventBus, Queue, Topic
from srtui.account.model import Record, Unread
from srtui.account.monitoring import LogResourcePolicy
from srtui.account.platforms import Api
from srtui.account.sharing import ResourceShare
from srtui.account.stores import ArchiveVault, FileSystem, Repository, Secret, Table
from srtui.risk.exposure.surface import How, Share, Surface, Use

#: kind, record type, uses, whether requests without signature are served, whether it holds data, the call that tells
_TABLES: Final[tuple[tuple[str, type[Record], tuple[Use, ...], bool, bool, str], ...]] = (
    (
        "queue", Queue,
        (Use("read", "sqs:ReceiveMessage"), Use("write", "sqs:SendMessage"), Use("manage", "sqs:SetQueueAttributes")),
        True, True, "sqs:GetQueueAttributes",
    ),
    (
        "topic", Topic,
        (Use("read", "sns:Subscribe"), Use("write", "sns:Publish"), Use("manage", "sns:SetTopicAttributes")),
        True, True, "sns:GetTopicAttributes",
    ),
    (
        "secret", Secret,
        (
            Use("read", "secretsmanager:GetSecretValue"), Use("write", "secretsmanager:PutSecretValue"),
            Use("manage", "secretsmanager:PutResourcePolicy"),
        ),
        False, True, "secretsmanager:GetResourcePolicy",
    ),
    (
        "image repository", Repository,
        (Use("read", "ecr:BatchGetImage"), Use("write", "ecr:PutImage"), Use("manage", "ecr:SetRepositoryPolicy")),
        False, True, "ecr:GetRepositoryPolicy",
    ),
    (
        "file system", FileSystem,
        (
            Use("read", "elasticfilesystem:ClientMount"), Use("write", "elasticfilesystem:ClientWrite"),
            Use("manage", "elasticfilesystem:PutFileSystemPolicy"),
        ),
        True, True, "elasticfilesystem:DescribeFileSystemPolicy",
    ),
    (
        "table", Table,
        (Use("read", "dynamodb:GetItem"), Use("write", "dynamodb:PutItem"), Use("manage", "dynamodb:PutResourcePolicy")),
        False, True, "dynamodb:GetResourcePolicy",
    ),
    (
        "archive vault", ArchiveVault,
        (Use("read", "glacier:InitiateJob"), Use("write", "glacier:UploadArchive"), Use("manage", "glacier:SetVaultAccessPolicy")),
        True, True, "glacier:GetVaultAccessPolicy",
    ),
    (
        "backup vault", BackupVault,
        (
            Use("copy", "backup:CopyFromBackupVault"), Use("write", "backup:CopyIntoBackupVault"),
            Use("manage", "backup:PutBackupVaultAccessPolicy"),
        ),
        False, True, "backup:GetBackupVaultAccessPolicy",
    ),
    (
        "event bus", EventBus,
        (Use("write", "events:PutEvents"), Use("manage", "events:PutRule")),
        False, False, "events:ListEventBuses",
    ),
    ("API", Api, (Use("use", "execute-api:Invoke", "/*"),), True, False, "apigateway:GET"),
    (
        "search domain", SearchDomain,
        (Use("read", "es:ESHttpGet", "/*"), Use("write", "es:ESHttpPut", "/*"), Use("manage", "es:UpdateDomainConfig")),
        True, True, "es:DescribeDomains",
    ),
    (
        "data catalogue", GlueCatalog,
        (Use("read", "glue:GetTable"), Use("write", "glue:UpdateTable"), Use("manage", "glue:PutResourcePolicy")),
        False, True, "glue:GetResourcePolicies",
    ),
)  # fmt: skip

_OBJECT: Final = (
    Use("read", "s3:GetObject", "/*"),
    Use("list", "s3:ListBucket"),
    Use("write", "s3:PutObject", "/*"),
    Use("write", "s3:DeleteObject", "/*"),
    Use("manage", "s3:PutBucketPolicy"),
    Use("manage", "s3:PutBucketAcl"),
)
_POINT: Final = (Use("read", "s3:GetObject", "/object/*"), Use("write", "s3:PutObject", "/object/*"))
_KEY: Final = (
    Use("read", "kms:Decrypt"),
    Use("use", "kms:Encrypt"),
    Use("use", "kms:Sign"),
    Use("manage", "kms:PutKeyPolicy"),
    Use("manage", "kms:CreateGrant"),
)
_URL: Final = Use("use", "lambda:InvokeFunctionUrl")
_FUNCTION: Final = (
    # Whoever comes by the URL is asked for lambda:InvokeFunctionUrl; AWS asks of newer URLs for both.
    Use("use", "lambda:InvokeFunction", signed=True, false=("lambda:invokedviafunctionurl",)),
    Use("manage", "lambda:UpdateFunctionCode"),
    Use("manage", "lambda:AddPermission"),
)
_ROLE: Final = (Use("become", "sts:AssumeRole"),)
#: What a permission of a bucket's access control list lets one do; its objects have lists of their own.
_ACL: Final[dict[str, tuple[How, ...]]] = {
    "READ": ("list",),
    "WRITE": ("write",),
    "WRITE_ACP": ("manage",),
    "FULL_CONTROL": ("list", "write", "manage"),
}


def surfaces(account: Account) -> Iterator[Surface]:
    """Everything in the evidence that may be open to the outside."""
    yield from _buckets(account)
    yield from _access_points(account)
    yield from _keys(account)
    yield from _functions(account)
    for kind, record_type, uses, anonymous, data, need in _TABLES:
        for record in account.table(record_type).values():
            yield _of_table(record, kind, uses, anonymous, data, need)
    yield from _log_policies(account)
    yield from _snapshots(account)
    yield from _images(account)
    yield from _documents(account)
    yield from _resource_shares(account)
    yield from _roles(account)


def _service(arn: str) -> str:
    parts = arn.split(":", 3)
    return parts[2] if len(parts) > 3 else ""


def _of_table(
    record: Any, kind: str, uses: tuple[Use, ...], anonymous: bool, data: bool, need: str
) -> Surface:
    arn = record.arn
    blocked: str | Unread = ""
    if isinstance(record, Api):
        arn = _execute_arn(record)
        if record.private:
            blocked = "it is reached from VPCs only"
    if isinstance(record, SearchDomain) and record.vpc:
        blocked = "it is reached from its VPC only"
    if isinstance(record, FileSystem):
        # Mounting takes a way into the VPC, whatever the policy says.
        blocked = "it is reached from its VPC only"
    return Surface(
        arn=arn,
        kind=kind,
        service=_service(record.arn),
        region=record.region,
        name=getattr(record, "title", "") or record.name,
        uses=uses,
        policy=record.policy,
        label=f"policy of {kind} {record.name}",
        need=need,
        anonymous=anonymous,
        blocked=blocked,
        blocks_all=True,
        data=data,
    )


def _execute_arn(api: Api) -> str:
    """The ARN that policies of an API are about, which is not that of the API."""
    partition, region = api.arn.split(":")[1], api.region
    account = api.arn.split(":")[4]
    return f"arn:{partition}:execute-api:{region}:{account}:{api.name}"


def _buckets(account: Account) -> Iterator[Surface]:
    for bucket in account.buckets.values():
        blocks = (bucket.public_access_block, account.account_public_access_block)
        unread = any(block is UNREAD for block in blocks)
        restricted = any(
            block is not UNREAD and block is not None and block.restrict_buckets for block in blocks
        )
        ignored = any(block is not UNREAD and block is not None and block.ignore_acls for block in blocks)
        blocked: str | Unread = "Block Public Access" if restricted else UNREAD if unread else ""
        yield Surface(
            arn=bucket.arn,
            kind="bucket",
            service="s3",
            region=bucket.region,
            name=bucket.name,
            uses=_OBJECT,
            policy=bucket.policy,
            label=f"bucket policy of {bucket.name}",
            shares=_acl(bucket.acl_grants, bucket.ownership, ignored, unread),
            need="s3:GetBucketPolicy, s3:GetBucketAcl, s3:GetBucketOwnershipControls, s3:GetBucketPublicAccessBlock",
            anonymous=True,
            blocked=blocked,
            blocks_all=restricted and bucket.policy_public is True,
            data=True,
        )


def _acl(
    grants: tuple[tuple[str, str], ...] | Unread,
    ownership: str | Unread | None,
    ignored: bool,
    unread: bool,
) -> tuple[Share, ...] | Unread:
    if ownership == "BucketOwnerEnforced":
        return ()
    if grants is UNREAD:
        return UNREAD
    found = [
        Share(grantee, how, f"access control list ({permission})")
        for grantee, permission in grants
        for how in _ACL.get(permission, ())
    ]
    public = [one for one in found if one.grantee.startswith("http")]
    if ignored:
        found = [one for one in found if one not in public]
    elif public and (unread or ownership is UNREAD):
        return UNREAD
    return tuple(found)


def _access_points(account: Account) -> Iterator[Surface]:
    for point in account.access_points.values():
        blocks = (point.public_access_block, account.account_public_access_block)
        restricted = any(
            block is not UNREAD and block is not None and block.restrict_buckets for block in blocks
        )
        blocked: str | Unread = "Block Public Access" if restricted else ""
        vpc_only = False
        if point.network_origin == "VPC":
            blocked, vpc_only = "it is reached from its VPC only", True
        elif not restricted and any(block is UNREAD for block in blocks):
            blocked = UNREAD
        yield Surface(
            arn=point.arn,
            kind="access point",
            service="s3",
            region=point.region,
            name=point.name,
            uses=_POINT,
            policy=point.policy,
            label=f"policy of access point {point.name}",
            need="s3:GetAccessPointPolicy",
            anonymous=True,
            blocked=blocked,
            blocks_all=vpc_only,
            data=True,
        )


def _keys(account: Account) -> Iterator[Surface]:
    grants = account.table(KeyGrant)
    for key in account.keys.values():
        if key.manager is not UNREAD and key.manager != "CUSTOMER":
            continue
        listed = account.table(KeyGrants).get(key.arn)
        shares: tuple[Share, ...] | Unread = UNREAD
        if listed is not None and isinstance(listed.grants, tuple):
            shares = tuple(
                Share(grants[arn].grantee, how, f"grant {grants[arn].name or arn.rpartition('/')[2][:8]}")
                for arn in listed.grants
                for how in _granted(grants[arn].operations)
            )
        yield Surface(
            arn=key.arn,
            kind="key",
            service="kms",
            region=key.region,
            name=key.name,
            uses=_KEY,
            policy=key.policy,
            label=f"key policy of {key.name}",
            shares=shares,
            need="kms:GetKeyPolicy, kms:ListGrants",
        )


def _granted(operations: Iterable[str]) -> Iterator[How]:
    names = set(operations)
    if names & {"Decrypt", "ReEncryptFrom"}:
        yield "read"
    if names & {"CreateGrant"}:
        yield "manage"
    if names - {"Decrypt", "ReEncryptFrom", "CreateGrant", "DescribeKey", "RetireGrant"}:
        yield "use"


def _functions(account: Account) -> Iterator[Surface]:
    for one in account.functions.values():
        yield Surface(
            arn=one.arn,
            kind="function",
            service="lambda",
            region=one.region,
            name=one.name,
            uses=_FUNCTION if one.url_auth is None else (_URL, *_FUNCTION),
            policy=one.policy,
            label=f"policy of function {one.name}",
            need="lambda:GetPolicy",
            anonymous=one.url_auth == "NONE",
        )


def _log_policies(account: Account) -> Iterator[Surface]:
    for one in account.table(LogResourcePolicy).values():
        yield Surface(
            arn=f"arn:{account.partition}:logs:{one.region}:{account.id}:log-group:*",
            kind="log groups",
            service="logs",
            region=one.region,
            name=one.name,
            uses=(
                Use("write", "logs:PutLogEvents", ":log-stream:*"),
                Use("read", "logs:PutSubscriptionFilter"),
            ),
            policy=one.document,
            label=f"log resource policy {one.name}",
            need="logs:DescribeResourcePolicies",
            data=True,
        )


def _shared_with(names: Iterable[str], how: How, by: str) -> tuple[Share, ...]:
    return tuple(Share(name, how, by) for name in names if name)


def _snapshots(account: Account) -> Iterator[Surface]:
    for one in account.database_snapshots.values():
        shared = one.shared_with
        yield Surface(
            arn=one.arn,
            kind="database snapshot",
            service="rds",
            region=one.region,
            name=one.name,
            shares=UNREAD if shared is UNREAD else _shared_with(shared, "copy", "attribute restore"),
            need="rds:DescribeDBSnapshotAttributes",
            data=True,
        )
    for snapshot in account.table(PublicSnapshot).values():
        yield Surface(
            arn=snapshot.arn,
            kind="volume snapshot",
            service="ec2",
            region=snapshot.region,
            name=snapshot.name,
            shares=(Share("all", "copy", "permission to create volumes"),),
            need="ec2:DescribeSnapshots",
            data=True,
        )


def _images(account: Account) -> Iterator[Surface]:
    for one in account.table(Image).values():
        names = ("all",) if one.public else one.shared_with
        yield Surface(
            arn=one.arn,
            kind="image",
            service="ec2",
            region=one.region,
            name=one.title or one.name,
            shares=UNREAD if names is UNREAD else _shared_with(names, "copy", "launch permission"),
            need="ec2:DescribeImageAttribute",
            data=True,
        )


def _documents(account: Account) -> Iterator[Surface]:
    for one in account.table(SsmDocument).values():
        shared = one.shared_with
        yield Surface(
            arn=one.arn,
            kind="document",
            service="ssm",
            region=one.region,
            name=one.name,
            shares=UNREAD if shared is UNREAD else _shared_with(shared, "read", "share permission"),
            need="ssm:DescribeDocumentPermission",
        )


def _resource_shares(account: Account) -> Iterator[Surface]:
    for one in account.table(ResourceShare).values():
        principals = one.principals
        yield Surface(
            arn=one.arn,
            kind="resource share",
            service="ram",
            region=one.region,
            name=one.name,
            shares=UNREAD
            if principals is UNREAD
            else _shared_with((who for who, _ in principals), "use", "resource share"),
            need="ram:GetResourceShareAssociations",
        )


def _roles(account: Account) -> Iterator[Surface]:
    for role in account.roles.values():
        if not role.service_linked:
            yield Surface(
                arn=role.arn,
                kind="role",
                service="iam",
                region="",
                name=role.name,
                uses=_ROLE,
                policy=role.trust,
                label=f"trust policy of {role.name}",
                need="iam:GetAccountAuthorizationDetails",
            )
