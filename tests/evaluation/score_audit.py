"""Score the auditor on the annotated reports: `python -m tests.evaluation.score_audit [work|held_out ...]`.

The whole way a report goes: read, then audit. A planted contradiction is found where a finding has its rule (or one that
says the same, see README.md) and one of its places overlaps the anchor. Every other warning or error is a false alarm.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from expectations.audit import audit
from ingest.documents import read_document
from ingest.facts import read_figures, read_header
from tests.evaluation.validate import JOIN, fold
from warehouse.model import Finding
from warehouse.units import UnitRegister

HERE = Path(__file__).parent
_SAME = {"truncated-percentage": "claimed-percentage"} | {
    f"form-{part}": f"report-{part}" for part in ("resolved", "in-progress", "flow", "received", "channels")
}

_CELL = 12
"""The quote of a table's cell ("46") stands in many anchors; only its offset says where it is."""


def score(folder: Path, *, show: bool) -> None:
    """Print how many planted contradictions were found and how many findings were not planted."""
    register = UnitRegister.load()
    reports = planted = found = alarms = alarmed = 0
    lines: list[str] = []
    for path in sorted(folder.glob("*.findings.csv")):
        name = path.name.removesuffix(".findings.csv")
        document = read_document((folder / f"{name}.txt").read_bytes(), f"{name}.txt")
        header = read_header(document, register)
        findings = audit(document, header, read_figures(document, header))
        with path.open(newline="", encoding="utf-8") as file:
            expected = list(csv.DictReader(file))
        reports += 1
        met: set[int] = set()
        for row in expected:
            hits = [number for number, finding in enumerate(findings) if _meets(finding, row, document.text)]
            planted += 1
            found += bool(hits)
            met.update(hits)
            if not hits:
                lines.append(f"  missed {name}: {row['rule']} ({row['why']})")
        wrong = [
            finding
            for number, finding in enumerate(findings)
            if finding.severity != "info" and number not in met and not _echoes(finding, expected, document.text)
        ]
        alarms += len(wrong)
        alarmed += bool(wrong)
        lines += [f"  alarm  {name}: {finding.rule}: {finding.message_vi}" for finding in wrong]
    print(f"== audit of {folder.name}: {reports} reports, {found} of {planted} planted contradictions found, {alarms} false alarms in {alarmed} reports")
    if show:
        print("\n".join(lines))


def _meets(finding: Finding, row: dict[str, str], text: str) -> bool:
    return _rule(finding.rule) == _rule(row["rule"]) and _overlaps(finding, row, text)


def _echoes(finding: Finding, expected: list[dict[str, str]], text: str) -> bool:
    """A finding of another rule at a planted place tells of the same fault."""
    return any(_overlaps(finding, row, text) for row in expected)


def _overlaps(finding: Finding, row: dict[str, str], text: str) -> bool:
    """Whether a place of the finding lies in an anchor (by offsets of the folded text) or its quote holds one."""
    anchors = [anchor.replace("⟦", "").replace("⟧", "").strip() for anchor in row["anchor"].split(JOIN.strip())]
    quotes = [" ".join(fold(place.quote).split()) for place in finding.places]
    if any(anchor in quote or (quote in anchor and len(quote) > _CELL) for anchor in anchors for quote in quotes if quote and anchor):
        return True
    folded = fold(text)
    starts = [(folded.find(anchor), len(anchor)) for anchor in anchors if anchor in folded]
    places = [len(fold(text[: place.start])) for place in finding.places if place.start is not None]
    return any(start <= place < start + length for start, length in starts for place in places)


def _rule(rule: str) -> str:
    return _SAME.get(rule, rule)


if __name__ == "__main__":
    for part in sys.argv[1:] or ["work", "held_out"]:
        score(HERE / part, show=part == "work")
