"""AWS Config: recorders and whether they record."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.model import Recorder
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
