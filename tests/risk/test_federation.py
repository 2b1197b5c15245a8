"""How tightly trusts name their tenant: each issuer's subjects, and the traps of operators."""

from __future__ import annotations

from typing import Any

import pytest

from srtui.account import Account
from srtui.account.containers import PodIdentity
from srtui.account.federation import AnywhereProfile, IdentityPool, PermissionSet, TrustAnchor
from srtui.account.model import IdentityProvider
from srtui.policy.catalogue import load_catalogue
from srtui.responsibility.issuers import SHARED_ISSUERS
from srtui.risk.federation.issuers import Template, issuer_of, issuers
from srtui.risk.federation.trusts import FederatedTrust
from srtui.risk.known import KnownAccounts
from srtui.risk.settings import RiskSettings
from tests.access.made import OWN, account, listed, role
from tests.policy.ask import Json, allow, policy
from tests.risk.at_risk import risk

GITHUB = "token.actions.githubusercontent.com"
AUD = {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}


def web(host: str, **conditions: Any) -> Json:
    federated = (
        host
        if host in ("accounts.google.com", "graph.facebook.com", "cognito-identity.amazonaws.com")
        else f"arn:aws:iam::{OWN}:oidc-provider/{host}"
    )
    found: Json = {
        "Effect": "Allow",
        "Principal": {"Federated": federated},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    return {**found, "Condition": conditions} if conditions else found


def row(
    *statements: Json, made: Account | None = None, known: KnownAccounts | None = None, **more: Any
) -> FederatedTrust:
    found = made or account()
    one = role("r", trust=policy(*statements), **more)
    found.roles[one.arn] = one
    settings = RiskSettings(known=known or KnownAccounts())
    (trust,) = risk(found, settings).federation.trusts
    return trust


def github(operator: str, *subjects: str, **more: Any) -> FederatedTrust:
    conditions: Json = {**AUD}
    conditions[operator] = {**conditions.get(operator, {}), f"{GITHUB}:sub": list(subjects)}
    for key, value in more.items():
        conditions.setdefault("StringEquals", {})
        conditions["StringEquals"] = {**conditions["StringEquals"], f"{GITHUB}:{key}": value}
    return row(web(GITHUB, **conditions))


@pytest.mark.parametrize(
    ("subjects", "grade"),
    [
        (["*"], "open"),
        (["repo:*"], "open"),
        (["repo:acme*"], "open"),
        (["repo:acm?/web:*"], "open"),
        (["repo:*/web:ref:refs/heads/main"], "open"),
        (["*:ref:refs/heads/main"], "open"),
        (["repo:acme/web:ref:refs/heads/main", "repo:*:pull_request"], "open"),
        (["repo:acme/*"], "tenant-wide"),
        (["repo:acme/*:ref:refs/heads/main"], "tenant-wide"),
        (["repo:acme/web*"], "tenant-wide"),
        (["repo:acme/web-*:environment:prod"], "tenant-wide"),
        (["repo:acme/web:*"], "any-ref"),
        (["repo:acme/web:ref:refs/heads/*"], "any-ref"),
        (["repo:acme/web:ref:refs/heads/main", "repo:acme/web:ref:refs/tags/*"], "any-ref"),
        (["repo:acme/web:ref:refs/heads/main"], "by-name"),
        (["repo:acme/web:environment:prod"], "by-name"),
        (["repo:acme/web:pull_request"], "by-name"),
        (["repo:acme/web:job_workflow_ref:acme/ci/.github/workflows/x.yml@refs/heads/main"], "tight"),
        (["repo:acme/web:job_workflow_ref:*"], "tenant-wide"),
        (["repository_owner:*:job_workflow_ref:acme/x"], "open"),
    ],
)  # fmt: skip
def test_subjects_of_github(subjects: list[str], grade: str) -> None:
    assert github("StringLike", *subjects).grade == grade


def test_operators_and_their_traps() -> None:
    good = "repo:acme/web:ref:refs/heads/main"
    assert github("StringEquals", good).grade == "by-name"
    assert github("StringEquals", "repo:acme/*").grade == "unusable"
    for trap in ("ForAllValues:StringLike", "StringLikeIfExists", "ForAllValues:StringEquals"):
        found = github(trap, good)
        assert (found.grade, found.graded.vacuous) == ("open", True), trap
    assert github("ForAnyValue:StringLike", good).grade == "by-name"
    assert github("StringNotLike", "repo:evil/*").grade == "open"
    assert row(web(GITHUB)).grade == "open"
    assert row(web(GITHUB, **AUD)).grade == "open"


def test_the_narrowest_of_several_conditions_counts() -> None:
    conditions = {
        "StringLike": {f"{GITHUB}:sub": "repo:acme/*"},
        "StringEquals": {f"{GITHUB}:sub": "repo:acme/web:ref:refs/heads/main"},
    }
    assert row(web(GITHUB, **conditions)).grade == "by-name"
    assert github("StringLike", "repo:acme/*", repository_id="42").grade == "any-ref"
    assert github("StringLike", "repo:acme/web:ref:refs/heads/main", repository_id="42").grade == "tight"
    only_id = row(
        web(GITHUB, StringEquals={f"{GITHUB}:repository_id": "42", f"{GITHUB}:ref": "refs/heads/main"})
    )
    assert only_id.grade == "tight"
    assert row(web(GITHUB, StringEquals={f"{GITHUB}:environment": "prod"})).grade == "open"
    assert row(web(GITHUB, StringEquals={f"{GITHUB}:actor": "ana"})).grade == "open"


def test_a_second_statement_opens_and_a_deny_closes() -> None:
    tight = web(GITHUB, StringEquals={f"{GITHUB}:sub": "repo:acme/web:ref:refs/heads/main"})
    assert row(tight, web(GITHUB, StringLike={f"{GITHUB}:sub": "repo:acme/*"})).grade == "tenant-wide"
    wide = web(GITHUB, StringLike={f"{GITHUB}:sub": "repo:*"})
    deny = {**web(GITHUB, StringNotLike={f"{GITHUB}:sub": "repo:acme/*"}), "Effect": "Deny"}
    assert row(wide, deny).grade == "tenant-wide"


def test_an_address_keeps_strangers_out_on_its_condition() -> None:
    found = row(web(GITHUB, IpAddress={"aws:SourceIp": "192.0.2.0/24"}))
    assert found.grade == "tenant-wide"
    assert "192.0.2.0/24" in found.graded.why[0]


ISSUERS: list[tuple[str, str, str]] = [
    ("gitlab.com", "project_path:acme/web:ref_type:branch:ref:main", "tight"),
    ("gitlab.com", "project_path:acme/*:ref_type:branch:ref:main", "tenant-wide"),
    ("gitlab.com", "project_path:acme*:ref_type:branch:ref:main", "open"),
    ("gitlab.com", "project_path:acme/web:ref_type:branch:ref:*", "any-ref"),
    ("app.terraform.io", "organization:acme:project:web:workspace:prod:run_phase:apply", "tight"),
    ("app.terraform.io", "organization:acme:project:web:workspace:prod:run_phase:*", "any-ref"),
    ("app.terraform.io", "organization:acme:project:*:workspace:prod:run_phase:apply", "tenant-wide"),
    ("app.terraform.io", "organization:*:project:web:workspace:prod:run_phase:*", "open"),
    ("agent.buildkite.com", "organization:acme:pipeline:web:ref:refs/heads/main:commit:*:step:*", "tight"),
    ("agent.buildkite.com", "organization:acme:pipeline:web:*", "any-ref"),
    ("agent.buildkite.com", "organization:acme:*", "tenant-wide"),
    ("agent.buildkite.com", "organization:acme*", "open"),
    ("oidc.circleci.com/org/0f1", "org/0f1/project/9a2/user/*", "any-ref"),
    ("oidc.circleci.com/org/0f1", "org/0f1/project/*", "tenant-wide"),
    ("oidc.codefresh.io", "account:1:pipeline:2:initiator:3", "tight"),
    ("scalr.io", "account:*:environment:e:workspace:w:run", "open"),
    ("oidc.vercel.com/acme", "owner:acme:project:web:environment:production", "tight"),
    ("oidc.vercel.com/acme", "owner:acme:project:*:environment:production", "tenant-wide"),
    ("oidc.eks.eu-west-1.amazonaws.com/id/AB", "system:serviceaccount:shop:api", "tight"),
    ("oidc.eks.eu-west-1.amazonaws.com/id/AB", "system:serviceaccount:shop:*", "any-ref"),
    ("oidc.eks.eu-west-1.amazonaws.com/id/AB", "system:serviceaccount:*", "tenant-wide"),
    ("acme.app.spacelift.io", "space:root:stack:web:run_type:TRACKED:scope:write", "tight"),
    ("vstoken.dev.azure.com/1-2", "sc://acme/web/aws", "tight"),
    ("api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc", "{1}:{2}", "tight"),
    ("idp.acme.example", "00u1", "tight"),
    ("idp.acme.example", "*", "tenant-wide"),
]  # fmt: skip


@pytest.mark.parametrize(("host", "subject", "grade"), ISSUERS)
def test_subjects_of_other_issuers(host: str, subject: str, grade: str) -> None:
    key = host.lower()
    assert row(web(host, StringLike={f"{key}:sub": subject})).grade == grade


def test_without_any_condition() -> None:
    for host, grade in (
        ("gitlab.com", "open"),
        ("oidc.eks.eu-west-1.amazonaws.com/id/ab", "tenant-wide"),
        ("idp.acme.example", "tenant-wide"),
    ):
        assert row(web(host)).grade == grade


def test_buildkite_by_session_tags() -> None:
    named = {"aws:RequestTag/organization_slug": "acme", "aws:RequestTag/pipeline_slug": "web"}
    assert row(web("agent.buildkite.com", StringEquals=named)).grade == "any-ref"
    assert (
        row(web("agent.buildkite.com", StringLike={"aws:RequestTag/organization_slug": "*"})).grade == "open"
    )


@pytest.mark.parametrize(
    ("host", "conditions", "grade", "no_audience"),
    [
        ("accounts.google.com", {}, "open", False),
        ("accounts.google.com", {"aud": "115"}, "tenant-wide", False),
        ("accounts.google.com", {"aud": "115", "sub": "115"}, "tight", False),
        ("accounts.google.com", {"sub": "115"}, "tight", True),
        ("graph.facebook.com", {"app_id": "7"}, "tenant-wide", False),
        ("sts.windows.net/1-2-3", {"aud": "api://x", "sub": "9-9"}, "tight", False),
        ("sts.windows.net/1-2-3", {"aud": "api://x"}, "tenant-wide", False),
        ("sts.windows.net/1-2-3", {}, "tenant-wide", False),
        ("sandboxes.cloud", {}, "open", False),
    ],
)  # fmt: skip
def test_issuers_with_bare_ids(host: str, conditions: Json, grade: str, no_audience: bool) -> None:
    claims = {f"{host}:{claim}": value for claim, value in conditions.items()}
    found = row(web(host, **({"StringEquals": claims} if claims else {})))
    assert (found.grade, found.graded.no_audience) == (grade, no_audience)


def test_vercel_and_pulumi_name_the_tenant_by_the_audience() -> None:
    host = "oidc.vercel.com"
    team = {
        f"{host}:aud": "https://vercel.com/acme",
        f"{host}:sub": "owner:acme:project:web:environment:production",
    }
    assert row(web(host, StringEquals=team)).grade == "tight"
    assert row(web(host, StringEquals={f"{host}:aud": "https://vercel.com/acme"})).grade == "tenant-wide"
    assert row(web(host, StringLike={f"{host}:aud": "https://vercel.com/*"})).grade == "open"
    host = "api.pulumi.com/oidc"
    assert row(web(host, StringEquals={f"{host}:aud": "aws:acme"})).grade == "tenant-wide"
    assert row(web(host, StringEquals={f"{host}:aud": "acme"})).grade == "tenant-wide"


def test_the_audience_of_other_applications() -> None:
    sub = {f"{GITHUB}:sub": "repo:acme/web:ref:refs/heads/main"}
    assert row(web(GITHUB, StringEquals=sub)).graded.no_audience
    made = account()
    arn = f"arn:aws:iam::{OWN}:oidc-provider/{GITHUB}"
    made.providers[arn] = IdentityProvider(
        arn=arn, name=GITHUB, kind="oidc", client_ids=("sts.amazonaws.com",)
    )
    found = row(web(GITHUB, StringEquals=sub), made=made)
    assert not found.graded.no_audience
    assert found.notes
    assert not github("StringEquals", "repo:acme/web:ref:refs/heads/main").graded.no_audience


def test_tenants_that_are_not_known() -> None:
    trust = web(GITHUB, StringLike={f"{GITHUB}:sub": ["repo:acme/*", "repo:other/*"]})
    assert row(trust).unknown_tenants == ()
    assert row(trust, known=KnownAccounts(tenants=("acme",))).unknown_tenants == ("other",)
    entra = web("sts.windows.net/1-2-3", StringEquals={"sts.windows.net/1-2-3:sub": "x"})
    assert row(entra, known=KnownAccounts(tenants=("acme",))).unknown_tenants == ("1-2-3",)


def test_what_the_role_leads_to() -> None:
    trust = web(GITHUB, StringLike={f"{GITHUB}:sub": "repo:acme/*"})
    made = account(
        role("admin", allow("*"), trust=policy(trust)),
        role("maker", allow("iam:*"), trust=policy(trust)),
        role("none", trust=policy(trust)),
    )
    assert {one.role.rsplit("/", 1)[-1]: one.leads for one in risk(made).federation.trusts} == {
        "admin": "is-admin",
        "maker": "becomes-admin",
        "none": "no",
    }


@pytest.mark.parametrize(
    ("subjects", "grade"),
    [
        # GitHub, "OpenID Connect reference": repo:ORG/REPO:…; what stands before the slash names the tenant.
        (["repo:acme/web"], "any-ref"),
        (["repo:acme/web:repository_visibility:private"], "any-ref"),
        (["repo:a*/web:ref:refs/heads/main"], "open"),
        (["repo:acme/?eb:ref:refs/heads/main"], "tenant-wide"),
        (["repo:acme/web:environment:*"], "any-ref"),
        (["repo:acme/web:environment:prod", "repo:acme/*"], "tenant-wide"),
        (["repo:acme/web:ref:refs/heads/main", "*"], "open"),
        (["repo:ACME/web:ref:refs/heads/main"], "by-name"),
        # "Customizing the token claims": any owner of a repository chooses the parts that its subject is made of.
        (["repository_owner:acme"], "tenant-wide"),
        (["repository_owner:acme:environment:prod"], "tenant-wide"),
        (["repository_owner_id:42:repository_visibility:private"], "tenant-wide"),
        (["repository_owner:acme:job_workflow_ref:acme/ci/.github/workflows/x.yml@refs/heads/main"], "tight"),
        (["repo:acme/web:actor:ana"], "tight"),
        (["environment:prod"], "open"),
        (["environment:prod:*"], "open"),
        (["ref:refs/heads/main"], "open"),
        (["actor:ana"], "open"),
        (["job_workflow_ref:acme/ci/.github/workflows/x.yml@refs/heads/main"], "open"),
        (["repo:acme/web:ref:refs/heads/main", "environment:prod"], "open"),
    ],
)  # fmt: skip
def test_rule_68_the_weakest_subject_counts(subjects: list[str], grade: str) -> None:
    assert github("StringLike", *subjects).grade == grade


def test_rule_68_names_can_be_taken_over_and_ids_cannot() -> None:
    main = "repo:acme/web:ref:refs/heads/main"
    assert github("StringEquals", main).grade == "by-name"
    assert github("StringEquals", main, repository_id="42").grade == "tight"
    assert github("StringLike", "*", repository_id="42").grade == "any-ref"


def test_rule_68_the_audience_and_what_holds_without_the_claim_name_no_tenant() -> None:
    assert row(web(GITHUB, **AUD)).grade == "open"
    for operator in ("ForAllValues:StringEquals", "StringEqualsIfExists", "ForAllValues:StringLikeIfExists"):
        assert github(operator, "repo:acme/web:ref:refs/heads/main").grade == "open", operator


# --- other ways to sign in ----------------------------------------------------------------------------------


def saml(**conditions: Any) -> Json:
    found: Json = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{OWN}:saml-provider/Corp"},
        "Action": "sts:AssumeRoleWithSAML",
    }
    return {**found, "Condition": conditions} if conditions else found


def test_saml_asks_for_its_audience() -> None:
    good = row(saml(StringEquals={"SAML:aud": "https://signin.aws.amazon.com/saml"}))
    assert (good.grade, good.graded.no_audience) == ("directory", False)
    assert row(saml()).graded.no_audience
    assert (
        row(saml(StringEqualsIfExists={"SAML:aud": "https://signin.aws.amazon.com/saml"})).grade
        == "directory"
    )
    regional = row(saml(StringEquals={"SAML:aud": "https://eu-west-1.signin.aws.amazon.com/saml"}))
    assert (regional.grade, regional.graded.no_audience) == ("directory", False)
    assert row(saml(StringEquals={"SAML:sub": ["ana"]})).graded.no_audience


def test_identity_center_roles() -> None:
    name = "AWSReservedSSO_Ops_0123456789abcdef"
    made = account()
    arn = "arn:aws:sso:::permissionSet/ssoins-1/ps-1"
    made.table(PermissionSet)[arn] = PermissionSet(
        arn=arn, name="Ops", assignments=(("GROUP", "g"), ("USER", "u"))
    )
    one = role(
        name,
        trust=policy(saml(StringEquals={"SAML:aud": "https://signin.aws.amazon.com/saml"})),
        path="/aws-reserved/sso.amazonaws.com/",
    )
    made.roles[one.arn] = one
    (found,) = risk(made).federation.trusts
    assert (found.kind, found.notes) == ("identity-center", ("assigned to 1 users and 1 groups",))


POOL = "eu-west-1:11111111-2222-3333-4444-555555555555"
COGNITO = "cognito-identity.amazonaws.com"


@pytest.mark.parametrize(
    ("conditions", "guests", "grade"),
    [
        ({}, False, "open"),
        ({"StringEquals": {f"{COGNITO}:aud": POOL}}, True, "open"),
        ({"StringEquals": {f"{COGNITO}:aud": POOL}}, False, "tenant-wide"),
        ({"StringEquals": {f"{COGNITO}:aud": POOL}}, None, "open"),
        ({"StringEquals": {f"{COGNITO}:aud": POOL}, "ForAnyValue:StringLike": {f"{COGNITO}:amr": "authenticated"}}, True, "tenant-wide"),
        ({"StringEquals": {f"{COGNITO}:aud": POOL}, "ForAnyValue:StringLike": {f"{COGNITO}:amr": "unauthenticated"}}, True, "open"),
        ({"ForAnyValue:StringLike": {f"{COGNITO}:amr": "authenticated"}}, True, "open"),
    ],
)  # fmt: skip
def test_identity_pools(conditions: Json, guests: bool | None, grade: str) -> None:
    made = account()
    if guests is not None:
        arn = f"arn:aws:cognito-identity:eu-west-1:{OWN}:identitypool/{POOL}"
        made.table(IdentityPool)[arn] = IdentityPool(arn=arn, name=POOL, guests=guests)
    assert row(web(COGNITO, **conditions), made=made).grade == grade


def test_rule_69_saml_without_its_audience_takes_assertions_made_for_others() -> None:
    """IAM User Guide: SAML:aud is the recipient that the assertion names; trust policies are to test it."""
    aud = "https://signin.aws.amazon.com/saml"
    assert not row(saml(StringEquals={"SAML:aud": aud})).graded.no_audience
    assert not row(saml(StringEqualsIgnoreCase={"saml:AUD": aud})).graded.no_audience
    for loose in (
        {"StringNotEquals": {"SAML:aud": "https://evil.example"}},
        {"StringLike": {"SAML:aud": "*"}},
    ):
        assert row(saml(**loose)).graded.no_audience, loose


def test_rule_69_guests_come_in_where_no_condition_asks_how_one_signed_in() -> None:
    """Cognito, "Role trust and permissions": whoever knows the id of a pool with guests gets a token of it."""
    made = account()
    arn = f"arn:aws:cognito-identity:eu-west-1:{OWN}:identitypool/{POOL}"
    made.table(IdentityPool)[arn] = IdentityPool(arn=arn, name=POOL, guests=True)
    pool = {"StringEquals": {f"{COGNITO}:aud": POOL}}
    signed_in = {f"{COGNITO}:amr": "authenticated"}
    assert row(web(COGNITO, **pool), made=made).grade == "open"
    assert (
        row(web(COGNITO, **pool, **{"ForAnyValue:StringLike": signed_in}), made=made).grade == "tenant-wide"
    )
    # Tokens of identity pools always hold amr, so that ForAllValues is not vacuous here; IfExists neither.
    assert (
        row(web(COGNITO, **pool, **{"ForAllValues:StringLike": signed_in}), made=made).grade == "tenant-wide"
    )
    told = {"ForAnyValue:StringNotLike": {f"{COGNITO}:amr": "cognito-idp*"}}
    assert row(web(COGNITO, **pool, **told), made=made).grade == "open"


def by_service(name: str, **conditions: Any) -> Json:
    found: Json = {
        "Effect": "Allow",
        "Principal": {"Service": name},
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
    }
    return {**found, "Condition": conditions} if conditions else found


def test_roles_anywhere() -> None:
    service = "rolesanywhere.amazonaws.com"
    anchor = f"arn:aws:rolesanywhere:eu-west-1:{OWN}:trust-anchor/1"
    wide = row(by_service(service))
    assert (wide.grade, len(wide.notes)) == ("tenant-wide", 1)
    by_anchor = row(by_service(service, ArnEquals={"aws:SourceArn": anchor}))
    assert by_anchor.grade == "tenant-wide"
    assert anchor in by_anchor.graded.conditions[0]
    named = {
        "ArnEquals": {"aws:SourceArn": anchor},
        "StringEquals": {"aws:PrincipalTag/x509Subject/CN": "backup-1"},
    }
    assert row(by_service(service, **named)).grade == "tight"
    assert (
        row(by_service(service, StringLike={"aws:PrincipalTag/x509Subject/CN": "*"})).grade == "tenant-wide"
    )


def test_roles_anywhere_without_a_profile_or_an_anchor() -> None:
    made = account()
    listed("rolesanywhere", "ListProfiles", made)
    assert row(by_service("rolesanywhere.amazonaws.com"), made=made).grade == "unusable"
    profile = AnywhereProfile(arn="arn:p", name="p", enabled=True, roles=(f"arn:aws:iam::{OWN}:role/r",))
    made.table(AnywhereProfile)[profile.arn] = profile
    assert row(by_service("rolesanywhere.amazonaws.com"), made=made).grade == "tenant-wide"
    listed("rolesanywhere", "ListTrustAnchors", made)
    anchor = TrustAnchor(arn="arn:a", name="a", enabled=False)
    made.table(TrustAnchor)[anchor.arn] = anchor
    assert row(by_service("rolesanywhere.amazonaws.com"), made=made).grade == "unusable"


def test_pods() -> None:
    made = account()
    pod = PodIdentity(
        arn="arn:x",
        name="x",
        cluster=f"arn:aws:eks:eu-west-1:{OWN}:cluster/shop",
        namespace="orders",
        service_account="api",
        role=f"arn:aws:iam::{OWN}:role/r",
    )
    made.table(PodIdentity)[pod.arn] = pod
    found = row(by_service("pods.eks.amazonaws.com"), made=made)
    assert (found.grade, found.notes) == ("tenant-wide", ("associated with orders/api in shop",))
    named = {
        "StringEquals": {
            "aws:RequestTag/kubernetes-namespace": "orders",
            "aws:RequestTag/eks-cluster-arn": pod.cluster,
        }
    }
    assert row(by_service("pods.eks.amazonaws.com", **named)).grade == "tight"


def test_a_trust_that_cannot_be_read() -> None:
    broken = account(
        role(
            "r",
            trust={"Version": "2012-10-17", "Statement": [{**web(GITHUB), "Effect": "Allow", "Surprise": 1}]},
        )
    )
    (found,) = risk(broken).federation.trusts
    assert found.grade == "unread"


# --- the table ----------------------------------------------------------------------------------------------


def test_shared_issuers_are_the_same_everywhere() -> None:
    for host, claim in SHARED_ISSUERS.items():
        if host != "cognito-identity.amazonaws.com":
            found = issuer_of(host)
            assert (found.host, found.shared, found.requires) == (host, True, claim)
    shared = {one.host for one in issuers() if one.shared}
    assert shared <= set(SHARED_ISSUERS)


def test_every_issuer_is_made_of_its_own_parts() -> None:
    for one in issuers():
        assert bool(one.fields) is not bool(one.audience), one.name
        for templates in one.templates.values():
            for template in templates:
                assert set(template.fields) <= {*one.fields, "issuer"}, one.name
        if one.fields and one.shared:
            assert next(iter(one.fields)) == "tenant"


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("repo:acme/web:ref:refs/heads/main", {"t": "acme", "r": "web", "f": "main"}),
        ("repo:acme/*", {"t": "acme", "r": "*", "f": "*"}),
        ("repo:acme/web:*", {"t": "acme", "r": "web", "f": "*"}),
        ("repo:ac*", {"t": "ac*", "r": "*", "f": "*"}),
        ("re*", {"t": "*", "r": "*", "f": "*"}),
        ("repo:acme/web:pull_request", None),
        ("project:acme", None),
    ],
)  # fmt: skip
def test_patterns_are_taken_apart(pattern: str, found: dict[str, str] | None) -> None:
    assert Template("repo:{t}/{r}:ref:refs/heads/{f}").align(pattern) == found


def test_actions_are_counted() -> None:
    trust = policy(web(GITHUB, **AUD))
    made = account(role("r", allow("*"), trust=trust))
    assert risk(made).federation.trusts[0].actions == len(load_catalogue())


# --- traps --------------------------------------------------------------------------------------------------


def test_every_claim_under_a_vacuous_operator() -> None:
    """A token without any of the claims gets in, however exactly each is named."""
    vacuous = {
        "ForAllValues:StringEquals": {
            f"{GITHUB}:sub": "repo:acme/web:ref:refs/heads/main",
            f"{GITHUB}:repository": "acme/web",
        }
    }
    found = row(web(GITHUB, **AUD, **vacuous))
    assert (found.grade, found.graded.vacuous) == ("open", True)
    asked = {"Null": {f"{GITHUB}:sub": "false"}}
    assert row(web(GITHUB, **AUD, **vacuous, **asked)).grade == "by-name"


@pytest.mark.parametrize(
    ("amr", "grade"),
    [
        ("authenticated", "tenant-wide"),
        ("graph.facebook.com", "tenant-wide"),
        ("cognito-idp.us-east-1.amazonaws.com/us-east-1_a*", "tenant-wide"),
        ("*authenticated", "open"),
        ("unauthenticated", "open"),
    ],
)
def test_how_people_sign_in_to_an_identity_pool(amr: str, grade: str) -> None:
    """Besides the word, `amr` holds the providers that somebody signed in by (Cognito, "Role trust and permissions")."""
    host = "cognito-identity.amazonaws.com"
    conditions = {
        "StringEquals": {f"{host}:aud": "us-east-1:1111"},
        "ForAnyValue:StringLike": {f"{host}:amr": amr},
    }
    assert row(web(host, **conditions)).grade == grade
