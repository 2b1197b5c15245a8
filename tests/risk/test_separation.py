"""Who holds two duties that do not go together, and what alone would separate them."""

from __future__ import annotations

from pathlib import Path

import pytest

from srtui.access import AccessIndex
from srtui.account import Account
from srtui.account.account import Outcome
from srtui.account.model import AccessKey, Credentials, Instance
from srtui.config import ConfigError
from srtui.escalation.escalation import escalate
from srtui.permissions import account_permissions
from srtui.risk.duties import DutyBook, built_in_duties, load_duties
from srtui.risk.separating import separating
from srtui.risk.separation import Cell, Matrix, Separation
from srtui.tui.views.duties import duties_told
from tests.access.made import (
    NOW,
    OTHER,
    OWN,
    account,
    arn,
    group,
    in_organization,
    key,
    managed,
    role,
    user,
)
from tests.policy.ask import Json, allow, deny, policy

STOP = allow("cloudtrail:StopLogging")
CODE = allow("lambda:UpdateFunctionCode", f"arn:aws:lambda:*:{OWN}:function:*")
TRUSTS_ALL = policy(
    {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OWN}:root"}, "Action": "sts:AssumeRole"}
)


def separation(made: Account, book: DutyBook | None = None) -> Separation:
    index, permissions = AccessIndex(made), account_permissions(made)
    return Separation(
        index,
        permissions,
        book or built_in_duties(),
        lambda: escalate(made, index=index, permissions=permissions),
    )


def held(made: Account, conflict: str) -> dict[str, tuple[bool, str, str]]:
    return {
        one.arn.rsplit("/", 1)[-1]: (one.direct, one.certainty, one.severity)
        for one in separation(made).held(conflict)
    }


def test_both_duties_by_its_own_permissions() -> None:
    made = account(
        user("both", STOP, CODE),
        user("one", STOP),
        user("other", CODE),
        user("mfa", STOP, {**CODE, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}),
        user("denied", STOP, CODE, deny("cloudtrail:*")),
        user("admin", allow("*")),
    )
    assert held(made, "log-workload") == {
        "both": (True, "sure", "high"),
        "mfa": (True, "conditional", "high"),
    }
    assert separation(made).matrix().administrators == 1


def test_control_policies_and_boundaries_take_duties_away() -> None:
    made = account(
        managed("bound", allow("lambda:*")),
        user("bounded", STOP, CODE, boundary=arn("policy", "bound")),
        user("free", STOP, CODE),
        user("self", STOP, allow("*"), boundary=arn("policy", "bound")),
    )
    assert set(held(made, "log-workload")) == {"free"}
    in_organization(made, {"ou-1": (allow("*"), deny("cloudtrail:StopLogging"))})
    assert held(made, "log-workload") == {}


def test_both_duties_by_becoming_others() -> None:
    made = account(
        user("walker", STOP, allow("sts:AssumeRole")),
        user("still", STOP),
        role("deployer", CODE, trust=TRUSTS_ALL),
    )
    assert held(made, "log-workload") == {"walker": (False, "conditional", "medium")}
    case = separation(made).case("log-workload", arn("user", "walker"))
    assert case.one.actions == ("cloudtrail:StopLogging",)
    assert case.two.route is not None
    assert [step.target for step in case.two.route.steps] == [arn("role", "deployer")]
    assert case.two.reasons[0].arn == arn("role", "deployer")
    cell = separation(made).matrix().cells["log-control", "workload-change"]
    assert (cell.sure, cell.reachable, cell.conflicts) == (0, 1, ("log-workload",))


def test_keys_conflict_on_the_same_key_only() -> None:
    own: Json = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{OWN}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    first, second = (
        key("first", policy(own), manager="CUSTOMER"),
        key("second", policy(own), manager="CUSTOMER"),
    )
    made = account(
        first,
        second,
        user("same", allow(["kms:Decrypt", "kms:PutKeyPolicy"], first.arn)),
        user("apart", allow("kms:Decrypt", first.arn), allow("kms:PutKeyPolicy", second.arn)),
    )
    assert set(held(made, "key-data")) == {"same"}
    case = separation(made).case("key-data", arn("user", "same"))
    assert case.resource == first.arn


def test_without_the_key_policies_nothing_is_certain() -> None:
    made = account(user("same", allow(["kms:Decrypt", "kms:PutKeyPolicy"])))
    assert held(made, "key-data") == {"same": (True, "unknown", "high")}


def test_a_boundary_that_its_holder_edits() -> None:
    made = account(
        managed("bound", allow("*")),
        user(
            "editor",
            allow("iam:CreatePolicyVersion", arn("policy", "bound")),
            boundary=arn("policy", "bound"),
        ),
        user(
            "remover",
            allow("iam:DeleteUserPermissionsBoundary", arn("user", "remover")),
            boundary=arn("policy", "bound"),
        ),
        user(
            "elsewhere", allow("iam:CreatePolicyVersion", arn("policy", "x")), boundary=arn("policy", "bound")
        ),
        user("unbound", allow("iam:CreatePolicyVersion", arn("policy", "bound"))),
    )
    assert set(held(made, "boundary-owner")) == {"editor", "remover"}


def test_password_and_keys() -> None:
    made = account(user("shared"), user("person"), user("unread"))
    for name, keys in (("shared", True), ("person", False)):
        made.credentials[arn("user", name)] = _credentials(keys)
    assert held(made, "human-machine") == {
        "shared": (True, "sure", "medium"),
        "unread": (True, "unknown", "medium"),
    }


def _credentials(keys: bool) -> Credentials:
    slots = (AccessKey(slot=1, active=True),) if keys else ()
    return Credentials(True, None, None, False, slots)


def _instance(name: str, environment: str) -> Instance:
    return Instance(
        arn=f"arn:aws:ec2:eu-west-1:{OWN}:instance/{name}", name=name, tags={"Environment": environment}
    )


def test_production_and_the_rest_by_tags() -> None:
    limited = {
        **allow("ec2:TerminateInstances"),
        "Condition": {"StringEquals": {"aws:ResourceTag/Environment": "dev"}},
    }
    made = account(user("all", allow("ec2:*")), user("dev", limited))
    for one in (_instance("i-1", "Production"), _instance("i-2", "dev")):
        made.instances[one.arn] = one
    assert held(made, "prod-nonprod") == {"all": (True, "sure", "high")}
    case = separation(made).case("prod-nonprod", arn("user", "all"))
    assert case.one.facts
    assert case.one.reasons


# --- single changes ---------------------------------------------------------------------------------------


def changes(made: Account, conflict: str, who: str) -> set[tuple[str, str, int, tuple[str, ...]]]:
    found = separating(separation(made), conflict, who)
    return {(one.kind, one.name, one.statement, one.duties) for one in found}


def test_dropping_one_statement_separates() -> None:
    made = account(user("both", STOP, CODE, allow("s3:*")))
    assert changes(made, "log-workload", arn("user", "both")) == {
        ("statement", "own", 0, ("log-control",)),
        ("statement", "own", 1, ("workload-change",)),
    }


def test_a_duty_held_twice_needs_more_than_one_change() -> None:
    made = account(user("both", STOP, CODE, allow("lambda:*"), STOP))
    assert changes(made, "log-workload", arn("user", "both")) == set()


def test_policies_of_aws_are_taken_off() -> None:
    power = managed("Power", STOP, CODE)
    power.arn = "arn:aws:iam::aws:policy/Power"
    made = account(power, user("both", groups=("ops",)), group("ops", attached=(power.arn,)))
    (one,) = separating(separation(made), "log-workload", arn("user", "both"))
    assert (one.kind, one.carrier) == ("policy", arn("group", "ops"))
    assert one.duties == ("log-control", "workload-change")
    assert "Power" in one.text


def test_a_key_policy_is_changed_too() -> None:
    named: Json = {
        "Effect": "Allow", "Principal": {"AWS": arn("user", "owner")}, "Action": ["kms:Decrypt", "kms:PutKeyPolicy"],
        "Resource": "*",
    }  # fmt: skip
    made = account(key("k", policy(named), manager="CUSTOMER"), user("owner"))
    assert changes(made, "key-data", arn("user", "owner")) == {
        ("resource-statement", "key policy of k", 0, ("key-administration", "key-use"))
    }


def test_cutting_a_trust_separates() -> None:
    made = account(user("walker", STOP, allow("sts:AssumeRole")), role("deployer", CODE, trust=TRUSTS_ALL))
    found = changes(made, "log-workload", arn("user", "walker"))
    assert ("trust", "deployer", -1, ("workload-change",)) in found
    assert ("statement", "own", 0, ("log-control",)) in found


# --- the user's own file -----------------------------------------------------------------------------------


def written(tmp_path: Path, text: str) -> DutyBook:
    path = tmp_path / "duties.toml"
    path.write_text(text)
    return load_duties(path)


def test_own_duties_come_on_top(tmp_path: Path) -> None:
    book = written(
        tmp_path,
        """
        [duty.paying]
        title = "pays"
        actions = ["payments:MakePayment"]
        [duty.ordering]
        title = "orders"
        actions = ["dynamodb:PutItem"]
        within = ["arn:{partition}:dynamodb:*:{account}:table/orders"]
        [[conflict]]
        id = "pay-order"
        one = "paying"
        two = "ordering"
        severity = "critical"
        [[conflict]]
        id = "billing-iam"
        off = true
        """,
    )
    assert "billing-iam" not in book.conflicts
    assert book.own == {"pay-order"}
    table = f"arn:aws:dynamodb:eu-west-1:{OWN}:table"
    made = account(
        user("yes", allow("payments:*"), allow("dynamodb:PutItem", f"{table}/orders")),
        user("no", allow("payments:*"), allow("dynamodb:PutItem", f"{table}/carts")),
    )
    found = separation(made, book).held("pay-order")
    assert [(one.arn, one.severity) for one in found] == [(arn("user", "yes"), "critical")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[duty.x]\ntitle = 1", "duty[...].title: Expected `str`"),
        ('[duty.x]\ntitle = "x"', "duty.x must have either actions or a state"),
        ('[duty.x]\ntitle = "x"\nactions = ["kms:Decryp"]', "did you mean 'kms:Decrypt'"),
        ('[duty.x]\ntitle = "x"\nactions = ["kms:*"]\nwithin = ["bucket"]', "no ARN pattern"),
        ('[duty.x]\ntitle = "x"\nactions = ["kms:*"]\nwithin = ["{who}"]', "{who} stands for nothing"),
        ('[duty.x]\ntitle = "x"\nactions = ["kms:*"]\ncolour = 1', "unknown field `colour`"),
        ('[[conflict]]\nid = "x"\none = "key-use"\ntwo = "key-usage"', "did you mean 'key-use'"),
        ('[[conflict]]\nid = "x"\none = "key-use"\ntwo = "key-use"', "the same duty twice"),
        ('[[conflict]]\nid = "x"\none = "key-use"\ntwo = "billing"\nsame = true', "same needs two duties"),
        ('[[conflict]]\nid = "nothing"\noff = true', "there is no conflict 'nothing'"),
        (
            '[[conflict]]\nid = "x"\none = "key-use"\ntwo = "billing"\nseverity = "bad"',
            "Invalid enum value 'bad'",
        ),
        ("[duty", "duties.toml"),
    ],
)
def test_mistakes_are_told_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        written(tmp_path, text)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_an_organisation_that_can_be_left() -> None:
    made = account(user("lead", allow("organizations:*")))
    in_organization(made, {"ou-1": (allow("*"),)})
    assert set(held(made, "guardrail-owner")) == {"lead"}
    made.organization.management_account = OWN  # type: ignore[union-attr]
    assert held(made, "guardrail-owner") == {}
    made.organization.management_account = OTHER  # type: ignore[union-attr]


def test_unlisted_secrets_are_asked_about_as_a_pattern() -> None:
    both = allow(["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"])
    made = account(user("both", both))
    assert held(made, "secret-rw") == {"both": (True, "sure", "medium")}
    made.record(Outcome(key=("secretsmanager", "ListSecrets", "eu-west-1", ""), at=NOW, params={}))
    assert held(made, "secret-rw") == {}


def test_what_is_unknown_is_told_apart_from_what_is_held() -> None:
    cells = {
        ("a", "b"): Cell("a", "b", ("x",), sure=1, conditional=0, unknown=8, reachable=0),
        ("a", "c"): Cell("a", "c", ("y",), sure=0, conditional=0, unknown=3, reachable=0),
    }
    assert duties_told(Matrix((), cells, 0)) == "1 conflict held, 1 perhaps"
