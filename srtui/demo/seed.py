"""Fills the practice server through the real API, then gives its entities the ages that no API can set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from srtui.demo import resources, stacks, watching
from srtui.demo.people import GROUPS, ROLES, USERS, RoleSeed, UserSeed
from srtui.demo.policies import ACCOUNT, GITHUB, MANAGED
from srtui.demo.workers import WORKERS

OWN = f"arn:aws:iam::{ACCOUNT}:policy/"

_SAML = (
    """<?xml version="1.0"?><EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://login.acme.example/saml">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"/>
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://login.acme.example/sso"/>
</IDPSSODescriptor></EntityDescriptor>"""
    + " " * 1000
)


def clients_for(endpoint: str) -> Callable[[str, str], Any]:
    """A function (service, region) → boto3 client of the practice server."""
    import boto3
    from botocore.config import Config

    session = boto3.Session(aws_access_key_id="AKIAPRACTICE00000000", aws_secret_access_key="practice")
    config = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})
    made: dict[tuple[str, str], Any] = {}

    def client(service: str, region: str) -> Any:
        key = (service, region)
        if key not in made:
            made[key] = session.client(service, region_name=region, endpoint_url=endpoint, config=config)
        return made[key]

    return client


def seed(endpoint: str) -> None:
    """Everything the API can make. Raises botocore's ClientError if the server refuses something."""
    clients = clients_for(endpoint)
    iam = clients("iam", "us-east-1")
    iam.create_account_alias(AccountAlias="acme-prod")
    iam.update_account_password_policy(
        MinimumPasswordLength=10,
        RequireNumbers=True,
        RequireLowercaseCharacters=True,
        PasswordReusePrevention=5,
    )
    _policies(iam)
    iam.create_saml_provider(SAMLMetadataDocument=_SAML, Name="AcmeWorkforce")
    iam.create_open_id_connect_provider(
        Url=f"https://{GITHUB}",
        ClientIDList=["sts.amazonaws.com"],
        ThumbprintList=["6938fd4d98bab03faadb97b34396831e3780aea1"],
    )
    for name, attached in GROUPS.items():
        iam.create_group(GroupName=name, Path="/teams/")
        for arn in attached:
            iam.attach_group_policy(GroupName=name, PolicyArn=arn)
    for user in USERS:
        _user(iam, user)
    for role in (*ROLES, *WORKERS):
        _role(iam, role)
    resources.seed(clients)
    stacks.seed(clients)
    watching.seed(clients)


def _policies(iam: Any) -> None:
    for name, versions in MANAGED.items():
        iam.create_policy(PolicyName=name, PolicyDocument=versions[0])
        for document in versions[1:]:
            iam.create_policy_version(PolicyArn=OWN + name, PolicyDocument=document, SetAsDefault=True)


def _user(iam: Any, user: UserSeed) -> None:
    more = {"PermissionsBoundary": OWN + user.boundary} if user.boundary else {}
    tags = [{"Key": key, "Value": value} for key, value in user.tags]
    iam.create_user(UserName=user.name, Path=user.path, Tags=tags, **more)
    for group in user.groups:
        iam.add_user_to_group(GroupName=group, UserName=user.name)
    for arn in user.attached:
        iam.attach_user_policy(UserName=user.name, PolicyArn=arn)
    for name, document in user.inline:
        iam.put_user_policy(UserName=user.name, PolicyName=name, PolicyDocument=document)
    if user.password is not None:
        iam.create_login_profile(UserName=user.name, Password="Practice-only-1!")
    for key in user.keys:
        made = iam.create_access_key(UserName=user.name)["AccessKey"]["AccessKeyId"]
        if not key.active:
            iam.update_access_key(UserName=user.name, AccessKeyId=made, Status="Inactive")
    if user.mfa:
        device = iam.create_virtual_mfa_device(VirtualMFADeviceName=user.name)["VirtualMFADevice"][
            "SerialNumber"
        ]
        iam.enable_mfa_device(
            UserName=user.name,
            SerialNumber=device,
            AuthenticationCode1="123456",
            AuthenticationCode2="654321",
        )


def _role(iam: Any, role: RoleSeed) -> None:
    more = {"PermissionsBoundary": OWN + role.boundary} if role.boundary else {}
    iam.create_role(
        RoleName=role.name,
        Path=role.path,
        AssumeRolePolicyDocument=role.trust,
        Description=role.description,
        MaxSessionDuration=role.max_hours * 3600,
        **more,
    )
    for arn in role.attached:
        iam.attach_role_policy(RoleName=role.name, PolicyArn=arn)
    for name, document in role.inline:
        iam.put_role_policy(RoleName=role.name, PolicyName=name, PolicyDocument=document)
    if role.profile:
        iam.create_instance_profile(InstanceProfileName=role.name)
        iam.add_role_to_instance_profile(InstanceProfileName=role.name, RoleName=role.name)


def age(now: datetime) -> None:
    """Set dates that the API cannot, in the server's own objects; only works inside the server's process."""
    from moto.ec2.models import ec2_backends
    from moto.iam.models import iam_backends
    from moto.kms.models import kms_backends

    iam = iam_backends[ACCOUNT]["aws"]
    iam.account_summary._account_mfa_enabled = 1
    naive = now.replace(tzinfo=None)
    for user in iam.users.values():
        wanted = next(seeded for seeded in USERS if seeded.name == user.name)
        user.create_date = naive - timedelta(days=wanted.age)
    for role in iam.roles.values():
        wanted_role = next(seeded for seeded in (*ROLES, *WORKERS) if seeded.name == role.name)
        role.create_date = naive - timedelta(days=wanted_role.age)
        if wanted_role.used is not None:
            role.last_used = naive - timedelta(days=wanted_role.used)
            role.last_used_region = "eu-west-1"
    for group in iam.groups.values():
        group.create_date = naive - timedelta(days=1200)
    for policy in iam.managed_policies.values():
        if policy.arn.startswith(OWN):
            policy.create_date = policy.update_date = naive - timedelta(days=300)
            for version in policy.versions:
                version.create_date = naive - timedelta(days=300)
    for name in [
        arn
        for arn, policy in iam.managed_policies.items()
        if arn.startswith("arn:aws:iam::aws:") and not policy.attachment_count
    ]:
        # A thousand unattached policies of AWS's would be read at every practice run for nothing.
        del iam.managed_policies[name]
    iam.aws_managed_policies = [policy for policy in iam.aws_managed_policies if policy.attachment_count]
    for key in kms_backends[ACCOUNT][resources.HOME].keys.values():
        if key.deletion_date is not None:
            key.deletion_date = naive + timedelta(days=30)
    for region in resources.REGIONS:
        for number, instance in enumerate(ec2_backends[ACCOUNT][region].all_instances()):
            days = 410 if number == 0 else 20 + 30 * number
            instance.launch_time = (naive - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
