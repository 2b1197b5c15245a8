"""Guest operating systems: what Systems Manager reaches, patches and logs, and which documents are public."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from srtui.account import UNREAD
from srtui.account.fleets import ManagedNode, SsmDocument
from srtui.account.model import Instance
from srtui.account.patches import DocumentSharing, NodeCompliance, PatchSettings, PatchState
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.controls.compute import alive
from srtui.responsibility.judging import Verdict, bad, each, good, settled, untold
from srtui.services.ec2 import instances
from srtui.services.ssm import documents, managed_nodes
from srtui.services.ssm_patching import (
    associations,
    compliance,
    document_permission,
    document_sharing,
    maintenance_windows,
    patch_baselines,
    patch_groups,
    patch_states,
    patch_tasks,
    session_preferences,
)

_SSM: Final = "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
_FRESH: Final = 7  # days


@control(
    "ssm-managed",
    title="Running instances are managed by Systems Manager",
    problem="Instance is not managed",
    rows=[10],
    severity="medium",
    topic="patching",
    needs=[instances, managed_nodes],
    failing_needs=[managed_nodes],
    why="What Systems Manager does not reach shows in no patch report, and is patched by hand or not at all.",
    fix="Install the agent, and let its role use AmazonSSMManagedInstanceCore or default host management.",
    command="aws ssm describe-instance-information --region {region} --filters Key=InstanceIds,Values={name}",
    references=[_SSM + "managed_instances.html"],
    insecure_default=True,
)
def ssm_managed(check: Check) -> Iterator[Result]:
    nodes = check.account.table(ManagedNode)

    def judge(instance: Instance) -> Verdict | None:
        if instance.state != "running":
            return None
        node = nodes.get(instance.arn)
        ping = node.ping if node else ""
        facts = [Fact("Systems Manager", ping or "does not know it")]
        if node is not None and node.platform:
            facts.append(Fact("platform", node.platform))
        return settled(ping == "Online", *facts)

    yield from each(check, alive(check), judge)


def _state(check: Check, node: ManagedNode) -> PatchState | Verdict:
    """The node's last patch scan, or what can be said without one."""
    found = check.account.table(PatchState).get(node.arn)
    if found is not None:
        return found
    return bad(Fact("patch scan", "never")) if node.patches_read else untold(patch_states)


@control(
    "patch-missing",
    title="No managed machine misses patches",
    problem="Machine misses patches",
    rows=[10],
    severity="high",
    topic="patching",
    needs=[managed_nodes, patch_states],
    why="Each missing patch is a known way in.",
    fix="Run AWS-RunPatchBaseline with Install, and restart where it asks for it.",
    command="aws ssm send-command --region {region} --instance-ids {name} --document-name AWS-RunPatchBaseline --parameters Operation=Install",
    references=[_SSM + "patch-manager.html"],
)
def patch_missing(check: Check) -> Iterator[Result]:
    def judge(node: ManagedNode) -> Verdict | None:
        found = _state(check, node)
        if isinstance(found, Verdict):
            # That nobody looked is told by patch-scan-fresh.
            return None if found.status == "fail" else found
        facts = [
            Fact(label, str(count))
            for label, count in (
                ("missing", found.missing),
                ("failed", found.failed),
                ("critical", found.critical),
                ("security", found.security),
                ("waiting for a restart", found.pending_reboot),
            )
            if count
        ]
        wrong = found.missing + found.failed + found.critical + found.security
        return settled(not wrong, *(facts or [Fact("missing", "0")]))

    yield from each(check, check.account.table(ManagedNode).values(), judge)


@control(
    "patch-scan-fresh",
    title="Managed machines were scanned for patches within 7 days",
    problem="Patch scan is old",
    rows=[10],
    severity="medium",
    topic="patching",
    needs=[managed_nodes, patch_states],
    why="A clean report of last year says nothing about the weaknesses of this one.",
    fix="Scan every day with a patch policy.",
    command="aws ssm send-command --region {region} --instance-ids {name} --document-name AWS-RunPatchBaseline --parameters Operation=Scan",
    references=[_SSM + "patch-manager-policies.html"],
)
def patch_scan_fresh(check: Check) -> Iterator[Result]:
    def judge(node: ManagedNode) -> Verdict:
        found = _state(check, node)
        if isinstance(found, Verdict):
            return found
        days = check.context.days_since(found.scanned)
        if days is None:
            return untold(patch_states, reason="AWS does not say when it was scanned")
        return settled(days <= _FRESH, Fact("scanned", f"{days} days ago"))

    yield from each(check, check.account.table(ManagedNode).values(), judge)


def _patched_regions(check: Check) -> Iterator[tuple[str, PatchSettings | None]]:
    """Regions with managed machines, and how they patch."""
    settings = check.account.table(PatchSettings)
    for region in sorted({node.region for node in check.account.table(ManagedNode).values()}):
        yield region, settings.get(region)


@control(
    "patch-baseline",
    title="Regions with managed machines have patch rules of their own",
    problem="No patch rules of your own",
    rows=[10],
    severity="low",
    topic="patching",
    needs=[managed_nodes, patch_baselines, patch_groups],
    why="AWS's baselines wait a week and leave out what is not classed as critical or security.",
    fix="Make a patch baseline and set it as default, or map patch groups to baselines.",
    command="aws ssm create-patch-baseline --region {region} --name NAME --operating-system SYSTEM",
    references=[_SSM + "patch-manager-patch-baselines.html"],
    insecure_default=True,
)
def patch_baseline(check: Check) -> Iterator[Result]:
    root = check.account.root_arn
    for region, settings in _patched_regions(check):
        own = settings.own_baselines if settings else UNREAD
        mapped = settings.patch_groups if settings else UNREAD
        known = [one for found in (own, mapped) if found is not UNREAD for one in found]
        if known:
            yield check.passed(root, Fact("rules", ", ".join(known)), region=region)
        elif own is UNREAD or mapped is UNREAD:
            yield check.unknown(root, patch_baselines, patch_groups, region=region)
        else:
            yield check.failed(root, Fact("rules", "AWS's own only"), region=region)


@control(
    "patch-schedule",
    title="Regions with managed machines patch on a schedule",
    problem="Nothing patches on a schedule",
    rows=[10],
    severity="medium",
    topic="patching",
    needs=[managed_nodes, associations, maintenance_windows, patch_tasks],
    why="Patching that somebody has to remember is forgotten.",
    fix="Set up a patch policy in Quick Setup, or a maintenance window that runs AWS-RunPatchBaseline.",
    command="aws ssm create-association --region {region} --name AWS-RunPatchBaseline --targets Key=InstanceIds,Values='*' --schedule-expression 'cron(0 3 ? * SUN *)' --parameters Operation=Install",
    references=[_SSM + "patch-manager-policies.html"],
    insecure_default=True,
)
def patch_schedule(check: Check) -> Iterator[Result]:
    root = check.account.root_arn
    for region, settings in _patched_regions(check):
        linked = settings.patch_associations if settings else UNREAD
        windows = settings.windows if settings else UNREAD
        by_window = settings.patch_windows if settings else ()
        found = [*(linked if linked is not UNREAD else ()), *by_window]
        asked = check.account.outcomes_of(*patch_tasks.id)
        tasks_read = all(one.error is None and one.complete for one in asked if one.region == region)
        if found:
            yield check.passed(root, Fact("patched by", ", ".join(found)), region=region)
        elif linked is UNREAD or windows is UNREAD or not tasks_read:
            yield check.unknown(root, associations, maintenance_windows, patch_tasks, region=region)
        else:
            yield check.failed(root, Fact("patched by", "nothing on a schedule"), region=region)


@control(
    "ssm-agent-old",
    title="Managed machines run the newest agent",
    problem="Systems Manager agent is old",
    rows=[10],
    severity="low",
    topic="patching",
    needs=[managed_nodes],
    why="Old agents lack fixes, and fail at what new documents ask of them.",
    fix="Update the agent on a schedule.",
    command="aws ssm send-command --region {region} --instance-ids {name} --document-name AWS-UpdateSSMAgent",
    references=[_SSM + "ssm-agent-automatic-updates.html"],
)
def ssm_agent_old(check: Check) -> Iterator[Result]:
    def judge(node: ManagedNode) -> Verdict:
        if node.agent_latest is None:
            return untold(managed_nodes, reason="AWS does not say whether its agent is the newest")
        return settled(node.agent_latest, Fact("agent", node.agent_version or "version not told"))

    yield from each(check, check.account.table(ManagedNode).values(), judge)


@control(
    "ssm-compliance",
    title="Managed machines comply with what is critical",
    problem="Machine is critically non-compliant",
    rows=[10],
    severity="medium",
    topic="patching",
    needs=[managed_nodes, compliance],
    why="Systems Manager looked, and the machine is not in the state that you asked for.",
    fix="Look at what it does not comply with, and apply the association or patch again.",
    command="aws ssm list-compliance-items --region {region} --resource-ids {name} --filters Key=Status,Values=NON_COMPLIANT",
    references=[_SSM + "systems-manager-compliance.html"],
)
def ssm_compliance(check: Check) -> Iterator[Result]:
    found: dict[str, list[NodeCompliance]] = {}
    for one in check.account.table(NodeCompliance).values():
        found.setdefault(one.arn, []).append(one)
    settings = check.account.table(PatchSettings)

    def judge(node: ManagedNode) -> Verdict:
        mine = found.get(node.arn, [])
        facts = [Fact(one.name.lower(), f"{one.count} ({one.severity.lower()})") for one in mine]
        if any(one.severity in ("CRITICAL", "HIGH") for one in mine):
            return bad(*facts)
        known = settings.get(node.region)
        if known is None or not known.compliance_read:
            return untold(compliance)
        return good(*(facts or [Fact("non-compliant", "nothing")]))

    yield from each(check, check.account.table(ManagedNode).values(), judge)


@control(
    "session-manager-logging",
    title="Session Manager logs what is done in sessions",
    problem="Sessions on machines are not logged",
    rows=[2],
    severity="medium",
    topic="patching",
    needs=[managed_nodes, session_preferences],
    why="Who typed what as root is known nowhere else.",
    fix="Log sessions to an S3 bucket or to CloudWatch Logs in the preferences.",
    command="aws ssm update-document --region {region} --name SSM-SessionManagerRunShell --document-version '$LATEST' --content file://preferences.json",
    references=[_SSM + "session-manager-logging.html"],
    insecure_default=True,
)
def session_manager_logging(check: Check) -> Iterator[Result]:
    root = check.account.root_arn
    for region, settings in _patched_regions(check):
        log = settings.session_log if settings else UNREAD
        if log is UNREAD:
            yield check.unknown(root, session_preferences, region=region)
        elif log:
            yield check.passed(root, Fact("sessions log to", log), region=region)
        else:
            yield check.failed(root, Fact("sessions log to", "nowhere"), region=region)


@control(
    "ssm-doc-public",
    title="No document of the account's is public",
    problem="Systems Manager document is public",
    rows=[11],
    severity="high",
    topic="resources",
    needs=[documents, document_permission],
    why="Documents tell how your machines are run, and often hold names, addresses and passwords.",
    fix="Stop sharing it with everyone.",
    command="aws ssm modify-document-permission --region {region} --name {name} --permission-type Share --account-ids-to-remove all",
    references=[_SSM + "documents-ssm-sharing.html"],
)
def ssm_doc_public(check: Check) -> Iterator[Result]:
    def judge(one: SsmDocument) -> Verdict:
        if one.shared_with is UNREAD:
            return untold(document_permission)
        shared = ", ".join(one.shared_with) or "nobody"
        return settled("all" not in one.shared_with, Fact("shared with", shared))

    yield from each(check, check.account.table(SsmDocument).values(), judge)


@control(
    "ssm-doc-sharing-block",
    title="Documents cannot be made public",
    problem="Documents may be made public",
    rows=[11, 12],
    severity="low",
    topic="resources",
    needs=[document_sharing],
    why="One setting in each region keeps anyone from publishing a document by mistake.",
    fix="Block public sharing of documents in each region.",
    command="aws ssm update-service-setting --region {region} --setting-id /ssm/documents/console/public-sharing-permission --setting-value Disable",
    references=[_SSM + "documents-ssm-sharing.html"],
    insecure_default=True,
)
def ssm_doc_sharing_block(check: Check) -> Iterator[Result]:
    for region, one in sorted(check.account.table(DocumentSharing).items()):
        if one.blocked is UNREAD:
            yield check.unknown(one.arn, document_sharing, region=region)
            continue
        fact = Fact("public sharing", "blocked" if one.blocked else "allowed")
        yield (check.passed if one.blocked else check.failed)(one.arn, fact, region=region)
