"""Score the reader on annotated reports: `python -m tests.evaluation.score [work|held_out ...]`.

A figure counts as found when (measure, scope, value) of an annotated figure is among those read from the same text; the
comparison is of sets. For `work` the worst cases are printed line by line; for `held_out` only the scores, so that nobody tunes to it.
Exit 1 if a folder misses the targets (recall 0.95, precision 0.97), 2 for a wrong call.
"""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from ingest.documents import read_document
from ingest.facts import read_figures, read_header
from warehouse.model import Document, Figure, Header
from warehouse.units import UnitRegister

HERE = Path(__file__).resolve().parent
RECALL, PRECISION = 0.95, 0.97
Key = tuple[str, str, Decimal]


@dataclass(frozen=True)
class Case:
    """One text with its annotated figures and header fields (empty for a passage)."""

    name: str
    body: bytes
    figures: tuple[Key, ...]
    header: dict[str, str]
    anchors: dict[Key, str]
    subjects: dict[Key, set[str]]


def cases(folder: Path) -> Iterator[Case]:
    """All reports and passages of a folder."""
    for path in sorted(folder.glob("*.txt")):
        header = {row["field"]: row["value"] for row in _rows(path.with_suffix(".header.csv"))}
        yield _case(path.stem, path.read_bytes(), _rows(path.with_suffix(".figures.csv")), header)
    annotated: dict[str, list[dict[str, str]]] = {}
    for row in _rows(folder / "passage_figures.csv"):
        annotated.setdefault(row["id"], []).append(row)
    for row in _rows(folder / "passages.csv"):
        yield _case(row["id"], row["text"].encode(), annotated.get(row["id"], []), {})


def _case(name: str, body: bytes, rows: list[dict[str, str]], header: dict[str, str]) -> Case:
    subjects: dict[Key, set[str]] = {}
    for row in rows:
        subjects.setdefault(_key(row), set()).add(row["subject"])
    return Case(name, body, tuple(_key(row) for row in rows), header, {_key(row): row["anchor"] for row in rows}, subjects)


def main(arguments: list[str]) -> int:
    """Score the folders named, or both."""
    names = arguments or ["work", "held_out"]
    if any(not (HERE / name).is_dir() for name in names):
        print(f"usage: python -m tests.evaluation.score [folder ...]; folders live in {HERE.name}/", file=sys.stderr)
        return 2
    return max(score(HERE / name, show=name == "work") for name in names)


def score(folder: Path, *, show: bool) -> int:
    """Print the scores of one folder; 1 if it misses a target."""
    families = _families()
    register = UnitRegister.load()
    hit: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    extra: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    good_fields: Counter[str] = Counter()
    subjects: Counter[str] = Counter()
    worst: list[tuple[int, str, list[str]]] = []
    seconds, count = 0.0, 0
    for case in cases(folder):
        started = time.perf_counter()
        document = read_document(case.body, case.name)
        header = read_header(document, register)
        read = read_figures(document, header)
        seconds += time.perf_counter() - started
        count += 1
        lines = _header_faults(case, header, fields, good_fields)
        wanted = set(case.figures)
        got = {_of(figure): figure for figure in read}
        for key in wanted & set(got):
            hit[families[key[0]]] += 1
            lines.extend(_subject_faults(case.subjects[key], {figure.subject for figure in read if _of(figure) == key}, key, subjects))
        for key in wanted - set(got):
            missed[families[key[0]]] += 1
            lines.append(f"    missed {_show(key)}  [{case.anchors[key]}]")
        for key in set(got) - wanted:
            extra[families[key[0]]] += 1
            lines.append(f"    extra  {_show(key)}  {_context(document, got[key])}")
        if lines:
            worst.append((len(lines), case.name, lines))
    print(f"== {folder.name}: {count} texts, {count / max(seconds, 1e-9):.1f} texts/s")
    for family in [*sorted(set(hit) | set(missed) | set(extra)), "all"]:
        good, lost, wrong = ((counter.total() if family == "all" else counter[family]) for counter in (hit, missed, extra))
        print(f"  {family:14} recall {_ratio(good, good + lost)}  precision {_ratio(good, good + wrong)}  ({good} found, {lost} missed, {wrong} extra)")
    right = subjects["right"]
    print(
        f"  subjects of what was found: recall {_ratio(right, right + subjects['lost'])}  precision {_ratio(right, right + subjects['invented'])}"
        f"  ({right} given, {subjects['lost']} lost, {subjects['invented']} invented; {subjects['named']} in the annotation's words)"
    )
    for field in fields:
        print(f"  header {field:16} {_ratio(good_fields[field], fields[field])}  of {fields[field]}")
    if show:
        for _, name, lines in sorted(worst, key=lambda item: (-item[0], item[1])):
            print(f"  {name}")
            print("\n".join(lines))
    found = hit.total()
    return int(found < RECALL * (found + missed.total()) or found < PRECISION * (found + extra.total()))


def _of(figure: Figure) -> Key:
    return (figure.measure, figure.scope, figure.value)


def _subject_faults(wanted: set[str], read: set[str], key: Key, counts: Counter[str]) -> list[str]:
    """Whether a figure has a subject where it must, and none where it must not; its words may be more or fewer than the annotation's."""
    if any(wanted) and any(read):
        counts["right"] += 1
        words = [" ".join(said.casefold().split()) for said in read if said]
        counts["named"] += any(mine in theirs or theirs in mine for mine in words for said in wanted if (theirs := " ".join(said.casefold().split())))
    elif any(wanted):
        counts["lost"] += 1
        return [f"    subject lost {_show(key)}  wanted {sorted(wanted)}"]
    elif any(read):
        counts["invented"] += 1
        return [f"    subject invented {_show(key)}  {sorted(read)}"]
    return []


def _header_faults(case: Case, header: Header, fields: Counter[str], good: Counter[str]) -> list[str]:
    read = {
        "unit_name": header.unit_name,
        "province_name": header.province_name,
        "number": header.number,
        "document_date": header.document_date.isoformat() if header.document_date else "",
        "kind": header.kind,
        "period_from": header.period.start.isoformat() if header.period else "",
        "period_to": header.period.end.isoformat() if header.period else "",
    }
    faults = []
    for field, wanted in case.header.items():
        fields[field] += 1
        if read[field] == wanted:
            good[field] += 1
        else:
            faults.append(f"    header {field}: wanted {wanted!r}, read {read[field]!r}")
    return faults


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _key(row: dict[str, str]) -> Key:
    return (row["measure"], row["scope"], Decimal(row["value"]))


def _families() -> dict[str, str]:
    seeds = HERE.parents[1] / "dbt_project" / "seeds" / "measures.csv"
    return {row["measure"]: row["family"] for row in _rows(seeds)}


def _show(key: Key) -> str:
    return f"{key[0]}@{key[1]}={key[2]}"


def _context(document: Document, figure: Figure) -> str:
    assert figure.start is not None and figure.end is not None
    left = document.text[max(0, figure.start - 60) : figure.start]
    return " ".join(f"[{left}<<{figure.printed_text}>>{document.text[figure.end : figure.end + 40]}]".split())


def _ratio(good: int, of: int) -> str:
    return f"{good / of:.3f}" if of else "  -  "


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
