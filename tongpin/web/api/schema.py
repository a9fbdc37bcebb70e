"""The API's description as a file of this repository: `python -m tongpin.web.api.schema --write`, or `--check` it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

FILE = Path(__file__).resolve().parents[3] / "docs" / "api.json"


def text() -> str:
    """The description as JSON text. Needs Django to be set up."""
    from tongpin.web.api.api import api  # noqa: PLC0415 - its modules read Django's settings

    return json.dumps(api.get_openapi_schema(path_prefix="/api/"), ensure_ascii=False, indent=1) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """0 where the file is written, or is what would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/api.json")
    parser.add_argument("--check", action="store_true", help="exit 1 if docs/api.json is not up to date")
    asked = parser.parse_args(arguments)
    if asked.write:
        FILE.write_text(text(), encoding="utf-8")
        return 0
    if not FILE.is_file() or FILE.read_text(encoding="utf-8") != text():
        print("docs/api.json is not up to date: run python -m tongpin.web.api.schema --write", file=sys.stderr)
        return 1
    return 0


def begin() -> None:
    """Sets Django up without a database and without touching anybody's home: nothing of either is needed here."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpin.wiring.settings")
    os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    os.environ.setdefault("TONGPIN_SECRET_KEY", "only to describe the API, never to sign anything")
    import django  # noqa: PLC0415 - reads the settings named above

    django.setup()


if __name__ == "__main__":
    begin()
    sys.exit(main())
