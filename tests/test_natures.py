"""People and machines: what decides, and which reasons are shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from srtui.account.model import AccessKey, Credentials, Role, User
from srtui.natures import NatureRules, classify
from tests.access.made import NOW, OWN, account, arn, role, user
from tests.policy.ask import Json, policy

PASSWORD = Credentials(True, NOW - timedelta(days=3), None, False, ())
KEYS = Credentials(False, None, None, False, (AccessKey(1, True, None, NOW, "s3", "eu-west-1"),))
BOTH = Credentials(True, None, None, False, (AccessKey(1, True),))
NEITHER = Credentials(False, None, None, False, ())


def natures(
    *records: User | Role, rules: NatureRules | None = None, **credentials: Credentials
) -> dict[str, Any]:
    made = account(*records)
    made.credentials = {arn("user", name): one for name, one in credentials.items()}
    return {one.rsplit("/", 1)[-1]: found for one, found in classify(made, rules, NOW).items()}


def let(principal: Json, action: str = "sts:AssumeRole", **more: Any) -> Json:
    return policy({"Effect": "Allow", "Principal": principal, "Action": action, **more})


def test_credentials_decide_about_users() -> None:
    found = natures(
        user("pw"), user("key"), user("both"), user("none"), pw=PASSWORD, key=KEYS, both=BOTH, none=NEITHER
    )
    assert [found[name].nature for name in ("pw", "key", "both", "none")] == [
        "human",
        "machine",
        "human",
        "unclear",
    ]
    assert found["pw"].reasons == ("has a console password, used of late",)
    assert found["key"].reasons[1] == "its keys are used for s3"
    assert "but has access keys as well" in found["both"].reasons


def test_names_count_only_where_nothing_else_is_known() -> None:
    found = natures(user("ana.silva"), user("deploy-bot"), user("x"), user("ci", path="/staff/"))
    assert found["ana.silva"].nature == "human"
    assert found["deploy-bot"].nature == "machine"
    assert found["x"].nature == found["ci"].nature == "unclear"
    assert all(one.reasons[0] == "the credential report was not read" for one in found.values())
    assert natures(user("backup-agent"), **{"backup-agent": PASSWORD})["backup-agent"].nature == "human"


def test_what_the_user_says_comes_first_then_tags() -> None:
    rules = NatureRules(human=(f"arn:aws:iam::{OWN}:role/ops-*",), machine=("batch*",), tag="kind")
    found = natures(
        user("batch1"),
        role("ops-lead", trust=let({"Service": "ec2.amazonaws.com"})),
        user("tagged", tags={"Kind": "Service"}),
        user("default", tags={"identity-type": "human"}),
        rules=rules,
        batch1=PASSWORD,
        tagged=PASSWORD,
        default=KEYS,
    )
    assert (found["batch1"].nature, found["batch1"].by) == ("machine", "rule")
    assert found["ops-lead"].nature == "human"
    assert (found["tagged"].nature, found["tagged"].by) == ("machine", "tag")
    assert found["default"].nature == "machine"  # the user named another tag
    assert (
        natures(user("default", tags={"identity-type": "human"}), default=KEYS)["default"].nature == "human"
    )


def test_trust_decides_about_roles() -> None:
    oidc = f"arn:aws:iam::{OWN}:oidc-provider/"
    found = natures(
        user("pw"),
        role("service", trust=let({"Service": "lambda.amazonaws.com"})),
        role(
            "saml",
            trust=let({"Federated": f"arn:aws:iam::{OWN}:saml-provider/Corp"}, "sts:AssumeRoleWithSAML"),
        ),
        role("github", trust=let({"Federated": f"{oidc}token.actions.githubusercontent.com"})),
        role("okta", trust=let({"Federated": f"{oidc}acme.okta.com"})),
        role("named", trust=let({"AWS": arn("user", "pw")})),
        role(
            "mixed",
            trust=policy(
                *let({"Service": "ec2.amazonaws.com"})["Statement"],
                *let({"AWS": arn("user", "pw")})["Statement"],
            ),
        ),
        role("wide", trust=let({"AWS": f"arn:aws:iam::{OWN}:root"})),
        role("mfa", trust=let({"AWS": OWN}, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
        pw=PASSWORD,
    )
    assert {name: one.nature for name, one in found.items() if name != "pw"} == {
        "service": "machine",
        "saml": "human",
        "github": "machine",
        "okta": "human",
        "named": "human",
        "mixed": "unclear",
        "wide": "unclear",
        "mfa": "human",
    }
