"""The smallest account in which a technique works: who calls, what it may do, and what has to be there."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from srtui.account import Account
from srtui.escalation.catalogue import Permission, Technique, load_techniques
from srtui.evidence import Evidence
from srtui.policy.catalogue import load_catalogue
from tests.escalation.things import (
    EXISTING,
    EXISTING_IF,
    OIDC,
    RESERVED,
    RESOURCES,
    SAML,
)
from tests.escalation.workloads import PRIZE, PROFILE
from tests.responsibility.recorded import (
    ACCOUNT,
    REGION,
    account,
    allow,
    details,
    inline,
    report,
    role,
    trust,
    user,
)

CATALOGUE = load_techniques()
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
MALLORY = f"arn:aws:iam::{ACCOUNT}:user/mallory"
OTHER_SERVICE = "nothing.amazonaws.com"

EVERYTHING = allow("*")
NOTHING = allow("s3:ListAllMyBuckets")


@dataclass
class Scene:
    """An account in the making. `statements` are what the caller may do; `prize` what the target may."""

    technique: Technique
    caller: str = MALLORY
    statements: list[dict[str, Any]] = field(default_factory=list)
    prize: dict[str, Any] = field(default_factory=lambda: EVERYTHING)
    trusted: list[dict[str, Any]] = field(default_factory=list)  # statements of the prize's trust
    boundary: dict[str, Any] | None = None  # of the caller
    users: list[dict[str, Any]] = field(default_factory=list)
    roles: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    policies: list[dict[str, Any]] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)  # of the credential report
    resources: list[Evidence] = field(default_factory=list)
    profiles: bool = True
    bound_prize: bool = False  # a boundary takes everything from the prize
    groups_of_caller: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)  # policies of the caller
    inline: list[dict[str, Any]] = field(default_factory=list)  # further policies of the caller

    @property
    def document(self) -> dict[str, Any]:
        return {"Version": "2012-10-17", "Statement": self.statements}

    def account(self, *further: Evidence, only_details: bool = False) -> Account:
        """The account as evidence shows it, or as authorization details alone do."""
        policies = list(self.policies)
        more: dict[str, Any] = {}
        if self.boundary is not None:
            policies.append(policy("boundary", self.boundary))
            more |= bounded("boundary")
        attached = [{"PolicyName": one.rsplit("/", 1)[-1], "PolicyArn": one} for one in self.attached]
        own = [inline(self.document)] if self.statements else []
        own += self.inline
        name = self.caller.rsplit("/", 1)[-1]
        users, roles = list(self.users), list(self.roles)
        if ":user/" in self.caller:
            entry = {
                "UserPolicyList": own,
                "GroupList": self.groups_of_caller,
                "AttachedManagedPolicies": attached,
            }
            users.append(user(name, **{**entry, **more}))
        else:
            trusting = trust(
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
            )
            entry = role(name, trusting, RolePolicyList=own, AttachedManagedPolicies=attached, **more)
            roles.append({**entry, "Arn": self.caller, "Path": path_of(self.caller)})
        if self.trusted:
            profile = {
                "Path": "/",
                "InstanceProfileName": "prize",
                "InstanceProfileId": "AIPA0000000000000PRIZE",
                "Arn": PROFILE,
                "CreateDate": "2026-01-01T00:00:00Z",
                "Roles": [],
            }
            carried = any(one["PolicyName"] == "of-prize" for one in self.policies)
            held = f"arn:aws:iam::{ACCOUNT}:policy/of-prize"
            made = role(
                "prize",
                trust(*self.trusted),
                RolePolicyList=[inline(self.prize, "prize")],
                AttachedManagedPolicies=[{"PolicyName": "of-prize", "PolicyArn": held}] if carried else [],
                **(bounded("nothing") if self.bound_prize else {}),
            )
            if self.bound_prize:
                policies.append(policy("nothing", NOTHING))
            roles.append({**made, "InstanceProfileList": [profile] if self.profiles else []})
        found = [
            details(
                UserDetailList=users, RoleDetailList=roles, GroupDetailList=self.groups, Policies=policies
            ),
            report(*self.rows),
            *self.resources,
            *further,
        ]
        return account(found[0], rest=False) if only_details else account(*found)

    def but(self, **changes: Any) -> Scene:
        """The same scene with something changed."""
        made = copy.deepcopy(self)
        for name, value in changes.items():
            setattr(made, name, value)
        return made


def bounded(name: str) -> dict[str, Any]:
    """What an entry says of its boundary."""
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/{name}"
    return {
        "PermissionsBoundary": {
            "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
            "PermissionsBoundaryArn": boundary,
        }
    }


def path_of(principal: str) -> str:
    return "/" + "".join(f"{part}/" for part in principal.split("/")[1:-1])


def policy(name: str, *documents: dict[str, Any]) -> dict[str, Any]:
    """A customer-managed policy; the last document is the default version."""
    return {
        "Arn": f"arn:aws:iam::{ACCOUNT}:policy/{name}",
        "PolicyName": name,
        "AttachmentCount": 1,
        "PolicyVersionList": [
            {
                "VersionId": f"v{number}",
                "IsDefaultVersion": number == len(documents),
                "Document": document,
                "CreateDate": "2026-01-01T00:00:00Z",
            }
            for number, document in enumerate(documents, 1)
        ],
    }


def group(name: str, *documents: dict[str, Any], attached: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "Arn": f"arn:aws:iam::{ACCOUNT}:group/{name}",
        "GroupName": name,
        "Path": "/",
        "GroupPolicyList": [inline(one, f"p{number}") for number, one in enumerate(documents)],
        "AttachedManagedPolicies": [
            {"PolicyName": one.rsplit("/", 1)[-1], "PolicyArn": one} for one in attached
        ],
    }


def statement(action: str, resource: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def resource_for(technique: Technique, permission: Permission, scene: Scene) -> str:
    """The narrowest Resource that lets a permission be used."""
    if not load_catalogue().has_resource_level(permission.action):
        return "*"
    word = permission.on
    own_policy = f"arn:aws:iam::{ACCOUNT}:policy/own"
    fixed = {
        "*": "*",
        "self": scene.caller,
        "group": f"arn:aws:iam::{ACCOUNT}:group/own",
        "target-group": f"arn:aws:iam::{ACCOUNT}:group/admins",
        "own-policy": own_policy,
        "role-policy": f"arn:aws:iam::{ACCOUNT}:policy/of-prize",
        "user": f"arn:aws:iam::{ACCOUNT}:user/victim",
        "role": PRIZE,
    }
    if word in fixed:
        return fixed[word]
    existing = EXISTING_IF.get(technique.needs, {})
    if word in existing:
        return existing[word]
    if word in EXISTING and technique.needs:
        return EXISTING[word]
    if word == "run-document":
        return f"arn:aws:ssm:{REGION}::document/AWS-RunShellScript"
    pattern = CATALOGUE.resources[word][0]
    return pattern.format(partition="aws", account=ACCOUNT, region="*", name="mallory-*")


def service_trust(name: str) -> dict[str, Any]:
    if name.startswith("cognito-identity."):
        return {
            "Effect": "Allow",
            "Principal": {"Federated": name},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{name}:aud": f"{REGION}:0000-1111"}},
        }
    return {"Effect": "Allow", "Principal": {"Service": name}, "Action": "sts:AssumeRole"}


def scene(technique: Technique) -> Scene:
    """The smallest account in which the technique makes mallory administrator."""
    made = Scene(technique)
    if technique.caller == "role":
        made.caller = f"arn:aws:iam::{ACCOUNT}:role/team/mallory"
    elif technique.caller == "sso" or technique.needs in ("identity-center", "assigned-group"):
        made.caller = RESERVED
    permissions = [*technique.allow, *technique.any[:1], *technique.also[:1]]
    for one in permissions:
        more: dict[str, Any] = {}
        if one.action == "iam:PassRole":
            more["Condition"] = {"StringEquals": {"iam:PassedToService": technique.service}}
        made.statements.append(statement(one.action, resource_for(technique, one, made), **more))
    _targets(technique, made)
    if technique.needs in RESOURCES:
        made.resources += RESOURCES[technique.needs]()
    return made


def _targets(technique: Technique, made: Scene) -> None:
    gain = technique.gain
    if gain in ("passed", "resource-role"):
        made.trusted = [service_trust(technique.service or technique.runs_as or "ec2.amazonaws.com")]
    if technique.helper_service:
        made.roles.append(role("helper", trust(service_trust(technique.helper_service))))
        made.statements.append(
            statement(
                "iam:PassRole",
                f"arn:aws:iam::{ACCOUNT}:role/helper",
                Condition={"StringEquals": {"iam:PassedToService": technique.helper_service}},
            )
        )
    if technique.through_execution_role:
        # The administration role may do nothing but assume the execution role, which may do everything.
        execution = f"arn:aws:iam::{ACCOUNT}:role/execution"
        made.prize = allow("sts:AssumeRole", execution)
        trusting = trust({"Effect": "Allow", "Principal": {"AWS": PRIZE}, "Action": "sts:AssumeRole"})
        made.roles.append(role("execution", trusting, RolePolicyList=[inline(EVERYTHING)]))
    if gain in ("role", "role-admin", "role-unbounded", "role-by-trust"):
        named = {"Effect": "Allow", "Principal": {"AWS": made.caller}, "Action": "sts:AssumeRole"}
        made.trusted = [named] if technique.enter == "assume" else [service_trust("lambda.amazonaws.com")]
    if gain == "role-admin":
        made.prize = NOTHING
        _of_prize(made)
    if gain in ("user", "user-admin"):
        _victim(technique, made)
    if gain == "roles-of-provider":
        provider, action = (OIDC, "WebIdentity") if "oidc" in technique.needs else (SAML, "SAML")
        made.trusted = [
            {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": f"sts:AssumeRoleWith{action}"}
        ]
    if technique.needs == "assigned-group":
        entry = role("AWSReservedSSO_Dev_0123456789abcdef", trust(service_trust("lambda.amazonaws.com")))
        made.roles.append(
            {**entry, "Arn": RESERVED, "Path": path_of(RESERVED), "RolePolicyList": [inline(EVERYTHING)]}
        )
        made.caller = RESERVED.replace("_Dev_", "_Low_")
    _of_self(technique, made)
    _special(technique, made)


def _of_prize(made: Scene) -> None:
    """The prize carries a customer-managed policy, which some techniques change."""
    made.policies.append(policy("of-prize", NOTHING))


def _victim(technique: Technique, made: Scene) -> None:
    document = EVERYTHING if technique.gain == "user" else NOTHING
    made.users.append(user("victim", UserPolicyList=[inline(document)]))
    no_keys = ("false", "N/A", "N/A")
    key = ("true", "2026-01-01T00:00:00+00:00", "N/A")
    off = ("false", "2026-01-01T00:00:00+00:00", "N/A")
    password, first, second = "false", no_keys, no_keys
    match technique.when:
        case "user-has-two-keys":
            first = second = key
        case "user-has-inactive-key":
            first = off
        case "user-has-password":
            password = "true"
    made.rows.append(("victim", password, "N/A", "N/A", "false", *first[:2], "N/A", *second[:2], "N/A"))


def _of_self(technique: Technique, made: Scene) -> None:
    words = {one.on for one in technique.allow}
    if "group" in words:
        made.groups.append(group("own"))
        made.groups_of_caller = ["own"]
    if "target-group" in words:
        made.groups.append(group("admins", EVERYTHING))
    if "own-policy" in words:
        older = [EVERYTHING] if technique.gain == "self-older-version" else []
        made.policies.append(policy("own", *older, NOTHING))
        made.attached.append(f"arn:aws:iam::{ACCOUNT}:policy/own")


def _special(technique: Technique, made: Scene) -> None:
    """What single techniques need besides."""
    match technique.gain:
        case "self-unbounded" | "self-rebounded":
            made.boundary = {
                "Version": "2012-10-17",
                "Statement": [statement("*", "*"), {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}],
            }
            made.statements = [statement("*", "*")]
        case "role-unbounded":
            made.bound_prize = True
        case (
            "self-without-inline"
            | "self-without-attached"
            | "self-without-group"
            | "self-without-group-attached"
        ):
            _denied(technique, made)
    if technique.enter in ("pass", "pass-after-trust"):
        functions = f"arn:aws:lambda:*:{ACCOUNT}:function:mallory-*"
        made.statements += [
            statement("iam:PassRole", PRIZE),
            statement("lambda:CreateFunction", functions),
            statement("lambda:InvokeFunction", functions),
        ]
        made.trusted = [service_trust("lambda.amazonaws.com")]
    if technique.enter == "pass-after-trust":
        made.trusted = [service_trust("ec2.amazonaws.com")]
        # Otherwise the role could be assumed directly, which is another technique.
        made.statements.append({**statement("sts:AssumeRole", "*"), "Effect": "Deny"})
    if technique.any_service:
        made.trusted = [service_trust(OTHER_SERVICE)]
        made.statements = [statement("iam:PassRole", PRIZE)]


def _denied(technique: Technique, made: Scene) -> None:
    """The caller may do everything, but for a policy that denies all that matters."""
    deny = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Deny", "NotAction": [one.action for one in technique.allow], "Resource": "*"}
        ],
    }
    own = f"arn:aws:iam::{ACCOUNT}:policy/deny"
    made.statements = [statement("*", "*")]
    match technique.gain:
        case "self-without-inline":
            made.inline = [inline(deny, "deny")]
        case "self-without-attached":
            made.policies.append(policy("deny", deny))
            made.attached.append(own)
        case "self-without-group":
            made.groups = [group("own", deny)]
        case "self-without-group-attached":
            made.policies.append(policy("deny", deny))
            made.groups = [group("own", attached=(own,))]
