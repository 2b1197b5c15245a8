"""Data processing and notebooks, and what they run as: Glue, SageMaker, EMR and managed Airflow."""

from __future__ import annotations

from srtui.account.model import UNREAD, Document, Record, Unread


class GlueJob(Record):
    role: str = ""  # ARN, or the name of a role, as Glue accepts both
    kind: str = ""  # glueetl, pythonshell, …
    script: str = ""
    glue_version: str = ""
    security_configuration: str = ""


class GlueDevEndpoint(Record):
    role: str = ""
    status: str = ""
    public_address: str = ""


class GlueCatalog(Record):
    """The data catalogue of a region."""

    policy: Document | Unread | None = UNREAD
    encryption: str | Unread = UNREAD  # DISABLED, SSE-KMS, …
    password_encryption: bool | Unread = UNREAD  # of connections


class Notebook(Record):
    """A SageMaker notebook instance."""

    status: str = ""
    role: str | Unread = UNREAD
    direct_internet: bool | Unread = UNREAD
    root_access: bool | Unread = UNREAD
    subnet: str | Unread = UNREAD
    key: str | Unread = UNREAD  # KMS key, "" for none


class StudioDomain(Record):
    status: str = ""
    id: str = ""
    role: str | Unread = UNREAD  # default execution role
    authentication: str | Unread = UNREAD  # IAM or SSO
    network: str | Unread = UNREAD  # PublicInternetOnly or VpcOnly
    key: str | Unread = UNREAD


class StudioProfile(Record):
    """A user profile of a Studio domain. `role` "" means the domain's default."""

    domain: str = ""  # id
    role: str | Unread = UNREAD


class EmrCluster(Record):
    """An EMR cluster that has not ended."""

    state: str = ""
    instance_profile: str | Unread = UNREAD  # name or ARN; "" for none
    service_role: str | Unread = UNREAD
    security_configuration: str | Unread = UNREAD
    release: str | Unread = UNREAD
    primary_host: str | Unread = UNREAD  # ec2-… with a public address, ip-… without


class AirflowEnvironment(Record):
    status: str | Unread = UNREAD
    role: str | Unread = UNREAD
    bucket: str | Unread = UNREAD  # ARN of the bucket that its DAGs are read from
    access: str | Unread = UNREAD  # PUBLIC_ONLY, PRIVATE_ONLY, …
