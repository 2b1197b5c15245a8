"""What the customer has to patch: instances, function runtimes and images, and databases run on instances."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from srtui.account.model import SecurityGroup
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.controls.compute import alive
from srtui.responsibility.controls.network import DATA_PORTS, group_id
from srtui.services.ec2 import instances, security_groups
from srtui.services.lambda_ import functions

_PATCH = "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager.html"
_SSM = "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html"


@cache
def runtimes() -> Mapping[str, date]:
    """The day each Lambda runtime is deprecated."""
    text = files("srtui.responsibility.controls").joinpath("runtimes.toml").read_text(encoding="utf-8")
    found: dict[str, date] = tomllib.loads(text)["deprecated"]
    return found


@control(
    "lambda-runtime",
    title="No function uses a deprecated runtime",
    problem="Deprecated runtime",
    rows=[10],
    severity="medium",
    topic="patching",
    needs=[functions],
    why="AWS patches the runtimes it supports; a deprecated one keeps its known weaknesses.",
    fix="Move the function to a supported runtime.",
    command="aws lambda update-function-configuration --region {region} --function-name {name} --runtime RUNTIME",
    references=["https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"],
)
def lambda_runtime(check: Check) -> Iterator[Result]:
    for one in check.account.functions.values():
        if one.package == "Image":
            continue
        end = runtimes().get(one.runtime)
        if end is None:
            reason = f"nothing is known about runtime {one.runtime or '(none)'}"
            yield check.unknown(one.arn, region=one.region, reason=reason)
            continue
        facts = (Fact("runtime", one.runtime), Fact("deprecated on", f"{end:%Y-%m-%d}"))
        if end <= check.now.date():
            yield check.failed(one.arn, *facts, region=one.region, name=one.name)
        else:
            yield check.passed(one.arn, *facts, region=one.region)


@control(
    "lambda-image-age",
    title="Container images of functions are younger than 180 days",
    problem="Function image older than 180 days",
    rows=[10],
    severity="low",
    topic="patching",
    needs=[functions],
    why="In a container image the operating system is yours: AWS does not patch it.",
    fix="Rebuild the image on a current base image and deploy it, on a schedule.",
    command="aws lambda update-function-code --region {region} --function-name {name} --image-uri IMAGE",
    references=["https://docs.aws.amazon.com/lambda/latest/dg/images-create.html"],
)
def lambda_image_age(check: Check) -> Iterator[Result]:
    for one in check.account.functions.values():
        if one.package != "Image":
            continue
        days = check.context.days_since(one.modified)
        if days is None:
            yield check.unknown(
                one.arn, region=one.region, reason="AWS does not say when the function was changed"
            )
            continue
        fact = Fact("last changed", f"{days} days ago")
        if days > 180:
            yield check.failed(one.arn, fact, region=one.region, name=one.name)
        else:
            yield check.passed(one.arn, fact, region=one.region)


@control(
    "instance-age",
    title="No instance has been up for more than 180 days",
    problem="Instance up for more than 180 days",
    rows=[10],
    severity="low",
    topic="patching",
    needs=[instances],
    why="Kernels are patched by a restart; an instance that never restarts runs the kernel of the day it was made.",
    fix="Replace instances from a current image, or patch and restart them in a maintenance window.",
    command="aws ec2 describe-instances --region {region} --instance-ids {instance}",
    references=[_PATCH],
)
def instance_age(check: Check) -> Iterator[Result]:
    for one in alive(check):
        if one.state != "running":
            continue
        days = check.context.days_since(one.launched)
        if days is None:
            yield check.unknown(one.arn, region=one.region, reason="AWS does not say when it was started")
            continue
        facts = (Fact("started", f"{days} days ago"), Fact("image", one.image or "unknown"))
        if days > 180:
            yield check.failed(one.arn, *facts, region=one.region, instance=one.name)
        else:
            yield check.passed(one.arn, *facts, region=one.region)


@control(
    "selfmanaged-db",
    title="No instance seems to run a database of its own",
    problem="Instance seems to run a database",
    rows=[10, 13],
    severity="medium",
    topic="patching",
    needs=[instances, security_groups],
    why="On an instance the patches of the database are yours as well; on RDS they are AWS's.",
    fix="Move the database to RDS, or add its patching to your maintenance.",
    references=["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Welcome.html"],
)
def selfmanaged_db(check: Check) -> Iterator[Result]:
    groups = {(group.region, group_id(group)): group for group in check.account.security_groups.values()}
    known: dict[str, set[str]] = {}

    def opened(group: SecurityGroup) -> set[str]:
        """The database ports that a group opens one by one."""
        if group.arn not in known:
            known[group.arn] = {
                f"{DATA_PORTS[rule.from_port]} ({rule.from_port})"
                for rule in group.ingress
                if rule.from_port in DATA_PORTS
                and rule.to_port == rule.from_port
                and rule.covers_port(rule.from_port)
            }
        return known[group.arn]

    for one in alive(check):
        mine = [groups.get((one.region, name)) for name in one.security_groups]
        named = {name for group in mine if group for name in opened(group)}
        if named:
            fact = Fact("its security groups open", ", ".join(sorted(named)))
            yield check.failed(one.arn, fact, region=one.region)
        elif None in mine:
            yield check.unknown(one.arn, security_groups, region=one.region)
        else:
            yield check.passed(one.arn, Fact("database ports opened", "none by name"), region=one.region)
