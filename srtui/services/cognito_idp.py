"""Amazon Cognito: user pools and how strictly they sign people in."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.platforms import UserPool
from srtui.services.declare import Answer, Service

USER_POOLS = Service("cognito-idp", title="Cognito user pools", concurrency=2)


def _arn(account: Account, region: str, name: str) -> str:
    return f"arn:{account.partition}:cognito-idp:{region}:{account.id}:userpool/{name}"


@USER_POOLS.call("ListUserPools", items="UserPools", page_size=60)
def user_pools(account: Account, answer: Answer) -> None:
    """User pools."""
    for entry in answer.response.get("UserPools") or ():
        arn = _arn(account, answer.region, entry["Id"])
        account.table(UserPool)[arn] = UserPool(
            arn=arn, name=entry["Id"], region=answer.region, title=entry.get("Name") or ""
        )


@USER_POOLS.call(
    "DescribeUserPool",
    for_each=user_pools,
    params=lambda pool, _: {"UserPoolId": pool["Id"]},
    absent=["ResourceNotFoundException"],
)
def user_pool_settings(account: Account, answer: Answer) -> None:
    """MFA and sign-up of a user pool."""
    pool = account.table(UserPool).get(_arn(account, answer.region, answer.params["UserPoolId"]))
    entry = answer.response.get("UserPool")
    if pool is not None and entry:
        pool.mfa = entry.get("MfaConfiguration") or "OFF"
        by_admin = (entry.get("AdminCreateUserConfig") or {}).get("AllowAdminCreateUserOnly")
        pool.self_sign_up = not by_admin
        pool.deletion_protection = entry.get("DeletionProtection") == "ACTIVE"
