"""Granted against used, right-sized policies with their proof, idle identities and quarantine."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from srtui.account import Account, Outcome
from srtui.account.last_access import AccessJob, ActionAccess, LastAccess, ServiceAccess
from srtui.account.model import UNREAD, AccessKey, Credentials
from srtui.evidence import CallError, call_key
from srtui.policy.catalogue import load_catalogue
from srtui.policy.grants import NamedDocument, read_policy
from srtui.risk.use import rightsize
from srtui.risk.use.compress import patterns_for
from srtui.risk.use.remaining import Remaining, remaining
from srtui.risk.use.rightsize import POLICY_LIMIT
from srtui.services import call_named
from tests.access.made import NOW, OWN, account, arn, group, in_organization, managed, role, user
from tests.policy.ask import allow, deny
from tests.risk.at_risk import risk

OLD = NOW - timedelta(days=200)
LATELY = NOW - timedelta(days=5)
CATALOGUE = load_catalogue()


def service(name: str, last: datetime | None = None, **actions: datetime | None) -> ServiceAccess:
    tracked = tuple(ActionAccess(action, when) for action, when in actions.items()) if actions else None
    return ServiceAccess(service=name, title=name, last=last, actions=tracked)


def used(who: str, *services: ServiceAccess, made: Account, **more: Any) -> Account:
    made.table(LastAccess)[who] = LastAccess(arn=who, name="x", services=services, completed=NOW, **more)
    return made


ANA = arn("user", "ana")


def ana(*statements: Any, services: tuple[ServiceAccess, ...] = (), **more: Any) -> Account:
    return used(ANA, *services, made=account(user("ana", *statements, **more)))


def names(bits: int) -> set[str]:
    return set(CATALOGUE.actions(bits))


# --- usage ------------------------------------------------------------------------------------------------


def test_without_a_report_nothing_is_unused() -> None:
    made = account(user("ana", allow("*")))
    usage = risk(made).usage(ANA)
    assert (usage.read, usage.unused, usage.share) == (False, 0, 0.0)
    assert risk(made).right_sized(ANA) is None
    failed = used(ANA, made=made, problem="no")
    failed.table(LastAccess)[ANA].services = UNREAD
    assert (risk(failed).usage(ANA).read, risk(failed).usage(ANA).problem) == (False, "no")


def outcome(operation: str, error: CallError | None = None, **params: str) -> Outcome:
    key = call_key("iam", operation, "", params)
    return Outcome(key=key, at=NOW, params=params, error=error)


def test_why_there_is_no_report() -> None:
    made = account(user("ana", allow("*")), user("bo", allow("*")))
    bo = arn("user", "bo")
    assert risk(made).unread_use.of(ANA).kind == "not asked"
    made.record(outcome("GenerateServiceLastAccessedDetails", Arn=ANA))
    assert risk(made).unread_use.of(ANA).kind == "not read"
    made.table(AccessJob)["job"] = AccessJob(arn=ANA, name="job")
    slow = CallError("Throttling", "Rate exceeded", "throttled")
    made.record(outcome("GetServiceLastAccessedDetails", slow, JobId="job"))
    assert risk(made).unread_use.of(ANA).kind == "failed"
    assert "Rate exceeded" in risk(made).unread_use.of(ANA).text
    assert risk(made).unread_use.of(bo).kind == "not asked"
    # A denial of one report is one of all.
    denied = CallError("AccessDenied", "no", "denied")
    made.record(outcome("GenerateServiceLastAccessedDetails", denied, Arn=ANA))
    assert risk(made).unread_use.of(bo).kind == "denied"


def test_services_and_actions_that_were_not_used() -> None:
    made = ana(
        allow(
            [
                "s3:ListBucket",
                "s3:GetObject",
                "s3:DeleteBucket",
                "sqs:SendMessage",
                "sns:Publish",
                "kms:Decrypt",
            ]
        ),
        services=(
            service("s3", LATELY, ListBucket=LATELY, DeleteBucket=OLD),
            service("sqs", OLD),
            service("sns"),
        ),
    )
    usage = risk(made).usage(ANA)
    assert names(usage.used) == {"s3:ListBucket"}
    assert names(usage.unused) == {"s3:DeleteBucket", "sqs:SendMessage", "sns:Publish"}
    assert {one.service: one.state for one in usage.services} == {
        "s3": "used", "sqs": "unused", "sns": "never", "kms": "uncounted",
    }  # fmt: skip
    s3 = next(one for one in usage.services if one.service == "s3")
    assert (s3.granted, s3.used, s3.unused, s3.uncounted) == (3, 1, 1, 1)
    assert s3.levels["Write"] == (1, 1)
    assert usage.share == 0.5


def test_rule_76_what_aws_does_not_count_is_never_called_unused() -> None:
    """IAM User Guide, "Things to know about last accessed information".

    Services are counted for all actions, single actions only of some services, and no report at all tells nothing.
    """
    held = allow(["s3:GetObject", "s3:ListBucket", "sqs:SendMessage", "kms:Decrypt"])
    counted = ana(held, services=(service("s3", LATELY, ListBucket=None), service("sqs", LATELY)))
    usage = risk(counted).usage(ANA)
    assert names(usage.unused) == {"s3:ListBucket"}, (
        "object calls, and all of SQS and KMS, may have been made"
    )
    assert names(usage.kept) >= {"s3:GetObject", "sqs:SendMessage", "kms:Decrypt"}
    never = ana(held, services=(service("sqs"),))
    assert {one.service: one.state for one in risk(never).usage(ANA).services} == {
        "s3": "uncounted", "sqs": "never", "kms": "uncounted",
    }  # fmt: skip


def test_rule_76_an_attempt_is_a_use_and_who_is_young_is_told_apart() -> None:
    """The report counts attempts, denied ones too: whatever has a time in the window stays."""
    made = ana(allow("sqs:*"), services=(service("sqs", LATELY, DeleteQueue=LATELY),), created=LATELY)
    usage = risk(made).usage(ANA)
    assert "sqs:DeleteQueue" in names(usage.used)
    assert usage.young


def test_rule_76_a_report_is_asked_for_on_demand_and_read_once_it_is_complete() -> None:
    asked, read = (
        call_named("iam", operation)
        for operation in ("GenerateServiceLastAccessedDetails", "GetServiceLastAccessedDetails")
    )
    assert asked is not None
    assert read is not None
    assert asked.on_demand == "Arn", "an ordinary run leaves it out"
    assert read.until is not None
    assert not read.until({"JobStatus": "IN_PROGRESS"})
    assert read.until({"JobStatus": "FAILED"})


def test_what_makes_no_call_is_never_unused() -> None:
    made = ana(allow(["iam:PassRole", "iam:GetUser"]), services=(service("iam"),))
    assert names(risk(made).usage(ANA).unused) == {"iam:GetUser"}


def _key_of(name: str, last: datetime) -> Credentials:
    return Credentials(False, None, None, False, (AccessKey(1, True, OLD, last, name, "eu-west-1"),))


def test_what_an_access_key_was_used_for_is_used_whatever_the_report_says() -> None:
    held = allow(["s3:*", "sqs:*", "cloudwatch:*"])
    services = (service("s3"), service("sqs"), service("cloudwatch"))
    for name, prefix in (("s3", "s3"), ("monitoring", "cloudwatch")):
        made = ana(held, services=services)
        made.credentials = {ANA: _key_of(name, LATELY)}
        usage = risk(made).usage(ANA)
        one = next(one for one in usage.services if one.service == prefix)
        assert (one.state, one.last, one.by_key, one.unused) == ("used", LATELY, True, 0)
        assert one.uncounted == one.granted
        found = proposed(made)
        assert f"{prefix}:*" in found.text
        assert "sqs:*" not in found.text
        assert any("access key" in note and prefix in note for note in found.notes)


def test_of_a_key_counts_only_what_is_in_the_window_and_newer_than_the_report() -> None:
    made = ana(allow("s3:*"), services=(service("s3"),))
    made.credentials = {ANA: _key_of("s3", OLD)}
    assert risk(made).usage(ANA).services[0].state == "never"
    told = ana(allow("s3:*"), services=(service("s3", LATELY, ListBucket=LATELY, DeleteBucket=OLD),))
    told.credentials = {ANA: _key_of("s3", LATELY)}
    assert not risk(told).usage(ANA).services[0].by_key
    assert "s3:DeleteBucket" in names(risk(told).usage(ANA).unused)
    told.credentials = {ANA: _key_of("s3", LATELY + timedelta(days=1))}
    assert risk(told).usage(ANA).services[0].by_key
    assert not risk(told).usage(ANA).unused


def test_the_notes_say_why_everything_stays_that_stays() -> None:
    made = ana(
        allow(["sts:TagSession", "sts:SetSourceIdentity", "sts:GetFederationToken", "kms:Decrypt", "sqs:*"]),
        services=(service("sts"), service("sqs", LATELY)),
    )
    told = " / ".join(proposed(made).notes)
    assert "sts:SetSourceIdentity, sts:TagSession come with other calls" in told
    assert "does not tell of kms" in told
    assert "every action of sqs" in told


def test_privileged_permissions_that_nobody_would_miss() -> None:
    made = ana(
        allow(["iam:PutUserPolicy", "s3:ListBucket", "lambda:UpdateFunctionCode"]),
        services=(service("iam"), service("s3"), service("lambda")),
    )
    assert names(risk(made).usage(ANA).exposed) == {"iam:PutUserPolicy", "lambda:UpdateFunctionCode"}


def test_guardrails_count_before_use() -> None:
    made = ana(allow(["s3:*", "sqs:*"]), services=(service("s3"), service("sqs")))
    in_organization(made, {"ou-1": (allow("sqs:*"),)})
    assert {one.service for one in risk(made).usage(ANA).services} == {"sqs"}


# --- right-size -------------------------------------------------------------------------------------------


def proposed(made: Account, who: str = ANA) -> Any:
    found = risk(made).right_sized(who)
    assert found is not None
    assert found.proof.holds, found.proof
    return found


def test_what_was_used_stays_with_its_resources_and_conditions() -> None:
    made = ana(
        {
            **allow(["s3:ListBucket", "s3:DeleteBucket"], "arn:aws:s3:::shop"),
            "Sid": "Shop",
            "Condition": {"Bool": {"aws:SecureTransport": "true"}},
        },
        allow("sqs:*"),
        deny("s3:DeleteBucket", "arn:aws:s3:::precious"),
        services=(service("s3", LATELY, ListBucket=LATELY, DeleteBucket=None), service("sqs")),
    )
    found = proposed(made)
    (document,) = found.documents
    assert document["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": "arn:aws:s3:::shop",
            "Sid": "Shop",
            "Condition": {"Bool": {"aws:SecureTransport": "true"}},
        },
        {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "arn:aws:s3:::precious"},
    ]
    assert "sqs:SendMessage" in found.removed
    assert "s3:DeleteBucket" in found.removed
    assert any(line.startswith("-") and "sqs:*" in line for line in found.diff)
    assert json.loads(found.text)


def test_groups_managed_policies_and_notaction() -> None:
    shared = managed(
        "shared", {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}
    )
    made = account(
        shared, group("ops", attached=(shared.arn,)), user("ana", groups=("ops",), attached=(shared.arn,))
    )
    used(ANA, *(service(name, LATELY if name == "sqs" else None) for name in CATALOGUE.services), made=made)
    found = proposed(made)
    (document,) = found.documents
    assert "NotAction" not in str(document)
    assert "sqs:*" in document["Statement"][0]["Action"]
    assert any("its group" in note for note in found.notes)


def test_everything_used_changes_nothing() -> None:
    made = ana(allow("sqs:*", Sid="All"), services=(service("sqs", LATELY),))
    found = proposed(made)
    assert found.documents[0]["Statement"] == [allow("sqs:*", Sid="All")]
    assert (found.removed, found.diff) == ((), ())


def test_nothing_used_leaves_nothing() -> None:
    found = proposed(ana(allow("sqs:*"), services=(service("sqs"),)))
    assert found.documents[0]["Statement"][0]["Effect"] == "Deny"
    assert len(found.removed) == CATALOGUE.service_bits("sqs").bit_count()


def test_actions_that_aws_does_not_document_stay() -> None:
    made = ana(allow(["sqs:*", "brandnew:DoIt", "sqs:SoonToCome"]), services=(service("sqs"),))
    assert proposed(made).documents[0]["Statement"][0]["Action"] == ["brandnew:DoIt", "sqs:SoonToCome"]


def test_boundaries_are_left_as_they_are() -> None:
    made = account(
        managed("bound", allow(["s3:*", "sqs:*"])), user("ana", allow("*"), boundary=arn("policy", "bound"))
    )
    used(ANA, service("s3", LATELY, ListBucket=LATELY), service("sqs"), made=made)
    found = proposed(made)
    assert "sqs:SendMessage" in found.removed
    assert "ec2" not in found.text


def test_unreadable_policies_are_not_cut() -> None:
    made = ana(allow("sqs:*"), services=(service("sqs"),), attached=("arn:aws:iam::aws:policy/Gone",))
    assert risk(made).right_sized(ANA) is None


def test_long_policies_are_split() -> None:
    statements = [
        allow(
            "sqs:*", [f"arn:aws:sqs:eu-west-1:{OWN}:{place}-{number:05}-{'x' * 40}" for number in range(30)]
        )
        for place in range(6)
    ]
    found = proposed(ana(*statements, services=(service("sqs", LATELY),)))
    assert len(found.documents) > 1
    assert all(len(json.dumps(one, separators=(",", ":"))) <= POLICY_LIMIT for one in found.documents)


def test_the_proof_sees_losses_gains_and_narrower_resources(monkeypatch: pytest.MonkeyPatch) -> None:
    made = ana(
        allow(["s3:ListBucket", "sqs:*"]),
        services=(service("s3", LATELY, ListBucket=LATELY), service("sqs", LATELY)),
    )

    def proof_of(*statements: Any) -> Any:
        monkeypatch.setattr(rightsize, "_statements", lambda carried, kept: iter(statements))
        found = risk(made).right_sized(ANA)
        assert found is not None
        return found.proof

    assert proof_of(allow(["s3:ListBucket", "sqs:*"])).holds
    lost = proof_of(allow("sqs:*"))
    assert names(lost.lost) == {"s3:ListBucket"}
    assert lost.worse
    assert names(proof_of(allow(["s3:ListBucket", "sqs:*", "sns:Publish"])).gained) == {"sns:Publish"}
    narrowed = proof_of(allow("s3:ListBucket", "arn:aws:s3:::one"), allow("sqs:*"))
    assert names(narrowed.narrowed) == {"s3:ListBucket"}
    assert not narrowed.holds


def test_whether_a_right_sized_policy_leaves_a_way_to_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = managed("shared", allow("iam:*"))

    def left(*services: ServiceAccess) -> Remaining:
        made = account(
            shared,
            group("ops", attached=(shared.arn,)),
            user("ana", allow(["sqs:*", "iam:*"]), groups=("ops",), attached=(shared.arn,)),
        )
        used(ANA, *services, made=made)
        before = (made.users[ANA].groups, made.users[ANA].attached)
        found = remaining(made, proposed(made))
        assert (made.users[ANA].groups, made.users[ANA].attached) == before
        return found

    by_own_policy = left(service("iam", LATELY, PutUserPolicy=LATELY, CreateUser=None), service("sqs"))
    assert by_own_policy.already or by_own_policy.route is not None
    # The group and the attached policy are replaced as well.
    nothing = left(service("iam", LATELY, ListUsers=LATELY, **_never("iam")), service("sqs", LATELY))
    assert (nothing.tried, nothing.already, nothing.route) == (True, False, None)
    monkeypatch.setattr("srtui.risk.use.remaining.MOST_PRINCIPALS", 0)
    assert not left(service("iam", LATELY, ListUsers=LATELY, CreateUser=None)).tried


def _never(name: str) -> dict[str, None]:
    """Every action of a service but one and the uncounted, never used."""
    actions = CATALOGUE.actions(CATALOGUE.service_bits(name))
    return {one.partition(":")[2]: None for one in actions if not one.endswith((":ListUsers", ":PassRole"))}


# --- compressing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wanted",
    [["s3:*"], ["s3:Get*", "sqs:SendMessage"], ["iam:*User*"], ["ec2:Describe*", "ec2:RunInstances"], []],
)
def test_patterns_stand_for_just_the_set(wanted: list[str]) -> None:
    bits = CATALOGUE.expand_all(wanted)
    found = patterns_for(bits)
    assert CATALOGUE.expand_all(found) == bits
    assert len(found) <= max(1, bits.bit_count())
    assert CATALOGUE.expand_all(patterns_for(bits, ["s3:*", "s3:Get*"])) == bits


def test_what_a_person_wrote_is_kept() -> None:
    assert patterns_for(CATALOGUE.expand("s3:Get*"), ["s3:Get*", "s3:*"]) == ["s3:Get*"]
    assert patterns_for(CATALOGUE.expand("sqs:*")) == ["sqs:*"]


# --- idle and wanted --------------------------------------------------------------------------------------


def _key(last: datetime | None) -> Credentials:
    return Credentials(False, None, None, False, (AccessKey(1, True, OLD, last),))


def test_who_is_not_used() -> None:
    made = account(
        user("idle", allow("*"), created=OLD),
        user("busy", created=OLD),
        user("unread", created=OLD),
        user("reported", created=OLD),
        role("stale", created=OLD, last_used=OLD),
        role("fresh", created=OLD, last_used=LATELY),
        role("new", created=LATELY),
        role("linked", created=OLD, path="/aws-service-role/x/"),
    )
    made.credentials = {
        arn("user", "idle"): _key(OLD),
        arn("user", "busy"): _key(LATELY),
        arn("user", "reported"): _key(OLD),
    }
    used(arn("user", "reported"), service("s3", LATELY), made=made)
    found = risk(made).idle
    assert [(one.arn.rsplit("/", 1)[-1], one.admin, one.days) for one in found.zombies] == [
        ("idle", True, 200),
        ("stale", False, 200),
    ]
    assert found.unread == (arn("user", "unread"),)


def test_whose_report_is_wanted_first() -> None:
    made = account(
        user("nothing", allow("s3:ListBucket")),
        user("admin", allow("*")),
        user("maker", allow("iam:PutUserPolicy")),
        user("some", allow("lambda:UpdateFunctionCode")),
        role("linked", allow("*"), path="/aws-service-role/x/"),
    )
    made.roles[arn("role", "linked")].path = "/aws-service-role/x/"
    found = [one.rsplit("/", 1)[-1] for one in risk(made).wanted()]
    assert found == ["admin", "maker", "some"]
    used(arn("user", "admin"), service("s3"), made=made)
    assert [one.rsplit("/", 1)[-1] for one in risk(made).wanted(1)] == ["maker"]


# --- quarantine -------------------------------------------------------------------------------------------


def test_one_identity_is_denied_everything() -> None:
    made = account(user("ana", allow("*")))
    found = risk(made).quarantine(ANA)
    assert (found.kind, found.proved) == ("deny", True)
    assert json.loads(found.text)["Statement"][0]["Effect"] == "Deny"
    with pytest.raises(KeyError):
        risk(made).quarantine(arn("user", "nobody"))


def test_several_are_denied_by_control_policies() -> None:
    made = account(
        user("ana", allow("*")), user("bo", allow("*")), role("cy", allow("s3:*")), user("stays", allow("*"))
    )
    who = (ANA, arn("user", "bo"), arn("role", "cy"))
    alone = risk(made).quarantine(*who)
    assert (alone.kind, alone.proved) == ("scp", False)
    assert alone.notes
    in_organization(made, {"ou-1": (allow("*"),)})
    found = risk(made).quarantine(*who)
    assert found.proved
    (document,) = found.documents
    assert document["Statement"][0]["Condition"]["ArnEquals"]["aws:PrincipalArn"] == list(who)


def test_documents_of_a_quarantine_are_policies() -> None:
    made = account(*(role(f"r{number:03}{'x' * 50}") for number in range(80)))
    in_organization(made, {"ou-1": (allow("*"),)})
    found = risk(made).quarantine(*made.roles)
    assert len(found.documents) > 1
    for document in found.documents:
        assert read_policy(NamedDocument("q", "scp", None, document)).document is not None
