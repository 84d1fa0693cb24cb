"""Passages of reports with one slip each, through reader and auditor: the slip is found, and its clean twin raises no doubt.

`tests/slips/*.toml`: each passage has `head` (an opening of heads.toml), `rule` (empty: a passage without a slip, in which nothing may be found)
and `text`, in which `⟦right→wrong⟧` is the slip.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from expectations.audit import audit
from ingest.documents import read_document
from ingest.facts import read_figures, read_header
from warehouse.model import Finding
from warehouse.units import UnitRegister

FOLDER = Path(__file__).with_name("slips")
SLIP = re.compile(r"⟦(?P<right>[^→⟧]*)→(?P<wrong>[^⟧]*)⟧")


def _load(path: Path) -> dict[str, list[dict[str, str]]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


HEADS: dict[str, str] = tomllib.loads((FOLDER / "heads.toml").read_text(encoding="utf-8"))["head"]
PASSAGES = [
    pytest.param(one, id=f"{path.stem}-{number}")
    for path in sorted(FOLDER.glob("*.toml"))
    if path.stem != "heads"
    for number, one in enumerate(_load(path)["passage"], 1)
]


@cache
def _register() -> UnitRegister:
    return UnitRegister.load()


def _findings(text: str) -> list[Finding]:
    document = read_document(text.encode(), "report.txt")
    header = read_header(document, _register())
    return list(audit(document, header, read_figures(document, header)))


@pytest.mark.parametrize("passage", PASSAGES)
def test_the_slip_is_found_and_its_clean_twin_is_left_alone(passage: dict[str, str]) -> None:
    text = HEADS[passage["head"]] + passage["text"]
    clean = _findings(SLIP.sub(r"\g<right>", text))
    assert [finding.message_vi for finding in clean if finding.severity != "info" or finding.rule == passage["rule"]] == []
    if passage["rule"]:
        assert SLIP.search(text), "a passage with a rule has a slip"
        assert passage["rule"] in {finding.rule for finding in _findings(SLIP.sub(r"\g<wrong>", text))}
