"""The garbage collector of processes that handle facts by the thousand.

Python looks for cycles after every 700 new containers; a batch makes tens of thousands, and hardly any cycle. Measured on
tracking: a third of the process's time went there.
"""

from __future__ import annotations

import gc


def settle() -> None:
    """Call once all is imported: what stands now is never looked at again, and cycles are looked for rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
