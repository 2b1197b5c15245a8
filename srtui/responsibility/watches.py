"""What should raise an alarm: for each watch the CloudTrail events that its metric filters must match.

A filter is judged by what it matches, not by how it is written: every event of the watch must be matched by some
filter, and an everyday event by none of them, for an alarm that always rings tells nothing. The lists are those of
the CIS AWS Foundations Benchmark, section 4, without the calls of EC2-Classic, which is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from srtui.responsibility.control import Severity

Event = Mapping[str, Any]

_CALL: Final[dict[str, Any]] = {
    "eventVersion": "1.11",
    "userIdentity": {
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLE",
        "arn": "arn:aws:iam::111122223333:user/someone",
        "accountId": "111122223333",
        "accessKeyId": "AKIAEXAMPLE",
        "userName": "someone",
    },
    "eventTime": "2026-01-01T00:00:00Z",
    "awsRegion": "us-east-1",
    "sourceIPAddress": "198.51.100.7",
    "userAgent": "aws-cli/2",
    "readOnly": False,
    "eventType": "AwsApiCall",
    "managementEvent": True,
    "recipientAccountId": "111122223333",
    "eventCategory": "Management",
}
_ROOT: Final = {
    "type": "Root",
    "principalId": "111122223333",
    "arn": "arn:aws:iam::111122223333:root",
    "accountId": "111122223333",
}

#: What happens all day: a filter that matches this does not single anything out.
EVERYDAY: Final[Event] = {
    **_CALL,
    "eventSource": "ec2.amazonaws.com",
    "eventName": "DescribeInstances",
    "readOnly": True,
}


def _calls(source: str, *names: str) -> dict[str, Event]:
    return {name: {**_CALL, "eventSource": f"{source}.amazonaws.com", "eventName": name} for name in names}


def _login(mfa: str, outcome: str, **more: Any) -> Event:
    return {
        **_CALL,
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "eventType": "AwsConsoleSignIn",
        "additionalEventData": {"MFAUsed": mfa, "MobileVersion": "No"},
        "responseElements": {"ConsoleLogin": outcome},
        **more,
    }


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm: the control's texts, the events by a short name, and a pattern that matches them."""

    control: str
    title: str
    problem: str
    rows: tuple[int, ...]
    severity: Severity
    why: str
    cis: str
    events: Mapping[str, Event]
    pattern: str
    quiet: tuple[Event, ...] = (EVERYDAY,)  # must not ring


def _pattern(source: str, names: list[str]) -> str:
    listed = " || ".join(f"($.eventName = {name})" for name in names)
    return f"{{ ($.eventSource = {source}.amazonaws.com) && ({listed}) }}"


def _change(
    control: str,
    what: str,
    rows: tuple[int, ...],
    severity: Severity,
    cis: str,
    why: str,
    source: str,
    names: str,
) -> Watch:
    """A watch over calls of one service that change something."""
    return Watch(
        control=control,
        title=f"An alarm tells of {what}",
        problem=f"No alarm on {what}",
        rows=rows,
        severity=severity,
        why=why,
        cis=cis,
        events=_calls(source, *names.split()),
        pattern=_pattern(source, names.split()),
    )


WATCHES: Final[tuple[Watch, ...]] = (
    Watch(
        control="alarm-unauthorized-api",
        title="An alarm tells of unauthorised API calls",
        problem="No alarm on unauthorised calls",
        rows=(1,),
        severity="medium",
        why="Whoever found a key tries what it can do: a burst of refusals is often the first sign.",
        cis="4.1",
        events={
            "UnauthorizedOperation": {
                **EVERYDAY,
                "errorCode": "Client.UnauthorizedOperation",
                "errorMessage": "You are not authorized to perform this operation.",
            },
            "AccessDenied": {
                **_CALL,
                "eventSource": "s3.amazonaws.com",
                "eventName": "ListBuckets",
                "errorCode": "AccessDenied",
                "errorMessage": "Access Denied",
            },
        },
        pattern='{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
    ),
    Watch(
        control="alarm-no-mfa-login",
        title="An alarm tells of console sign-in without MFA",
        problem="No alarm on sign-in without MFA",
        rows=(1, 2),
        severity="medium",
        why="A sign-in with a password alone is what a stolen password looks like.",
        cis="4.2",
        events={"ConsoleLogin without MFA": _login("No", "Success")},
        pattern=(
            '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes")'
            ' && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }'
        ),
        quiet=(EVERYDAY, _login("Yes", "Success")),
    ),
    Watch(
        control="alarm-root-use",
        title="An alarm tells of every use of root",
        problem="No alarm on use of root",
        rows=(1, 2),
        severity="high",
        why="Root is for a handful of tasks a year: each use deserves a look, and an intruder's would be the last warning.",
        cis="4.3",
        events={
            "API call by root": {
                **_CALL,
                "userIdentity": _ROOT,
                "eventSource": "iam.amazonaws.com",
                "eventName": "CreateAccessKey",
            },
            "sign-in of root": _login("Yes", "Success", userIdentity=_ROOT),
        },
        pattern=(
            '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS'
            ' && $.eventType != "AwsServiceEvent" }'
        ),
    ),
    _change(
        "alarm-iam-change",
        "changes of IAM policies",
        (2, 11),
        "medium",
        "4.4",
        "Who gives himself permissions changes a policy first.",
        "iam",
        "DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy PutGroupPolicy PutRolePolicy PutUserPolicy CreatePolicy "
        "DeletePolicy CreatePolicyVersion DeletePolicyVersion AttachRolePolicy DetachRolePolicy AttachUserPolicy "
        "DetachUserPolicy AttachGroupPolicy DetachGroupPolicy",
    ),
    _change(
        "alarm-trail-change",
        "changes of trails",
        (1, 2),
        "high",
        "4.5",
        "Stopping the record is how an intruder begins; nobody else does it without notice.",
        "cloudtrail",
        "CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging",
    ),
    Watch(
        control="alarm-auth-failure",
        title="An alarm tells of failed console sign-ins",
        problem="No alarm on failed sign-ins",
        rows=(1,),
        severity="medium",
        why="Many failures are somebody who guesses passwords.",
        cis="4.6",
        events={
            "failed ConsoleLogin": _login("No", "Failure", errorMessage="Failed authentication"),
        },
        pattern='{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
        quiet=(EVERYDAY, _login("Yes", "Success")),
    ),
    _change(
        "alarm-cmk-delete",
        "disabled or deleted KMS keys",
        (2,),
        "medium",
        "4.7",
        "Data under a deleted key is lost for good; the waiting period only helps those who notice.",
        "kms",
        "DisableKey ScheduleKeyDeletion",
    ),
    _change(
        "alarm-bucket-policy",
        "changes of bucket policies",
        (2, 11),
        "medium",
        "4.8",
        "One changed bucket policy makes data public.",
        "s3",
        "PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication DeleteBucketPolicy "
        "DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication",
    ),
    _change(
        "alarm-config-change",
        "changes of AWS Config",
        (2, 9),
        "low",
        "4.9",
        "A recorder that was stopped sees no drift.",
        "config",
        "StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel PutConfigurationRecorder",
    ),
    _change(
        "alarm-sg-change",
        "changes of security groups",
        (2, 8),
        "low",
        "4.10",
        "An opened port is found by scanners within minutes.",
        "ec2",
        "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress "
        "RevokeSecurityGroupEgress CreateSecurityGroup DeleteSecurityGroup",
    ),
    _change(
        "alarm-nacl-change",
        "changes of network ACLs",
        (2, 8),
        "low",
        "4.11",
        "Network ACLs are the second fence; a hole in it is rarely looked for.",
        "ec2",
        "CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry ReplaceNetworkAclEntry "
        "ReplaceNetworkAclAssociation",
    ),
    _change(
        "alarm-gateway-change",
        "changes of network gateways",
        (2, 8),
        "low",
        "4.12",
        "A new gateway is a new way out of the network.",
        "ec2",
        "CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway CreateInternetGateway "
        "DeleteInternetGateway DetachInternetGateway",
    ),
    _change(
        "alarm-route-change",
        "changes of route tables",
        (2, 8),
        "low",
        "4.13",
        "A changed route can lead traffic past every inspection.",
        "ec2",
        "CreateRoute CreateRouteTable ReplaceRoute ReplaceRouteTableAssociation DeleteRouteTable DeleteRoute "
        "DisassociateRouteTable",
    ),
    _change(
        "alarm-vpc-change",
        "changes of VPCs",
        (2, 8),
        "low",
        "4.14",
        "A new VPC or peering joins networks that were kept apart.",
        "ec2",
        "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection CreateVpcPeeringConnection "
        "DeleteVpcPeeringConnection RejectVpcPeeringConnection",
    ),
    _change(
        "alarm-org-change",
        "changes of the organisation",
        (2, 9),
        "low",
        "4.15",
        "Leaving the organisation, or detaching its policies, lifts every limit at once.",
        "organizations",
        "AcceptHandshake AttachPolicy CreateAccount CreateOrganizationalUnit CreatePolicy DeclineHandshake "
        "DeleteOrganization DeleteOrganizationalUnit DeletePolicy DetachPolicy DisablePolicyType EnablePolicyType "
        "InviteAccountToOrganization LeaveOrganization MoveAccount RemoveAccountFromOrganization UpdatePolicy "
        "UpdateOrganizationalUnit",
    ),
)
