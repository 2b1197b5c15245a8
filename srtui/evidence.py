"""Evidence: one recorded AWS API answer, and nothing that was not answered.

Everything srtui shows is computed from a stream of `Evidence`, whether it arrives live, from a session file,
from an offline bundle, or from the demo. Responses hold plain JSON types only (`plain`), so that live and
replayed evidence cannot differ.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

import msgspec

#: `absent` is an answer ("there is none"), and so is `not-offered`: AWS has no such service in that region.
#: `left-out`: not asked, because the user's configuration says so; what depends on it is unknown.
ErrorKind = Literal[
    "denied",
    "throttled",
    "expired",
    "region-disabled",
    "unreachable",
    "absent",
    "not-offered",
    "left-out",
    "invalid",
    "other",
]

#: Error codes by which AWS services say "you may not", from each service's API reference (Common Errors).
DENIED_CODES: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AllAccessDisabled",
        "AuthorizationError",
        "AuthorizationErrorException",
        "NotAuthorized",
        "OptInRequired",
        "SubscriptionRequiredException",
        "UnauthorizedOperation",
        "UnauthorizedAccess",
        "UnauthorizedException",
        "Forbidden",
        "403",
    }
)
THROTTLED_CODES: Final = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "TooManyRequestsException",
        "LimitExceededException",
        "BandwidthLimitExceeded",
        "PriorRequestNotComplete",
        "429",
    }
)
EXPIRED_CODES: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "TokenRefreshRequired",
        "UnauthorizedSSOTokenError",
    }
)
DISABLED_REGION_CODES: Final = frozenset(
    {"UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "InvalidAccessKeyId"}
)


class CallError(msgspec.Struct, frozen=True):
    """Why a call has no answer: AWS's error code and message, and what kind of failure that is."""

    code: str
    message: str
    kind: ErrorKind = "other"


#: The code of a call that the user's configuration leaves out.
LEFT_OUT: Final = "LeftOut"


def error_kind(code: str) -> ErrorKind:
    """Classify an AWS error code; `region-disabled` is decided by the caller, who knows if the key works elsewhere."""
    if code in DENIED_CODES:
        return "denied"
    if code in THROTTLED_CODES:
        return "throttled"
    if code in EXPIRED_CODES:
        return "expired"
    return "other"


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One page of one API answer.

    `service` is botocore's service name, `operation` the API operation, `region` the region that was called
    (the partition's home region for global services), `at` the UTC time of the answer. `more` says that
    further pages of the same call follow; a call is complete only with a page that has `more=False`.
    """

    service: str
    operation: str
    region: str
    account: str
    at: datetime
    params: dict[str, Any] = msgspec.field(default_factory=dict)
    page: int = 0
    more: bool = False
    response: dict[str, Any] | None = None
    error: CallError | None = None

    @property
    def key(self) -> CallKey:
        """The call that this is an answer to, whatever its page."""
        return call_key(self.service, self.operation, self.region, self.params)


#: (service, operation, region, canonical JSON of the parameters)
CallKey = tuple[str, str, str, str]


def call_key(service: str, operation: str, region: str, params: Mapping[str, Any]) -> CallKey:
    """The identity of a call; equal parameters in any order give equal keys."""
    return service, operation, region, canonical_json(params) if params else ""


_encoder: Final = msgspec.json.Encoder(order="sorted")
_evidence_decoder: Final = msgspec.json.Decoder(Evidence)


def canonical_json(value: Any) -> str:
    """JSON with sorted keys: the same value always gives the same text."""
    return _encoder.encode(value).decode()


def encode(evidence: Evidence) -> bytes:
    """One line of a bundle, without the newline."""
    return _encoder.encode(evidence)


def decode(line: bytes | str) -> Evidence:
    """Read one line of a bundle. Raises `msgspec.ValidationError` or `msgspec.DecodeError` when it is no evidence."""
    return _evidence_decoder.decode(line)


def plain(value: Any) -> Any:
    """A botocore response as plain JSON types: times as ISO 8601 UTC text, bytes as UTF-8 text or base64."""
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items() if key != "ResponseMetadata"}
    if isinstance(value, bytes | bytearray):
        try:
            return bytes(value).decode("utf-8")
        except UnicodeDecodeError:
            return base64.b64encode(bytes(value)).decode()
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return str(value)


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second, ending in Z; a naive time is taken as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def moment(text: Any) -> datetime | None:
    """Read the times AWS writes: ISO 8601 with Z or offset. Anything else (N/A, no_information) is None."""
    if not isinstance(text, str) or len(text) < 10 or not text[0].isdigit():
        return None
    try:
        parsed = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


# --- redaction: nothing secret may reach a file ---------------------------------------------------------------

REDACTED: Final = "[redacted]"
REDACTED_SECRET: Final = "[redacted: looks like a secret]"

#: Members of AWS answers that carry a secret by definition, whatever their value.
_SECRET_MEMBERS: Final = frozenset(
    {
        "SecretAccessKey",
        "SessionToken",
        "SecretString",
        "SecretBinary",
        "Base32StringSeed",
        "QRCodePNG",
        "MasterUserPassword",
        "PrivateKey",
        "KeyMaterial",
        "UserData",
        "ServicePassword",
        "AuthToken",
        "Passphrase",
        "secret",  # of a CodeBuild webhook
        "activationCode",
        "KdcAdminPassword",
        "CrossRealmTrustPrincipalPassword",
        "ADDomainJoinPassword",
        "TemplateBody",
        "PreSharedKey",  # of a VPN tunnel
        "CustomerGatewayConfiguration",  # the same keys once more, as XML
        "HeaderValue",  # CloudFront's custom origin headers are shared secrets by purpose
        "SearchString",  # a web ACL often compares with such a header
        "ClientSecret",
    }
)
_SECRET_NAME: Final = re.compile(
    r"passw(or)?d|passwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token|private[_-]?key|credential|token$|_pwd$",
    re.I,
)
_SECRET_VALUE: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)"
    r"|\bgh[pousr]_[A-Za-z0-9]{20,}"
    r"|\bglpat-[A-Za-z0-9_-]{15,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}"
    r"|\bsk_(?:live|test)_[A-Za-z0-9]{16,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*"
    r"|(?<=://)[^/\s:@]{1,256}:[^/\s:@]{1,256}(?=@)"
    # Not after a colon or slash: `…:secret:name` is a part of an ARN.
    r"|(?i:(?<![A-Za-z0-9:/])(?:aws_secret_access_key|password|passwd|secret|api[_-]?key|token)[\"']?\s*[=:]\s*)"
    r"[\"']?[^\s,;\"'}&]{4,}"
)
#: A value of 40 base64 characters with upper, lower and digit: the shape of an AWS secret access key.
_SECRET_KEY_SHAPE: Final = re.compile(
    r"(?<![A-Za-z0-9/+=])(?=[A-Za-z0-9/+]*[A-Z])(?=[A-Za-z0-9/+]*[a-z])(?=[A-Za-z0-9/+]*[0-9])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"
)
#: Group 1 is an ARN, wherever it stands in a text (a policy is text, too).
_ARN_OR_KEY: Final = re.compile(r"""(arn:[^\s"']+)|""" + _SECRET_KEY_SHAPE.pattern)
#: Members that map names to values as the customer likes.
_VARIABLES: Final = frozenset(
    {
        "Variables",
        "variables",
        "EnvironmentVariables",
        "environmentVariables",
        "StageVariables",
        "stageVariableOverrides",
        "requestParameters",  # of an API's integration: fixed headers among them
        "requestTemplates",
    }
)
#: Lists of named values: the member that names, the member that holds. Environments lose every value, as in maps.
_NAMED_VALUES: Final = {
    "environment": ("name", "value"),
    "environmentVariables": ("name", "value"),
    "Parameters": ("ParameterKey", "ParameterValue"),
    "Outputs": ("OutputKey", "OutputValue"),
    "OptionSettings": ("OptionName", "Value"),
}
_BEANSTALK_VARIABLES: Final = "aws:elasticbeanstalk:application:environment"
#: Maps of settings, of which only what looks like a secret is taken out.
_SETTINGS: Final = frozenset(
    {
        "DefaultArguments",
        "NonOverridableArguments",
        "Properties",
        "AirflowConfigurationOptions",
        "parameters",
        "dockerLabels",
    }
)
#: Members whose text is public by nature and may have the shape of a secret key (hashes, paging marks).
_PUBLIC_MEMBERS: Final = frozenset(
    {
        "CodeSha256",
        "Marker",
        "NextToken",
        "NextMarker",
        "Fingerprint",
        "CertificateBody",
        "CertificateChain",
        "ETag",
    }
)


def looks_secret(name: str, value: str) -> bool:
    """Whether a named value (an environment variable, a parameter) looks like a credential."""
    if value.startswith(REDACTED_SECRET):
        return True
    if not value or value.startswith(("[redacted", "arn:", "{{resolve:")):
        return False
    return bool(_SECRET_NAME.search(name) or _SECRET_VALUE.search(value) or _SECRET_KEY_SHAPE.search(value))


def redact(evidence: Evidence) -> Evidence:
    """The same evidence without secrets; call it before anything is stored or shown."""
    response = None if evidence.response is None else _redacted("", evidence.response)
    error = evidence.error
    if error is not None:
        error = CallError(code=error.code, message=_redacted_text("", error.message), kind=error.kind)
    return msgspec.structs.replace(
        evidence, response=response, error=error, params=_redacted("", evidence.params)
    )


def _redacted(member: str, value: Any) -> Any:
    if isinstance(value, str):
        return _redacted_text(member, value)
    if isinstance(value, dict):
        if member in _SECRET_MEMBERS:  # EC2 wraps some values: {"UserData": {"Value": …}}
            return {name: _redacted(member, item) for name, item in value.items()}
        if member in _VARIABLES:
            return {
                name: item if isinstance(item, bool) else _redacted_variable(str(name), item)
                for name, item in value.items()
            }
        if member in _SETTINGS:
            return {name: _redacted_setting(str(name), item) for name, item in value.items()}
        return {name: _redacted(str(name), item) for name, item in value.items()}
    if isinstance(value, list):
        named = _NAMED_VALUES.get(member)
        return [_redacted_entry(named, item) if named else _redacted(member, item) for item in value]
    return REDACTED if member in _SECRET_MEMBERS and value is not None else value


def _redacted_variable(name: str, value: Any) -> str:
    # The name stays and the verdict stays: a control may say that a secret was here, not what it was.
    return REDACTED_SECRET if looks_secret(name, str(value)) else REDACTED


def _redacted_setting(name: str, value: Any) -> Any:
    if isinstance(value, str) and looks_secret(name, value):
        return REDACTED_SECRET
    return _redacted(name, value)


def _redacted_entry(named: tuple[str, str], entry: Any) -> Any:
    """One object of a list of named values; a reference to a parameter or secret is no secret itself."""
    name, holder = named
    if not isinstance(entry, dict) or not isinstance(entry.get(holder), str):
        return _redacted("", entry)
    is_reference = entry.get("type") in ("PARAMETER_STORE", "SECRETS_MANAGER")
    is_variable = holder == "value" or entry.get("Namespace") == _BEANSTALK_VARIABLES
    keep_harmless = is_reference or not is_variable
    hide = _redacted_setting if keep_harmless else _redacted_variable
    text = entry[holder] if is_reference else hide(str(entry.get(name, "")), entry[holder])
    return {**{key: _redacted(str(key), item) for key, item in entry.items()}, holder: text}


def _redacted_text(member: str, text: str) -> str:
    if member in _SECRET_MEMBERS:
        if not text or text.startswith("[redacted"):
            return text
        return REDACTED_SECRET if looks_secret("", _decoded(text)) else REDACTED
    if len(text) < 12 or member in _PUBLIC_MEMBERS:
        return text
    text = _SECRET_VALUE.sub(REDACTED, text)
    # An ARN names its resource; a path in it may have the shape of a key by chance, and must stay what it is.
    return text if len(text) < 40 else _ARN_OR_KEY.sub(lambda found: found[1] or REDACTED, text)


def _decoded(text: str) -> str:
    # User data comes in base64; whether it holds a secret can only be told from the text behind it.
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except ValueError:
        return text
