"""Amazon Cognito identity pools: who gets AWS credentials from them, as which role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from srtui.account import Account
from srtui.account.federation import IdentityPool
from srtui.services.batches import tags_of
from srtui.services.declare import Answer, Service

COGNITO_IDENTITY = Service("cognito-identity", title="Cognito identity pools")


def _arn(account: Account, region: str, id: str) -> str:
    return f"arn:{account.partition}:cognito-identity:{region}:{account.id}:identitypool/{id}"


def _pool(account: Account, answer: Answer) -> IdentityPool | None:
    return account.table(IdentityPool).get(_arn(account, answer.region, answer.params["IdentityPoolId"]))


# MaxResults has no default in this API.
@COGNITO_IDENTITY.call("ListIdentityPools", variants=[{"MaxResults": 60}], items="IdentityPools")
def identity_pools(account: Account, answer: Answer) -> None:
    """Identity pools."""
    for entry in answer.response.get("IdentityPools") or ():
        name = entry["IdentityPoolId"]
        arn = _arn(account, answer.region, name)
        account.table(IdentityPool).setdefault(
            arn,
            IdentityPool(arn=arn, name=name, region=answer.region, title=entry.get("IdentityPoolName") or ""),
        )


@COGNITO_IDENTITY.call(
    "DescribeIdentityPool",
    for_each=identity_pools,
    params=lambda pool, _: {"IdentityPoolId": pool["IdentityPoolId"]},
)
def identity_pool(account: Account, answer: Answer) -> None:
    """Whether an identity pool lets guests in."""
    if pool := _pool(account, answer):
        pool.guests = bool(answer.response.get("AllowUnauthenticatedIdentities"))
        pool.classic_flow = bool(answer.response.get("AllowClassicFlow"))
        pool.tags = tags_of(answer.response, "IdentityPoolTags")


@COGNITO_IDENTITY.call(
    "GetIdentityPoolRoles",
    for_each=identity_pools,
    params=lambda pool, _: {"IdentityPoolId": pool["IdentityPoolId"]},
)
def identity_pool_roles(account: Account, answer: Answer) -> None:
    """The roles of an identity pool."""
    if pool := _pool(account, answer):
        pool.roles = {str(kind): str(arn) for kind, arn in (answer.response.get("Roles") or {}).items()}
        pool.mapped_roles = tuple(_mapped(answer.response))


def _mapped(response: Mapping[str, Any]) -> Iterator[str]:
    for mapping in (response.get("RoleMappings") or {}).values():
        for rule in (mapping.get("RulesConfiguration") or {}).get("Rules") or ():
            if arn := rule.get("RoleARN"):
                yield arn
