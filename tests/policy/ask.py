"""A short way to write requests for tests: builders for statements and policies, and one question."""

from __future__ import annotations

from typing import Any

from srtui.policy import evaluate_request

OWN = "111122223333"
OTHER = "444455556666"
ANA = f"arn:aws:iam::{OWN}:user/ana"
APP = f"arn:aws:iam::{OWN}:role/app"
APP_SESSION = f"arn:aws:sts::{OWN}:assumed-role/app/s1"
FEDERATED = f"arn:aws:sts::{OWN}:federated-user/fay"
ROOT = f"arn:aws:iam::{OWN}:root"
OTHER_ROOT = f"arn:aws:iam::{OTHER}:root"
OBJECT = "arn:aws:s3:::shop/key"
ROLE = f"arn:aws:iam::{OWN}:role/target"
KEY = f"arn:aws:kms:eu-west-1:{OWN}:key/0123"

Json = dict[str, Any]


def statement(effect: str, action: Any = "s3:GetObject", resource: Any = "*", **more: Any) -> Json:
    """A statement; `resource` None leaves the element out."""
    found: Json = {"Effect": effect, **more}
    if not {"NotAction"} & more.keys():
        found["Action"] = action
    if resource is not None and "NotResource" not in more:
        found["Resource"] = resource
    return found


def allow(action: Any = "s3:GetObject", resource: Any = "*", **more: Any) -> Json:
    return statement("Allow", action, resource, **more)


def deny(action: Any = "s3:GetObject", resource: Any = "*", **more: Any) -> Json:
    return statement("Deny", action, resource, **more)


def policy(*statements: Json, version: str | None = "2012-10-17") -> Json:
    found: Json = {"Statement": list(statements)}
    return found if version is None else {"Version": version, **found}


EVERYTHING = policy(allow("*"))
NOTHING = policy(allow("nothing:Here"))


def answer(*identity: Json, principal: str = ANA, **fields: Any) -> Json:
    """The answer to a request with these identity policies (statements make one policy)."""
    policies = [policy(*identity)] if identity and "Effect" in identity[0] else list(identity)
    request: Json = {
        "id": "r",
        "principal": principal,
        "action": "s3:GetObject",
        "resource": OBJECT,
        "resource_account": OWN,
        "identity_policies": policies,
    }
    return evaluate_request(request | fields)


def ask(*identity: Json, principal: str = ANA, **fields: Any) -> str:
    """The decision; fields as in the request."""
    found = answer(*identity, principal=principal, **fields)
    assert found["decision"] != "error", found
    return str(found["decision"])


def blocked(*identity: Json, principal: str = ANA, **fields: Any) -> tuple[str, list[str]]:
    found = answer(*identity, principal=principal, **fields)
    return found["decision"], found.get("blocked_by", [])


def holds(condition: Json, context: Json, **fields: Any) -> bool:
    """Whether an Allow with this condition lets a request with this context through, and a Deny stops it."""
    allowed = ask(allow(Condition=condition), context=context, **fields)
    stopped = ask(allow(), deny(Condition=condition), context=context, **fields)
    assert (allowed == "allow") == (stopped == "explicit_deny"), (condition, context, allowed, stopped)
    return allowed == "allow"
