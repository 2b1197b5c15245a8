"""Which request to the practice account gets which of the answers in `workloads` and `integrations`."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from srtui.demo.integrations import AGENTS, DELIVERY, FEDERATION
from srtui.demo.resources import HOME
from srtui.demo.workloads import CONTAINERS, DATA, Answer

_ANSWERS: Final[dict[tuple[str, str], Answer]] = {**CONTAINERS, **DATA, **DELIVERY, **FEDERATION, **AGENTS}
#: Asked in every region, whatever there is.
_EVERYWHERE: Final = frozenset({("glue", "GetDataCatalogEncryptionSettings")})

_N = r"([^/]+)"
#: REST operations by signing service: method, path, operation, and the parameters that the path holds.
_ROUTES: Final[dict[str, tuple[tuple[str, str, str, tuple[str, ...]], ...]]] = {
    "eks": (
        ("GET", "/clusters", "ListClusters", ()),
        ("GET", f"/clusters/{_N}", "DescribeCluster", ("name",)),
        ("GET", f"/clusters/{_N}/access-entries", "ListAccessEntries", ("name",)),
        (
            "GET",
            f"/clusters/{_N}/access-entries/(.+)/access-policies",
            "ListAssociatedAccessPolicies",
            ("name", "principalArn"),
        ),
        ("GET", f"/clusters/{_N}/pod-identity-associations", "ListPodIdentityAssociations", ("name",)),
        (
            "GET",
            f"/clusters/{_N}/pod-identity-associations/{_N}",
            "DescribePodIdentityAssociation",
            ("name", "associationId"),
        ),
        ("GET", f"/clusters/{_N}/node-groups", "ListNodegroups", ("name",)),
        ("GET", f"/clusters/{_N}/node-groups/{_N}", "DescribeNodegroup", ("name", "nodegroupName")),
    ),
    "batch": (
        ("POST", "/v1/describejobdefinitions", "DescribeJobDefinitions", ()),
        ("POST", "/v1/describecomputeenvironments", "DescribeComputeEnvironments", ()),
        ("POST", "/v1/describejobqueues", "DescribeJobQueues", ()),
    ),
    "airflow": (
        ("GET", "/environments", "ListEnvironments", ()),
        ("GET", f"/environments/{_N}", "GetEnvironment", ("Name",)),
    ),
    "lambda": (
        ("GET", "/2020-04-22/code-signing-configs", "ListCodeSigningConfigs", ()),
        ("GET", "/2020-04-22/code-signing-configs/(.+)/functions", "ListFunctionsByCodeSigningConfig", ()),
    ),
    "rolesanywhere": (
        ("GET", "/trustanchors", "ListTrustAnchors", ()),
        ("GET", "/profiles", "ListProfiles", ()),
    ),
    "iot": (
        ("GET", "/role-aliases", "ListRoleAliases", ()),
        ("GET", f"/role-aliases/{_N}", "DescribeRoleAlias", ("roleAlias",)),
    ),
    "bedrock": (
        ("POST", "/agents", "ListAgents", ()),
        ("GET", f"/agents/{_N}", "GetAgent", ("agentId",)),
    ),
    "bedrock-agentcore": (
        ("POST", "/runtimes", "ListAgentRuntimes", ()),
        ("GET", f"/runtimes/{_N}", "GetAgentRuntime", ("agentRuntimeId",)),
        ("POST", "/code-interpreters", "ListCodeInterpreters", ()),
        ("GET", f"/code-interpreters/{_N}", "GetCodeInterpreter", ("codeInterpreterId",)),
        ("POST", "/browsers", "ListBrowsers", ()),
        ("GET", f"/browsers/{_N}", "GetBrowser", ("browserId",)),
    ),
}


def targets() -> frozenset[str]:
    """Signing services whose operation stands in the header X-Amz-Target and its parameters in the body."""
    return frozenset(service for service, _ in _ANSWERS if service not in _ROUTES)


def answered(
    service: str, region: str, method: str, path: str, target: str, body: bytes
) -> dict[str, Any] | None:
    """The answer to a request, empty outside the home region; None for what the practice server answers."""
    operation, params = _operation(service, method, path, target if service in targets() else "", body)
    answer = _ANSWERS.get((service, operation))
    if answer is None:
        return None
    return answer(params) if region == HOME or (service, operation) in _EVERYWHERE else {}


def _operation(service: str, method: str, path: str, target: str, body: bytes) -> tuple[str, dict[str, Any]]:
    if target:
        return target.rpartition(".")[2], json.loads(body or b"{}")
    for verb, pattern, operation, names in _ROUTES.get(service, ()):
        found = re.fullmatch(pattern, path.rstrip("/")) if verb == method else None
        if found:
            return operation, dict(zip(names, found.groups(), strict=False))
    return "", {}
