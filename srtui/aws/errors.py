"""Failures of a call as evidence: AWS's code and message, and what kind of failure it is."""

from __future__ import annotations

from typing import Final

from aiohttp import ClientConnectorDNSError
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    MetadataRetrievalError,
    NoCredentialsError,
    RefreshWithMFAUnsupportedError,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as BotoConnectionError
from botocore.parsers import ResponseParserError

from srtui.evidence import DISABLED_REGION_CODES, CallError, error_kind


class PagingError(Exception):
    """A list that says it goes on, but not how."""


#: What a call may fail with; anything else is a defect of this program.
CALL_ERRORS: Final = (ClientError, BotoCoreError, ResponseParserError, PagingError, TimeoutError, OSError)

#: Calls that only get credentials: when one fails, what has to be renewed is the credentials.
_CREDENTIAL_OPERATIONS: Final = frozenset(
    {"AssumeRole", "AssumeRoleWithWebIdentity", "GetRoleCredentials", "CreateToken", "CreateOAuth2Token"}
)
_RENEWABLE: Final = (
    NoCredentialsError,
    SSOError,
    TokenRetrievalError,
    CredentialRetrievalError,
    MetadataRetrievalError,
    RefreshWithMFAUnsupportedError,
)


def call_error(error: Exception) -> CallError:
    """Classify a failure. Whether an unknown key means a disabled region is for the caller to find out."""
    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code", "Unknown"))
        message = str(error.response.get("Error", {}).get("Message", ""))
        expired = error.operation_name in _CREDENTIAL_OPERATIONS
        return CallError(code=code, message=message, kind="expired" if expired else error_kind(code))
    name = type(error).__name__
    if isinstance(error, _RENEWABLE):
        return CallError(code=name, message=str(error), kind="expired")
    if isinstance(error, TimeoutError):
        return CallError(code="Timeout", message="no answer in time", kind="unreachable")
    if isinstance(error, HTTPClientError | BotoConnectionError | OSError):
        return CallError(code=name, message=str(error), kind="unreachable")
    if isinstance(error, ResponseParserError):
        return CallError(code=name, message="the answer was not AWS's (a proxy?)", kind="invalid")
    if isinstance(error, PagingError):
        return CallError(code=name, message=str(error), kind="invalid")
    return CallError(code=name, message=str(error), kind="other")


def key_unknown(error: CallError) -> bool:
    """Whether AWS does not know the key: the region is not enabled, or the key is gone."""
    return error.kind == "other" and error.code in DISABLED_REGION_CODES


def no_such_host(error: Exception) -> bool:
    """Whether the endpoint has no address: AWS may not have the service in that region."""
    return isinstance(error, EndpointConnectionError) and isinstance(
        error.kwargs.get("error"), ClientConnectorDNSError
    )


def endpoint_down(error: Exception) -> bool:
    """Whether no connection could be made at all."""
    return isinstance(error, EndpointConnectionError | ConnectTimeoutError)
