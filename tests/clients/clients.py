"""Public clients of the ClinicalTrials.gov API, as their makers publish them, asked of a running trialfind server.

    clients.py BASE COMMAND    BASE is the address of the API (http://127.0.0.1:7878/api/v2), COMMAND the biomcp program

Only the base address is told to them. Ends with the first thing that is not as it should be.
"""

import os
import subprocess
import sys

from pytrials.client import ClinicalTrials


def pytrials(base):
    ClinicalTrials._BASE_URL = base + "/"
    client = ClinicalTrials()
    version, day = client.api_info
    assert version == "2.0.5" and len(day) == 19, client.api_info
    table = client.get_full_studies(search_expr="pain", max_studies=3)
    assert len(table) == 4 and len(table[0]) == 30, table
    page = client.get_full_studies(search_expr="pain+OR+cancer", max_studies=2, fmt="json")
    assert len(page["studies"]) == 2, page
    columns = ["NCT Number", "Conditions", "Study Title"]
    table = client.get_study_fields("pain", columns, max_studies=5)
    assert sorted(table[0]) == sorted(columns) and len(table) == 6, table
    # Every field that the client knows is known here.
    for field in client.study_fields["json"]:
        page = client.get_study_fields("pain", [field], max_studies=1, fmt="json")
        assert len(page["studies"]) == 1, (field, page)
    table = client.get_study_fields("pain", client.study_fields["csv"], max_studies=1)
    assert len(table[0]) == 30, table


def biomcp(base, command):
    def ask(*words):
        environment = dict(os.environ, BIOMCP_CTGOV_BASE=base)
        answer = subprocess.run(
            [command, *words], env=environment, capture_output=True, text=True, timeout=120
        )
        assert answer.returncode == 0, (words, answer.stdout, answer.stderr)
        return answer.stdout

    found = ask("search", "trial", "-c", "pain")
    assert "Results: " in found and "|NCT" in found, found
    some = ask("search", "trial", "-c", "pain", "-s", "recruiting", "--limit", "3")
    assert "RECRUITING" in some, some
    ask("search", "trial", "-i", "injection", "--sex", "female", "--age", "80", "--limit", "3")
    number = next(word for word in found.split("|") if word.startswith("NCT") and len(word) == 11)
    trial = ask("get", "trial", number)
    assert number in trial and "Status:" in trial, trial


pytrials(sys.argv[1])
biomcp(sys.argv[1], sys.argv[2])
print("pytrials and biomcp-cli are served")
