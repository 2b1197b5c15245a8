"""How existing resources of each kind are found in the account: data jobs, notebooks, agents, identities, data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from srtui.account import UNREAD
from srtui.account.agents import AgentBrowser, AgentRuntime, CodeInterpreter
from srtui.account.analytics import (
    EmrCluster,
    GlueDevEndpoint,
    GlueJob,
    Notebook,
    StudioDomain,
    StudioProfile,
)
from srtui.account.federation import IdentityCenter, IdentityPool, PermissionSet
from srtui.account.model import Unread
from srtui.escalation.inventory import Holder, Inventory, holder, kind, known_role


@kind("glue-job", ("glue", "GetJobs"))
def glue_jobs(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.table(GlueJob).values():
        yield holder(one, "job", inventory.role_named(one.role))


@kind("dev-endpoint", ("glue", "GetDevEndpoints"))
def dev_endpoints(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.table(GlueDevEndpoint).values():
        if one.role:
            yield holder(one, "endpoint", inventory.role_named(one.role))


_NOTEBOOKS: Final = ("sagemaker", "ListNotebookInstances")


@kind("notebook", _NOTEBOOKS)
def notebooks(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.table(Notebook).values():
        if one.status not in ("Deleting", "Failed"):
            yield holder(one, "notebook-instance", one.role)


@kind("running-notebook", _NOTEBOOKS)
def running_notebooks(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.table(Notebook).values():
        if one.status == "InService":
            yield holder(one, "notebook-instance", one.role)


@kind("studio-profile", ("sagemaker", "ListUserProfiles"), ("sagemaker", "ListDomains"))
def studio_profiles(inventory: Inventory) -> Iterator[Holder]:
    domains = {one.id: one for one in inventory.account.table(StudioDomain).values()}
    for one in inventory.account.table(StudioProfile).values():
        domain = domains.get(one.domain)
        role: str | Unread = one.role
        if role is not UNREAD and not role:
            role = UNREAD if domain is None else domain.role
        if domain is not None and domain.authentication == "SSO":
            # Such a domain takes no presigned addresses (SageMaker API Reference, CreatePresignedDomainUrl).
            continue
        yield holder(one, "profile", role, domain=one.domain)


@kind("emr-cluster", ("emr", "ListClusters"))
def emr_clusters(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.table(EmrCluster).values():
        role = known_role(inventory, one.instance_profile)
        if role is UNREAD or role:
            yield holder(one, "emr-cluster", role)


@kind("code-interpreter", ("bedrock-agentcore-control", "ListCodeInterpreters"))
def code_interpreters(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.table(CodeInterpreter).values():
        if one.role is UNREAD or one.role:
            yield holder(one, "interpreter", one.role, resource_id=one.arn.rsplit("/", 1)[-1])


@kind("browser", ("bedrock-agentcore-control", "ListBrowsers"))
def browsers(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.table(AgentBrowser).values():
        if one.role is UNREAD or one.role:
            yield holder(one, "agent-browser", one.role, resource_id=one.arn.rsplit("/", 1)[-1])


@kind("agent-runtime", ("bedrock-agentcore-control", "ListAgentRuntimes"))
def agent_runtimes(inventory: Inventory) -> Iterator[Holder]:
    """Runtimes that take callers with AWS credentials; others ask for a token."""
    for one in inventory.account.table(AgentRuntime).values():
        if one.inbound is UNREAD or one.inbound == "IAM":
            endpoints = {"runtime-endpoint": (f"{one.arn}/runtime-endpoint/*",)}
            yield holder(one, "runtime", one.role, words=endpoints)


# --- identities ---------------------------------------------------------------------------------------------


@kind("identity-pool", ("cognito-identity", "ListIdentityPools"))
def identity_pools(inventory: Inventory) -> Iterator[Holder]:
    return (holder(one, "identity-pool") for one in inventory.account.table(IdentityPool).values())


@kind("oidc-provider", ("iam", "ListOpenIDConnectProviders"))
def oidc_providers(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.providers.values():
        if one.kind == "oidc":
            yield holder(one, "provider")


@kind("saml-provider", ("iam", "ListSAMLProviders"))
def saml_providers(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.providers.values():
        if one.kind == "saml":
            yield holder(one, "provider")


_CENTER: Final = ("sso-admin", "ListInstances")


def _owned(inventory: Inventory) -> dict[str, IdentityCenter]:
    """Instances that this account may change; elsewhere only the organisation's administrators may."""
    account = inventory.account
    return {arn: one for arn, one in account.table(IdentityCenter).items() if one.owner in ("", account.id)}


@kind("identity-center", _CENTER)
def identity_centers(inventory: Inventory) -> Iterator[Holder]:
    account = inventory.account
    for one in _owned(inventory).values():
        words = {
            "new-permission-set": (f"arn:{account.partition}:sso:::permissionSet/{_id(one.arn)}/*",),
            "sso-account": (f"arn:{account.partition}:sso:::account/{account.id}",),
        }
        yield holder(one, "sso-instance", words=words, instance_arn=one.arn)


def _id(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


_RESERVED: Final = re.compile(r"AWSReservedSSO_(?P<name>.+)_[0-9a-f]{16}\Z")


def permission_set_of(role_name: str) -> str:
    """The name of the permission set that a role was made for; "" if it was made for none."""
    found = _RESERVED.match(role_name)
    return found["name"] if found else ""


@kind("own-permission-set", _CENTER)
def permission_sets(inventory: Inventory) -> Iterator[Holder]:
    """Permission sets with the role that this account has of each."""
    instances = _owned(inventory)
    roles = {permission_set_of(role.name): role.arn for role in inventory.account.roles.values()}
    for one in inventory.account.table(PermissionSet).values():
        if one.instance in instances and one.name in roles:
            words = {"sso-instance": (one.instance,)}
            yield holder(one, "permission-set", roles[one.name], words=words, instance_arn=one.instance)


@kind("assigned-group", _CENTER)
def assigned_groups(inventory: Inventory) -> Iterator[Holder]:
    """Permission sets that are assigned to a group which can be joined."""
    account = inventory.account
    instances = _owned(inventory)
    for one in permission_sets(inventory):
        record = account.table(PermissionSet)[one.arn]
        instance = instances[record.instance]
        if record.assignments is UNREAD:
            continue
        for how, group in record.assignments:
            if how != "GROUP":
                continue
            store = (
                f"arn:{account.partition}:identitystore::{account.id}:identitystore/{instance.identity_store}"
            )
            words = {
                "identity-store": (store,),
                "store-group": (f"arn:{account.partition}:identitystore:::group/{group}",),
                "store-user": (f"arn:{account.partition}:identitystore:::user/*",),
            }
            yield Holder(
                arn=one.arn,
                name=one.name,
                words=words,
                role=one.role,
                values={"store": instance.identity_store, "group_id": group},
            )


# --- data ---------------------------------------------------------------------------------------------------


@kind("bucket", ("s3", "ListBuckets"))
def buckets(inventory: Inventory) -> Iterator[Holder]:
    return (holder(one, "bucket") for one in inventory.account.buckets.values())


@kind("kms-key", ("kms", "ListKeys"))
def keys(inventory: Inventory) -> Iterator[Holder]:
    for one in inventory.account.keys.values():
        if one.manager is UNREAD or one.manager == "CUSTOMER":
            yield holder(one, "key")
