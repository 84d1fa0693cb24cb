"""Publishing moves the difference in one transaction: old or new, never a mixture; unchanged is nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from expectations import publish as publishing
from warehouse import db


@pytest.fixture
def candidate(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A candidate schema of two small tables, and a night that the gate passed."""
    monkeypatch.setattr(publishing, "MART_KEYS", {"figures": ("figure_id",), "staffing": ("unit_code", "as_of_date")})
    with db.connect("transformer") as connection:
        connection.execute("create table candidate.figures (figure_id text not null, value numeric)")
        connection.execute("comment on table candidate.figures is 'One row per figure'")
        connection.execute("comment on column candidate.figures.value is 'the printed value'")
        connection.execute("create table candidate.staffing (unit_code text, as_of_date date, value numeric)")
        connection.execute("insert into candidate.figures select n::text, n from generate_series(1, 100) n")
        connection.execute("insert into candidate.staffing values ('05986', null, 1), ('05986', '2026-01-01', 2)")
    _judged("night-1")
    yield database


def _judged(run_id: str, verdict: str = "publish") -> None:
    with db.connect("gate") as connection:
        connection.execute("insert into quality.run (run_id, verdict, reasons) values (%s, %s, '[\"volume\"]')", (run_id, verdict))


def _publish(run_id: str) -> publishing.Publication:
    with db.connect("gate", autocommit=True) as connection:
        return publishing.publish(connection, run_id)


def _change(statement: str) -> None:
    with db.connect("transformer") as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def test_only_the_difference_moves(candidate: str) -> None:
    first = _publish("night-1")
    assert first.inserted == {"figures": 100, "staffing": 2}
    _judged("night-2")
    assert _publish("night-2").publication_id is None
    _change("update candidate.figures set value = null where figure_id = '7'")
    _change("delete from candidate.figures where figure_id = '8'")
    _change("insert into candidate.figures values ('new', 1)")
    _change("update candidate.staffing set value = 9 where as_of_date is null")
    _judged("night-3")
    third = _publish("night-3")
    assert (third.inserted, third.changed, third.removed) == ({"figures": 1, "staffing": 0}, {"figures": 1, "staffing": 1}, {"figures": 1, "staffing": 0})
    with db.connect("analyst") as connection:
        assert connection.execute("select count(*), count(value) from figures").fetchone() == (100, 99)
        assert connection.execute("select count(*) from figures where publication_id = %s", (third.publication_id,)).fetchone() == (2,)
        assert connection.execute("select obj_description('marts.figures'::regclass), col_description('marts.figures'::regclass, 2)").fetchone() == (
            "One row per figure",
            "the printed value",
        )


@pytest.mark.parametrize("verdict", [None, "blocked"])
def test_nothing_is_published_that_the_gate_has_not_passed(candidate: str, verdict: str | None) -> None:
    if verdict:
        _judged("night-x", verdict)
    with pytest.raises(publishing.PublishRefused):
        _publish("night-x")


def test_a_lost_column_is_refused_and_named(candidate: str) -> None:
    _publish("night-1")
    _change("alter table candidate.figures drop column value")
    _judged("night-2")
    with pytest.raises(publishing.PublishRefused, match=r"\['value'\]"):
        _publish("night-2")


def test_a_new_column_arrives_and_dependent_views_survive(candidate: str) -> None:
    _publish("night-1")
    with db.connect("owner") as connection:
        connection.execute("create view public.of_an_office as select value from marts.figures")
    _change("alter table candidate.figures add column note text default 'x'")
    _judged("night-2")
    assert _publish("night-2").changed["figures"] == 100
    with db.connect("owner") as connection:
        assert connection.execute("select count(*) from public.of_an_office").fetchone() == (100,)
    with db.connect("analyst") as connection:
        assert connection.execute("select count(*) from figures where note = 'x'").fetchone() == (100,)


def test_a_reader_never_sees_a_mixture(candidate: str) -> None:
    _publish("night-1")
    seen: set[tuple[int, ...]] = set()
    done = threading.Event()

    def read() -> None:
        with db.connect("analyst", autocommit=True) as connection:
            while not done.is_set():
                row = connection.execute("select (select sum(value) from figures)::int, (select sum(value) from staffing)::int").fetchone()
                assert row is not None
                seen.add(row)

    reader = threading.Thread(target=read)
    reader.start()
    totals = {(5050, 3)}
    for night in range(2, 12):
        _change("update candidate.figures set value = value + 1")
        _change("update candidate.staffing set value = value + 1")
        _judged(f"night-{night}")
        _publish(f"night-{night}")
        totals.add((5050 + 100 * (night - 1), 3 + 2 * (night - 1)))
    done.set()
    reader.join()
    assert seen
    assert seen <= totals


def test_a_crash_in_the_middle_leaves_the_publication_before(candidate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _publish("night-1")
    _change("update candidate.figures set value = 0")
    _judged("night-2")
    real = publishing._move

    def break_off(connection: object, table: str, *rest: object) -> object:
        if table == "staffing":
            raise RuntimeError("killed")
        return real(connection, table, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(publishing, "_move", break_off)
    with pytest.raises(RuntimeError):
        _publish("night-2")
    with db.connect("analyst") as connection:
        assert connection.execute("select sum(value) from figures").fetchone() == (5050,)
    monkeypatch.setattr(publishing, "_move", real)
    assert _publish("night-2").changed["figures"] == 100
