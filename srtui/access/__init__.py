"""Questions about an account: what can this principal do, and who can do this.

    index = AccessIndex(account)                        # once for many questions; about 0.1 s for 5,000 principals

    answer = index.can(arn, "s3:GetObject", "arn:aws:s3:::payroll/*")
    answer.verdict                                      # allowed, conditional, unknown or denied
    answer.conditions                                   # ("aws:MultiFactorAuthPresent = true",)
    answer.allowed_by[0].label                          # "managed policy deploy, AllowObjects"
    answer.gate                                         # "no SCP at the root allows it"
    index.can(arn, "iam:PassRole", role, {"iam:PassedToService": "ec2.amazonaws.com"})
    index.can(arn, "ec2:RunInstances")                  # on some resource of each kind that a call needs

    found = index.who_can("kms:Decrypt", key_arn)       # found.allowed, .conditional, .unknown: ARNs
    found.outsiders                                     # whom the key's own policy names besides

For graphs, which ask thousands of times, the same as sets of principals (one int, a bit a principal):

    reach = index.reach("sts:AssumeRole", role.arn)     # reach.allowed, .conditional, .unknown
    [index.principals[number].arn for number in members(reach.possible)]
    index.grants(arn, "iam:PassRole")                   # its statements about an action, to look at their resources

An answer takes into account identity policies and groups, permissions boundaries, SCPs and RCPs as far as they were
read, and the policies of resources that the account's evidence holds (`resources`). What was not read makes an answer
unknown, never allowed; control policies that were not read are said in `gaps`: the answer is then an upper bound.
"""

from srtui.access.answer import VERDICTS, Answer, Reason, Verdict, WhoCan
from srtui.access.facts import given_context
from srtui.access.index import AccessIndex, Given
from srtui.access.layers import members
from srtui.access.outsiders import Outsider
from srtui.access.reach import Reach

__all__ = [
    "VERDICTS",
    "AccessIndex",
    "Answer",
    "Given",
    "Outsider",
    "Reach",
    "Reason",
    "Verdict",
    "WhoCan",
    "given_context",
    "members",
]
