"""AWS Systems Manager: patches, compliance, session logs, parameters, and whom documents are shared with.

What concerns machines is asked only where there are managed ones: equal questions are asked once a region.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from srtui.account import Account
from srtui.account.fleets import ManagedNode, SsmDocument
from srtui.account.patches import DocumentSharing, NodeCompliance, PatchSettings, PatchState
from srtui.account.stores import Parameter
from srtui.evidence import moment
from srtui.services.declare import Answer
from srtui.services.ssm import SSM, documents, managed_nodes

#: Where Session Manager keeps its preferences (Systems Manager User Guide, "Session document schema").
_PREFERENCES: Final = "SSM-SessionManagerRunShell"
_SHARING: Final = "/ssm/documents/console/public-sharing-permission"


def node_arn(account: Account, region: str, name: str) -> str:
    """The ARN of a managed node: an instance, or a machine outside EC2."""
    service, kind = ("ssm", "managed-instance") if name.startswith("mi-") else ("ec2", "instance")
    return f"arn:{account.partition}:{service}:{region}:{account.id}:{kind}/{name}"


def _settings(account: Account, region: str) -> PatchSettings:
    return account.table(PatchSettings).setdefault(
        region, PatchSettings(arn=account.root_arn, name="patching", region=region)
    )


@SSM.call("DescribeInstancePatchStates", for_each=managed_nodes, params=lambda ids, _: {"InstanceIds": ids})
def patch_states(account: Account, answer: Answer) -> None:
    """Patches that are missing on machines."""
    for entry in answer.response.get("InstancePatchStates") or ():
        arn = node_arn(account, answer.region, entry["InstanceId"])
        account.table(PatchState)[arn] = PatchState(
            arn=arn,
            name=entry["InstanceId"],
            region=answer.region,
            missing=entry.get("MissingCount") or 0,
            failed=entry.get("FailedCount") or 0,
            critical=entry.get("CriticalNonCompliantCount") or 0,
            security=entry.get("SecurityNonCompliantCount") or 0,
            pending_reboot=entry.get("InstalledPendingRebootCount") or 0,
            scanned=moment(entry.get("OperationEndTime")),
        )
    for name in answer.params["InstanceIds"]:
        node = account.table(ManagedNode).get(node_arn(account, answer.region, name))
        if node is not None and not answer.evidence.more:
            node.patches_read = True


@SSM.call(
    "DescribePatchBaselines",
    for_each=managed_nodes,
    params=lambda *_: {"Filters": [{"Key": "OWNER", "Values": ["Self"]}]},
)
def patch_baselines(account: Account, answer: Answer) -> None:
    """Patch baselines of the account's own."""
    settings = _settings(account, answer.region)
    known = (
        settings.own_baselines if isinstance(settings.own_baselines, tuple) and answer.evidence.page else ()
    )
    found = (
        entry.get("BaselineName") or ""
        for entry in answer.response.get("BaselineIdentities") or ()
        if entry.get("DefaultBaseline")
    )
    settings.own_baselines = (*known, *found)


@SSM.call("DescribePatchGroups", for_each=managed_nodes)
def patch_groups(account: Account, answer: Answer) -> None:
    """Patch groups."""
    settings = _settings(account, answer.region)
    known = settings.patch_groups if isinstance(settings.patch_groups, tuple) and answer.evidence.page else ()
    found = (entry.get("PatchGroup") or "" for entry in answer.response.get("Mappings") or ())
    settings.patch_groups = (*known, *found)


@SSM.call("ListAssociations", for_each=managed_nodes, page_size=50)
def associations(account: Account, answer: Answer) -> None:
    """Associations that patch, those of patch policies among them."""
    settings = _settings(account, answer.region)
    known = (
        settings.patch_associations
        if isinstance(settings.patch_associations, tuple) and answer.evidence.page
        else ()
    )
    found = []
    for entry in answer.response.get("Associations") or ():
        names = f"{entry.get('Name') or ''} {entry.get('AssociationName') or ''}"
        if any(word in names for word in ("PatchBaseline", "PatchPolicy", "PatchInstance")):
            found.append(entry.get("AssociationName") or entry.get("Name") or "")
    settings.patch_associations = (*known, *found)


@SSM.call("DescribeMaintenanceWindows", for_each=managed_nodes, items="WindowIdentities", page_size=50)
def maintenance_windows(account: Account, answer: Answer) -> None:
    """Maintenance windows."""
    settings = _settings(account, answer.region)
    known = settings.windows if isinstance(settings.windows, int) and answer.evidence.page else 0
    enabled = sum(bool(entry.get("Enabled")) for entry in answer.response.get("WindowIdentities") or ())
    settings.windows = known + enabled


def _enabled(window: Mapping[str, Any]) -> bool:
    return bool(window.get("Enabled"))


@SSM.call(
    "DescribeMaintenanceWindowTasks",
    for_each=maintenance_windows,
    only_if=_enabled,
    params=lambda window, _: {
        "WindowId": window["WindowId"],
        "Filters": [{"Key": "TaskArn", "Values": ["AWS-RunPatchBaseline"]}],
    },
    absent=["DoesNotExistException"],
)
def patch_tasks(account: Account, answer: Answer) -> None:
    """Maintenance windows that patch."""
    settings = _settings(account, answer.region)
    if answer.response.get("Tasks"):
        windows = (*settings.patch_windows, answer.params["WindowId"])
        settings.patch_windows = tuple(dict.fromkeys(windows))


@SSM.call(
    "ListResourceComplianceSummaries",
    for_each=managed_nodes,
    params=lambda *_: {"Filters": [{"Key": "Status", "Values": ["NON_COMPLIANT"], "Type": "EQUAL"}]},
    page_size=50,
)
def compliance(account: Account, answer: Answer) -> None:
    """What machines do not comply with."""
    settings = _settings(account, answer.region)
    settings.compliance_read = not answer.evidence.more
    for entry in answer.response.get("ResourceComplianceSummaryItems") or ():
        name, kind = entry.get("ResourceId") or "", entry.get("ComplianceType") or ""
        arn = node_arn(account, answer.region, name)
        summary = entry.get("NonCompliantSummary") or {}
        account.table(NodeCompliance)[f"{arn}#{kind}"] = NodeCompliance(
            arn=arn,
            name=kind,
            region=answer.region,
            severity=entry.get("OverallSeverity") or "",
            count=summary.get("NonCompliantCount") or 0,
        )


@SSM.call(
    "GetDocument",
    for_each=managed_nodes,
    params=lambda *_: {"Name": _PREFERENCES, "DocumentFormat": "JSON"},
    absent=["InvalidDocument"],
)
def session_preferences(account: Account, answer: Answer) -> None:
    """Where Session Manager logs what was typed."""
    settings = _settings(account, answer.region)
    if answer.absent:
        settings.session_log = None
        return
    try:
        inputs = json.loads(answer.response.get("Content") or "")["inputs"]
        settings.session_log = inputs.get("s3BucketName") or inputs.get("cloudWatchLogGroupName") or None
    except (ValueError, TypeError, KeyError, AttributeError):
        return  # preferences that cannot be read stay unread


@SSM.call(
    "DescribeDocumentPermission",
    for_each=documents,
    params=lambda document, _: {"Name": document["Name"], "PermissionType": "Share"},
    absent=["InvalidDocument"],
)
def document_permission(account: Account, answer: Answer) -> None:
    """Whom a document is shared with."""
    arn = f"arn:{account.partition}:ssm:{answer.region}:{account.id}:document/{answer.params['Name']}"
    document = account.table(SsmDocument).get(arn)
    if document is not None and not answer.absent:
        known = (
            document.shared_with if isinstance(document.shared_with, tuple) and answer.evidence.page else ()
        )
        # AWS writes "all" in any case.
        found = (str(one).lower() for one in answer.response.get("AccountIds") or ())
        document.shared_with = (*known, *found)


@SSM.call("GetServiceSetting", variants=[{"SettingId": _SHARING}])
def document_sharing(account: Account, answer: Answer) -> None:
    """Whether documents may be made public."""
    value = (answer.response.get("ServiceSetting") or {}).get("SettingValue")
    if value:
        account.table(DocumentSharing)[answer.region] = DocumentSharing(
            arn=account.root_arn, name=_SHARING, region=answer.region, blocked=value == "Disable"
        )


@SSM.call("DescribeParameters", page_size=50)
def parameters(account: Account, answer: Answer) -> None:
    """Parameters, without their values."""
    for entry in answer.response.get("Parameters") or ():
        name = entry["Name"]
        arn = entry.get("ARN") or (
            f"arn:{account.partition}:ssm:{answer.region}:{account.id}:parameter/{name.removeprefix('/')}"
        )
        account.table(Parameter)[arn] = Parameter(
            arn=arn,
            name=name,
            region=answer.region,
            kind=entry.get("Type") or "",
            key=entry.get("KeyId") or "",
        )
