"""Amazon Inspector: whether it looks, what it found, and what it cannot see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from srtui.account.patches import Inspector, InspectorFindings, Unscanned
from srtui.account.stores import Repository
from srtui.responsibility.control import Check, Fact, Result, control
from srtui.responsibility.controls.compute import alive
from srtui.responsibility.judging import Verdict, bad, each, settled
from srtui.services.declare import Call
from srtui.services.ec2 import instances
from srtui.services.ecr import repositories
from srtui.services.inspector2 import findings_by_resource, inspector_status, not_scanned
from srtui.services.lambda_ import functions

#: Reasons that need no act: it is switched off, gone or archived, or its scan is under way.
_EXPECTED: Final = frozenset(
    {
        "EC2_INSTANCE_STOPPED",
        "RESOURCE_STOPPED",
        "RESOURCE_TERMINATED",
        "NO_RESOURCES_FOUND",
        "IMAGE_ARCHIVED",
        "PENDING_DISABLE",
        "PENDING_INITIAL_SCAN",
        "PENDING_REVIVAL_SCAN",
        "SCAN_IN_PROGRESS",
        "SUCCESSFUL",
    }
)
_INSPECTOR: Final = "https://docs.aws.amazon.com/inspector/latest/user/"


@control(
    "inspector-on",
    title="Inspector scans the instances, images and functions of a region",
    problem="Inspector does not scan",
    rows=[10],
    severity="medium",
    topic="patching",
    needs=[inspector_status, instances, repositories, functions],
    why="Weak packages on instances, in images and functions are unknown until somebody looks.",
    fix="Activate Inspector for what the region holds.",
    command="aws inspector2 enable --region {region} --resource-types {kinds}",
    references=[_INSPECTOR + "activate-scans.html"],
    insecure_default=True,
)
def inspector_on(check: Check) -> Iterator[Result]:
    account = check.account
    held = {
        "ec2": Counter(one.region for one in alive(check)),
        "ecr": Counter(one.region for one in account.table(Repository).values()),
        "lambda": Counter(one.region for one in account.functions.values()),
    }
    for region in sorted({region for counts in held.values() for region in counts}):
        state = account.table(Inspector).get(region)
        if state is None:
            if account.offers(*inspector_status.id, region):
                yield check.unknown(account.root_arn, inspector_status, region=region)
            continue
        kinds = [kind for kind, counts in held.items() if counts[region]]
        facts = [Fact(kind, state.scans.get(kind, "DISABLED").lower()) for kind in kinds]
        missing = [kind for kind in kinds if state.scans.get(kind) != "ENABLED"]
        if missing:
            named = " ".join(kind.upper() for kind in missing)
            yield check.failed(account.root_arn, *facts, region=region, kinds=named)
        else:
            yield check.passed(account.root_arn, *facts, region=region)


def _read(check: Check, call: Call, region: str) -> bool:
    """Whether what Inspector was asked in the region has been answered completely."""
    found = [one for one in check.account.outcomes_of(*call.id) if one.region == region]
    asked = len(call.variants)
    return len(found) >= asked and all(one.error is None and one.complete for one in found)


def _watched_regions(check: Check) -> list[str]:
    return sorted(region for region, one in check.account.table(Inspector).items() if one.status == "ENABLED")


@control(
    "inspector-findings",
    title="Inspector found nothing critical or high",
    problem="Known weaknesses are open",
    rows=[4, 10],
    severity="high",
    topic="patching",
    needs=[inspector_status, findings_by_resource],
    why="Each is a known way in, with a number that attackers look up.",
    fix="Patch the instance, rebuild the image, update the function's packages.",
    command="aws inspector2 list-findings --region {region} --filter-criteria file://filter.json",
    references=[_INSPECTOR + "findings-managing.html"],
)
def inspector_findings(check: Check) -> Iterator[Result]:
    account = check.account

    def judge(one: InspectorFindings) -> Verdict:
        counts = {kind: one.counts.get(kind, 0) for kind in ("critical", "high", "medium")}
        facts = [Fact(kind, str(count)) for kind, count in counts.items()]
        return settled(not counts["critical"] and not counts["high"], Fact("is", one.kind), *facts)

    yield from each(check, account.table(InspectorFindings).values(), judge)
    seen = {one.region for one in account.table(InspectorFindings).values()}
    for region in _watched_regions(check):
        if not _read(check, findings_by_resource, region):
            yield check.unknown(account.root_arn, findings_by_resource, region=region)
        elif region not in seen:
            yield check.passed(account.root_arn, Fact("findings", "none"), region=region)


@control(
    "inspector-coverage",
    title="Inspector can scan everything that it should",
    problem="Inspector cannot scan resource",
    rows=[10],
    severity="low",
    topic="patching",
    needs=[inspector_status, not_scanned],
    why="No findings on it means that nobody looked.",
    fix="Let Systems Manager reach the instance, or read the reason and act on it.",
    command="aws inspector2 list-coverage --region {region} --filter-criteria file://filter.json",
    references=[_INSPECTOR + "assessing-coverage.html"],
)
def inspector_coverage(check: Check) -> Iterator[Result]:
    account = check.account
    gaps = [one for one in account.table(Unscanned).values() if one.reason not in _EXPECTED]
    yield from each(
        check, gaps, lambda one: bad(Fact("reason", one.reason.replace("_", " ").lower() or "not told"))
    )
    for region in _watched_regions(check):
        if not _read(check, not_scanned, region):
            yield check.unknown(account.root_arn, not_scanned, region=region)
        elif not any(one.region == region for one in gaps):
            yield check.passed(account.root_arn, Fact("not scanned", "nothing that should be"), region=region)
