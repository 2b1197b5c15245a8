"""What instances are made from and run on: images, volumes, snapshots, templates, hosts and zones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from srtui.account import UNREAD, Unread
from srtui.account.fleets import LaunchConfiguration, LaunchTemplate
from srtui.account.machines import (
    DedicatedHost,
    Image,
    InstanceImage,
    InstanceType,
    PublicSnapshot,
    Volume,
    Zone,
)
from srtui.account.model import Instance
from srtui.evidence import REDACTED_SECRET
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.controls.compute import alive
from srtui.responsibility.judging import Verdict, bad, each, good, settled, untold
from srtui.services.autoscaling import launch_configurations
from srtui.services.declare import Call
from srtui.services.ec2 import instances, launch_template_versions, launch_templates, metadata_defaults
from srtui.services.ec2_compute import (
    hosts,
    image_permissions,
    images,
    instance_images,
    instance_types,
    public_snapshots,
    user_data,
    volumes,
    zones,
)

_EC2: Final = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/"
_EBS: Final = "https://docs.aws.amazon.com/ebs/latest/userguide/"
_OLD_IMAGE: Final = 180  # days


@control(
    "ebs-snapshot-public",
    title="No EBS snapshot is public",
    problem="EBS snapshot is public",
    rows=[1, 11],
    severity="critical",
    topic="resources",
    needs=[public_snapshots],
    why="Anyone with an AWS account can make a volume of it and read the whole disk, deleted files included.",
    fix="Make the snapshot private, and treat what is on it as leaked.",
    command="aws ec2 modify-snapshot-attribute --region {region} --snapshot-id {name} --attribute createVolumePermission --operation-type remove --group-names all",
    references=[_EBS + "ebs-modifying-snapshot-permissions.html"],
)
def ebs_snapshot_public(check: Check) -> Iterator[Result]:
    def judge(snapshot: PublicSnapshot) -> Verdict:
        facts = [Fact("may be restored by", "everyone"), Fact("volume", snapshot.volume or "unknown")]
        if snapshot.started:
            facts.append(Fact("made", f"{snapshot.started:%Y-%m-%d}"))
        return bad(*facts)

    found = check.account.table(PublicSnapshot)
    yield from each(check, found.values(), judge)
    concerned = {snapshot.region for snapshot in found.values()}
    for region in check.account.regions:
        if region not in concerned and _answered(check, public_snapshots, region):
            fact = Fact("public snapshots", "none")
            yield check.passed(check.account.root_arn, fact, region=region)


def _answered(check: Check, call: Call, region: str) -> bool:
    """Whether the region gave a complete answer."""
    outcomes = [one for one in check.account.outcomes_of(*call.id) if one.region == region]
    return bool(outcomes) and all(one.error is None and one.complete for one in outcomes)


@control(
    "ami-public",
    title="No image of the account's is public",
    problem="Machine image is public",
    rows=[1, 11],
    severity="high",
    topic="resources",
    needs=[images],
    why="Anyone can start it and read every file that was on the disk: source code, keys, histories.",
    fix="Make the image private, and replace every secret that was on it.",
    command="aws ec2 modify-image-attribute --region {region} --image-id {name} --launch-permission 'Remove=[{{Group=all}}]'",
    references=[_EC2 + "sharingamis-intro.html"],
)
def ami_public(check: Check) -> Iterator[Result]:
    def judge(image: Image) -> Verdict:
        return settled(
            not image.public, Fact("public", "yes" if image.public else "no"), Fact("image", image.title)
        )

    yield from each(check, check.account.table(Image).values(), judge)


@control(
    "ami-shared-stranger",
    title="Images are not shared with other accounts",
    problem="Machine image is shared",
    rows=[11],
    severity="medium",
    topic="resources",
    needs=[images, image_permissions],
    why="The other account keeps a copy of the disk that you cannot take back.",
    fix="Share with your organisation instead, and take the permission back once the copy is made.",
    command="aws ec2 modify-image-attribute --region {region} --image-id {name} --launch-permission Remove=[{{UserId={with_account}}}]",
    references=[_EC2 + "sharingamis-explicit.html"],
)
def ami_shared_stranger(check: Check) -> Iterator[Result]:
    def judge(image: Image) -> Verdict:
        if image.shared_with is UNREAD:
            return untold(image_permissions)
        others = [one for one in image.shared_with if one.isdigit() and one != check.account.id]
        shared = ", ".join(one for one in image.shared_with if one != "all") or "no other account"
        return settled(not others, Fact("shared with", shared), with_account=(others or [""])[0])

    yield from each(check, check.account.table(Image).values(), judge)


@control(
    "ami-age",
    title="Instances run images younger than 180 days that are not deprecated",
    problem="Instance runs an old image",
    rows=[10],
    severity="medium",
    topic="patching",
    needs=[instances, instance_images],
    why="What was fixed since the image was made is missing from every instance started from it.",
    fix="Build a new image on a current base, and replace the instance.",
    command="aws ec2 describe-instance-image-metadata --region {region} --instance-ids {name}",
    references=[_EC2 + "ami-deprecate.html"],
)
def ami_age(check: Check) -> Iterator[Result]:
    known = check.account.table(InstanceImage)

    def judge(instance: Instance) -> Verdict:
        image = known.get(instance.arn)
        if image is None or (image.created is None and image.state in ("", "available")):
            return untold(instance_images, reason="AWS says nothing about its image")
        facts = [
            Fact("image", f"{image.name} {image.title}".strip()),
            Fact("state", image.state or "unknown"),
        ]
        if image.created is None:
            return bad(*facts)  # the image is gone, and with it the means to start the instance again
        days = check.context.days_since(image.created) or 0
        facts.append(Fact("made", f"{days} days ago"))
        deprecated = image.deprecated is not None and image.deprecated <= check.now
        if image.deprecated:
            facts.append(Fact("deprecated", f"{image.deprecated:%Y-%m-%d}"))
        return settled(not deprecated and days <= _OLD_IMAGE and image.state in ("", "available"), *facts)

    yield from each(check, alive(check), judge)


@control(
    "ebs-volume-encrypted",
    title="Volumes are encrypted",
    problem="Volume is not encrypted",
    rows=[12],
    severity="medium",
    topic="compute",
    needs=[volumes],
    why="Every snapshot of it is plain as well, and can be shared with a single call.",
    fix="Copy a snapshot with encryption, make a volume of it, and swap; switch encryption by default on.",
    command="aws ec2 create-snapshot --region {region} --volume-id {name}",
    references=[_EBS + "ebs-encryption.html"],
    insecure_default=True,
    frameworks={"cis-3.0": ["2.2.1"], "cis-5.0": ["5.1.1"]},
)
def ebs_volume_encrypted(check: Check) -> Iterator[Result]:
    def judge(volume: Volume) -> Verdict:
        facts = (
            Fact("encrypted", "yes" if volume.encrypted else "no"),
            Fact("attached to", ", ".join(volume.instances) or "nothing"),
        )
        return settled(volume.encrypted, *facts)

    yield from each(check, check.account.table(Volume).values(), judge)


def _secret(text: str | Unread | None, call: Call) -> Verdict:
    if text is UNREAD:
        return untold(call)
    if not text:
        return good(Fact("user data", "none"))
    if text.startswith(REDACTED_SECRET):
        return bad(Fact("user data", "holds what looks like a secret"))
    return good(Fact("user data", "nothing in it looks like a secret"))


@control(
    "userdata-secrets",
    title="No user data holds a secret",
    problem="User data holds a secret",
    rows=[12],
    severity="high",
    topic="compute",
    needs=[instances, user_data, launch_templates, launch_template_versions, launch_configurations],
    why="Every process on the instance can read it, and so can everyone who may describe the instance.",
    fix="Let the instance's role fetch the secret from Secrets Manager; then change the secret.",
    command="aws ec2 describe-instance-attribute --region {region} --instance-id {name} --attribute userData",
    references=[_EC2 + "instancedata-add-user-data.html"],
)
def userdata_secrets(check: Check) -> Iterator[Result]:
    account = check.account
    yield from each(check, alive(check), lambda one: _secret(one.user_data, user_data))
    templates = account.table(LaunchTemplate).values()
    yield from each(check, templates, lambda one: _secret(one.user_data, launch_template_versions))
    configurations = account.table(LaunchConfiguration).values()
    yield from each(check, configurations, lambda one: _secret(one.user_data, launch_configurations))


@control(
    "imdsv2-template",
    title="Launch templates and configurations require IMDSv2",
    problem="Launch template allows IMDSv1",
    rows=[12],
    severity="medium",
    topic="compute",
    needs=[launch_templates, launch_template_versions, launch_configurations, metadata_defaults],
    why="Every instance that scaling starts from it hands its credentials to whoever can make it fetch a URL.",
    fix="Make a new version with HttpTokens required, and let it be the default.",
    command="aws ec2 create-launch-template-version --region {region} --launch-template-id {id} --source-version '$Latest' --launch-template-data MetadataOptions={{HttpTokens=required}}",
    references=[_EC2 + "configuring-IMDS-new-instances.html"],
    insecure_default=True,
)
def imdsv2_template(check: Check) -> Iterator[Result]:
    account = check.account

    def judge(one: LaunchTemplate | LaunchConfiguration, call: Call) -> Verdict:
        if one.imdsv2_required is UNREAD:
            return untold(call)
        values = {"id": one.arn.rsplit("/", 1)[-1]}
        if one.imdsv2_required is not None:
            text = "required" if one.imdsv2_required else "optional"
            return settled(one.imdsv2_required, Fact("HttpTokens", text), **values)
        default = account.settings(one.region).metadata_tokens
        if default is UNREAD:
            return untold(metadata_defaults)
        fact = Fact("HttpTokens", f"not said; the region's default is {default}")
        return settled(default == "required", fact, **values)

    templates = account.table(LaunchTemplate).values()
    yield from each(check, templates, lambda one: judge(one, launch_template_versions))
    configurations = account.table(LaunchConfiguration).values()
    yield from each(check, configurations, lambda one: judge(one, launch_configurations))


@control(
    "firecracker-nitro",
    title="Instances run on Nitro",
    problem="Instance runs on the old hypervisor",
    rows=[4],
    severity="info",
    topic="compute",
    needs=[instances, instance_types],
    why="AWS patches either hypervisor, but Nitro has no operator access, and fewer weaknesses are found in it.",
    fix="Move to a current instance type.",
    command="aws ec2 modify-instance-attribute --region {region} --instance-id {name} --instance-type TYPE",
    references=["https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-nitro-instances.html"],
)
def firecracker_nitro(check: Check) -> Iterator[Result]:
    types = {(one.region, one.name): one for one in check.account.table(InstanceType).values()}

    def judge(instance: Instance) -> Verdict:
        kind = types.get((instance.region, instance.instance_type))
        if kind is None:
            return untold(instance_types)
        hypervisor = kind.hypervisor or ("none (bare metal)" if kind.bare_metal else "")
        if not hypervisor:
            return untold(instance_types, reason="AWS does not name its hypervisor")
        facts = (Fact("hypervisor", hypervisor), Fact("type", instance.instance_type))
        return settled(kind.hypervisor != "xen", *facts)

    yield from each(check, alive(check), judge)


@control(
    "dedicated-hosts",
    title="Dedicated hosts recover by themselves",
    problem="Dedicated host does not recover",
    rows=[6],
    severity="info",
    topic="compute",
    needs=[hosts, instances],
    why="AWS guards the hardware; on a host of your own it is yours to say what happens when it fails.",
    fix="Switch host recovery on.",
    command="aws ec2 modify-hosts --region {region} --host-ids {name} --host-recovery on",
    references=[_EC2 + "dedicated-hosts-recovery.html"],
)
def dedicated_hosts(check: Check) -> Iterator[Result]:
    def judge(host: DedicatedHost) -> Verdict | None:
        if host.state.startswith("released"):
            return None
        facts = (
            Fact("host recovery", "on" if host.recovery else "off"),
            Fact("instances", str(len(host.instances))),
        )
        return settled(host.recovery, *facts)

    yield from each(check, check.account.table(DedicatedHost).values(), judge)
    tenancies: dict[str, Counter[str]] = {}
    for instance in alive(check):
        tenancies.setdefault(instance.region, Counter())[instance.tenancy] += 1
    for region, counts in sorted(tenancies.items()):
        facts = [Fact(f"tenancy {kind}", str(count)) for kind, count in sorted(counts.items())]
        yield check.passed(check.account.root_arn, *facts, region=region)


@control(
    "az-footprint",
    title="The instances of a region run in more than one zone",
    problem="All instances are in one zone",
    rows=[3, 5],
    severity="info",
    topic="compute",
    needs=[instances, zones],
    why="AWS keeps zones apart so that fire and flood take one of them; it is yours to use more than one.",
    fix="Spread what must survive the loss of a site over the subnets of several zones.",
    references=[
        "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html"
    ],
)
def az_footprint(check: Check) -> Iterator[Result]:
    ids = {(zone.region, zone.name): zone.zone_id for zone in check.account.table(Zone).values()}
    offered = Counter(
        zone.region for zone in check.account.table(Zone).values() if zone.kind == "availability-zone"
    )
    running: dict[str, Counter[str]] = {}
    for one in alive(check):
        if one.state == "running" and one.zone:
            running.setdefault(one.region, Counter())[one.zone] += 1
    for region, zones_used in sorted(running.items()):
        facts = [
            Fact(f"{zone} ({ids.get((region, zone), '?')})", f"{count} instances")
            for zone, count in sorted(zones_used.items())
        ]
        facts.append(Fact("zones in use", f"{len(zones_used)} of {offered[region]}"))
        # One instance cannot be spread.
        spread = len(zones_used) > 1 or sum(zones_used.values()) == 1
        yield (check.passed if spread else check.failed)(check.account.root_arn, *facts, region=region)
