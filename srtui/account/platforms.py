"""Applications on managed platforms: APIs, Beanstalk environments, user pools, virtual desktops."""

from __future__ import annotations

import msgspec

from srtui.account.model import UNREAD, Document, Record, Unread


class ApiRoute(msgspec.Struct, frozen=True):
    """One method or route of an API."""

    name: str  # "GET /orders", "$default"
    authorization: str  # NONE, AWS_IAM, CUSTOM, JWT, COGNITO_USER_POOLS
    key_required: bool = False


class ApiStage(msgspec.Struct, frozen=True):
    name: str
    access_log: str = ""  # ARN of where it goes
    execution_log: str = ""  # OFF, ERROR or INFO; "" where it is not set
    web_acl: str = ""  # ARN


class Api(Record):
    """An API of API Gateway; `name` is its id, `title` what it was called."""

    title: str = ""
    protocol: str = ""  # REST, HTTP or WEBSOCKET
    private: bool = False
    default_endpoint: bool = True  # whether execute-api answers
    policy: Document | Unread | None = None  # REST APIs only
    routes: tuple[ApiRoute, ...] | Unread = UNREAD
    stages: tuple[ApiStage, ...] | Unread = UNREAD


class BeanstalkEnvironment(Record):
    """`host` is the name under elasticbeanstalk.com."""

    application: str = ""
    host: str = ""
    platform: str = ""
    status: str = ""
    managed_updates: bool | Unread = UNREAD


class UserPool(Record):
    """A Cognito user pool; `name` is its id."""

    title: str = ""
    mfa: str | Unread = UNREAD  # ON, OPTIONAL or OFF
    self_sign_up: bool | Unread = UNREAD
    deletion_protection: bool | Unread = UNREAD


class Workspace(Record):
    user: str = ""
    state: str = ""
    root_encrypted: bool = False
    user_encrypted: bool = False


class ReplicationInstance(Record):
    """A DMS replication instance."""

    engine_version: str = ""
    public: bool = False
    auto_minor: bool = False
