"""The server's settings: one small box, many appends, nothing heard from the network."""

import os
from collections.abc import Mapping
from pathlib import Path

from tongpin.wiring.postgres.place import PORT

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "password_encryption": "scram-sha-256",
    "cluster_name": "tongpin",
    # Memory; shared_buffers stands in `buffers`
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "1GB",
    "max_worker_processes": "4",
    "max_logical_replication_workers": "0",
    "max_parallel_workers": "2",
    "max_parallel_workers_per_gather": "1",
    "max_locks_per_transaction": "128",
    "jit": "off",
    # What was acknowledged stays
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # One call for the whole file system instead of one for each of a thousand files: back three times sooner.
    "recovery_init_sync_method": "syncfs",
    "wal_level": "replica",
    "max_wal_senders": "3",
    "max_wal_size": "2GB",
    "min_wal_size": "128MB",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    # The ledger only grows: let vacuum mark pages all-visible and freeze them early, a little at a time.
    "autovacuum_max_workers": "2",
    "autovacuum_worker_slots": "4",
    "autovacuum_naptime": "30s",
    "autovacuum_vacuum_insert_scale_factor": "0.05",
    "autovacuum_vacuum_scale_factor": "0.05",
    "autovacuum_analyze_scale_factor": "0.02",
    "autovacuum_vacuum_cost_limit": "1000",
    # Words
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "default_text_search_config": "pg_catalog.simple",
    # The log says what happened to the server and never shows a statement or a row: both can hold a person.
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_line_prefix": "%b ",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}

WITHOUT_FSYNC: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

HBA = """\
# Written by tongpin at every start. The socket's folder lets one account in; a password is asked all the same.
local all all scram-sha-256
local replication all scram-sha-256
"""


SMALLEST, LARGEST = 128, 512


def buffers(memory_mb: int) -> str:
    """The server's own cache: a thirty-second of the machine's memory, so that a small box stays small.

    Keys come in any order, and their index is many times 128 MB on a ledger of millions: then every second key costs a page
    written out and one read in, each with its checksum.
    """
    return f"{max(SMALLEST, min(LARGEST, memory_mb // 32))}MB"


def memory_mb() -> int:
    """What the machine has, or what a container leaves us of it."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return machine
    return min(machine, int(limit) >> 20) if limit.isdecimal() else machine


def conf(*, sockets: Path, configured_with: str, also: Mapping[str, str]) -> str:
    """The text of postgresql.conf."""
    settings = {**SETTINGS, "unix_socket_directories": '"' + str(sockets).replace('"', '""') + '"'}
    settings["shared_buffers"] = buffers(memory_mb())
    if "--with-lz4" in configured_with:
        settings["wal_compression"] = "lz4"
    settings.update(also)
    lines = [f"{name} = '{_quoted(value)}'" for name, value in settings.items()]
    head = "# Written by tongpin at every start; your own settings go into local.conf beside it.\n"
    return head + "\n".join(lines) + "\ninclude_if_exists = 'local.conf'\n"


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")
