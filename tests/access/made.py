"""Small accounts for questions about access."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from srtui.account import Account
from srtui.account.account import Outcome
from srtui.account.model import (
    Bucket,
    Group,
    InlinePolicy,
    Key,
    ManagedPolicy,
    Organization,
    OrganizationPolicy,
    PolicyVersion,
    Role,
    User,
)
from tests.policy.ask import Json, policy

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OWN = "111122223333"
OTHER = "444455556666"


def arn(kind: str, name: str) -> str:
    return f"arn:aws:iam::{OWN}:{kind}/{name}"


def inline(*statements: Json) -> tuple[InlinePolicy, ...]:
    return (InlinePolicy(name="own", document=policy(*statements)),) if statements else ()


def user(name: str, *statements: Json, **more: Any) -> User:
    return User(
        arn=arn("user", name), name=name, unique_id=f"AIDA{name.upper()}", inline=inline(*statements), **more
    )


def role(name: str, *statements: Json, trust: Json | None = None, **more: Any) -> Role:
    return Role(arn=arn("role", name), name=name, inline=inline(*statements), trust=trust or policy(), **more)


def group(name: str, *statements: Json, **more: Any) -> Group:
    return Group(arn=arn("group", name), name=name, inline=inline(*statements), **more)


def managed(name: str, *statements: Json) -> ManagedPolicy:
    version = PolicyVersion(version="v1", document=policy(*statements), default=True)
    return ManagedPolicy(arn=arn("policy", name), name=name, versions=(version,))


def bucket(name: str, document: Any = None, **more: Any) -> Bucket:
    known = {"ownership": "BucketOwnerEnforced", "public_access_block": None, **more}
    return Bucket(arn=f"arn:aws:s3:::{name}", name=name, region="eu-west-1", policy=document, **known)


def key(name: str, document: Any, **more: Any) -> Key:
    return Key(
        arn=f"arn:aws:kms:eu-west-1:{OWN}:key/{name}", name=name, region="eu-west-1", policy=document, **more
    )


def account(*records: Any, organization: Any = None) -> Account:
    """An account that holds these records and whose buckets were all listed."""
    made = Account(id=OWN, caller_arn=arn("role", "audit"), organization=organization)
    for one in records:
        table: dict[str, Any] = {
            User: made.users,
            Role: made.roles,
            Group: made.groups,
            ManagedPolicy: made.policies,
            Bucket: made.buckets,
            Key: made.keys,
        }[type(one)]
        table[one.arn] = one
        if isinstance(one, Group):
            made.group_arns[one.name] = one.arn
    listed("s3", "ListBuckets", made)
    return made


def listed(service: str, operation: str, made: Account, **params: str) -> None:
    made.record(Outcome(key=(service, operation, "", str(params)), at=NOW, params=dict(params)))


def in_organization(
    made: Account, scps: Mapping[str, tuple[Json, ...]], rcps: Mapping[str, tuple[Json, ...]] | None = None
) -> Account:
    """Put the account under `ou-1` of an organisation; policies by target."""
    made.organization = Organization(id="o-1", arn="", management_account=OTHER, feature_set="ALL")
    made.organization_parents = ("ou-1",)
    for kind, policies in (("SERVICE_CONTROL_POLICY", scps), ("RESOURCE_CONTROL_POLICY", rcps or {})):
        listed("organizations", "ListPolicies", made, Filter=kind)
        for target, statements in policies.items():
            name = f"{kind[:1].lower()}cp-{target}"
            made.organization_policies[name] = OrganizationPolicy(
                id=name,
                name=name,
                kind=kind,
                aws_managed=False,
                document=policy(*statements),
                targets=(target,),
            )
    return made
