"""The command line: `tongpin up web live readers worker migrate set-up import check backup restore shell owner-link bench-…`."""

from __future__ import annotations

import argparse
import ipaddress
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from urllib.parse import urlsplit

from tongpin.wiring.home import HomeError, home
from tongpin.wiring.postgres import BadDatabaseURL, Cluster, PostgresError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpin.wiring.settings")
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.command is None:
        parser.print_help()
        return 2
    try:
        code: int = given.run(given)
        return code
    except (HomeError, PostgresError, BadDatabaseURL) as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tongpin", description="同频 Tongpin: community marketing as one closed loop."
    )
    commands = parser.add_subparsers(dest="command", title="commands")

    def command(name: str, run: Callable[[argparse.Namespace], int], words: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=words, description=words)
        added.set_defaults(run=run)
        return added

    up = command("up", _up, "start everything and print where it is")
    up.add_argument("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1)")
    up.add_argument("--port", type=int, default=8000, help="the port of the pages; the live pages take the next one")
    up.add_argument("--url", default="", help="the address people type, such as https://shop.example.com")
    for name, words in (
        ("web", "serve the pages and the tracking API"),
        ("live", "serve the live pages"),
    ):
        server = command(name, _web if name == "web" else _live, words)
        server.add_argument("--host", default="127.0.0.1")
        server.add_argument("--port", type=int, default=8000 if name == "web" else 8001)
    command("readers", _readers, "run the sequencer, the projections and the reactions")
    command("worker", _worker, "run schedules and long jobs")
    command("migrate", _migrate, "bring the database to this version")
    command("check", _check, "say what is configured, what is missing and how to mend it")
    link = command("owner-link", _owner_link, "print a new one-time link for the owner")
    link.add_argument("--first", action="store_true", help="only where the house has no owner yet; else how to sign in")
    command("rotate-keys", _rotate_keys, "seal personal data anew with a new key; nothing needs to stop")
    command("shell", _shell, "a Python shell with the product loaded")
    backup = command("backup", _backup, "write a backup now")
    backup.add_argument("--to", default="", help="the file to write (default: in the backups folder)")
    backup.add_argument("--passphrase-file", default="", help="put the key file in too, encrypted with this passphrase")
    backup.add_argument(
        "--drill", action="store_true", help="restore the newest backup beside the live one and compare"
    )
    restore = command("restore", _restore, "put a backup in the place of what is there now")
    restore.add_argument("file")
    restore.add_argument("--passphrase-file", default="")
    restore.add_argument("--yes", action="store_true", help="do it: what is there now is replaced")
    begin = command("set-up", _set_up, "make a community ready from a file: positioning, rules, questions, ways in")
    begin.add_argument("file", help="a set-up that comes with the product (group-buy), or the path of your own")
    begin.add_argument("--community", required=True, metavar="NAME", help="the community; founded if there is none")
    _measure_options(command("measure", _measure, "compute measures from the ledger and store them for the screens"))
    _import_options(command("import", _import, "import files: orders, items, customers, bills, vouchers, messages"))
    return parser


def _measure_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", default="", help="one measure (default: all of them)")
    parser.add_argument("told", nargs="*", metavar="key=value", help="what it may be asked, such as community=3")
    parser.add_argument("--as-of", default="", help="up to which moment, ISO with zone (default: now)")
    parser.add_argument("--known-at", default="", help="with what was known at that moment (default: now)")
    parser.add_argument("--store", action="store_true", help="keep the results for the screens, of every community too")
    parser.add_argument("--json", action="store_true", help="one object a measure")


def _import_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE")
    kinds = ["orders", "items", "customers", "bills", "vouchers", "messages"]
    parser.add_argument("--as", dest="kind", choices=kinds, help="what the rows are, where it cannot be recognised")
    parser.add_argument("--shop", default="", help="the shop the file is from")
    parser.add_argument("--place", default="", help="the group a conversation is from")
    parser.add_argument("--map", action="append", default=[], metavar="COLUMN=MEANING", help="what a column means")
    parser.add_argument(
        "--date-order",
        default="",
        choices=["mdy", "dmy"],
        help="whether the month or the day comes first in dates like 03/04/2026",
    )
    parser.add_argument(
        "--header-row", type=_row, metavar="NUMBER", help="the row with the columns' titles, counted from 1; 0: none"
    )
    parser.add_argument(
        "--consent", default="", choices=["", "asked", "contract"], help="basis of consent to contact (default none)"
    )
    parser.add_argument(
        "--rejected", default="", metavar="FILE", help="write rejected rows with their reasons here: .csv or .xlsx"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")


def _row(text: str) -> int:
    if not (text.isdecimal() and text.isascii() and len(text) < 7):
        raise argparse.ArgumentTypeError(f"{text!r} is no row: count from 1, or say 0 where there is no header")
    return int(text)


def _up(given: argparse.Namespace) -> int:
    from tongpin.wiring.run import Program, run  # noqa: PLC0415 - only `up` needs the supervisor

    refusal = _bad_address(given.host, given.url)
    if refusal:
        print(refusal, file=sys.stderr)
        return 2
    base = home()
    cluster = None if os.environ.get("DATABASE_URL") else Cluster(base)
    here = [sys.executable, "-m", "tongpin.wiring.cli"]
    url = given.url or f"http://{given.host}:{given.port}"
    live = os.environ.get("TONGPIN_LIVE_URL") or f"http://{given.host}:{given.port + 1}"
    env = {"TONGPIN_URL": url, "TONGPIN_LIVE_URL": live, "TONGPIN_HOME": str(base.root)}
    # glibc keeps a heap for each of a dozen threads otherwise: a third of the worker's memory after one import.
    env["MALLOC_ARENA_MAX"] = os.environ.get("MALLOC_ARENA_MAX", "2")
    at = ["--host", given.host]
    near = "127.0.0.1" if given.host in {"0.0.0.0", "::"} else given.host  # noqa: S104 - compared, not bound
    programs = [
        Program(name="migrate", argv=[*here, "migrate"], env=env, once=True),
        Program(
            name="web",
            argv=[*here, "web", *at, "--port", str(given.port)],
            env=env,
            probe=f"http://{near}:{given.port}/health",
            ahead=3.0,  # four that start at once on two cores keep the first page waiting
        ),
        Program(
            name="live",
            argv=[*here, "live", *at, "--port", str(given.port + 1)],
            env=env,
            probe=f"http://{near}:{given.port + 1}/live/health",
        ),
        Program(name="readers", argv=[*here, "readers"], env=env),
        Program(name="worker", argv=[*here, "worker"], env=env),
    ]

    def ready() -> list[str]:
        link = subprocess.run(
            [*here, "owner-link", "--first"], env={**os.environ, **env}, capture_output=True, text=True, check=False
        )
        return ["", f"同频 Tongpin  {url}", *link.stdout.splitlines(), *link.stderr.splitlines()[-3:], ""]

    return run(programs, home=base, postgres=cluster, address=url, on_ready=ready)


def _bad_address(host: str, url: str) -> str:
    """Why an address would leave people's data open on the way; empty where it is fine."""
    try:
        is_own = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return f"--host {host}: give an address of this machine, such as 0.0.0.0"
    if is_own:
        return ""
    if urlsplit(url).scheme != "https":
        return (
            "Beyond this machine, people's data must not travel open: put a server with HTTPS in front (docs/start shows"
            " Caddy in three lines) and give its address: --host 0.0.0.0 --url https://shop.example.com"
        )
    return ""


LIVE_PAGES = 20_000
"""Live pages that one process may hold open."""


def _serve(target: str, interface: str, given: argparse.Namespace, *, threads: int) -> int:
    from granian.constants import Interfaces  # noqa: PLC0415 - only a server needs the server
    from granian.server import Server  # noqa: PLC0415

    Server(
        target,
        address=given.host,
        port=given.port,
        interface=Interfaces(interface),
        workers=1,
        backlog=2048,
        # One open page is one request that does not end; otherwise no more than the backlog would be let in.
        backpressure=LIVE_PAGES if interface == "asgi" else None,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        websockets=False,
        blocking_threads=threads if interface == "wsgi" else None,
    ).serve()
    return 0


def _web(given: argparse.Namespace) -> int:
    return _serve(
        "tongpin.wiring.wsgi:application", "wsgi", given, threads=int(os.environ.get("TONGPIN_THREADS", "16"))
    )


def _live(given: argparse.Namespace) -> int:
    import resource  # noqa: PLC0415 - only here

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = LIVE_PAGES + 500  # each open page is an open file; systems start programs with 1,024
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    return _serve("tongpin.web.live.app:application", "asgi", given, threads=1)


def _django() -> None:
    import django  # noqa: PLC0415 - the commands before this one run without it

    django.setup()


def _readers(given: argparse.Namespace) -> int:
    _django()
    from tongpin.wiring.readers import run  # noqa: PLC0415

    run()
    return 0


def _worker(given: argparse.Namespace) -> int:
    _django()
    from tongpin.wiring.worker import run  # noqa: PLC0415

    run()
    return 0


def _migrate(given: argparse.Namespace) -> int:
    with _database():
        _django()
        from tongpin.wiring.migrating import migrate  # noqa: PLC0415

        return migrate()


def _check(given: argparse.Namespace) -> int:
    from tongpin.wiring.checking import run  # noqa: PLC0415

    return run()


def _owner_link(given: argparse.Namespace) -> int:
    with _database():
        _django()
        from tongpin.wiring.owner import greet, print_link  # noqa: PLC0415

        return greet() if given.first else print_link()


def _rotate_keys(given: argparse.Namespace) -> int:
    with _database():
        _django()
        from tongpin.base.secrets import KeyFileError  # noqa: PLC0415
        from tongpin.wiring.rotating import command  # noqa: PLC0415

        try:
            return command()
        except KeyFileError as failure:
            print(failure, file=sys.stderr)
            return 1


def _shell(given: argparse.Namespace) -> int:
    with _database():
        _django()
        import code  # noqa: PLC0415

        code.interact(banner="Tongpin. Actions record facts; a .save() by hand does not.", local={})
    return 0


def _backup(given: argparse.Namespace) -> int:
    with _database():
        _django()
        if given.drill:
            from tongpin.wiring.restore import drill_command  # noqa: PLC0415

            return drill_command()
        from tongpin.wiring.backup import command  # noqa: PLC0415

        return command(to=given.to, passphrase_file=given.passphrase_file)


def _restore(given: argparse.Namespace) -> int:
    with _database():
        _django()
        from tongpin.wiring.restore import command  # noqa: PLC0415

        return command(file=given.file, passphrase_file=given.passphrase_file, yes=given.yes)


def _set_up(given: argparse.Namespace) -> int:
    with _database():
        _django()
        from tongpin.wiring.setting_up import command  # noqa: PLC0415

        return command(given)


def _measure(given: argparse.Namespace) -> int:
    with _database():
        _django()
        from tongpin.wiring.measuring import command  # noqa: PLC0415

        return command(given)


def _import(given: argparse.Namespace) -> int:
    with _database():
        _django()
        from tongpin.wiring.collecting import settle  # noqa: PLC0415
        from tongpin.wiring.importing import command  # noqa: PLC0415

        settle()
        return command(given)


def _database() -> AbstractContextManager[None]:
    """A server to talk to: the named one, the one that runs, or our own for as long as the command lasts."""

    return nullcontext() if os.environ.get("DATABASE_URL") else Cluster(home()).at_hand()


if __name__ == "__main__":
    raise SystemExit(main())
