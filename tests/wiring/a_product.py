"""A small product for the supervisor's tests: `python a_product.py JSON` runs it until a signal comes."""

import json
import sys
from pathlib import Path

from tongpin.wiring.home import Home
from tongpin.wiring.postgres import Cluster
from tongpin.wiring.run import Program, run


def main() -> int:
    plan = json.loads(sys.argv[1])
    home = Home(Path(plan["home"]))
    cluster = Cluster(home, system=Path(plan["system"])) if plan["postgres"] else None
    programs = [Program(**program) for program in plan["programs"]]
    lines = [f"ready at {plan['address']}"]
    return run(programs, home=home, postgres=cluster, address=plan["address"], on_ready=lambda: lines)


if __name__ == "__main__":
    sys.exit(main())
