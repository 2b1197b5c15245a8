"""Every trust in someone who signs in elsewhere: OpenID Connect, SAML, Identity Center, Roles Anywhere, Cognito, pods.

One row a role and provider: who issues, what should be asked for, what the policy says, how tight that is, what the role
can do and whether that leads to administrator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Final, Literal

import msgspec

from srtui.account import UNREAD, Account
from srtui.account.containers import EksCluster, PodIdentity
from srtui.account.federation import AnywhereProfile, IdentityPool, PermissionSet, TrustAnchor
from srtui.account.model import Role
from srtui.escalation.escalation import Escalation
from srtui.policy.effective import EffectivePermissions
from srtui.risk.federation.grading import (
    GRADES,
    Graded,
    grade_cognito,
    grade_saml,
    grade_service,
    grade_web_identity,
)
from srtui.risk.federation.issuers import host_of, issuer_of
from srtui.trustees import Trustee, trustees

TrustKind = Literal[
    "oidc", "kubernetes", "cognito", "saml", "identity-center", "roles-anywhere", "pod-identity"
]
#: What a role leads to: it is administrator, becomes one surely or on conditions, may (unread), or does not.
Leads = Literal["is-admin", "becomes-admin", "conditional", "unknown", "no"]
_COGNITO: Final = "cognito-identity.amazonaws.com"
_ANYWHERE: Final = "rolesanywhere.amazonaws.com"
_PODS: Final = "pods.eks.amazonaws.com"
_KUBERNETES: Final = ("Amazon EKS", "Google Kubernetes Engine", "Azure Kubernetes Service")


class FederatedTrust(msgspec.Struct, frozen=True, kw_only=True):
    """One role that people or workloads from elsewhere become by signing in.

    `required`: what should be asked for; `says`: the conditions as they stand. `unknown_tenants`: tenants that the
    policy names and the user's known-accounts.toml does not, if that names any.
    """

    role: str
    kind: TrustKind
    provider: str  # as the policy names it
    issuer: str
    product: str
    shared: bool
    required: str
    says: tuple[str, ...]
    graded: Graded
    leads: Leads
    actions: int
    unknown_tenants: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def grade(self) -> str:
        return self.graded.grade


class Federation:
    """The federated trusts of an account."""

    def __init__(
        self,
        account: Account,
        permissions: Mapping[str, EffectivePermissions],
        escalation: Callable[[], Escalation],
        tenants: tuple[str, ...] = (),
    ) -> None:
        self.account = account
        self._permissions = permissions
        self._escalate = escalation
        self._tenants = tenants

    @cached_property
    def trusts(self) -> tuple[FederatedTrust, ...]:
        """Every row: the worst grades first, and of these those that lead to administrator."""
        found = [row for role in self.account.roles.values() for row in self._of(role)]
        found.sort(key=lambda row: (GRADES.index(row.graded.grade), _LEADS.index(row.leads), row.role))
        return tuple(found)

    def of(self, arn: str) -> tuple[FederatedTrust, ...]:
        """The rows of a role."""
        return tuple(row for row in self.trusts if row.role == arn)

    # --- one role -----------------------------------------------------------------------------------------

    def _of(self, role: Role) -> Iterator[FederatedTrust]:
        if role.service_linked:
            return
        by_value: dict[tuple[str, str], list[Trustee]] = {}
        for one in trustees(role.trust, self.account.id):
            by_value.setdefault((one.kind, one.value), []).append(one)
        for (kind, value), some in by_value.items():
            says = tuple(dict.fromkeys(text for one in some for text in one.conditions))
            if kind == "oidc" and value == _COGNITO:
                yield self._cognito(role, value, says)
            elif kind == "oidc":
                yield self._web_identity(role, value, says)
            elif kind == "saml":
                yield self._saml(role, value, says)
            elif kind == "service" and value == _ANYWHERE:
                yield self._anywhere(role, says)
            elif kind == "service" and value == _PODS:
                yield self._pods(role, says)

    def _row(
        self,
        role: Role,
        kind: TrustKind,
        provider: str,
        says: tuple[str, ...],
        graded: Graded,
        **more: object,
    ) -> FederatedTrust:
        permissions = self._permissions.get(role.arn)
        facts: dict[str, object] = {
            "issuer": provider, "product": provider, "shared": False, "required": "", **more
        }  # fmt: skip
        return FederatedTrust(
            role=role.arn,
            kind=kind,
            provider=provider,
            says=says,
            graded=graded,
            leads=self._leads(role.arn),
            actions=permissions.actions.bit_count() if permissions else 0,
            **facts,  # type: ignore[arg-type]
        )

    def _leads(self, arn: str) -> Leads:
        start = self._escalate().starts.get(arn)
        if start is None or start.admin is False or start.tier == "needs-target":
            return "no"
        if start.already:
            return "is-admin"
        if start.admin is True:
            return "becomes-admin"
        return "conditional" if start.tier == "conditional" else "unknown"

    def _web_identity(self, role: Role, provider: str, says: tuple[str, ...]) -> FederatedTrust:
        host = host_of(provider)
        issuer = issuer_of(host)
        known = self.account.providers.get(provider)
        clients = known.client_ids if known is not None else UNREAD
        client_ids = () if clients is UNREAD else clients
        graded = grade_web_identity(role, self.account.id, provider, host, issuer, client_ids)
        notes = []
        if graded.no_audience and len(client_ids) == 1:
            # IAM takes only tokens for the client ids of the provider, whatever the policy says.
            graded = msgspec.structs.replace(graded, no_audience=False)
            notes.append(f"aud is not asked for; the provider takes only {client_ids[0]}")
        tenants = graded.tenants or ((issuer.tenant_in(host),) if issuer.names_tenant else ())
        kubernetes = issuer.name in _KUBERNETES
        if kubernetes and not self._own_cluster(host):
            notes.append("the cluster is not one of this account as far as it was read")
        return self._row(
            role,
            "kubernetes" if kubernetes else "oidc",
            provider,
            says,
            graded,
            issuer=host,
            product=issuer.name,
            shared=issuer.shared,
            required=f"{issuer.requires}: {issuer.example}",
            unknown_tenants=self._unknown(tenants),
            notes=tuple(notes),
        )

    def _unknown(self, tenants: tuple[str, ...]) -> tuple[str, ...]:
        if not self._tenants:
            return ()
        return tuple(one for one in tenants if one.lower() not in self._tenants)

    def _own_cluster(self, host: str) -> bool:
        clusters = self.account.table(EksCluster).values()
        return any(isinstance(one.issuer, str) and one.issuer.lower() == host for one in clusters)

    def _saml(self, role: Role, provider: str, says: tuple[str, ...]) -> FederatedTrust:
        graded = grade_saml(role, self.account.id, provider)
        name = provider.rsplit("/", 1)[-1]
        if not role.aws_reserved:
            return self._row(
                role, "saml", provider, says, graded, issuer=name, product="SAML",
                required="SAML:aud: https://signin.aws.amazon.com/saml",
            )  # fmt: skip
        notes = self._assigned(role)
        return self._row(
            role, "identity-center", provider, says, graded, issuer=name, product="IAM Identity Center",
            required="assignments to few people or groups", notes=notes,
        )  # fmt: skip

    def _assigned(self, role: Role) -> tuple[str, ...]:
        """To how many the permission set behind a role is assigned."""
        for one in self.account.table(PermissionSet).values():
            prefix = f"AWSReservedSSO_{one.name}_"
            if role.name.startswith(prefix) and "_" not in role.name[len(prefix) :]:
                if one.assignments is UNREAD:
                    return ("its assignments were not read",)
                kinds = [kind for kind, _ in one.assignments]
                return (f"assigned to {kinds.count('USER')} users and {kinds.count('GROUP')} groups",)
        return ("its permission set was not read",)

    def _cognito(self, role: Role, provider: str, says: tuple[str, ...]) -> FederatedTrust:
        pools = self.account.table(IdentityPool).values()
        guests = {one.name: None if one.guests is UNREAD else one.guests for one in pools}
        graded = grade_cognito(role, self.account.id, provider, guests)
        return self._row(
            role, "cognito", provider, says, graded, issuer=provider, product="Amazon Cognito", shared=True,
            required="aud: the id of the identity pool, and amr: authenticated",
        )  # fmt: skip

    def _anywhere(self, role: Role, says: tuple[str, ...]) -> FederatedTrust:
        graded = grade_service(
            role, self.account.id, _ANYWHERE, "aws:principaltag/x509",
            "any certificate of the authority gets in: no subject is named", "the certificate is named",
        )  # fmt: skip
        profiles = self.account.table(AnywhereProfile).values()
        anchors = self.account.table(TrustAnchor).values()
        notes = []
        if self._listed("rolesanywhere", "ListProfiles") and not any(
            one.enabled and role.arn in one.roles for one in profiles
        ):
            graded = Graded("unusable", ("no enabled profile lists the role",))
        elif self._listed("rolesanywhere", "ListTrustAnchors") and not any(one.enabled for one in anchors):
            graded = Graded("unusable", ("no trust anchor is enabled",))
        elif graded.grade == "tenant-wide" and not any("sourcearn" in text.lower() for text in says):
            notes.append("every trust anchor of the account will do: aws:SourceArn is not asked for")
        return self._row(
            role, "roles-anywhere", _ANYWHERE, says, graded, issuer=_ANYWHERE, product="IAM Roles Anywhere",
            required="aws:SourceArn: the trust anchor, and aws:PrincipalTag/x509Subject/CN", notes=tuple(notes),
        )  # fmt: skip

    def _listed(self, service: str, operation: str) -> bool:
        outcomes = self.account.outcomes_of(service, operation)
        return bool(outcomes) and all(one.error is None and one.complete for one in outcomes)

    def _pods(self, role: Role, says: tuple[str, ...]) -> FederatedTrust:
        graded = grade_service(
            role, self.account.id, _PODS, "aws:requesttag/",
            "any pod that an association is made for gets in: no cluster or service account is named",
            "the pods are named",
        )  # fmt: skip
        notes = [
            f"associated with {one.namespace}/{one.service_account} in {one.cluster.rsplit('/', 1)[-1]}"
            for one in self.account.table(PodIdentity).values()
            if one.role == role.arn
        ]
        return self._row(
            role, "pod-identity", _PODS, says, graded, issuer=_PODS, product="EKS Pod Identity",
            required="aws:RequestTag/eks-cluster-arn, kubernetes-namespace and kubernetes-service-account",
            notes=tuple(notes),
        )  # fmt: skip


_LEADS: Final[tuple[Leads, ...]] = ("is-admin", "becomes-admin", "conditional", "unknown", "no")
