"""How anyone becomes administrator: techniques as data, and the graph of who can become whom.

`escalate(account)` in `srtui.escalation.engine` is the entry point; everything else follows from what it returns.
"""
