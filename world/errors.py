"""What can go wrong in the local world itself, as opposed to the faults it plays on purpose.

WorldError            one sentence for the person at the keyboard
|-- NoRedis           there is no redis-server on this machine
`-- WorkloadError     a workload file, or what is asked of it, is wrong; names the place
"""

from __future__ import annotations


class WorldError(Exception):
    """The world cannot do what was asked; the message says what to do instead."""


class NoRedis(WorldError):
    """No redis-server was found; the message names the three ways to get one."""


class WorkloadError(WorldError):
    """A workload is malformed, or too small for the stream that was asked of it."""
