"""Answers given in front of the practice server, by the names botocore gives members; and the call each is for.

A call without a planted answer is answered by the server; where that lacks it, by an empty answer of the right shape
(see `wire`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from srtui.demo.policies import ACCOUNT
from srtui.demo.resources import HOME


class Where(msgspec.Struct, frozen=True):
    """What an answer may depend on."""

    params: Mapping[str, Any]
    region: str
    now: datetime

    def ago(self, days: float = 0, hours: float = 0) -> str:
        return (self.now - timedelta(days=days, hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def home(self) -> bool:
        return self.region == HOME


Planted = Callable[[Where], dict[str, Any] | None]


def arn_in(service: str, resource: str, region: str = HOME) -> str:
    """An ARN of the practice account."""
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{resource}"


def number_of(text: str) -> int:
    """A number that is the same in every process."""
    return sum(ord(sign) * 31**place for place, sign in enumerate(text))
