"""The collection in rows: calls told apart by what they were asked about, and what configuration leaves out."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.structs import replace

from srtui.account.account import SERVICE_LEFT_OUT
from srtui.analysis import analyse
from srtui.evidence import CallError
from srtui.tui.views.collection import COLUMNS, asked_about, collection_rows
from srtui.tui.views.filtering import having_words, row_text
from srtui.tui.views.unknown import unknown_of, unknown_rows
from tests.responsibility.recorded import REGION, account, evidence

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_parameters_are_told_as_names_and_values() -> None:
    assert asked_about("") == ""
    assert asked_about('{"Bucket":"acme-logs"}') == "acme-logs"
    assert asked_about('{"AllRegions":true}') == "AllRegions=yes"
    assert asked_about('{"DetectorId":"d","FindingCriteria":{"severity":{"gte":7}}}') == (
        "DetectorId=d, FindingCriteria.severity.gte=7"
    )
    assert asked_about('{"Filter":["User"],"Names":[{"Key":"a"}]}') == "Filter=User, Names.Key=a"


def test_calls_of_one_operation_are_told_apart_and_what_is_left_out_has_a_row() -> None:
    buckets = {"Buckets": [{"Name": name, "BucketRegion": REGION} for name in ("a", "b")]}
    left_out = evidence("macie2", "GetMacieSession", error="LeftOut")
    left_out = replace(left_out, error=CallError("LeftOut", SERVICE_LEFT_OUT, "left-out"))
    made = account(
        evidence("s3", "ListBuckets", buckets),
        *(
            evidence("s3", "GetBucketPolicy", error="AccessDenied", params={"Bucket": name})
            for name in ("a", "b")
        ),
        left_out,
    )
    analysis = analyse(made, NOW)
    rows = collection_rows(analysis)
    assert all(len(row.cells) == len(COLUMNS) for row in rows)
    denied = [row_text(row).split()[:2] for row in having_words(rows, "getbucketpolicy denied", row_text)]
    assert sorted(denied) == [["s3:GetBucketPolicy", "a"], ["s3:GetBucketPolicy", "b"]]
    assert len(having_words(rows, "left by", row_text)) == 1
    unknown = {row.key: row_text(row) for row in unknown_rows(unknown_of(analysis))}
    assert "left out" in unknown["macie-on"]
    assert "denied" in unknown["s3-tls-only"]
    assert "s3:GetBucketPolicy" in unknown["s3-tls-only"]
    (one,) = (one for one in unknown_of(analysis) if one.control.id == "s3-tls-only")
    assert one.actions == ("s3:GetBucketPolicy",)
