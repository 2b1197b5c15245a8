"""What a trust policy should ask for instead: a condition to put into it, with words in capitals to be filled in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from srtui.risk.federation.issuers import Issuer, host_of, issuer_of

if TYPE_CHECKING:
    from srtui.risk.federation.trusts import FederatedTrust

Conditions = dict[str, dict[str, Any]]
_SAML: Final = "https://signin.aws.amazon.com/saml"
_STS: Final = "sts.amazonaws.com"
#: The words of an example that a person fills in.
_BLANK: Final = re.compile(r"\b[A-Z][A-Z-]{3,}\b")
#: A condition that a key is there at all.
_THERE: Final = re.compile(r"^Null \S+ = false$", re.IGNORECASE)
_AUDIENCE: Final = re.compile(r"^(\S+) = (.+)$")


def fixed_condition(trust: FederatedTrust) -> Conditions:
    """The Condition element of a trust that names its tenant as tightly as its issuer allows."""
    match trust.kind:
        case "saml" | "identity-center":
            return {"StringEquals": {"SAML:aud": _SAML}}
        case "cognito":
            host = trust.provider
            pool = _asked(trust, f"{host}:aud") or "IDENTITY-POOL-ID"
            return {
                "StringEquals": {f"{host}:aud": pool},
                "ForAnyValue:StringEquals": {f"{host}:amr": "authenticated"},
            }
        case "roles-anywhere":
            return {
                "ArnEquals": {"aws:SourceArn": "TRUST-ANCHOR-ARN"},
                "StringEquals": {"aws:PrincipalTag/x509Subject/CN": "COMMON-NAME"},
            }
        case "pod-identity":
            return {
                "StringEquals": {
                    "aws:RequestTag/eks-cluster-arn": "CLUSTER-ARN",
                    "aws:RequestTag/kubernetes-namespace": "NAMESPACE",
                    "aws:RequestTag/kubernetes-service-account": "SERVICE-ACCOUNT",
                }
            }
        case _:
            return _of_tokens(trust)


def _of_tokens(trust: FederatedTrust) -> Conditions:
    host = host_of(trust.provider)
    issuer = issuer_of(host)
    if issuer.audience:
        asked = _asked(trust, f"{host}:{issuer.audience}")
        return {
            "StringEquals": {f"{host}:{issuer.audience}": asked or "CLIENT-ID", f"{host}:sub": "SUBJECT-ID"}
        }
    claims = _claims(issuer, trust.graded.tenants)
    claims["sub"] = _asked(trust, f"{host}:sub") or claims["sub"]
    audience = claims.pop("aud", "") or _asked(trust, f"{host}:aud") or _STS
    found: Conditions = {"StringEquals": {f"{host}:aud": audience}}
    for claim, text in claims.items():
        # Only a pattern needs StringLike, and a pattern is kept to what the issuer numbers anew each time.
        operator = "StringLike" if "*" in text else "StringEquals"
        found.setdefault(operator, {})[f"{host}:{claim}"] = text
    if trust.graded.by_name:
        found["StringEquals"] |= {f"{host}:{claim}": claim.upper().replace("_", "-") for claim in issuer.ids}
    return found


def _claims(issuer: Issuer, tenants: tuple[str, ...]) -> dict[str, str]:
    """The claims of the issuer's example, with the tenant that the policy names already."""
    found: dict[str, str] = {}
    if issuer.example.startswith("aud "):
        audience, _, subject = issuer.example.removeprefix("aud ").partition(" and sub ")
        found = {"aud": audience, "sub": subject}
    elif issuer.fields and " " not in issuer.example:
        found = {"sub": issuer.example}
    else:
        found = {"sub": "SUBJECT"}
    blank = _BLANK.search(found["sub"])
    if len(tenants) == 1 and blank is not None and not set(tenants[0]) & {"*", "?"}:
        found = {claim: text.replace(blank[0], tenants[0]) for claim, text in found.items()}
    return found


def _asked(trust: FederatedTrust, key: str) -> str:
    """What a trust asks of a key already, if that is one value without wildcards."""
    for text in trust.says:
        operator, _, rest = text.partition(" ")
        found = _AUDIENCE.match(rest)
        if operator in ("StringEquals", "StringLike") and found and found[1].lower() == key.lower():
            value = found[2]
            if not set(value) & {"*", "?", ",", " "}:
                return value
    return ""


def missing(trust: FederatedTrust) -> str:
    """What the policy does not ask for and should; "" if nothing is missing."""
    found = []
    if trust.grade == "by-name":
        found = [f"{claim}: the id behind the name" for claim in issuer_of(host_of(trust.provider)).ids]
    elif trust.grade not in ("directory", "tight", "unusable"):
        found = [trust.required]
    if trust.graded.vacuous:
        found.append("that the claim is there at all")
    if trust.graded.no_audience:
        found.append("aud: whom the token was made for")
    return "; ".join(found)


def blanks_of(condition: Conditions) -> tuple[str, ...]:
    """The words in capitals that a person has to fill in."""
    texts = [text for values in condition.values() for text in values.values()]
    return tuple(dict.fromkeys(word for text in texts for word in _BLANK.findall(text)))


def traps(trust: FederatedTrust) -> tuple[str, ...]:
    """What in the conditions does not do what it looks like, in sentences."""
    found: dict[str, None] = {}
    there = {text.split(" ")[1].lower() for text in trust.says if _THERE.match(text)}
    for text in trust.says:
        operator, _, rest = text.partition(" ")
        key = rest.partition(" ")[0]
        if operator.startswith("ForAllValues:") and key.lower() not in there:
            found[f"{operator} is true as well when {key} is missing: a token without the claim gets in."] = (
                None
            )
        if operator.endswith("IfExists") and key.lower() not in there:
            found[f"{operator} is true as well when {key} is missing."] = None
        if operator.startswith(("ForAnyValue:StringNot", "ForAnyValue:ArnNot")):
            found[
                f"{operator} is true as soon as one value of {key} differs: it keeps hardly anyone out."
            ] = None
        if operator.startswith("StringEquals") and "*" in rest.partition(" = ")[2]:
            found[f"{operator} takes * in {key} as it stands: no token has that value."] = None
    if trust.graded.vacuous and not found:
        found["A condition is true as well when the claim is missing."] = None
    if trust.graded.no_audience:
        found["The audience is not asked for: a token that was made for someone else gets in."] = None
    return tuple(found)
