"""Properties that hold for all policies, on random requests; and the parser against anything at all."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from srtui.policy import evaluate_request
from srtui.policy.document import Document, Kind, parse_document
from srtui.policy.errors import PolicyError
from srtui.policy.evaluate import evaluate_json
from srtui.policy.match import glob_match
from srtui.policy.overlap import holds_all, overlaps, places_of
from tests.policy.ask import ANA, APP, APP_SESSION, FEDERATED, OTHER, OWN, ROOT, Json, policy
from tests.policy.reference import Reference

ACTIONS = ["s3:GetObject", "s3:PutObject", "kms:Decrypt", "sts:AssumeRole", "iam:PassRole"]
PATTERNS = ["*", "s3:*", "s3:Get*", "s3:?etObject", "kms:*", "sts:AssumeRole", "iam:*", "*:GetObject"]
TARGETS = ["arn:aws:s3:::shop/key", f"arn:aws:kms:eu-west-1:{OWN}:key/1", f"arn:aws:iam::{OWN}:role/target"]
RESOURCES = [
    "*",
    "arn:aws:s3:::shop/*",
    "arn:aws:s3:::${aws:username}/*",
    "arn:aws:kms:*:*:key/*",
    "arn:aws:iam::*:role/t*",
]
CALLERS = [
    ANA,
    APP,
    APP_SESSION,
    FEDERATED,
    ROOT,
    f"arn:aws:iam::{OTHER}:user/eve",
    "anonymous",
    "logs.amazonaws.com",
]
PRINCIPALS: list[Any] = [
    "*",
    {"AWS": OWN},
    {"AWS": [ANA, APP]},
    {"AWS": APP_SESSION},
    {"AWS": FEDERATED},
    {"AWS": OTHER},
    {"Service": "logs.amazonaws.com"},
]
KEYS = ["aws:username", "aws:SourceIp", "aws:PrincipalArn", "aws:TagKeys"]
CONDITIONS: list[Json] = [
    {},
    {},
    {"StringEquals": {"aws:username": "shop"}},
    {"StringNotEquals": {"aws:username": ["shop", "ana"]}},
    {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    {"ArnLike": {"aws:PrincipalArn": APP}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}},
    {"ForAnyValue:StringLike": {"aws:TagKeys": "a*"}, "Null": {"aws:TagKeys": "false"}},
]
VALUES: dict[str, Any] = {
    "aws:username": st.sampled_from(["shop", "ana", "*"]),
    "aws:SourceIp": st.sampled_from(["10.1.2.3", "192.0.2.1", "here"]),
    "aws:PrincipalArn": st.sampled_from([APP, ANA, FEDERATED]),
    "aws:TagKeys": st.lists(st.sampled_from(["a", "ab", "c"]), max_size=2),
}


def statements(
    effects: tuple[str, ...] = ("Allow", "Allow", "Deny"), *, principal: bool = False
) -> st.SearchStrategy[Json]:
    def build(effect: str, action: str, resources: list[str], condition: Json, flip: int, who: Any) -> Json:
        found: Json = {
            "Effect": effect,
            "NotAction" if flip == 1 else "Action": action,
            "Condition": condition,
        }
        found["NotResource" if flip == 2 else "Resource"] = resources
        return found | ({"Principal": who} if principal else {})

    return st.builds(
        build,
        st.sampled_from(effects),
        st.sampled_from(PATTERNS),
        st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2),
        st.sampled_from(CONDITIONS),
        st.sampled_from([0, 0, 0, 1, 2]),
        st.sampled_from(PRINCIPALS),
    )


def policies(**kind: bool) -> st.SearchStrategy[list[Json]]:
    return st.lists(st.lists(statements(**kind), max_size=3).map(lambda found: policy(*found)), max_size=2)


@st.composite
def requests(draw: Any) -> Json:
    return {
        "id": "r",
        "principal": draw(st.sampled_from(CALLERS)),
        "action": draw(st.sampled_from(ACTIONS)),
        "resource": draw(st.sampled_from(TARGETS)),
        "resource_account": draw(st.sampled_from([OWN, OWN, OTHER])),
        "context": draw(st.fixed_dictionaries({}, optional=VALUES)),
        "identity_policies": draw(policies()),
        "groups": [{"name": name, "policies": draw(policies())} for name in ("g", "h")],
        "boundary": draw(st.none() | policies()),
        "session_policies": draw(st.none() | policies()),
        "scps": draw(st.lists(policies(), max_size=2)),
        "resource_policy": draw(
            st.none() | st.lists(statements(principal=True), max_size=3).map(lambda found: policy(*found))
        ),
        "rcps": [],
    }


#: Every place of a request that holds a policy: how to add a statement there.
LAYERS = ["identity_policies", "groups", "boundary", "session_policies", "scps", "resource_policy"]


def with_statement(request: Json, layer: str, added: Json) -> Json | None:
    """The request with a statement more; None where the layer is not there (adding it would be another thing)."""
    changed = copy.deepcopy(request)
    if layer == "identity_policies":
        changed[layer].append(policy(added))
    elif layer == "groups":
        changed[layer][0]["policies"].append(policy(added))
    elif layer == "scps":
        if not changed[layer]:
            return None
        changed[layer][0].append(policy(added))
    elif not changed[layer]:
        return None
    elif layer == "resource_policy":
        changed[layer]["Statement"].append(added)
    else:
        changed[layer].append(policy(added))
    return changed


def decide(request: Json) -> str:
    answer = evaluate_request(request)
    assert answer["decision"] != "error", answer
    return str(answer["decision"])


@settings(max_examples=200, deadline=None)
@given(requests(), st.sampled_from(LAYERS), statements(("Allow",), principal=True))
def test_adding_an_allow_never_takes_access_away(request: Json, layer: str, added: Json) -> None:
    if layer != "resource_policy":
        added.pop("Principal")
    changed = with_statement(request, layer, added)
    if changed is not None and decide(request) == "allow":
        assert decide(changed) == "allow"


@settings(max_examples=200, deadline=None)
@given(requests(), st.sampled_from(LAYERS), statements(("Deny",), principal=True))
def test_adding_a_deny_never_gives_access(request: Json, layer: str, added: Json) -> None:
    if layer != "resource_policy":
        added.pop("Principal")
    changed = with_statement(request, layer, added)
    if changed is not None and decide(request) != "allow":
        assert decide(changed) != "allow"
    if changed is not None and decide(request) == "explicit_deny":
        assert decide(changed) == "explicit_deny"


@settings(max_examples=120, deadline=None)
@given(requests(), st.randoms(use_true_random=False))
def test_order_of_statements_policies_groups_and_values_does_not_count(request: Json, random: Any) -> None:
    def shuffled(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            items = list(value.items())
            random.shuffle(items)
            return {name: shuffled(inner, name) for name, inner in items}
        if isinstance(value, list):
            items = [shuffled(item) for item in value]
            if key != "scps":
                random.shuffle(items)
            return items
        return value

    assert decide(shuffled(request)) == decide(request)


@settings(max_examples=120, deadline=None)
@given(requests())
def test_splitting_a_policy_into_its_statements_changes_nothing(request: Json) -> None:
    def split(found: list[Json]) -> list[Json]:
        return [policy(one) for document in found for one in document["Statement"]]

    changed = copy.deepcopy(request)
    changed["identity_policies"] = split(request["identity_policies"])
    changed["groups"] = [
        {"name": "one", "policies": split([p for g in request["groups"] for p in g["policies"]])}
    ]
    changed["scps"] = [split(level) for level in request["scps"]]
    for layer in ("boundary", "session_policies"):
        # A layer without any policy is not set, which is not the same as one that allows nothing.
        changed[layer] = split(request[layer] or []) or request[layer]
    assert decide(changed) == decide(request)


@settings(max_examples=120, deadline=None)
@given(requests(), st.sampled_from([str.upper, str.lower, str.swapcase]))
def test_letter_case_of_actions_and_keys_does_not_count_and_that_of_resources_does(
    request: Json, change: Any
) -> None:
    changed = copy.deepcopy(request)
    changed["action"] = change(request["action"])
    changed["context"] = {change(key): value for key, value in request["context"].items()}

    def recased(value: Any) -> Any:
        if isinstance(value, list):
            return [recased(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            name: change(inner)
            if name in ("Action", "NotAction")
            else {operator: {change(key): v for key, v in keys.items()} for operator, keys in inner.items()}
            if name == "Condition"
            else recased(inner)
            for name, inner in value.items()
        }

    for layer in ("identity_policies", "groups", "boundary", "session_policies", "scps", "resource_policy"):
        changed[layer] = recased(request[layer])
    assert decide(changed) == decide(request)
    named = policy({"Effect": "Allow", "Action": "*", "Resource": request["resource"]})
    only = {"identity_policies": [named], "resource_account": OWN, "principal": ANA, "action": "s3:GetObject"}
    bare = {"id": "r", "resource": request["resource"], **only}
    if ":key/" not in request["resource"]:
        assert decide(bare) == "allow"
        assert (
            decide(bare | {"resource": request["resource"].swapcase().replace("ARN:AWS", "arn:aws")})
            == "implicit_deny"
        )


# --- patterns ---------------------------------------------------------------------------------------------


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=12))
def test_globs_match_as_the_plain_definition_does(pattern: str, text: str) -> None:
    def plain(p: str, t: str) -> bool:
        if not p:
            return not t
        if p[0] == "*":
            return plain(p[1:], t) or (bool(t) and plain(p, t[1:]))
        return bool(t) and p[0] in ("?", t[0]) and plain(p[1:], t[1:])

    assert glob_match(pattern, text) is plain(pattern, text)


@given(st.text("ab*?", max_size=6), st.text("ab*", max_size=6), st.text("abc", max_size=8))
def test_patterns_against_patterns_agree_with_texts(pattern: str, asked: str, text: str) -> None:
    if glob_match(asked, text) and glob_match(pattern, text):
        assert overlaps(places_of(pattern), asked)
    if glob_match(asked, text) and not glob_match(pattern, text):
        assert not holds_all(places_of(pattern), asked)


# --- the parser against anything --------------------------------------------------------------------------

ELEMENTS = [
    "Version",
    "Statement",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
    "Sid",
    "Id",
    "StringEquals",
    "aws:x",
    "AWS",
    "Service",
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(ELEMENTS) | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
NEARLY = st.fixed_dictionaries(
    {"Statement": st.lists(st.fixed_dictionaries({"Effect": st.sampled_from(["Allow", "Deny", "x"])}, optional={
        "Action": st.sampled_from(["*", "s3:*", ["s3:Get*"], [], 5]),
        "NotAction": st.sampled_from(["*", ["s3:Get*"]]),
        "Resource": st.sampled_from(["*", ["arn:aws:s3:::a"], "arn:aws:s3", "x", [], {}]),
        "NotResource": st.sampled_from(["*", "arn:aws:s3"]),
        "Principal": st.sampled_from(["*", {"AWS": "*"}, {"AWS": [1]}, {"X": "y"}, "x", {}]),
        "NotPrincipal": st.sampled_from(["*", {"AWS": ["1"]}]),
        "Condition": ANYTHING,
        "Sid": ANYTHING,
    }), max_size=3) | ANYTHING},
    optional={"Version": st.sampled_from(["2012-10-17", "2008-10-17", "x", 1]), "Id": ANYTHING},
)  # fmt: skip
EVERY_KIND: list[Kind] = ["identity", "boundary", "session", "scp", "rcp", "resource", "endpoint"]


def outcome(source: Any, kind: Kind) -> str:
    try:
        found = parse_document(source, kind)
    except PolicyError as error:
        return "error" if str(error) else "an error without a word"
    assert isinstance(found, Document)
    return "document"


@settings(max_examples=200, deadline=None)
@given(ANYTHING | NEARLY, st.sampled_from(EVERY_KIND))
def test_every_value_gives_a_document_or_a_clear_error(value: Any, kind: Kind) -> None:
    as_value = outcome(value, kind)
    as_text = outcome(json.dumps(value), kind)
    assert as_text == as_value or isinstance(value, str)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200), st.sampled_from(EVERY_KIND))
def test_every_text_gives_a_document_or_a_clear_error(text: bytes | str, kind: Kind) -> None:
    assert outcome(text, kind) in ("document", "error")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | ANYTHING.map(lambda value: json.dumps(value).encode()))
def test_every_line_gets_an_answer(line: bytes) -> None:
    assert evaluate_json(line)["decision"] == "error"


@settings(max_examples=120, deadline=None)
@given(requests(), st.sampled_from(["identity_policies", "boundary", "session_policies"]), NEARLY)
def test_a_document_that_cannot_be_read_is_never_an_allow(request: Json, layer: str, document: Json) -> None:
    request = request | {"principal": ANA, layer: [document]}
    if outcome(document, "identity") == "error":
        assert evaluate_request(request)["decision"] == "error"
    else:
        assert evaluate_request(request)["decision"] != "error"


@settings(max_examples=250, deadline=None)
@given(requests())
def test_a_second_evaluator_decides_the_same(request: Json) -> None:
    assert decide(request) == Reference(request).decide()
