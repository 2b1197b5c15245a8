"""AWS Config: recorders and whether they record."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.compliance import ConfigAggregator, ConfigRule, ConformancePack
from srtui.account.model import Recorder
from srtui.services.batches import in_batches
from srtui.services.declare import Answer, Service

CONFIG = Service("config", title="Config")


@CONFIG.call("DescribeConfigurationRecorders")
def recorders(account: Account, answer: Answer) -> None:
    """Configuration recorders."""
    for entry in answer.response.get("ConfigurationRecorders") or ():
        name = entry.get("name", "default")
        arn = entry.get("arn") or (
            f"arn:{account.partition}:config:{answer.region}:{account.id}:configuration-recorder/{name}"
        )
        group = entry.get("recordingGroup") or {}
        account.recorders[arn] = Recorder(
            arn=arn,
            name=name,
            region=answer.region,
            all_supported=bool(group.get("allSupported")),
            global_resources=bool(group.get("includeGlobalResourceTypes")),
        )


@CONFIG.call("DescribeConfigurationRecorderStatus", after=recorders)
def recorder_status(account: Account, answer: Answer) -> None:
    """Whether a recorder records."""
    for entry in answer.response.get("ConfigurationRecordersStatus") or ():
        for recorder in account.recorders.values():
            if recorder.region == answer.region and recorder.name == entry.get("name"):
                recorder.recording = bool(entry.get("recording"))
                recorder.last_status = entry.get("lastStatus") or ""


@CONFIG.call("DescribeComplianceByConfigRule", variants=[{"ComplianceTypes": ["COMPLIANT", "NON_COMPLIANT"]}])
def rule_compliance(account: Account, answer: Answer) -> None:
    """Rules, and whether they are kept."""
    for entry in answer.response.get("ComplianceByConfigRules") or ():
        name = entry["ConfigRuleName"]
        arn = f"arn:{account.partition}:config:{answer.region}:{account.id}:config-rule/{name}"
        compliance = entry.get("Compliance") or {}
        count = compliance.get("ComplianceContributorCount") or {}
        account.table(ConfigRule)[arn] = ConfigRule(
            arn=arn,
            name=name,
            region=answer.region,
            status=compliance.get("ComplianceType") or "",
            violations=count.get("CappedCount") or 0,
            more=bool(count.get("CapExceeded")),
        )


@CONFIG.call("DescribeConformancePacks", items=in_batches("ConformancePackDetails", 5))
def conformance_packs(account: Account, answer: Answer) -> None:
    """Conformance packs."""
    for entry in answer.response.get("ConformancePackDetails") or ():
        arn = entry["ConformancePackArn"]
        account.table(ConformancePack)[arn] = ConformancePack(
            arn=arn, name=entry["ConformancePackName"], region=answer.region
        )


@CONFIG.call(
    "GetConformancePackComplianceSummary",
    for_each=conformance_packs,
    params=lambda packs, _: {"ConformancePackNames": [one["ConformancePackName"] for one in packs]},
)
def pack_compliance(account: Account, answer: Answer) -> None:
    """Whether conformance packs are kept."""
    found = {
        entry["ConformancePackName"]: entry.get("ConformancePackComplianceStatus") or ""
        for entry in answer.response.get("ConformancePackComplianceSummaryList") or ()
    }
    for pack in account.table(ConformancePack).values():
        if pack.region == answer.region and pack.name in found:
            pack.status = found[pack.name]


@CONFIG.call("DescribeConfigurationAggregators")
def aggregators(account: Account, answer: Answer) -> None:
    """Aggregators: where the records of many accounts and regions come together."""
    for entry in answer.response.get("ConfigurationAggregators") or ():
        arn = entry["ConfigurationAggregatorArn"]
        whole = entry.get("OrganizationAggregationSource") or {}
        parts = entry.get("AccountAggregationSources") or ()
        account.table(ConfigAggregator)[arn] = ConfigAggregator(
            arn=arn,
            name=entry.get("ConfigurationAggregatorName") or "",
            region=answer.region,
            organization=bool(whole),
            all_regions=bool(whole.get("AllAwsRegions")) or any(one.get("AllAwsRegions") for one in parts),
        )
