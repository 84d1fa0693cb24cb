"""The catalogue: what it reads is what the seeds say, and a damaged seed is refused by name and line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from warehouse.catalogue import (
    SCOPE_LABELS_VI,
    SEEDS,
    CatalogueError,
    identities,
    measures,
    read_identities,
    read_measures,
    scope_label_vi,
)


def test_measures_carry_unit_family_and_form_column() -> None:
    resolved = measures()["tthc_resolved_total"]
    assert (resolved.unit, resolved.family, resolved.form_06_column) == ("dossier", "dossiers", 7)
    assert measures()["staff_present"].form_06_column is None
    columns = [measure.form_06_column for measure in measures().values() if measure.form_06_column]
    assert sorted(columns) == list(range(3, 14))


def test_identities_carry_severity_and_tolerance() -> None:
    assert identities()["form-flow"].severity == "error"
    assert identities()["index-sum"].tolerance == Decimal("0.011")
    assert identities()["claimed-percentage"].tolerance is None


def test_the_catalogue_is_read_once_and_cannot_be_changed() -> None:
    assert measures() is measures()
    with pytest.raises(TypeError):
        measures()["invented"] = measures()["area_km2"]  # type: ignore[index]


def test_every_code_of_the_seeds_is_there() -> None:
    for name, catalogue in (("measures.csv", measures()), ("identities.csv", identities())):
        lines = (SEEDS / name).read_text(encoding="utf-8").splitlines()[1:]
        codes = [line.split(",")[0] for line in lines if line]
        assert codes and list(catalogue) == codes


def test_the_measures_that_other_programs_know_are_those_of_the_shared_vocabulary() -> None:
    vocabulary = Path(__file__).resolve().parents[2] / "shared" / "measures.csv"
    if not vocabulary.exists():
        pytest.skip(f"needs {vocabulary}, which is not here")
    codes = {line.split(",")[0] for line in vocabulary.read_text(encoding="utf-8").splitlines()[1:]}
    assert {code for code, measure in measures().items() if measure.shared} == codes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("identity,severity\nx,error\n", "expected"),
        ("identity,severity,statement,tolerance,note\n", "no rows"),
        ("identity,severity,statement,tolerance,note\na,fatal,s,0,\n", "line 2: severity 'fatal'"),
        ("identity,severity,statement,tolerance,note\na,error,s,much,\n", "line 2: tolerance 'much'"),
        ("identity,severity,statement,tolerance,note\na,error,s,0,\na,error,s,0,\n", "line 3: the code 'a'"),
        ("identity,severity,statement,tolerance,note\na,error,s, of two,0,\n", "line 2: expected 5 cells"),
        ("identity,severity,statement,tolerance,note\na,error\n", "line 2: expected 5 cells"),
    ],
)
def test_a_damaged_identities_seed_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "identities.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=message):
        read_identities(path)


@pytest.mark.parametrize("column", ["2", "14", "x"])
def test_a_form_column_that_the_form_does_not_have_is_refused(tmp_path: Path, column: str) -> None:
    path = tmp_path / "measures.csv"
    path.write_text(f"measure,family,label_vi,unit,aggregation,form_06_column,note\na,f,l,u,sum,{column},\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="form_06_column"):
        read_measures(path)


def test_every_scope_has_a_vietnamese_name_and_others_are_refused() -> None:
    assert scope_label_vi("") == ""
    assert scope_label_vi("field:land") == "lĩnh vực đất đai"
    assert all(label for scope, label in SCOPE_LABELS_VI.items() if scope)
    with pytest.raises(KeyError):
        scope_label_vi("field:unknown")
