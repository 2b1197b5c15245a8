"""Who works at the practice account: groups, users and roles, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from srtui.demo.policies import (
    ACCOUNT,
    PARTNER,
    STRANGER,
    account_trust,
    allow,
    github_trust,
    policy,
    role_arn,
    saml_trust,
    service_trust,
    trust,
)

AWS: Final = "arn:aws:iam::aws:policy/"
OWN: Final = f"arn:aws:iam::{ACCOUNT}:policy/"


@dataclass(frozen=True, slots=True)
class KeySeed:
    """An access key: days since it was made, and since it was last used (None: never)."""

    age: int
    used: int | None
    active: bool = True
    service: str = "s3"
    region: str = "eu-west-1"


@dataclass(frozen=True, slots=True)
class UserSeed:
    """A user. `password` is days since the console password was last used (None: there is none, -1: never used)."""

    name: str
    path: str = "/staff/"
    groups: tuple[str, ...] = ()
    password: int | None = None
    mfa: bool = False
    keys: tuple[KeySeed, ...] = ()
    attached: tuple[str, ...] = ()
    inline: tuple[tuple[str, str], ...] = ()
    boundary: str = ""
    age: int = 700
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RoleSeed:
    """A role. `used` is days since it was last used (None: never)."""

    name: str
    trust: str
    path: str = "/"
    attached: tuple[str, ...] = ()
    inline: tuple[tuple[str, str], ...] = ()
    used: int | None = 1
    age: int = 500
    boundary: str = ""
    max_hours: int = 1
    description: str = ""
    profile: bool = False


GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "platform": (f"{AWS}PowerUserAccess", f"{OWN}RequireMfa"),
    "administrators": (f"{AWS}AdministratorAccess",),
    "data": (f"{OWN}DataLakeRead",),
    "payments": (f"{OWN}PaymentsOperator", f"{OWN}RequireMfa"),
    "web": (f"{OWN}WebDeploy",),
    "security": (f"{AWS}SecurityAudit", f"{OWN}AuditRead"),
    "finance": (f"{OWN}CostView",),
    "former-contractors": (),
}

USERS: Final[tuple[UserSeed, ...]] = (
    UserSeed(
        "alice.moreau",
        groups=("administrators", "platform"),
        password=2,
        mfa=False,
        keys=(KeySeed(412, 6),),
        age=1400,
    ),
    UserSeed("bruno.keller", groups=("administrators",), password=1, mfa=True, age=900),
    UserSeed("chidi.okafor", groups=("platform",), password=1, mfa=True, keys=(KeySeed(34, 1),)),
    UserSeed("dana.levi", groups=("data",), password=4, mfa=True),
    UserSeed(
        "emil.sandberg",
        groups=("data", "former-contractors"),
        password=211,
        mfa=False,
        keys=(KeySeed(640, 230),),
    ),
    UserSeed("farida.haddad", groups=("payments",), password=1, mfa=True),
    UserSeed("goran.petrov", groups=("payments",), password=3, mfa=False),
    UserSeed("hana.suzuki", groups=("web",), password=9, mfa=True, keys=(KeySeed(61, 2), KeySeed(180, 45))),
    UserSeed("ivan.dupont", groups=("web",), password=12, mfa=True, boundary="DeveloperBoundary"),
    UserSeed("june.park", groups=("security",), password=1, mfa=True),
    UserSeed(
        "karim.nasser",
        groups=("security",),
        password=2,
        mfa=True,
        inline=(
            (
                "tidy-policies",
                policy(allow("iam:CreatePolicyVersion", f"arn:aws:iam::{ACCOUNT}:policy/AuditRead")),
            ),
        ),
    ),
    UserSeed("lena.fischer", groups=("finance",), password=30, mfa=True),
    UserSeed("mateo.rossi", groups=(), password=-1, mfa=False, attached=(f"{OWN}SupportDesk",), age=160),
    UserSeed(
        "nadia.ivanova", groups=("platform",), password=1, mfa=True, attached=(f"{OWN}KeyAdministrator",)
    ),
    UserSeed("oluwaseun.bello", groups=("web",), password=120, mfa=True),
    UserSeed(
        "priya.nair",
        groups=("data",),
        password=1,
        mfa=True,
        inline=(("notebooks", policy(allow(["sagemaker:*", "iam:PassRole"]))),),
    ),
    UserSeed(
        "quentin.blanc",
        groups=("former-contractors",),
        password=403,
        mfa=False,
        attached=(f"{OWN}OperationsAll",),
        age=1100,
    ),
    UserSeed("ci-web", path="/bots/", keys=(KeySeed(733, 0),), attached=(f"{OWN}WebDeploy",), age=740),
    UserSeed(
        "ci-deploy",
        path="/bots/",
        keys=(KeySeed(288, 0, service="lambda"),),
        attached=(f"{OWN}DeployPipeline",),
        age=600,
    ),
    UserSeed(
        "backup-agent",
        path="/bots/",
        keys=(KeySeed(95, 1),),
        inline=(
            (
                "backups",
                policy(allow(["s3:PutObject", "s3:AbortMultipartUpload"], "arn:aws:s3:::acme-backups/*")),
            ),
        ),
    ),
    UserSeed(
        "metrics-export",
        path="/bots/",
        keys=(KeySeed(510, None),),
        attached=(f"{AWS}CloudWatchReadOnlyAccess",),
    ),
    UserSeed(
        "sftp-gateway",
        path="/bots/",
        keys=(KeySeed(77, 3),),
        inline=(
            ("inbox", policy(allow(["s3:PutObject", "s3:GetObject"], "arn:aws:s3:::acme-partner-inbox/*"))),
        ),
    ),
    UserSeed(
        "terraform",
        path="/bots/",
        keys=(KeySeed(365, 2, service="iam", region="us-east-1"), KeySeed(800, 300, active=False)),
        attached=(f"{AWS}AdministratorAccess",),
        age=800,
    ),
    UserSeed(
        "legacy-reporting",
        path="/bots/",
        keys=(KeySeed(1250, 401),),
        attached=(f"{OWN}LegacyNotAction",),
        age=1260,
    ),
    UserSeed(
        "rasmus.holm",
        groups=("web",),
        password=5,
        mfa=True,
        tags=(("team", "[bold]web[/bold]"), ("note", "=HYPERLINK(0)")),
    ),
)

_ADMIN = (f"{AWS}AdministratorAccess",)

ROLES: Final[tuple[RoleSeed, ...]] = (
    RoleSeed(
        "break-glass",
        account_trust(ACCOUNT, Bool={"aws:MultiFactorAuthPresent": "true"}),
        attached=_ADMIN,
        used=140,
        description="two people, one envelope",
    ),
    RoleSeed(
        "org-admin",
        trust({"AWS": [role_arn("platform-lead"), f"arn:aws:iam::{ACCOUNT}:user/staff/bruno.keller"]}),
        attached=_ADMIN,
        used=12,
        max_hours=12,
    ),
    RoleSeed(
        "platform-lead",
        account_trust(ACCOUNT),
        attached=(f"{AWS}PowerUserAccess",),
        inline=(("roles", policy(allow("sts:AssumeRole", role_arn("org-admin")))),),
        used=3,
    ),
    RoleSeed(
        "developer",
        saml_trust(),
        attached=(f"{AWS}ReadOnlyAccess", f"{OWN}WebDeploy"),
        boundary="DeveloperBoundary",
    ),
    RoleSeed(
        "data-scientist",
        saml_trust(),
        attached=(f"{OWN}DataLakeRead",),
        inline=(
            (
                "training",
                policy(
                    allow(["sagemaker:CreateTrainingJob", "sagemaker:CreateNotebookInstance", "iam:PassRole"])
                ),
            ),
        ),
    ),
    RoleSeed(
        "auditor",
        account_trust(ACCOUNT, Bool={"aws:MultiFactorAuthPresent": "true"}),
        attached=(f"{AWS}SecurityAudit",),
        used=5,
    ),
    RoleSeed(
        "security-responder",
        account_trust(ACCOUNT),
        attached=(f"{AWS}SecurityAudit",),
        inline=(
            (
                "isolate",
                policy(
                    allow(["ec2:ModifyInstanceAttribute", "iam:UpdateAssumeRolePolicy", "iam:PutUserPolicy"])
                ),
            ),
        ),
        used=45,
    ),
    RoleSeed(
        "github-deploy",
        github_trust(None),
        path="/ci/",
        attached=(f"{OWN}DeployPipeline",),
        description="deploys from GitHub Actions",
    ),
    RoleSeed(
        "github-web",
        github_trust("repo:acme/web:ref:refs/heads/main"),
        path="/ci/",
        attached=(f"{OWN}WebDeploy",),
    ),
    RoleSeed(
        "github-infra", github_trust("repo:acme/*"), path="/ci/", attached=(f"{AWS}PowerUserAccess",), used=1
    ),
    RoleSeed(
        "codebuild-images",
        service_trust("codebuild", StringEquals={"aws:SourceAccount": ACCOUNT}),
        path="/ci/",
        inline=(("build", policy(allow(["ecr:*", "logs:*", "s3:GetObject"]))),),
    ),
    RoleSeed(
        "vendor-monitoring",
        account_trust(PARTNER, StringEquals={"sts:ExternalId": "acme-7f3a"}),
        path="/vendors/",
        attached=(f"{AWS}CloudWatchReadOnlyAccess",),
    ),
    RoleSeed(
        "vendor-backup",
        account_trust(STRANGER),
        path="/vendors/",
        attached=(f"{AWS}AmazonS3FullAccess",),
        used=260,
    ),
    RoleSeed(
        "vendor-open",
        trust({"AWS": "*"}),
        path="/vendors/",
        attached=(f"{OWN}DataLakeRead",),
        used=None,
        age=300,
    ),
    RoleSeed(
        "orders-api",
        service_trust("lambda"),
        path="/service/",
        inline=(
            (
                "tables",
                policy(
                    allow(
                        ["dynamodb:PutItem", "dynamodb:GetItem"],
                        f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/orders",
                    )
                ),
            ),
        ),
    ),
    RoleSeed(
        "orders-admin",
        service_trust("lambda"),
        path="/service/",
        attached=_ADMIN,
        description="temporary, remove after migration",
        age=610,
    ),
    RoleSeed(
        "image-resizer",
        service_trust("lambda"),
        path="/service/",
        inline=(
            ("images", policy(allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::acme-web-assets/*"))),
        ),
    ),
    RoleSeed(
        "invoice-mailer",
        service_trust("lambda"),
        path="/service/",
        inline=(("mail", policy(allow(["ses:SendEmail", "secretsmanager:GetSecretValue"]))),),
    ),
    RoleSeed(
        "nightly-export", service_trust("lambda"), path="/service/", attached=(f"{OWN}DataLakeRead",), used=95
    ),
    RoleSeed(
        "web-instance",
        service_trust("ec2"),
        path="/service/",
        inline=(("assets", policy(allow("s3:GetObject", "arn:aws:s3:::acme-web-assets/*"))),),
        profile=True,
    ),
    RoleSeed(
        "bastion-instance", service_trust("ec2"), path="/service/", attached=_ADMIN, profile=True, age=900
    ),
    RoleSeed(
        "worker-instance",
        service_trust("ec2"),
        path="/service/",
        attached=(f"{AWS}AmazonSSMManagedInstanceCore",),
        profile=True,
    ),
    RoleSeed(
        "ecs-tasks",
        service_trust("ecs-tasks"),
        path="/service/",
        inline=(
            (
                "queue",
                policy(
                    allow(
                        ["sqs:ReceiveMessage", "sqs:DeleteMessage"], f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders"
                    )
                ),
            ),
        ),
    ),
    RoleSeed("glue-jobs", service_trust("glue"), path="/service/", attached=(f"{OWN}DataLakeRead",), used=30),
    RoleSeed("cfn-execution", service_trust("cloudformation"), path="/service/", attached=_ADMIN, used=18),
    RoleSeed(
        "flow-logs",
        service_trust("vpc-flow-logs"),
        path="/service/",
        inline=(("logs", policy(allow(["logs:CreateLogStream", "logs:PutLogEvents"]))),),
    ),
    RoleSeed(
        "config-recorder",
        service_trust("config"),
        path="/service/",
        attached=(f"{AWS}service-role/AWS_ConfigRole",),
    ),
    RoleSeed(
        "old-migration", account_trust(ACCOUNT), attached=(f"{AWS}PowerUserAccess",), used=388, age=1200
    ),
    RoleSeed(
        "proof-of-concept",
        account_trust(ACCOUNT),
        attached=(f"{AWS}AmazonEC2FullAccess", f"{AWS}IAMFullAccess"),
        used=None,
        age=420,
    ),
    RoleSeed(
        "AWSServiceRoleForSupport",
        service_trust("support"),
        path="/aws-service-role/support.amazonaws.com/",
        used=None,
    ),
    RoleSeed(
        "AWSServiceRoleForTrustedAdvisor",
        service_trust("trustedadvisor"),
        path="/aws-service-role/trustedadvisor.amazonaws.com/",
        used=None,
    ),
    RoleSeed(
        "AWSServiceRoleForAmazonGuardDuty",
        service_trust("guardduty"),
        path="/aws-service-role/guardduty.amazonaws.com/",
        used=1,
    ),
    RoleSeed(
        "AWSReservedSSO_AdministratorAccess_8f1c2a7b9d3e4f50",
        saml_trust(),
        path="/aws-reserved/sso.amazonaws.com/eu-west-1/",
        attached=_ADMIN,
        used=7,
        max_hours=8,
    ),
    RoleSeed(
        "AWSReservedSSO_ViewOnlyAccess_1b2c3d4e5f607182",
        saml_trust(),
        path="/aws-reserved/sso.amazonaws.com/eu-west-1/",
        attached=(f"{AWS}job-function/ViewOnlyAccess",),
        used=1,
    ),
    RoleSeed(
        "OrganizationAccountAccessRole", account_trust("110011001100"), attached=_ADMIN, used=None, age=1450
    ),
)
