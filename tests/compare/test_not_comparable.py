"""What one side could not read is neither gained nor lost, neither new nor fixed."""

from __future__ import annotations

from functools import cache

import msgspec
import pytest

from srtui.analysis import Analysis, analyse
from srtui.compare import compare
from srtui.engine import AccountBuilder
from srtui.evidence import CallError, Evidence
from srtui.source import open_source

_DENIED = CallError("AccessDenied", "not allowed", "denied")


@cache
def _demo() -> tuple[Evidence, ...]:
    return tuple(open_source("demo").evidence)


def _without(service: str = "", operation: str = "") -> Analysis:
    """The demo's account, to which one call was denied."""
    builder = AccountBuilder()
    for item in _demo():
        if (item.service, item.operation) == (service, operation):
            if item.page == 0:
                builder.apply(msgspec.structs.replace(item, response=None, error=_DENIED))
        else:
            builder.apply(item)
    account = builder.account
    assert account.last_evidence is not None
    return analyse(account, account.last_evidence)


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("cognito-identity", "ListIdentityPools"),
        ("ec2", "DescribeInstances"),
        ("lambda", "ListFunctions"),
        ("s3", "GetBucketLogging"),
        ("s3", "GetBucketPolicy"),
        ("s3", "GetPublicAccessBlock"),
        ("sso-admin", "ListPermissionSetsProvisionedToAccount"),
    ],
)
def test_a_denied_call_makes_nothing_gained_lost_new_or_fixed(service: str, operation: str) -> None:
    whole, part = _without(), _without(service, operation)
    for old, new in ((whole, part), (part, whole)):
        found = compare(old, new)
        assert {one.how for one in (*found.paths, *found.entries)} <= {"not comparable"}
        assert all(f"{service}:" in one.reason for one in (*found.paths, *found.entries))
        assert not found.findings.new
        assert not found.findings.fixed
