"""AWS IoT: role aliases, with which devices turn their certificate into credentials."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.federation import RoleAlias
from srtui.services.declare import Answer, Service

IOT = Service("iot", title="IoT")


def _arn(account: Account, region: str, name: str) -> str:
    return f"arn:{account.partition}:iot:{region}:{account.id}:rolealias/{name}"


@IOT.call("ListRoleAliases", items="roleAliases", page_size=250)
def role_aliases(account: Account, answer: Answer) -> None:
    """Role aliases."""
    for name in answer.response.get("roleAliases") or ():
        arn = _arn(account, answer.region, name)
        account.table(RoleAlias).setdefault(arn, RoleAlias(arn=arn, name=name, region=answer.region))


@IOT.call("DescribeRoleAlias", for_each=role_aliases, params=lambda name, _: {"roleAlias": name})
def role_alias(account: Account, answer: Answer) -> None:
    """The role behind an alias."""
    entry = answer.response.get("roleAliasDescription") or {}
    alias = account.table(RoleAlias).get(_arn(account, answer.region, answer.params["roleAlias"]))
    if alias is not None and entry:
        alias.role = entry.get("roleArn") or ""
