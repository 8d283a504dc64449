"""Print how many cases of each threat there are, and what has to come of them."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict

from tests.formats.hostile.table import THREATS, played, rows

outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)
for case in (*rows(), *played()):
    outcomes[case.threat][case.outcome] += 1
for threat in THREATS:
    listed = ", ".join(f"{count} {outcome}" for outcome, count in outcomes[threat].most_common())
    sys.stdout.write(f"{threat}  {outcomes[threat].total():4}  {listed}\n")
sys.stdout.write(f"{len(rows()) + len(played())} cases of {len(outcomes)} threats\n")
