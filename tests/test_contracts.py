"""Contracts are data; drift is told with both lists and decided by policy."""

from __future__ import annotations

from pathlib import Path

import pytest

import ingest.contracts
from ingest.contracts import Contract, ContractFileError, contracts, field_names, printable

SOURCES = [path.stem for path in sorted(Path(ingest.contracts.__file__).parent.glob("*.toml"))]


@pytest.mark.parametrize("source", SOURCES)
def test_every_contract_is_whole(source: str) -> None:
    found = contracts(source)
    assert found
    assert all(contract.required and not contract.required & contract.known for contract in found.values())


DRIFTS = {
    "nothing": (frozenset("ab"), None),
    "unknown": (frozenset("abz"), ((), ("z",), "accept")),
    "missing": (frozenset("b"), (("a",), (), "stop")),
    "both": (frozenset("bz"), (("a",), ("z",), "stop")),
}


@pytest.mark.parametrize(("fields", "expected"), DRIFTS.values(), ids=DRIFTS.keys())
def test_the_stricter_policy_decides(fields: frozenset[str], expected: tuple[object, ...] | None) -> None:
    contract = Contract("c", frozenset("a"), frozenset("b"), "stop", "accept")
    drift = contract.compare([frozenset("ab"), fields])
    assert (drift and (drift.missing, drift.unknown, drift.decision)) == expected


def test_a_field_inside_an_object_has_a_dotted_name() -> None:
    assert field_names({"a": {"b": 1}, "c": 2}) == {"a", "a.b", "c"}


def test_what_is_no_plain_name_is_counted_and_not_written_down() -> None:
    assert printable(["MaHoSo", "somebody@owner.example", "Nguyễn X"]) == ("MaHoSo", "(2 that are no plain names)")


BROKEN = {
    "no policy": ("[x]\nrequired = ['a']\non_missing = 'stop'\n", "give required, on_missing and on_unknown"),
    "another policy": ("[x]\nrequired = ['a']\non_missing = 'stop'\non_unknown = 'shrug'\n", "accept, hold, stop"),
    "a misspelt key": ("[x]\nrequired = ['a']\nknwon = []\non_missing = 'stop'\non_unknown = 'accept'\n", "knwon is not read"),
}


@pytest.mark.parametrize(("text", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_contract_that_is_none_is_refused_by_file_and_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: str) -> None:
    (tmp_path / f"{abs(hash(text))}.toml").write_text(text)
    monkeypatch.setattr(ingest.contracts, "_FOLDER", tmp_path)
    with pytest.raises(ContractFileError, match=rf"\.toml, \[x\]: .*{words}"):
        contracts(str(abs(hash(text))))
