"""Sign-in from elsewhere: how tightly each trust names its tenant, and the providers themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from srtui.account import UNREAD
from srtui.account.model import IdentityProvider
from srtui.responsibility.control import Check, Control, Fact, Result, Severity, control
from srtui.responsibility.controls.at_risk import risk_of
from srtui.responsibility.judging import Verdict, bad, each, good, untold
from srtui.risk.federation.trusts import FederatedTrust, TrustKind
from srtui.services.declare import Call
from srtui.services.eks import clusters, pod_identities
from srtui.services.iam import authorization_details, oidc_provider, oidc_providers, saml_providers
from srtui.services.rolesanywhere import profiles, trust_anchors

_GUIDE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
_OIDC: Final = f"{_GUIDE}id_roles_create_for-idp_oidc.html"
_SHARED: Final = f"{_GUIDE}id_roles_providers_oidc_secure-by-default.html"
_COMMAND: Final = "aws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json"


def _judged(
    check: Check, about: Callable[[FederatedTrust], bool], wrong: Callable[[FederatedTrust], bool]
) -> Iterator[Result]:
    """One result a role for the trusts that a rule is about."""
    by_role: dict[str, list[FederatedTrust]] = {}
    for row in risk_of(check.context).federation.trusts:
        if about(row):
            by_role.setdefault(row.role, []).append(row)
    for role, rows in by_role.items():
        failed = [row for row in rows if wrong(row)]
        name = role.rsplit("/", 1)[-1]
        if failed:
            yield check.failed(role, *(fact for row in failed for fact in _facts(row)), name=name)
        elif any(row.grade == "unread" for row in rows):
            yield check.unknown(role, reason="its trust policy could not be evaluated")
        else:
            yield check.passed(role, *(fact for row in rows for fact in _facts(row)[:2]))


def _facts(row: FederatedTrust) -> list[Fact]:
    found = [
        Fact(row.product, "; ".join(row.says) or "no conditions"),
        Fact("grade", f"{row.grade}: {'; '.join(row.graded.why)}"),
    ]
    if row.graded.conditions and row.grade != "open":
        found.append(Fact("if", " and ".join(row.graded.conditions)))
    found += [Fact("note", note) for note in row.notes]
    if row.leads != "no":
        found.append(Fact("leads to administrator", row.leads))
    return found


def _kinds(*kinds: TrustKind) -> Callable[[FederatedTrust], bool]:
    return lambda row: row.kind in kinds


def _graded(*grades: str) -> Callable[[FederatedTrust], bool]:
    return lambda row: row.grade in grades


def _declare(
    id: str,
    severity: Severity,
    title: str,
    problem: str,
    why: str,
    fix: str,
    about: Callable[[FederatedTrust], bool],
    wrong: Callable[[FederatedTrust], bool],
    needs: Iterable[Call] = (oidc_providers,),
    reference: str = _OIDC,
) -> Control:
    def rule(check: Check) -> Iterator[Result]:
        yield from _judged(check, about, wrong)

    return control(
        id,
        title=title,
        problem=problem,
        rows=[1, 11],
        severity=severity,
        topic="trust",
        needs=(authorization_details, *needs),
        why=why,
        fix=fix,
        command=_COMMAND,
        references=[reference],
    )(rule)


ORG_WIDE = _declare(
    "oidc-org-wide",
    "high",
    "Trust in pipelines names the repository or project",
    "Trust takes any project of the tenant",
    "Every repository of the organisation, an experiment with open contributions too, becomes this role.",
    "Name the repository or project in the subject.",
    lambda row: row.kind == "oidc" and row.shared,
    _graded("tenant-wide"),
    reference=_SHARED,
)
ANY_BRANCH = _declare(
    "oidc-any-branch",
    "medium",
    "Trust in pipelines names the branch or environment",
    "Trust takes any branch or run",
    "Whoever may push a branch or open a pull request runs code with this role, before anybody has reviewed it.",
    "Name the protected branch or the environment in the subject.",
    lambda row: row.kind == "oidc" and row.shared,
    _graded("any-ref"),
    reference=_SHARED,
)
MUTABLE_NAME = _declare(
    "oidc-mutable-name",
    "low",
    "Trust in repositories is by id",
    "Trust is by a name that changes hands",
    "After a rename or a deletion somebody else may take the name, and with it the role.",
    "Require repository_id as well as the subject.",
    lambda row: row.kind == "oidc" and row.product == "GitHub Actions",
    _graded("by-name"),
)
NO_AUDIENCE = _declare(
    "oidc-no-aud",
    "medium",
    "Trust in identity providers names the audience",
    "Trust names no audience",
    "A token that was made for another application opens this role as well.",
    "Require the claim aud with StringEquals, and keep one client id a provider.",
    _kinds("oidc", "kubernetes"),
    lambda row: row.graded.no_audience,
    needs=(oidc_providers, oidc_provider),
)
VACUOUS = _declare(
    "oidc-setop-vacuous",
    "high",
    "Conditions on claims hold for tokens without them, too",
    "Condition is met without the claim",
    "ForAllValues and IfExists are true where the claim is missing, so they keep out only those who bring it.",
    "Use StringEquals or StringLike without ForAllValues and IfExists.",
    _kinds("oidc", "kubernetes"),
    lambda row: row.graded.vacuous,
    reference=f"{_GUIDE}reference_policies_condition-single-vs-multi-valued-context-keys.html",
)
UNKNOWN_TENANT = _declare(
    "azure-tenant",
    "high",
    "Trusted tenants of identity providers are your own",
    "Trusts a tenant that is not known",
    "Whoever administers that tenant decides who becomes this role.",
    "Check whose tenant it is; name it in known-accounts.toml (tenants), or take the trust away.",
    lambda row: row.kind == "oidc" and bool(row.graded.tenants or row.unknown_tenants),
    lambda row: bool(row.unknown_tenants),
)
GOOGLE = _declare(
    "gcp-sub",
    "high",
    "Trust in Google and Entra names the workload",
    "Trust names no Google or Entra workload",
    "Every user or workload of the application, with Google perhaps of everybody's, becomes this role.",
    "Require aud and sub: of a service account both are its unique id.",
    lambda row: row.product in ("Google", "Microsoft Entra ID", "Microsoft Entra ID (v2)"),
    _graded("open", "tenant-wide"),
)
SAML_AUDIENCE = _declare(
    "saml-no-aud",
    "medium",
    "Trust in SAML providers asks for AWS's audience",
    "SAML trust names no audience",
    "An assertion that the directory made for another application opens this role as well.",
    "Require SAML:aud to be https://signin.aws.amazon.com/saml.",
    _kinds("saml"),
    lambda row: row.graded.no_audience,
    needs=(saml_providers,),
    reference=f"{_GUIDE}id_roles_create_for-idp_saml.html",
)
ANYWHERE = _declare(
    "rolesanywhere-broad",
    "high",
    "Roles Anywhere names the certificates that it takes",
    "Takes any certificate of the authority",
    "Every machine and person with a certificate of that authority becomes this role.",
    "Require aws:PrincipalTag/x509Subject/CN or another part of the certificate, and aws:SourceArn of the trust anchor.",
    _kinds("roles-anywhere"),
    _graded("tenant-wide", "open"),
    needs=(profiles, trust_anchors),
    reference="https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html",
)
KUBERNETES = _declare(
    "irsa-sub-wild",
    "high",
    "Trust in clusters names namespace and service account",
    "Trust takes any pod of the cluster",
    "Whoever may start a pod there, in the weakest of its applications, becomes this role.",
    "Require system:serviceaccount:NAMESPACE:NAME with StringEquals.",
    _kinds("kubernetes"),
    _graded("tenant-wide", "any-ref"),
    needs=(oidc_providers, clusters),
    reference="https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html",
)
PODS = _declare(
    "podidentity-any",
    "medium",
    "Roles for pods name the cluster or namespace",
    "Role may be given to any pod",
    "Whoever may make associations in any cluster of the account gives this role to pods of his choice.",
    "Require aws:RequestTag/eks-cluster-arn and aws:RequestTag/kubernetes-namespace in the trust policy.",
    _kinds("pod-identity"),
    _graded("tenant-wide"),
    needs=(clusters, pod_identities),
    reference="https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html",
)


@control(
    "oidc-provider-stale",
    title="Every identity provider is trusted by a role",
    problem="Identity provider that no role trusts",
    rows=[11],
    severity="low",
    topic="trust",
    needs=[oidc_providers, authorization_details],
    failing_needs=[authorization_details],
    why="A provider that nobody uses is a door that nobody watches: one trust policy opens it.",
    fix="Delete the provider.",
    command="aws iam delete-open-id-connect-provider --open-id-connect-provider-arn {subject}",
    references=[f"{_GUIDE}id_roles_providers_create_oidc.html"],
)
def oidc_provider_stale(check: Check) -> Iterator[Result]:
    used = {row.provider for row in risk_of(check.context).federation.trusts}

    def judge(one: IdentityProvider) -> Verdict | None:
        if one.kind != "oidc":
            return None
        roles = Fact("trusted by", "some role" if one.arn in used else "no role")
        return good(roles) if one.arn in used else bad(roles)

    yield from each(check, check.account.providers.values(), judge)


@control(
    "oidc-clientid-broad",
    title="Identity providers have one audience",
    problem="Identity provider has several audiences",
    rows=[11],
    severity="low",
    topic="trust",
    needs=[oidc_providers, oidc_provider],
    why="Tokens that were made for one application are taken for the others, wherever a trust policy names no audience.",
    fix="Keep sts.amazonaws.com, and remove client ids that nothing uses.",
    command="aws iam get-open-id-connect-provider --open-id-connect-provider-arn {subject}",
    references=[f"{_GUIDE}id_roles_providers_create_oidc.html"],
)
def oidc_clientid_broad(check: Check) -> Iterator[Result]:
    def judge(one: IdentityProvider) -> Verdict | None:
        if one.kind != "oidc":
            return None
        if one.client_ids is UNREAD:
            return untold(oidc_provider)
        fact = Fact("client ids", ", ".join(one.client_ids) or "none")
        return good(fact) if len(one.client_ids) <= 1 else bad(fact)

    yield from each(check, check.account.providers.values(), judge)
