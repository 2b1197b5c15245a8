"""AWS Glue: jobs and development endpoints with their roles, and the data catalogue."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.analytics import GlueCatalog, GlueDevEndpoint, GlueJob
from srtui.services.declare import Answer, Service
from srtui.services.documents import json_document

GLUE = Service("glue", title="Glue")


def _arn(account: Account, region: str, resource: str) -> str:
    return f"arn:{account.partition}:glue:{region}:{account.id}:{resource}"


@GLUE.call("GetJobs", page_size=200)
def jobs(account: Account, answer: Answer) -> None:
    """Jobs and what they run as."""
    for entry in answer.response.get("Jobs") or ():
        arn = _arn(account, answer.region, f"job/{entry['Name']}")
        command = entry.get("Command") or {}
        account.table(GlueJob)[arn] = GlueJob(
            arn=arn,
            name=entry["Name"],
            region=answer.region,
            role=entry.get("Role") or "",
            kind=command.get("Name") or "",
            script=command.get("ScriptLocation") or "",
            glue_version=entry.get("GlueVersion") or "",
            security_configuration=entry.get("SecurityConfiguration") or "",
        )


@GLUE.call("GetDevEndpoints", page_size=200)
def dev_endpoints(account: Account, answer: Answer) -> None:
    """Development endpoints."""
    for entry in answer.response.get("DevEndpoints") or ():
        # The service authorization reference spells the resource type devEndpoint.
        arn = _arn(account, answer.region, f"devEndpoint/{entry['EndpointName']}")
        account.table(GlueDevEndpoint)[arn] = GlueDevEndpoint(
            arn=arn,
            name=entry["EndpointName"],
            region=answer.region,
            role=entry.get("RoleArn") or "",
            status=entry.get("Status") or "",
            public_address=entry.get("PublicAddress") or "",
        )


def _catalog(account: Account, region: str) -> GlueCatalog:
    arn = _arn(account, region, "catalog")
    return account.table(GlueCatalog).setdefault(arn, GlueCatalog(arn=arn, name="catalog", region=region))


@GLUE.call("GetDataCatalogEncryptionSettings")
def catalog_encryption(account: Account, answer: Answer) -> None:
    """Encryption of the data catalogue and of passwords in it."""
    settings = answer.response.get("DataCatalogEncryptionSettings") or {}
    catalog = _catalog(account, answer.region)
    if (mode := (settings.get("EncryptionAtRest") or {}).get("CatalogEncryptionMode")) is not None:
        catalog.encryption = mode
    passwords = settings.get("ConnectionPasswordEncryption") or {}
    if (encrypted := passwords.get("ReturnConnectionPasswordEncrypted")) is not None:
        catalog.password_encryption = bool(encrypted)


@GLUE.call("GetResourcePolicy", absent=["EntityNotFoundException"])
def catalog_policy(account: Account, answer: Answer) -> None:
    """Resource policy of the data catalogue."""
    text = answer.response.get("PolicyInJson")
    _catalog(account, answer.region).policy = json_document(text) if text else None
