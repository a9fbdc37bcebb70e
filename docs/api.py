"""Writes docs/api.json, the API's description: `python docs/api.py --write`, or `--check` that it is up to date."""

from __future__ import annotations

import sys

from tongpin.web.api.schema import begin, main

if __name__ == "__main__":
    begin()
    sys.exit(main())
