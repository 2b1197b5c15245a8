"""AWS IAM: every identity, credential and policy, in about ten calls and their pages.

The whole picture comes from GetAccountAuthorizationDetails, asked once a kind of entity so that the streams run side
by side; what it leaves out (keys, MFA, session length, provider details) comes from the calls after it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from srtui.account import Account
from srtui.account.model import (
    AccessKey,
    Credentials,
    Document,
    Group,
    IdentityProvider,
    InlinePolicy,
    ManagedPolicy,
    PolicyVersion,
    Role,
    ServerCertificate,
    User,
    VirtualMfaDevice,
)
from srtui.evidence import moment
from srtui.services.declare import Answer, Service

IAM = Service("iam", title="IAM", scope="global", concurrency=4)


def read_document(value: Any) -> Document:
    """A policy document as IAM sends it: an object, or URL-encoded JSON (IAM API Reference, PolicyDetail).

    A document that cannot be read is kept as text under `Unreadable`, so that the policy engine reports it.
    """
    if isinstance(value, Mapping):
        return dict(value)
    if not isinstance(value, str):
        return {"Unreadable": str(value)}
    for text in (value, unquote(value)):
        try:
            parsed = json.loads(text)
        except ValueError:
            continue
        if isinstance(parsed, dict):
            return parsed
    return {"Unreadable": value}


def _tags(entry: Mapping[str, Any]) -> dict[str, str]:
    return {str(tag.get("Key", "")): str(tag.get("Value", "")) for tag in entry.get("Tags") or ()}


def _inline(entries: Any) -> tuple[InlinePolicy, ...]:
    return tuple(
        InlinePolicy(name=entry.get("PolicyName", ""), document=read_document(entry.get("PolicyDocument")))
        for entry in entries or ()
    )


def _attached(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(policy.get("PolicyArn", "") for policy in entry.get("AttachedManagedPolicies") or ())


def _boundary(entry: Mapping[str, Any]) -> str | None:
    boundary = entry.get("PermissionsBoundary") or {}
    return boundary.get("PermissionsBoundaryArn")


@IAM.call(
    "GetAccountAuthorizationDetails",
    title="Users, groups, roles and policies",
    variants=[
        {"Filter": [kind]} for kind in ("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy")
    ],
    page_size=150,
)
def authorization_details(account: Account, answer: Answer) -> None:
    """Identities, their policies and trust; also reads the unfiltered answer that the AWS CLI writes."""
    _read_owner(account, answer)
    for entry in answer.response.get("UserDetailList") or ():
        _read_user(account, entry)
    for entry in answer.response.get("GroupDetailList") or ():
        group = Group(
            arn=entry["Arn"],
            name=entry["GroupName"],
            path=entry.get("Path", "/"),
            unique_id=entry.get("GroupId", ""),
            created=moment(entry.get("CreateDate")),
            inline=_inline(entry.get("GroupPolicyList")),
            attached=_attached(entry),
        )
        account.groups[group.arn] = group
        account.group_arns[group.name] = group.arn
    for entry in answer.response.get("RoleDetailList") or ():
        _read_role(account, entry)
    for entry in answer.response.get("Policies") or ():
        policy = _policy(entry)
        if not policy.aws_managed or policy.attachments or policy.boundary_uses:
            account.policies[policy.arn] = policy


def _read_owner(account: Account, answer: Answer) -> None:
    """Account and partition by the ARNs: a file of authorization details holds no caller identity."""
    for member in ("UserDetailList", "RoleDetailList", "GroupDetailList"):
        for entry in answer.response.get(member) or ():
            parts = str(entry.get("Arn", "")).split(":")
            if len(parts) > 5:
                account.partition = parts[1]
                account.id = account.id or parts[4]
                return


def _read_user(account: Account, entry: Mapping[str, Any]) -> None:
    arn = entry["Arn"]
    account.users[arn] = User(
        arn=arn,
        name=entry["UserName"],
        path=entry.get("Path", "/"),
        unique_id=entry.get("UserId", ""),
        created=moment(entry.get("CreateDate")),
        inline=_inline(entry.get("UserPolicyList")),
        attached=_attached(entry),
        boundary=_boundary(entry),
        tags=_tags(entry),
        groups=tuple(entry.get("GroupList") or ()),
    )


def _read_role(account: Account, entry: Mapping[str, Any]) -> None:
    arn = entry["Arn"]
    used = entry.get("RoleLastUsed") or {}
    account.roles[arn] = role = Role(
        arn=arn,
        name=entry["RoleName"],
        path=entry.get("Path", "/"),
        unique_id=entry.get("RoleId", ""),
        created=moment(entry.get("CreateDate")),
        inline=_inline(entry.get("RolePolicyList")),
        attached=_attached(entry),
        boundary=_boundary(entry),
        tags=_tags(entry),
        trust=read_document(entry.get("AssumeRolePolicyDocument") or {}),
        instance_profiles=tuple(profile.get("Arn", "") for profile in entry.get("InstanceProfileList") or ()),
        last_used=moment(used.get("LastUsedDate")),
        last_used_region=used.get("Region") or "",
    )
    if arn in account.role_sessions:
        role.max_session_seconds, role.description = account.role_sessions[arn]


def _policy(entry: Mapping[str, Any]) -> ManagedPolicy:
    return ManagedPolicy(
        arn=entry["Arn"],
        name=entry.get("PolicyName") or entry["Arn"].rsplit("/", 1)[-1],
        path=entry.get("Path", "/"),
        created=moment(entry.get("CreateDate")),
        updated=moment(entry.get("UpdateDate")),
        attachments=entry.get("AttachmentCount") or 0,
        boundary_uses=entry.get("PermissionsBoundaryUsageCount") or 0,
        versions=tuple(
            PolicyVersion(
                version=version.get("VersionId", ""),
                document=read_document(version.get("Document")),
                default=bool(version.get("IsDefaultVersion")),
                created=moment(version.get("CreateDate")),
            )
            for version in entry.get("PolicyVersionList") or ()
        ),
    )


@IAM.call("GetAccountSummary")
def account_summary(account: Account, answer: Answer) -> None:
    """Account summary: root keys and MFA, counts."""
    account.summary = {
        str(name): int(value) for name, value in (answer.response.get("SummaryMap") or {}).items()
    }


@IAM.call("ListAccountAliases")
def account_aliases(account: Account, answer: Answer) -> None:
    """Account alias."""
    aliases = answer.response.get("AccountAliases") or ()
    account.alias = aliases[0] if aliases else None


@IAM.call("GetAccountPasswordPolicy", absent=["NoSuchEntity"])
def password_policy(account: Account, answer: Answer) -> None:
    """Account password policy."""
    account.password_policy = None if answer.absent else dict(answer.response.get("PasswordPolicy") or {})


@IAM.call(
    "GenerateCredentialReport",
    until=lambda response: response.get("State") == "COMPLETE",
    justification="starts IAM's own report of credentials, which changes nothing an account's owner can see",
)
def credential_report_request(account: Account, answer: Answer) -> None:
    """Credential report, requested."""


def _users_with_mfa(response: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """Rows of the credential report whose MFA kind is worth a call each; root has no user name to ask by."""
    content = response.get("Content")
    for row in csv.DictReader(io.StringIO(content if isinstance(content, str) else "")):
        if (row.get("mfa_active") or "").lower() == "true" and row.get("user") != "<root_account>":
            yield row


@IAM.call("GetCredentialReport", after=credential_report_request, items=_users_with_mfa)
def credential_report(account: Account, answer: Answer) -> None:
    """Credential report: passwords, keys and MFA of every user and of root."""
    account.credential_report_at = moment(answer.response.get("GeneratedTime"))
    content = answer.response.get("Content")
    account.credentials = {}
    for row in csv.DictReader(io.StringIO(content if isinstance(content, str) else "")):
        values = {str(name).strip().lower(): str(value or "").strip() for name, value in row.items()}
        credentials = _credentials(values)
        if values.get("user") == "<root_account>":
            account.root_credentials = credentials
        elif values.get("arn"):
            account.credentials[values["arn"]] = credentials


def _credentials(row: Mapping[str, str]) -> Credentials:
    def flag(column: str) -> bool:
        return row.get(column, "").lower() == "true"

    enabled = row.get("password_enabled", "").lower()
    keys = []
    for slot in (1, 2):
        rotated = moment(row.get(f"access_key_{slot}_last_rotated"))
        active = flag(f"access_key_{slot}_active")
        if active or rotated:
            keys.append(
                AccessKey(
                    slot=slot,
                    active=active,
                    rotated=rotated,
                    last_used=moment(row.get(f"access_key_{slot}_last_used_date")),
                    last_used_service=_named(row.get(f"access_key_{slot}_last_used_service")),
                    last_used_region=_named(row.get(f"access_key_{slot}_last_used_region")),
                )
            )
    return Credentials(
        password_enabled={"true": True, "false": False}.get(enabled),
        password_last_used=moment(row.get("password_last_used")),
        password_last_changed=moment(row.get("password_last_changed")),
        mfa_active=flag("mfa_active"),
        keys=tuple(keys),
        certificates_active=sum(flag(f"cert_{slot}_active") for slot in (1, 2)),
        password_use_untracked=row.get("password_last_used", "").lower() == "no_information",
    )


def _named(value: str | None) -> str:
    return "" if value in (None, "N/A", "no_information", "not_supported") else str(value)


@IAM.call("ListVirtualMFADevices", variants=[{"AssignmentStatus": "Assigned"}])
def virtual_mfa_devices(account: Account, answer: Answer) -> None:
    """Virtual MFA devices and their owners, root's included."""
    for entry in answer.response.get("VirtualMFADevices") or ():
        owner = (entry.get("User") or {}).get("Arn", "")
        account.virtual_mfa[entry["SerialNumber"]] = VirtualMfaDevice(
            serial=entry["SerialNumber"], user_arn=owner, enabled=moment(entry.get("EnableDate"))
        )


@IAM.call("ListRoles", page_size=500)
def roles(account: Account, answer: Answer) -> None:
    """Session length and description of every role."""
    for entry in answer.response.get("Roles") or ():
        session = (entry.get("MaxSessionDuration") or 3600, entry.get("Description") or "")
        # Kept aside too: the role itself may come later, in another stream of GetAccountAuthorizationDetails.
        account.role_sessions[entry["Arn"]] = session
        if role := account.roles.get(entry["Arn"]):
            role.max_session_seconds, role.description = session


@IAM.call("ListSAMLProviders", items="SAMLProviderList")
def saml_providers(account: Account, answer: Answer) -> None:
    """SAML identity providers."""
    for entry in answer.response.get("SAMLProviderList") or ():
        account.providers[entry["Arn"]] = IdentityProvider(
            arn=entry["Arn"],
            name=entry["Arn"].rsplit("/", 1)[-1],
            kind="saml",
            created=moment(entry.get("CreateDate")),
            valid_until=moment(entry.get("ValidUntil")),
        )


@IAM.call(
    "ListOpenIDConnectProviders",
    items="OpenIDConnectProviderList",
)
def oidc_providers(account: Account, answer: Answer) -> None:
    """OpenID Connect identity providers."""
    for entry in answer.response.get("OpenIDConnectProviderList") or ():
        arn = entry["Arn"]
        account.providers[arn] = IdentityProvider(
            arn=arn, name=arn.split("oidc-provider/", 1)[-1], kind="oidc"
        )


@IAM.call(
    "GetOpenIDConnectProvider",
    for_each=oidc_providers,
    params=lambda provider, _: {"OpenIDConnectProviderArn": provider["Arn"]},
)
def oidc_provider(account: Account, answer: Answer) -> None:
    """Audiences and thumbprints of an OpenID Connect provider."""
    provider = account.providers.get(answer.params["OpenIDConnectProviderArn"])
    if provider is not None:
        provider.url = answer.response.get("Url") or ""
        provider.client_ids = tuple(answer.response.get("ClientIDList") or ())
        provider.thumbprints = tuple(answer.response.get("ThumbprintList") or ())
        provider.created = moment(answer.response.get("CreateDate"))


@IAM.call("ListServerCertificates")
def server_certificates(account: Account, answer: Answer) -> None:
    """TLS certificates kept in IAM."""
    for entry in answer.response.get("ServerCertificateMetadataList") or ():
        account.server_certificates[entry["Arn"]] = ServerCertificate(
            arn=entry["Arn"],
            name=entry["ServerCertificateName"],
            expires=moment(entry.get("Expiration")),
            uploaded=moment(entry.get("UploadDate")),
        )


@IAM.call(
    "ListMFADevices",
    for_each=credential_report,
    params=lambda row, _: {"UserName": row["user"]},
    absent=["NoSuchEntity"],
)
def mfa_devices(account: Account, answer: Answer) -> None:
    """MFA devices of a user, hardware and passkeys included."""
    name = answer.params["UserName"]
    account.mfa_devices[name] = tuple(
        device["SerialNumber"] for device in answer.response.get("MFADevices") or ()
    )
