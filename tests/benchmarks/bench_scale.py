"""Large accounts: file to full screen, memory, key press to painted frame.

Run: python -m tests.benchmarks.bench_scale
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.bench_start import home_environment
from tests.benchmarks.table import Figure, print_table
from tests.benchmarks.terminal import Terminal
from tests.synthetic import authorization_details

KEYS = 200


def memory_mb(pid: int) -> float:
    """Resident memory of a process in MB, from the kernel's own account of it."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def settled(terminal: Terminal, principals: int) -> float:
    """Seconds from the start until the last principal stands in the tree's counts and nothing is collecting."""
    users = f"Users {principals // 2:,}"
    terminal.wait_for(lambda screen: users in screen and "collecting" not in screen.lower(), timeout=180)
    return time.perf_counter() - terminal.started


def key_latencies(terminal: Terminal, count: int) -> list[float]:
    """Milliseconds from each key press to the last byte of the frame that it caused."""
    found = []
    for index in range(count):
        while terminal.read(0.0):
            pass
        start = time.perf_counter()
        terminal.send("j" if index % 20 < 15 else "k")
        if terminal.read(1.0):
            found.append((time.perf_counter() - start) * 1000)
        time.sleep(0.01)
    return found


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure(principals: int, folder: str) -> tuple[float, float, list[float]]:
    """(seconds to full screen, MB, key latencies while the file is still streaming in)."""
    path = Path(folder) / f"{principals}.json"
    path.write_text(json.dumps(authorization_details(principals)))
    command = [sys.executable, "-m", "srtui", "open", str(path)]
    with Terminal(command, env=home_environment(folder)) as terminal:
        seconds = settled(terminal, principals)
        memory = memory_mb(terminal.process.pid)
    with Terminal(command, env=home_environment(folder)) as terminal:
        terminal.wait_for(lambda screen: "Users" in screen)
        terminal.send("2")
        latencies = key_latencies(terminal, KEYS)
    return seconds, memory, latencies


def main() -> None:
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        for principals in (5_000, 20_000):
            seconds, memory, latencies = measure(principals, folder)
            p99 = percentile(latencies, 0.99)
            figures += [
                Figure(f"{principals:,} principals, file to full screen", f"{seconds:.1f} s"),
                Figure(f"{principals:,} principals, resident memory", f"{memory:.0f} MB"),
                Figure(
                    f"{principals:,} principals, key to frame, median",
                    f"{statistics.median(latencies):.1f} ms",
                ),
                Figure(
                    f"{principals:,} principals, key to frame, p99", f"{p99:.1f} ms", "≤ 50 ms", p99 <= 50
                ),
            ]
    print_table("Scale (authorization-details file, keys pressed while it streams in)", figures)


if __name__ == "__main__":
    main()
