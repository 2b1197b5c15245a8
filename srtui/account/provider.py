"""AWS's side, as far as it is shown: attestations, agreements, and AWS's hardware and lines at the customer's sites."""

from __future__ import annotations

from datetime import datetime

from srtui.account.model import Record


class AttestationReport(Record):
    """A report of AWS Artifact."""

    category: str = ""
    series: str = ""
    period_start: datetime | None = None
    period_end: datetime | None = None


class Agreement(Record):
    """An agreement with AWS that was accepted in AWS Artifact."""

    state: str = ""
    since: datetime | None = None


class Premises(Record):
    """Hardware or an appliance of AWS that stands at the customer's. `kind` says what, `state` how it does."""

    kind: str = ""
    state: str = ""
    ends: datetime | None = None  # when its software is no longer supported


class DirectLine(Record):
    """An AWS Direct Connect connection."""

    location: str = ""
    device: str = ""
    state: str = ""
    macsec_capable: bool = False
    encryption: str = ""  # no_encrypt, should_encrypt, must_encrypt
    hosted: bool = False


class Certificate(Record):
    """A certificate of AWS Certificate Manager; `name` is its domain."""

    status: str = ""
    kind: str = ""  # AMAZON_ISSUED, IMPORTED, PRIVATE
    in_use: bool | None = None
    expires: datetime | None = None
    renewable: bool = False
    algorithm: str = ""
