"""The local world: everything a production AI API talks to, on this machine and over real sockets.

On the command line, `world CMD` runs a command with stand-ins for what is not configured. In a
notebook:

    import world

    w = world.start(seed=5)
    w.faults({"kind": "status", "status": 503, "times": 2})
    print(w.url)        # a page with errors, traces and calls
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from world.client import World


def start(
    seed: int = 5, *, latency_seconds: float = 0.05, workload: Path | str | None = None
) -> World:
    """Start the stand-ins for what is not configured and set the variables that lead to them.

    Called again it returns the same World; where `world CMD` runs this process it returns that
    one's. `latency_seconds` is the provider's time to the first token, `workload` a file of
    questions and answers in place of the shop's. Everything ends with this process.

        w = world.start(seed=5)
        w.ledger()
    """
    # Imported here: `world CMD` and the keeper start faster without an HTTP client.
    from world.notebook import OWNER  # noqa: PLC0415
    from world.order import Settings  # noqa: PLC0415

    path = None if workload is None else str(workload)
    return OWNER.start(Settings(seed=seed, latency_seconds=latency_seconds, workload=path))
