"""PostgreSQL everywhere: one of our own in the home, or the one that DATABASE_URL names.

Only the programs of the wheel are used. The server runs in the foreground as a child; when its master dies, every
process left in the data folder is ended and it is started again until recovery is done.
"""

from tongpin.wiring.postgres.cluster import DATABASE, Cluster
from tongpin.wiring.postgres.failures import ClusterBusy, PostgresError, StartFailed
from tongpin.wiring.postgres.server import Server
from tongpin.wiring.postgres.temporary import Temporary, temporary_cluster
from tongpin.wiring.postgres.url import OLDEST, BadDatabaseURL, database

__all__ = [
    "DATABASE",
    "OLDEST",
    "BadDatabaseURL",
    "Cluster",
    "ClusterBusy",
    "PostgresError",
    "Server",
    "StartFailed",
    "Temporary",
    "database",
    "temporary_cluster",
]
