"""What builds, deploys, scales and computes: stacks, builds, notebooks, scaling groups, and guests of identity pools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from srtui.account import UNREAD
from srtui.account.analytics import EmrCluster, GlueCatalog, Notebook
from srtui.account.delivery import BuildProject, Stack
from srtui.account.edge import LoadBalancer
from srtui.account.federation import IdentityPool
from srtui.account.fleets import AutoScalingGroup, LaunchTemplate
from srtui.evidence import REDACTED_SECRET
from srtui.responsibility.control import Check, Fact, Result, control, unread_items
from srtui.responsibility.judging import (
    Verdict,
    bad,
    each,
    not_open,
    on_off,
    settled,
    untold,
)
from srtui.services.autoscaling import groups
from srtui.services.cloudformation import stacks
from srtui.services.codebuild import project_details, projects
from srtui.services.cognito_identity import identity_pool, identity_pools
from srtui.services.ec2 import launch_templates
from srtui.services.elbv2 import load_balancers
from srtui.services.emr import cluster_details, clusters
from srtui.services.glue import catalog_policy
from srtui.services.sagemaker import notebook_details, notebooks

_CFN: Final = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"


@control(
    "glue-catalog-public",
    title="No data catalogue is open to strangers",
    problem="Data catalogue is open to strangers",
    rows=[11],
    severity="high",
    topic="resources",
    needs=[catalog_policy],
    why="Strangers read what tables you have and where they lie, or change it.",
    fix="Name the accounts, or add a condition on aws:PrincipalOrgID.",
    command="aws glue get-resource-policy --region {region}",
    references=[
        "https://docs.aws.amazon.com/glue/latest/dg/security_iam_resource-based-policy-examples.html"
    ],
)
def glue_catalog_public(check: Check) -> Iterator[Result]:
    found = check.account.table(GlueCatalog).values()
    yield from each(check, found, lambda one: not_open(one.policy, catalog_policy))


@control(
    "sagemaker-notebook",
    title="Notebooks have no direct way to the internet and no root",
    problem="Notebook is on the internet or has root",
    rows=[7, 8],
    severity="high",
    topic="compute",
    needs=[notebooks, notebook_details],
    why="What is run in a notebook has its role's permissions, and takes data past your network's fences.",
    fix="Put it into a VPC without direct internet access, and switch root access off.",
    command="aws sagemaker update-notebook-instance --region {region} --notebook-instance-name {name} --root-access Disabled",
    references=["https://docs.aws.amazon.com/sagemaker/latest/dg/appendix-notebook-and-internet-access.html"],
    insecure_default=True,
)
def sagemaker_notebook(check: Check) -> Iterator[Result]:
    def judge(one: Notebook) -> Verdict:
        if one.direct_internet is UNREAD or one.root_access is UNREAD:
            return untold(notebook_details)
        facts = (
            Fact("direct internet access", on_off(one.direct_internet)),
            Fact("root access", on_off(one.root_access)),
        )
        return settled(not one.direct_internet and not one.root_access, *facts)

    yield from each(check, check.account.table(Notebook).values(), judge)


@control(
    "codebuild-secrets",
    title="Builds hold no secrets in the clear, and public ones no privileges",
    problem="Build holds a secret or too much power",
    rows=[12],
    severity="high",
    topic="compute",
    needs=[projects, project_details],
    why="Everyone who may read the project, and every build of it, reads the secret; a public build shows its log.",
    fix="Refer to Secrets Manager, change the secret, and make no privileged project public.",
    command="aws codebuild batch-get-projects --region {region} --names {name}",
    references=["https://docs.aws.amazon.com/codebuild/latest/userguide/change-project.html"],
)
def codebuild_secrets(check: Check) -> Iterator[Result]:
    def judge(one: BuildProject) -> Verdict:
        found = [
            name
            for name, value in one.environment.items()
            if value.startswith(REDACTED_SECRET) and one.environment_kinds.get(name) == "PLAINTEXT"
        ]
        facts = [Fact("variables that look like secrets", ", ".join(found) or "none")]
        if one.public:
            facts.append(Fact("builds", "public and privileged" if one.privileged else "public"))
        return settled(not found and not (one.public and one.privileged), *facts)

    yield from each(check, check.account.table(BuildProject).values(), judge)
    yield from unread_items(check, project_details)


@control(
    "stack-protection",
    title="Stacks are protected from deletion and have not drifted",
    problem="Stack is unprotected or has drifted",
    rows=[3, 9],
    severity="low",
    topic="organization",
    needs=[stacks],
    why="One call deletes everything the stack made; what has drifted is not what was reviewed.",
    fix="Switch termination protection on, and bring the resources back to the template.",
    command="aws cloudformation update-termination-protection --region {region} --stack-name {name} --enable-termination-protection",
    references=[_CFN + "using-cfn-protect-stacks.html", _CFN + "using-cfn-stack-drift.html"],
    insecure_default=True,
)
def stack_protection(check: Check) -> Iterator[Result]:
    def judge(one: Stack) -> Verdict | None:
        # A nested stack has the protection of its root.
        if one.parent or one.status in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS"):
            return None
        facts = [
            Fact("termination protection", on_off(one.termination_protection)),
            Fact("drift", one.drift.lower().replace("_", " ") or "not checked"),
        ]
        return settled(one.termination_protection and one.drift != "DRIFTED", *facts)

    yield from each(check, check.account.table(Stack).values(), judge)


@control(
    "cfn-output-secrets",
    title="No stack shows a secret in its outputs",
    problem="Stack output shows a secret",
    rows=[12],
    severity="medium",
    topic="compute",
    needs=[stacks],
    why="Everyone who may describe stacks reads it.",
    fix="Take the output out, let the template make the secret in Secrets Manager, and change it.",
    command="aws cloudformation describe-stacks --region {region} --stack-name {name}",
    references=[_CFN + "security-best-practices.html"],
)
def cfn_output_secrets(check: Check) -> Iterator[Result]:
    def judge(one: Stack) -> Verdict | None:
        if not one.outputs:
            return None
        found = [name for name, value in one.outputs.items() if value.startswith(REDACTED_SECRET)]
        text = ", ".join(found) or f"none of {len(one.outputs)}"
        return settled(not found, Fact("outputs that look like secrets", text))

    yield from each(check, check.account.table(Stack).values(), judge)


@control(
    "cognito-guest",
    title="Identity pools give nothing to guests",
    problem="Guests get AWS credentials",
    rows=[11],
    severity="high",
    topic="resources",
    needs=[identity_pools, identity_pool],
    why="Anyone on the internet who knows the pool's id, which every app shows, gets credentials of its guest role.",
    fix="Switch guest access off, or leave the guest role with nothing worth having.",
    command="aws cognito-identity update-identity-pool --region {region} --identity-pool-id {name} --identity-pool-name {title} --no-allow-unauthenticated-identities",
    references=["https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools.html"],
)
def cognito_guest(check: Check) -> Iterator[Result]:
    def judge(one: IdentityPool) -> Verdict:
        if one.guests is UNREAD:
            return untold(identity_pool)
        roles = one.roles.get("unauthenticated", "none") if isinstance(one.roles, dict) else "not read"
        facts = [Fact("guests", "let in" if one.guests else "refused")]
        if one.guests:
            facts.append(Fact("role of guests", roles))
        return settled(not one.guests, *facts, title=one.title)

    yield from each(check, check.account.table(IdentityPool).values(), judge)


@control(
    "asg-launch-template",
    title="Scaling groups start instances from the newest launch template",
    problem="Scaling group starts what is outdated",
    rows=[10, 12],
    severity="low",
    topic="patching",
    needs=[groups, launch_templates],
    why="Launch configurations cannot be changed and know no new settings; old versions start old images.",
    fix="Move to a launch template, and use its newest version.",
    command="aws autoscaling update-auto-scaling-group --region {region} --auto-scaling-group-name {name} --launch-template 'LaunchTemplateName=NAME,Version=$Latest'",
    references=["https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-templates.html"],
)
def asg_launch_template(check: Check) -> Iterator[Result]:
    templates = {
        (one.region, one.arn.rsplit("/", 1)[-1]): one for one in check.account.table(LaunchTemplate).values()
    }

    def judge(one: AutoScalingGroup) -> Verdict | None:
        if one.launch_configuration:
            return bad(Fact("launch configuration", one.launch_configuration))
        if not one.launch_template:
            return None  # made from an instance that nobody describes
        template = templates.get((one.region, one.launch_template))
        if template is None:
            return untold(launch_templates, reason="its launch template is not in the list")
        named = one.launch_template_version
        version = (
            template.default_version
            if named == "$Default"
            else template.latest_version
            if named == "$Latest"
            else int(named)
            if named.isdigit()
            else 0
        )
        facts = (Fact("version", f"{named} ({version})"), Fact("newest", str(template.latest_version)))
        return settled(version == template.latest_version, *facts)

    yield from each(check, check.account.table(AutoScalingGroup).values(), judge)


@control(
    "asg-elb-multi-az",
    title="Scaling groups and load balancers use more than one zone",
    problem="Everything is in one zone",
    rows=[3, 5],
    severity="medium",
    topic="network",
    needs=[groups, load_balancers],
    why="AWS answers for each zone, not for your service being in only one of them.",
    fix="Add subnets of other zones.",
    command="aws autoscaling describe-auto-scaling-groups --region {region} --auto-scaling-group-names {name}",
    references=["https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html"],
)
def asg_elb_multi_az(check: Check) -> Iterator[Result]:
    def judge(one: AutoScalingGroup | LoadBalancer) -> Verdict:
        zones = sorted(set(one.zones))
        return settled(len(zones) > 1, Fact("zones", ", ".join(zones) or "none told"))

    yield from each(check, check.account.table(AutoScalingGroup).values(), judge)
    balancers = [one for one in check.account.table(LoadBalancer).values() if one.kind != "gateway"]
    yield from each(check, balancers, judge)


@control(
    "emr-public",
    title="Primary nodes of EMR have no public address",
    problem="EMR primary node is public",
    rows=[7, 8],
    severity="high",
    topic="network",
    needs=[clusters, cluster_details],
    why="Its web pages and services ask for no password; only the security group keeps the internet out.",
    fix="Start the cluster in a private subnet.",
    command="aws emr describe-cluster --region {region} --cluster-id {name}",
    references=["https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-vpc-subnet.html"],
)
def emr_public(check: Check) -> Iterator[Result]:
    def judge(one: EmrCluster) -> Verdict:
        if one.primary_host is UNREAD:
            return untold(cluster_details)
        if not one.primary_host:
            return untold(cluster_details, reason="the primary node has no name yet")
        return settled(not one.primary_host.startswith("ec2-"), Fact("primary node", one.primary_host))

    yield from each(check, check.account.table(EmrCluster).values(), judge)
