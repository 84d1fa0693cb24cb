"""Check a folder of annotated reports: `python -m tests.evaluation.validate tests/evaluation/work`.

One line a fault on standard output (file, line, what is wrong, what to do), exit 1 if there is any, 2 for a wrong call. The format is told in `README.md`.
"""

from __future__ import annotations

import csv
import re
import sys
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "dbt_project" / "seeds"
FIGURE_COLUMNS = ("measure", "scope", "subject", "value", "unit", "bound", "printed", "anchor", "note")
FINDING_COLUMNS = ("rule", "severity", "anchor", "why")
HEADER_FIELDS = ("unit_name", "province_name", "number", "document_date", "kind", "period_from", "period_to")
KINDS = ("kstthc", "cchc", "two-level-government", "party-review", "socio-economic", "other")
BLOCKS = (
    "party-front",
    "party",
    "front",
    "government",
    "military-command",
    "public-service",
    "education",
    "health",
    "service-centre",
    "one-stop-centre",
    "all",
)
FIELDS = (
    "land",
    "civil-status",
    "certification",
    "household-business",
    "construction",
    "social",
    "education",
    "health",
    "culture",
    "finance",
    "agriculture",
    "environment",
    "justice",
    "home-affairs",
    "residence",
    "transport",
    "other",
)
SCOPES = frozenset(("", *BLOCKS, *(f"field:{name}" for name in FIELDS)))
EXTRA_RULES = frozenset(("same-fact", "impossible-date", "heading-number", "truncated-percentage"))
OPEN, CLOSE = "⟦", "⟧"
JOIN = " || "


def fold(text: str) -> str:
    """The comparison text: NFC, ƣ/Ƣ as ư/Ư, every run of white space as one space."""
    repaired = unicodedata.normalize("NFC", text).replace("ƣ", "ư").replace("Ƣ", "Ư")
    return re.sub(r"\s+", " ", repaired)


def occurrences(text: str, printed: str) -> list[int]:
    """Starts of `printed` in `text` where it is no part of a longer number or word."""
    left = r"(?<![0-9])(?<![0-9][.,])" if printed[0] in "0123456789" else r"(?<!\w)"
    right = r"(?![0-9])(?![.,][0-9])" if printed[-1] in "0123456789" else r"(?!\w)"
    return [match.start() for match in re.finditer(left + re.escape(printed) + right, text)]


def span(folded: str, anchor: str, printed: str) -> tuple[int, int]:
    """Where the printed figure stands in the folded text, end exclusive. ValueError says what is not unique or missing."""
    plain = anchor.replace(OPEN, "").replace(CLOSE, "")
    if not plain or not printed:
        raise ValueError("anchor or printed is empty")
    found = folded.count(plain)
    if found != 1:
        raise ValueError(f"anchor occurs {found} times, must occur once: {anchor!r}")
    base = folded.index(plain)
    if OPEN in anchor:
        if anchor.count(OPEN) != 1 or f"{OPEN}{printed}{CLOSE}" not in anchor:
            raise ValueError(f"{OPEN} {CLOSE} must hold exactly the printed text {printed!r}: {anchor!r}")
        inside = anchor.index(OPEN)
        if inside not in occurrences(plain, printed):
            raise ValueError(f"the marked {printed!r} is a piece of a longer number or word: {anchor!r}")
    else:
        places = occurrences(plain, printed)
        if len(places) != 1:
            raise ValueError(f"printed {printed!r} occurs {len(places)} times in anchor {anchor!r}, must occur once")
        inside = places[0]
    return base + inside, base + inside + len(printed)


def rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """The lines of a CSV with exactly these columns. ValueError for another header line, a ragged line, or bytes that are not UTF-8."""
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            reader = csv.reader(handle, strict=True)
            lines = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"not readable as UTF-8 CSV: {error}") from error
    if not lines or tuple(lines[0]) != columns:
        raise ValueError(f"header line must be {','.join(columns)}")
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(columns):
            raise ValueError(f"line {number} has {len(line)} cells, must have {len(columns)}")
    return [dict(zip(columns, line, strict=True)) for line in lines[1:]]


def catalogue() -> tuple[dict[str, str], frozenset[str]]:
    """Units by measure code, and the rule codes."""
    with (SEEDS / "measures.csv").open(encoding="utf-8", newline="") as handle:
        units = {row["measure"]: row["unit"] for row in csv.DictReader(handle)}
    with (SEEDS / "identities.csv").open(encoding="utf-8", newline="") as handle:
        rules = frozenset(row["identity"] for row in csv.DictReader(handle))
    return units, rules | EXTRA_RULES


def figure_faults(row: dict[str, str], folded: str, units: dict[str, str]) -> Iterator[str]:
    """What is wrong with one annotated figure."""
    if row["measure"] not in units:
        yield f"unknown measure {row['measure']!r}"
    elif row["unit"] != units[row["measure"]]:
        yield f"unit {row['unit']!r}, the catalogue has {units[row['measure']]!r}"
    if row["scope"] not in SCOPES:
        yield f"unknown scope {row['scope']!r}"
    if row["bound"] not in ("=", ">", "<", "≈"):
        yield f"unknown bound {row['bound']!r}"
    try:
        if not Decimal(row["value"]).is_finite() or not re.fullmatch(r"[0-9]+(\.[0-9]+)?", row["value"]):
            yield f"value {row['value']!r} is not a plain decimal"
    except InvalidOperation:
        yield f"value {row['value']!r} is not a number"
    try:
        span(folded, row["anchor"], row["printed"])
    except ValueError as error:
        yield str(error)


def header_faults(lines: list[dict[str, str]]) -> Iterator[str]:
    """What is wrong with a header file."""
    names = tuple(line["field"] for line in lines)
    if names != HEADER_FIELDS:
        yield f"fields must be {', '.join(HEADER_FIELDS)} in this order"
        return
    value = {line["field"]: line["value"] for line in lines}
    if value["kind"] not in KINDS:
        yield f"unknown kind {value['kind']!r}"
    if not value["unit_name"]:
        yield "unit_name is empty"
    for name in ("document_date", "period_from", "period_to"):
        if value[name]:
            try:
                date.fromisoformat(value[name])
            except ValueError:
                yield f"{name} {value[name]!r} is not an ISO date"
    if value["period_from"] and value["period_to"] and value["period_from"] > value["period_to"]:
        yield "the period in effect runs backwards"


def finding_faults(row: dict[str, str], folded: str, rules: frozenset[str]) -> Iterator[str]:
    """What is wrong with one planted finding."""
    if row["rule"] not in rules:
        yield f"unknown rule {row['rule']!r}"
    if row["severity"] not in ("error", "warning", "info"):
        yield f"unknown severity {row['severity']!r}"
    if not row["why"]:
        yield "why is empty"
    for piece in row["anchor"].split(JOIN):
        found = folded.count(piece) if piece else 0
        if found != 1:
            yield f"anchor occurs {found} times, must occur once: {piece!r}"


def document_faults(text_path: Path, units: dict[str, str], rules: frozenset[str]) -> Iterator[str]:
    """All faults of one report and its three files."""
    try:
        folded = fold(text_path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        yield f"{text_path.name}: not UTF-8 ({error})"
        return
    if not folded.strip():
        yield f"{text_path.name}: empty text"
    tables = (("figures", FIGURE_COLUMNS), ("header", ("field", "value")), ("findings", FINDING_COLUMNS))
    for suffix, columns in tables:
        path = text_path.with_name(f"{text_path.stem}.{suffix}.csv")
        if not path.is_file():
            yield f"{path.name}: missing"
            continue
        try:
            lines = rows(path, columns)
        except ValueError as error:
            yield f"{path.name}: {error}"
            continue
        if suffix == "header":
            for fault in header_faults(lines):
                yield f"{path.name}: {fault}"
            continue
        if suffix == "figures" and not lines:
            yield f"{path.name}: a report without any figure tests nothing"
        for number, row in enumerate(lines, 2):
            found = figure_faults(row, folded, units) if suffix == "figures" else finding_faults(row, folded, rules)
            for fault in found:
                yield f"{path.name}:{number}: {fault}"


def passage_faults(folder: Path, units: dict[str, str]) -> Iterator[str]:
    """All faults of the two passage files."""
    try:
        texts = rows(folder / "passages.csv", ("id", "text"))
        figures = rows(folder / "passage_figures.csv", ("id", *FIGURE_COLUMNS))
    except (OSError, ValueError) as error:
        yield f"passages: {error}"
        return
    folded: dict[str, str] = {}
    for number, row in enumerate(texts, 2):
        if row["id"] in folded:
            yield f"passages.csv:{number}: id {row['id']!r} is used twice"
        if not row["text"].strip():
            yield f"passages.csv:{number}: empty text"
        folded[row["id"]] = fold(row["text"])
    for number, row in enumerate(figures, 2):
        if row["id"] not in folded:
            yield f"passage_figures.csv:{number}: no passage {row['id']!r}"
            continue
        for fault in figure_faults(row, folded[row["id"]], units):
            yield f"passage_figures.csv:{number}: {fault}"


def faults(folder: Path) -> list[str]:
    """Every fault of a folder, one line each; empty = the folder keeps the format."""
    units, rules = catalogue()
    found: list[str] = []
    texts = sorted(folder.glob("*.txt"))
    for path in texts:
        found.extend(document_faults(path, units, rules))
    known = {path.stem for path in texts}
    for path in sorted(folder.glob("*.*.csv")):
        if path.name.split(".")[0] not in known:
            found.append(f"{path.name}: there is no {path.name.split('.')[0]}.txt")
    if (folder / "passages.csv").exists() or (folder / "passage_figures.csv").exists():
        found.extend(passage_faults(folder, units))
    elif not texts:
        found.append(f"{folder}: neither a report nor passages.csv")
    return found


def main(arguments: list[str]) -> int:
    """Print the faults of the folders named; exit code 0, 1 (faults) or 2 (wrong call)."""
    if not arguments or not all(Path(name).is_dir() for name in arguments):
        print("usage: python -m tests.evaluation.validate FOLDER...", file=sys.stderr)
        return 2
    total = 0
    for name in arguments:
        folder = Path(name)
        lines = faults(folder)
        total += len(lines)
        for line in lines:
            print(line)
        print(f"{folder}: {len(list(folder.glob('*.txt')))} reports, {len(lines)} faults")
    return 1 if total else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
