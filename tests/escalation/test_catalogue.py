"""The catalogue of techniques agrees with itself and with AWS's service reference."""

from __future__ import annotations

import re

import pytest

from srtui.escalation import holders, holders_more
from srtui.escalation.catalogue import Technique, load_techniques
from srtui.escalation.inventory import kinds
from srtui.policy.catalogue import load_catalogue
from srtui.policy.overlap import pattern_overlaps

CATALOGUE = load_techniques()
EACH = pytest.mark.parametrize(
    "technique", CATALOGUE.techniques, ids=[one.id for one in CATALOGUE.techniques]
)
#: Words that stand for principals and policies of the account instead of a pattern.
PRINCIPALS = {"*", "self", "group", "target-group", "own-policy", "role-policy", "user", "role"}
#: AWS took the service away, and with it its page of the reference.
GONE = {"codestar:CreateProject"}
#: Where the reference names another resource than the one that the call is checked on besides.
ALSO_CHECKED = {"sso:CreatePermissionSet", "eks:AssociateAccessPolicy"}


def test_every_technique_is_there_once() -> None:
    ids = [one.id for one in CATALOGUE.techniques]
    names = [one.name for one in CATALOGUE.techniques]
    aliases = [alias for one in CATALOGUE.techniques for alias in one.aliases]
    assert len(ids) == 166
    assert len(set(ids)) == len(ids)
    assert len(set(names)) == len(names)
    assert len(set(aliases)) == len(aliases)
    assert not set(aliases) & set(ids)
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", CATALOGUE.version)


def test_it_is_found_by_id_alias_and_control() -> None:
    one = CATALOGUE.technique("lambda-001")
    assert CATALOGUE.technique("PassExistingRoleToNewLambdaThenInvoke") is one
    assert CATALOGUE.technique("SR-ESC-lambda-001") is one
    with pytest.raises(KeyError):
        CATALOGUE.technique("lambda-999")


@EACH
def test_what_a_technique_says_is_whole(technique: Technique) -> None:
    assert holders
    assert holders_more
    assert technique.permissions
    assert technique.run
    assert technique.fix.endswith(".")
    assert not technique.needs or technique.needs in kinds()
    assert (technique.gain == "passed") <= bool(technique.service or technique.any_service or technique.enter)
    if technique.gain == "resource-role" and technique.needs != "assigned-group":
        assert technique.runs_as


@EACH
def test_every_permission_is_an_action_of_aws_on_such_a_resource(technique: Technique) -> None:
    reference = load_catalogue()
    for one in technique.permissions:
        if one.action in GONE:
            continue
        position = reference.index(one.action)
        assert position is not None, f"{one.action} is not in the service reference"
        assert reference.names[position] == one.action
        assert one.on in PRINCIPALS or one.on in CATALOGUE.resources
        types = [kind.type for kind in reference.resources_of(one.action.lower())]
        if one.on == "*":
            assert not types, f"{one.action} is checked on {types}"
        elif one.on not in PRINCIPALS and types and one.action not in ALSO_CHECKED:
            patterns = CATALOGUE.patterns(one.on, "aws", "*")
            assert any(
                pattern_overlaps(pattern, reference.type_pattern(kind))
                for pattern in patterns
                for kind in types
            ), (one.action, one.on, types)


def test_a_technique_with_an_unknown_key_is_refused() -> None:
    from srtui.escalation.catalogue import _technique

    with pytest.raises(ValueError, match="typo"):
        _technique({"id": "x", "name": "x", "category": "self-escalation", "gain": "none", "typo": 1})
