"""EC2 and Lambda settings: metadata service, encryption and sharing defaults, secrets and privileges of compute."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from srtui.account import UNREAD
from srtui.account.model import Instance, RegionSettings
from srtui.evidence import REDACTED_SECRET
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.controls.network import world
from srtui.services.ec2 import (
    ebs_encryption,
    image_public_access,
    instances,
    metadata_defaults,
    security_groups,
    serial_console,
    snapshot_public_access,
)
from srtui.services.iam import authorization_details
from srtui.services.lambda_ import functions

_IMDS = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html"


def alive(check: Check) -> Iterator[Instance]:
    """Instances that still exist in a way that matters."""
    return (
        one for one in check.account.instances.values() if one.state not in ("terminated", "shutting-down")
    )


def _setting(
    check: Check, read: Callable[[RegionSettings], object], good: tuple[object, ...], label: str
) -> Iterator[Result]:
    """One account setting of each region that has answered; where it has not, the call's gap says so."""
    for region, settings in sorted(check.account.region_settings.items()):
        value = read(settings)
        if value is UNREAD:
            continue
        fact = Fact(
            label, {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value or "unset")
        )
        if value in good:
            yield check.passed(check.account.root_arn, fact, region=region)
        else:
            yield check.failed(check.account.root_arn, fact, region=region)


@control(
    "imdsv2-account",
    title="New instances require IMDSv2 by default",
    problem="New instances may use IMDSv1",
    rows=[12],
    severity="high",
    topic="compute",
    needs=[metadata_defaults],
    why="IMDSv1 hands the instance's credentials to whoever can make it fetch a URL.",
    fix="Set the account default for instance metadata to tokens required in each region.",
    command="aws ec2 modify-instance-metadata-defaults --region {region} --http-tokens required",
    references=[_IMDS],
    insecure_default=True,
)
def imdsv2_account(check: Check) -> Iterator[Result]:
    yield from _setting(check, lambda one: one.metadata_tokens, ("required",), "HttpTokens")


@control(
    "imdsv2-instance",
    title="Every instance requires IMDSv2",
    problem="Instance answers IMDSv1",
    rows=[1, 12],
    severity="high",
    topic="compute",
    needs=[instances],
    why="IMDSv1 hands the instance's credentials to whoever can make it fetch a URL.",
    fix="Require tokens, with a hop limit of 1 (2 for containers).",
    command="aws ec2 modify-instance-metadata-options --region {region} --instance-id {instance} --http-tokens required --http-put-response-hop-limit 2",
    references=[_IMDS],
    insecure_default=True,
    frameworks={"cis-3.0": ["5.6"], "cis-5.0": ["5.7"]},
)
def imdsv2_instance(check: Check) -> Iterator[Result]:
    for one in alive(check):
        facts = (
            Fact("metadata service", "on" if one.metadata_enabled else "off"),
            Fact("HttpTokens", "required" if one.imdsv2_required else "optional"),
            Fact("hop limit", str(one.hop_limit)),
        )
        if not one.metadata_enabled or (one.imdsv2_required and one.hop_limit <= 2):
            yield check.passed(one.arn, *facts, region=one.region)
        else:
            yield check.failed(one.arn, *facts, region=one.region, instance=one.name)


@control(
    "ebs-default-encryption",
    title="New volumes are encrypted by default",
    problem="New volumes are not encrypted",
    rows=[12],
    severity="medium",
    topic="compute",
    needs=[ebs_encryption],
    why="It costs nothing, and snapshots of an encrypted volume cannot be made public.",
    fix="Switch encryption by default on in each region.",
    command="aws ec2 enable-ebs-encryption-by-default --region {region}",
    references=["https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html"],
    insecure_default=True,
    frameworks={"cis-3.0": ["2.2.1"], "cis-5.0": ["5.1.1"]},
)
def ebs_default_encryption(check: Check) -> Iterator[Result]:
    yield from _setting(check, lambda one: one.ebs_encryption, (True,), "encryption by default")


@control(
    "ebs-snapshot-bpa",
    title="Snapshots cannot be shared with the public",
    problem="Snapshots can be made public",
    rows=[11, 12],
    severity="medium",
    topic="compute",
    needs=[snapshot_public_access],
    why="A public snapshot is a copy of a disk for everyone.",
    fix="Block all public sharing of snapshots in each region.",
    command="aws ec2 enable-snapshot-block-public-access --region {region} --state block-all-sharing",
    references=["https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html"],
    insecure_default=True,
)
def ebs_snapshot_bpa(check: Check) -> Iterator[Result]:
    good = ("block-all-sharing",)
    yield from _setting(check, lambda one: one.snapshot_public_access, good, "state")


@control(
    "ami-bpa",
    title="Images cannot be shared with the public",
    problem="Images can be made public",
    rows=[11, 12],
    severity="low",
    topic="compute",
    needs=[image_public_access],
    why="A public image shows everyone what is installed, and any secret left in it.",
    fix="Block new public sharing of images in each region.",
    command="aws ec2 enable-image-block-public-access --region {region} --image-block-public-access-state block-new-sharing",
    references=["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html"],
)
def ami_bpa(check: Check) -> Iterator[Result]:
    good = ("block-new-sharing",)
    yield from _setting(check, lambda one: one.image_public_access, good, "state")


@control(
    "serial-console",
    title="The EC2 serial console is off",
    problem="EC2 serial console is on",
    rows=[12],
    severity="low",
    topic="compute",
    needs=[serial_console],
    why="It reaches instances past every security group.",
    fix="Switch it off; switch it on for the hour it is needed.",
    command="aws ec2 disable-serial-console-access --region {region}",
    references=[
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure-access-to-serial-console.html"
    ],
)
def serial_console_off(check: Check) -> Iterator[Result]:
    yield from _setting(check, lambda one: one.serial_console, (False,), "serial console")


@control(
    "instance-profile-attached",
    title="Running instances have an instance profile",
    problem="Instance without an instance profile",
    rows=[11, 12],
    severity="medium",
    topic="compute",
    needs=[instances],
    why="Software without a role is given access keys, which stay on the disk and in its snapshots.",
    fix="Attach an instance profile with the permissions the software needs.",
    command="aws ec2 associate-iam-instance-profile --region {region} --instance-id {instance} --iam-instance-profile Name=PROFILE",
    references=["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html"],
    insecure_default=True,
    frameworks={"cis-3.0": ["1.18"], "cis-5.0": ["1.17"]},
)
def instance_profile_attached(check: Check) -> Iterator[Result]:
    for one in alive(check):
        if one.state != "running":
            continue
        fact = Fact("instance profile", one.instance_profile or "none")
        if one.instance_profile:
            yield check.passed(one.arn, fact, region=one.region)
        else:
            yield check.failed(one.arn, fact, region=one.region, instance=one.name)


@control(
    "internet-instance-admin-role",
    title="No instance on the internet is an administrator",
    problem="Exposed instance is administrator",
    rows=[1, 8, 11],
    severity="critical",
    topic="compute",
    needs=[instances, security_groups, authorization_details],
    why="Whoever breaks into the software on it owns the account.",
    fix="Give the instance a role with just the permissions its software needs.",
    command="aws ec2 describe-iam-instance-profile-associations --region {region} --filters Name=instance-id,Values={instance}",
    references=["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"],
)
def internet_instance_admin_role(check: Check) -> Iterator[Result]:
    account = check.account
    groups = {
        (group.region, group.arn.rsplit("/", 1)[-1]): group for group in account.security_groups.values()
    }
    by_profile = {profile: role for role in account.roles.values() for profile in role.instance_profiles}
    for one in alive(check):
        if not (one.public_ip or one.ipv6) or not one.instance_profile:
            continue
        mine = [groups.get((one.region, name)) for name in one.security_groups]
        ranges = [text for group in mine if group for rule in group.ingress for text in world(rule)]
        opened = any(one.ipv6 if ":" in text else one.public_ip for text in ranges)
        if not opened:
            if None in mine:
                yield check.unknown(one.arn, security_groups, region=one.region)
            continue
        role = by_profile.get(one.instance_profile)
        permissions = check.context.permissions.get(role.arn) if role else None
        if role is None or permissions is None or (permissions.admin is None and permissions.unreadable):
            yield check.unknown(
                one.arn, region=one.region, reason="the permissions of its role could not be read"
            )
            continue
        facts = (
            Fact("public address", one.public_ip or one.ipv6[0]),
            Fact("role", role.arn),
            Fact("administrator", permissions.admin or "no"),
        )
        if permissions.admin:
            yield check.failed(one.arn, *facts, region=one.region, instance=one.name)
        else:
            yield check.passed(one.arn, *facts, region=one.region)


@control(
    "lambda-env-secret",
    title="Functions hold no secrets in environment variables",
    problem="Secret in environment variables",
    rows=[12],
    severity="high",
    topic="compute",
    needs=[functions],
    why="Everyone who may read the function's configuration reads the secret, and so does every backup of it.",
    fix="Keep the secret in Secrets Manager and let the function's role read it; then change the secret.",
    command="aws lambda update-function-configuration --region {region} --function-name {name} --environment file://environment.json",
    references=["https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"],
)
def lambda_env_secret(check: Check) -> Iterator[Result]:
    for one in check.account.functions.values():
        found = [name for name, value in one.environment.items() if value.startswith(REDACTED_SECRET)]
        if found:
            fact = Fact("variables that look like secrets", ", ".join(found))
            yield check.failed(one.arn, fact, region=one.region, name=one.name)
        else:
            fact = Fact("variables", f"{len(one.environment)}, none looks like a secret")
            yield check.passed(one.arn, fact, region=one.region)
