"""What to do instead of taking a statement or a trust out is about that statement or trust, and the ways through it."""

from __future__ import annotations

import pytest

from srtui.engine import AccountBuilder
from srtui.escalation.cuts import Cut
from srtui.escalation.escalation import Escalation, escalate
from srtui.responsibility.controls.escalation import LATERAL, _facts
from srtui.source import open_source
from tests.access.made import account, user
from tests.policy.ask import allow


@pytest.fixture(scope="module")
def cuts() -> dict[str, Cut]:
    builder = AccountBuilder()
    for item in open_source("demo").evidence:
        builder.apply(item)
    return {cut.label: cut for cut in escalate(builder.account).fix_first(50)}


def test_a_policy_of_aws_is_detached(cuts: dict[str, Cut]) -> None:
    cut = cuts["managed policy PowerUserAccess, statement 1"]
    assert cut.fix.startswith("Detach it")
    assert cut.techniques[0] == "ec2-002", "by which all of its examples go"


def test_the_cure_is_that_of_the_ways_through_the_statement(cuts: dict[str, Cut]) -> None:
    assert "ec2:ModifyInstanceAttribute" in cuts["managed policy LegacyNotAction, AllButIdentity"].fix
    functions = cuts["managed policy DeployPipeline, Functions"].fix
    assert functions.startswith("Limit changes of code"), "the statement does not pass roles"
    models = cuts["inline policy deploy-models of role notebooks, statement 1"].fix
    assert models.startswith("Give lambda:CreateFunction and lambda:InvokeFunction only to those")
    assert cuts["inline policy deploy-models of role notebooks, statement 2"].fix.startswith(
        "Limit iam:PassRole"
    )


def test_the_cure_of_a_trust_is_about_the_trust(cuts: dict[str, Cut]) -> None:
    trusts = [cut for cut in cuts.values() if cut.kind == "trust"]
    assert "trust policy of vendor-open" in {cut.label for cut in trusts}
    assert all("trust" in cut.fix for cut in trusts)


def test_acting_as_a_user_is_not_called_acting_as_a_role() -> None:
    found: Escalation = escalate(
        account(user("bob", allow("iam:CreateAccessKey")), user("cyd", allow("s3:GetObject")))
    )
    (spot,) = [one for one in found.spots if one.kind == "lateral"]
    facts = {fact.label: fact.value for fact in _facts(spot, found.catalogue)}
    assert facts["acts as"] == "user/cyd"
    assert "iam:CreateAccessKey" in facts["cures"]
    assert "PassRole" not in facts["cures"] + LATERAL.fix
    assert "user or role" in LATERAL.problem
    assert "user or role" in LATERAL.title
