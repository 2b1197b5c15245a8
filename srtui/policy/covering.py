"""Whether one statement covers a request: its Principal, Resource and Condition elements."""

from __future__ import annotations

from collections.abc import Sequence

from srtui.policy.condition import Condition
from srtui.policy.document import Statement
from srtui.policy.match import Variable
from srtui.policy.principal import Caller, Naming
from srtui.policy.request import Request
from srtui.policy.requirement import Fact, Proviso, Requirement, all_of, any_of, both, either, negation
from srtui.policy.target import covers_resource


def requirement_of(
    statement: Statement, request: Request, conditions: Sequence[Condition] | None = None
) -> Requirement:
    """Whether Resource and Condition of a statement cover the request; action and principal are settled.

    `conditions`: those to look at, if not all of them.
    """
    context, unknown = request.context, request.unknown
    covered = covers_resource(statement, request.target, context, unknown)
    if covered is False:
        return False
    open_parts: list[Requirement] = []
    if statement.allow and statement.with_variables:
        valid = _is_valid(statement, request)
        if valid is False:
            return False
        open_parts.append(valid)
    if covered is None:
        text = next(text for text in statement.resources or () if "${" in text)
        open_parts.append(Fact(f"the resource fits {text}", f"the resource does not fit {text}"))
    for condition in statement.conditions if conditions is None else conditions:
        holds = condition.holds(context, unknown)
        if holds is False:
            return False
        if holds is None:
            open_parts.append(Proviso(condition))
    return all_of(open_parts) if open_parts else True


def _is_valid(statement: Statement, request: Request) -> Requirement:
    """Whether an Allow takes effect as far as the variables of its conditions go ("Policy variables with no value").

    Without a value operators such as StringEquals do not match and the statement does not take effect; inverted
    operators do match. A condition with IfExists whose key is missing does without.
    """
    found: Requirement = True
    for condition in statement.conditions:
        for variable in () if condition.negated else condition.variables:
            resolved = _has_value(variable, request)
            if condition.if_exists and condition.key not in request.context:
                resolved = either(resolved, negation(_is_present(condition.key, request)))
            found = both(found, resolved)
    return found


def _has_value(variable: Variable, request: Request) -> Requirement:
    value = request.context.get(variable.key, variable.default)
    return _is_present(variable.key, request) if value is None else isinstance(value, str)


def _is_present(key: str, request: Request) -> Requirement:
    """Whether a key without a known value is in the request."""
    if request.unknown is None or not request.unknown(key):
        return False
    return Proviso(Condition("Null", key, "false", False))


def means(statement: Statement, request: Request) -> tuple[Requirement, Naming | None]:
    """Whether Principal or NotPrincipal of a statement means the caller, and for an Allow how it names him."""
    caller, element = request.caller, statement.principal
    if element is None:
        # Convention for resource policies: nobody. Elsewhere AWS takes no such statement; a Deny then means everybody.
        return (not statement.allow and statement.kind != "resource"), None
    if statement.not_principal:
        if statement.allow:
            return False, None  # "NotPrincipal": not supported with Allow
        if request.boundary and caller.is_iam and caller.kind != "root":
            return True, None  # "NotPrincipal": always denies a principal that has a permissions boundary
        if request.unknown is not None and caller.kind == "role" and caller.lists_role(element):
            return negation(_sessions_named(caller, element.aws)), None
        return not caller.exempted_by(element), None
    if statement.allow:
        naming = caller.named_by(element)
        if naming is None and element.everyone and statement.kind == "endpoint":
            naming = "everyone"  # the endpoint's default policy lets through who signs in at a provider, too
        if naming is not None:
            return True, naming
    elif caller.denied_by(element):
        return True, None
    if request.unknown is not None and caller.kind == "role":
        sessions = _sessions_named(caller, element.aws)
        if sessions is not False:
            return sessions, "exact"
    return False, None


def _sessions_named(caller: Caller, names: Sequence[str]) -> Requirement:
    """The requirement that the session, whose name is not known, is one of those that a statement names."""
    prefix = f"arn:{caller.partition}:sts::{caller.account}:assumed-role/{caller.role.rsplit('/', 1)[-1]}/"
    return any_of(
        Fact(
            f"the session is named {name.removeprefix(prefix)}",
            f"the session is not named {name.removeprefix(prefix)}",
        )
        for name in names
        if name.startswith(prefix)
    )
