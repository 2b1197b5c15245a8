"""Amazon MemoryDB: clusters."""

from __future__ import annotations

from srtui.account import Account
from srtui.account.clusters import MemoryDatabase
from srtui.services.declare import Answer, Service

MEMORYDB = Service("memorydb", title="MemoryDB")


@MEMORYDB.call("DescribeClusters", page_size=100)
def memory_databases(account: Account, answer: Answer) -> None:
    """Clusters."""
    for entry in answer.response.get("Clusters") or ():
        arn = entry["ARN"]
        account.table(MemoryDatabase)[arn] = MemoryDatabase(
            arn=arn,
            name=entry.get("Name") or "",
            region=answer.region,
            engine=entry.get("Engine") or "",
            version=entry.get("EngineVersion") or "",
            tls=bool(entry.get("TLSEnabled")),
            auto_minor=bool(entry.get("AutoMinorVersionUpgrade")),
        )
