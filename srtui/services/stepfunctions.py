"""AWS Step Functions: state machines and what they run as."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.delivery import StateMachine
from srtui.services.declare import Answer, Service

STEP_FUNCTIONS = Service("stepfunctions", title="Step Functions", prefix="states")


@STEP_FUNCTIONS.call("ListStateMachines", items="stateMachines", page_size=1000)
def state_machines(account: Account, answer: Answer) -> None:
    """State machines."""
    for entry in answer.response.get("stateMachines") or ():
        arn = entry["stateMachineArn"]
        found = account.table(StateMachine).setdefault(
            arn, StateMachine(arn=arn, name=entry.get("name") or "", region=answer.region)
        )
        found.kind = entry.get("type") or ""


@STEP_FUNCTIONS.call(
    "DescribeStateMachine",
    for_each=state_machines,
    # The definition is left out: it may hold anything, and its role alone is what is asked for.
    params=lambda machine, _: {
        "stateMachineArn": machine["stateMachineArn"],
        "includedData": "METADATA_ONLY",
    },
)
def state_machine_details(account: Account, answer: Answer) -> None:
    """Role, logging and tracing of a state machine."""
    entry = answer.response
    machine = account.table(StateMachine).get(answer.params["stateMachineArn"])
    if machine is not None and entry:
        machine.role = entry.get("roleArn") or ""
        machine.logging = (entry.get("loggingConfiguration") or {}).get("level") or "OFF"
        machine.tracing = bool((entry.get("tracingConfiguration") or {}).get("enabled"))
