"""Credentials: from wherever the AWS CLI would take them, through role chains and MFA, to a session.

botocore's own prompt for an MFA code blocks and writes to the terminal, so profiles and `--role-arn` chains that need
one are assumed here, and the code is asked for through the interface.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from aiobotocore.config import AioConfig
from aiobotocore.credentials import AioRefreshableCredentials
from aiobotocore.session import AioSession
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    RefreshWithMFAUnsupportedError,
    SSOError,
    TokenRetrievalError,
)

from srtui.aws.settings import AwsSettings, CredentialsError, endpoint_override
from srtui.evidence import EXPIRED_CODES
from srtui.partitions import GLOBAL_REGIONS

Ask = Callable[[str], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session with credentials, and where it is at home."""

    session: AioSession
    region: str
    partition: str


@dataclass(frozen=True, slots=True)
class _Hop:
    """One role to assume, from a profile or from `--role-arn`."""

    role: str
    session_name: str
    serial: str | None = None
    external_id: str | None = None
    duration: int | None = None


async def open_session(settings: AwsSettings, ask: Ask) -> OpenSession:
    """Resolve credentials. Raises CredentialsError with what was tried and what to do."""
    base = _base_session(settings)
    region = settings.regions[0] if settings.regions else base.get_config_variable("region")
    region = region or GLOBAL_REGIONS["aws"]
    await _check_regions(base, (*settings.regions, region))
    session, hops = _profile_hops(base, settings)
    try:
        credentials = await session.get_credentials()
        if credentials is not None:
            await credentials.get_frozen_credentials()
    except (BotoCoreError, ClientError, OSError, ValueError) as error:
        raise explain(error, settings, doing="getting credentials") from error
    if credentials is None:
        raise no_credentials(settings)
    for index, role in enumerate(settings.role_arns):
        # A code is single-use and bound to the first hop: a chained session cannot present MFA again.
        serial = settings.mfa_serial if index == 0 else None
        hops.append(_Hop(role, settings.session_name, serial, settings.external_id))
    for hop in hops:
        session = await _assume(session, settings, region, hop, ask)
    return OpenSession(session, region, base.get_partition_for_region(region))


def _base_session(settings: AwsSettings) -> AioSession:
    session = AioSession(profile=settings.profile)
    try:
        session.get_scoped_config()
    except ProfileNotFound as error:
        names = sorted(session.available_profiles)
        wanted = settings.profile or os.environ.get("AWS_PROFILE", "")
        near = difflib.get_close_matches(wanted, names, 1)
        known = f"profiles that exist: {', '.join(names)}" if names else "no profiles exist"
        raise CredentialsError(
            f"there is no profile {wanted!r}",
            (_config_files(), known),
            (f"use --profile {near[0]}",)
            if near
            else ("use --profile NAME, or make one: aws configure sso",),
        ) from error
    return session


async def _check_regions(session: AioSession, regions: tuple[str, ...]) -> None:
    known = {
        region
        for partition in session.get_available_partitions()
        for region in await session.get_available_regions("ec2", partition)
    }
    for region in regions:
        if region not in known:
            near = difflib.get_close_matches(region, sorted(known), 3)
            raise CredentialsError(
                f"there is no region {region!r}",
                (f"{len(known)} regions are known to this version",),
                (f"did you mean {' or '.join(near)}?",) if near else ("use a name such as eu-west-1",),
            )


def _profile_hops(base: AioSession, settings: AwsSettings) -> tuple[AioSession, list[_Hop]]:
    """The session to start from, and the roles of the profile that are assumed here instead of in botocore.

    botocore would ask for an MFA code on the terminal, and would not send AssumeRole to `--endpoint-url`.
    """
    profiles: Mapping[str, Any] = base.full_config.get("profiles", {})
    name = base.get_config_variable("profile") or "default"
    config: Mapping[str, Any] = profiles.get(name, {})
    hops: list[_Hop] = []
    seen = {name}
    while config.get("role_arn") and config.get("source_profile"):
        hops.insert(0, _hop(config, settings))
        name = config["source_profile"]
        config = profiles.get(name, {})
        if name in seen:
            break
        seen.add(name)
    if not hops or not (settings.endpoint_url or any(hop.serial for hop in hops)):
        return base, []
    if name not in profiles:
        raise CredentialsError(
            f"there is no profile {name!r}, which another names as its source_profile",
            (_config_files(), f"profiles that exist: {', '.join(sorted(profiles))}"),
            ("correct source_profile in the AWS configuration file",),
        )
    if config.get("role_arn") and config.get("aws_access_key_id"):
        # A profile that is its own source: its keys come first, and not its role.
        start = AioSession()
        keys = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
        start.set_credentials(*(config.get(key) for key in keys))
        return start, hops
    return AioSession(profile=name), hops


def _hop(config: Mapping[str, Any], settings: AwsSettings) -> _Hop:
    duration = str(config.get("duration_seconds", ""))
    return _Hop(
        role=config["role_arn"],
        session_name=config.get("role_session_name") or settings.session_name,
        serial=config.get("mfa_serial"),
        external_id=config.get("external_id"),
        duration=int(duration) if duration.isdigit() else None,
    )


async def _assume(session: AioSession, settings: AwsSettings, region: str, hop: _Hop, ask: Ask) -> AioSession:
    """A session with the credentials of a role (STS API Reference, AssumeRole)."""
    request: dict[str, Any] = {"RoleArn": hop.role, "RoleSessionName": hop.session_name}
    if hop.external_id:
        request["ExternalId"] = hop.external_id
    if hop.duration:
        request["DurationSeconds"] = hop.duration
    code_members: dict[str, str] = {}
    if hop.serial:
        code = await ask(f"MFA code of {hop.serial}, to assume {hop.role}")
        if not code or not code.strip():
            raise CredentialsError(
                f"{hop.role} needs an MFA code",
                (f"asked for a code of {hop.serial}: none was given",),
                ("try again and enter the six digits that the device shows",),
                renewable=True,
            )
        code_members = {"SerialNumber": hop.serial, "TokenCode": code.strip()}

    async def issue(**more: str) -> dict[str, str]:
        config = AioConfig(
            retries={"mode": "standard", "total_max_attempts": 3},
            connect_timeout=5,
            read_timeout=20,
            use_fips_endpoint=settings.use_fips or None,
        )
        async with session.create_client(
            "sts", region_name=region, endpoint_url=settings.endpoint_url, config=config
        ) as sts:
            issued = (await sts.assume_role(**request, **more))["Credentials"]
        expiry = issued["Expiration"]
        return {
            "access_key": issued["AccessKeyId"],
            "secret_key": issued["SecretAccessKey"],
            "token": issued["SessionToken"],
            "expiry_time": (expiry if expiry.tzinfo else expiry.replace(tzinfo=UTC)).isoformat(),
        }

    try:
        issued = await issue(**code_members)
    except (BotoCoreError, ClientError, OSError) as error:
        raise explain(error, settings, doing=f"assuming {hop.role}") from error
    assumed = AioSession()
    if hop.serial or datetime.fromisoformat(issued["expiry_time"]) <= datetime.now(UTC):
        # A code cannot be used twice: when these expire the run pauses and asks for another.
        assumed.set_credentials(issued["access_key"], issued["secret_key"], issued["token"])
    else:
        assumed._credentials = AioRefreshableCredentials.create_from_metadata(
            metadata=issued, refresh_using=issue, method="assume-role"
        )
    return assumed


def _config_files() -> str:
    config = os.environ.get("AWS_CONFIG_FILE", "~/.aws/config")
    shared = os.environ.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")
    state = [
        f"{name} ({'read' if Path(name).expanduser().is_file() else 'no such file'})"
        for name in (config, shared)
    ]
    return "looked in " + " and ".join(state)


def no_credentials(settings: AwsSettings) -> CredentialsError:
    """What was looked at, in the order of the AWS SDKs, and why it gave nothing."""
    environment = [name for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY") if name in os.environ]
    tried = (
        f"environment: {'only ' + environment[0] + ' is set' if environment else 'AWS_ACCESS_KEY_ID is not set'}",
        f"profile {settings.profile or os.environ.get('AWS_PROFILE') or 'default'}: {_config_files()}",
        "web identity: "
        + (
            "AWS_WEB_IDENTITY_TOKEN_FILE is set"
            if "AWS_WEB_IDENTITY_TOKEN_FILE" in os.environ
            else "no token file is set"
        ),
        "container: "
        + (
            "its credentials address is set"
            if any(name.startswith("AWS_CONTAINER_CREDENTIALS") for name in os.environ)
            else "no credentials address is set"
        ),
        "instance role: "
        + (
            "switched off by AWS_EC2_METADATA_DISABLED"
            if os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true"
            else "the metadata service did not answer"
        ),
    )
    return CredentialsError(
        "no AWS credentials were found",
        tried,
        (
            "use --profile NAME, or set AWS_PROFILE",
            "or sign in: aws sso login --profile NAME",
            "or look around without an account: srtui demo",
        ),
    )


_REMEDIES: Final[dict[str, tuple[str, ...]]] = {
    "ExpiredToken": ("sign in again, then resume",),
    "ExpiredTokenException": ("sign in again, then resume",),
    "RequestExpired": ("sign in again; also check that this machine's clock is right",),
    "InvalidClientTokenId": (
        "AWS does not know this access key: it was deleted, or belongs to another partition",
        "check AWS_ACCESS_KEY_ID, or use --profile NAME",
    ),
    "UnrecognizedClientException": (
        "AWS does not know this access key",
        "check AWS_ACCESS_KEY_ID, or use --profile NAME",
    ),
    "SignatureDoesNotMatch": (
        "the secret access key does not belong to the access key",
        "check both, or use --profile NAME",
    ),
    "AccessDenied": (
        "the caller may not do this: check the role's trust policy and the caller's sts:AssumeRole",
        "if the role asks for MFA, add --mfa-serial; if it asks for an external id, --external-id",
    ),
}


def explain(
    error: Exception, settings: AwsSettings, doing: str = "asking who is calling"
) -> CredentialsError:
    """One clear screen for a failure to get or use credentials."""
    profile = settings.profile or os.environ.get("AWS_PROFILE") or "default"
    if isinstance(error, CredentialsError):
        return error
    if isinstance(error, NoCredentialsError):
        return no_credentials(settings)
    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code", "unknown"))
        message = str(error.response.get("Error", {}).get("Message", ""))
        remedy = _REMEDIES.get(code, ("check the credentials with: aws sts get-caller-identity",))
        if code in EXPIRED_CODES:
            sign_in = f"sign in again: aws sso login --profile {profile}, or put new keys into the profile"
            remedy = (sign_in, *remedy[1:])
        return CredentialsError(
            f"AWS refused while {doing}: {code}",
            (message or code, f"profile {profile}"),
            remedy,
            renewable=code in EXPIRED_CODES,
        )
    if isinstance(error, SSOError | TokenRetrievalError):
        return CredentialsError(
            f"the SSO sign-in of profile {profile} is missing or has expired",
            (str(error),),
            (f"run: aws sso login --profile {profile}", "then try again"),
            renewable=True,
        )
    if isinstance(error, RefreshWithMFAUnsupportedError):
        return CredentialsError(
            "the credentials have expired",
            (str(error),),
            ("try again: the MFA code will be asked for",),
            renewable=True,
        )
    if isinstance(error, CredentialRetrievalError):
        return CredentialsError(
            f"the credential_process of profile {profile} failed",
            (str(error),),
            ("run the command by hand to see what it needs, then try again",),
            renewable=True,
        )
    if isinstance(error, PartialCredentialsError):
        return CredentialsError(
            str(error), (_config_files(),), ("complete the profile, or use another with --profile",)
        )
    if isinstance(error, EndpointConnectionError | ConnectTimeoutError | ReadTimeoutError | OSError):
        override = endpoint_override(settings)
        return CredentialsError(
            "AWS could not be reached",
            (str(error), *([f"an endpoint override is active: {override}"] if override else [])),
            ("check the network, a proxy (HTTPS_PROXY) and the region", "then try again"),
        )
    return CredentialsError(
        f"failed while {doing}: {type(error).__name__}",
        (str(error),),
        ("check with: aws sts get-caller-identity",),
    )
