"""How the rules do on conversations by writers who hadn't seen them: two, four, two, two.

At first sight 6 of the first 90 right ones were suspected (6.7 %), and 109 of 132 faults found
(82.6 %); then 15 of 180 (8.3 %), and 210 of 264 faults (79.5 %); then 11 of 90 (12.2 %), and 116 of
132 faults (87.9 %); then 10 of 90 (11.1 %), and 122 of 132 faults (92.4 %). In all that is 42 of
450 (9.3 %), and 557 of 660 faults (84.4 %). What was seen
each time has changed the rules since, so what this prints today is no first sight any more. The
first two are in `strangers.json`, the next six in `strangers_2.json`, the last two in
`strangers_3.json`.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.core.samples import from_item

pytestmark = pytest.mark.benchmark
CONVERSATIONS = Path(__file__).parents[1] / "conversations"


@pytest.mark.parametrize("name", ["strangers.json", "strangers_2.json", "strangers_3.json"])
def test_conversations_of_strangers(name):
    sets = json.loads((CONVERSATIONS / name).read_text(encoding="utf-8"))
    verifier = load_verifier(CatalogFiles()).ready()

    def suspected(item):
        found = verifier.verify(from_item(item)).findings
        return [finding for finding in found if finding.severity != "info"]

    alarms = [(item["query"], found) for item in sets["right"] if (found := suspected(item))]
    print(f"\nright, and suspected: {len(alarms)} of {len(sets['right'])}")
    for query, found in alarms:
        print(f"  {query}: {found[0].code}: {found[0].message}")
    asked, found = Counter(), Counter()
    for broken in sets["broken"]:
        asked[broken["fault"]] += 1
        found[broken["fault"]] += bool(suspected(broken["item"]))
    print(f"faults found: {found.total()} of {asked.total()}")
    for fault, count in asked.items():
        print(f"  {fault:28} {found[fault]} of {count}")
