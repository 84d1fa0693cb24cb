"""Publishing moves the difference in one transaction: old or new, never a mixture; unchanged is nothing."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
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


def test_candidates_that_a_fall_of_the_server_emptied_are_not_published(candidate: str) -> None:
    _publish("night-1")
    _change("truncate candidate.figures, candidate.staffing")
    _judged("night-2")
    with pytest.raises(publishing.PublishRefused, match="all candidates are empty"):
        _publish("night-2")
    with db.connect("analyst") as connection:
        assert connection.execute("select count(*) from figures").fetchone() == (100,)


def test_what_a_blocked_night_built_goes_with_the_next_publication(candidate: str) -> None:
    _publish("night-1")
    _change("update candidate.figures set value = -7 where figure_id = '7'")
    _change("delete from candidate.figures where figure_id = '8'")
    _judged("night-2", "blocked")
    with pytest.raises(publishing.PublishRefused, match="is blocked"):
        _publish("night-2")
    _change("insert into candidate.figures values ('new', 1)")  # as many rows as before
    _judged("night-3")
    third = _publish("night-3")
    assert (third.inserted["figures"], third.changed["figures"], third.removed["figures"]) == (1, 1, 1)
    with db.connect("gate") as connection:
        same = connection.execute(
            "select count(*) from (select figure_id, value from marts.figures except select * from candidate.figures) as other"
        ).fetchone()
        stated = connection.execute("select marts -> 'figures' ->> 'digest' from marts.publication order by publication_id desc limit 1").fetchone()
        assert same == (0,) and stated is not None
        assert publishing.digest(connection, "figures") == (100, stated[0])


def test_only_the_difference_moves(candidate: str) -> None:
    first = _publish("night-1")
    assert first.inserted == {"figures": 100, "staffing": 2}
    _judged("night-2")
    assert _publish("night-2").publication_id is None
    with db.connect("gate") as connection:
        assert connection.execute("select count(published_at) from quality.run").fetchone() == (2,), "a night that changes nothing is one that published"
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
        told, column = connection.execute("select obj_description('marts.figures'::regclass), col_description('marts.figures'::regclass, 2)").fetchone() or (
            "",
            "",
        )
        assert column == "the printed value"
        assert told.startswith("One row per figure · Công bố mới nhất / newest publication: 3 (")
        assert "last changed by: 3 (" in told
        assert told.count("newest publication") == 1
        assert connection.execute("select mart, publication_id, changed_publication_id, changed_rows from freshness order by 1").fetchall() == [
            ("figures", 3, 3, 3),
            ("staffing", 3, 3, 1),
        ]


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


@pytest.mark.parametrize("step", range(1, 5))
def test_a_process_killed_at_any_step_leaves_one_publication(candidate: str, step: int) -> None:
    """The steps: each table moved, the manifest written, everything done but the commit."""
    _publish("night-1")
    _change("update candidate.figures set value = 0")
    _change("update candidate.staffing set value = 0")
    _judged("night-2")

    def publish_and_die() -> None:
        told = 0

        def count(_: str) -> None:
            nonlocal told
            told += 1
            if told == step:
                os.kill(os.getpid(), signal.SIGKILL)

        with db.connect("gate", autocommit=True) as connection:
            publishing.publish(connection, "night-2", count)
            if step == 4:  # the commit was sent and answered; nothing of the process after it matters
                os.kill(os.getpid(), signal.SIGKILL)

    child = multiprocessing.get_context("fork").Process(target=publish_and_die)
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    with db.connect("analyst") as connection:
        assert connection.execute("select (select sum(value) from figures)::int, (select sum(value) from staffing)::int").fetchone() == (
            (0, 0) if step == 4 else (5050, 3)
        )
    again = _publish("night-2")
    assert (again.publication_id is None) == (step == 4)
    with db.connect("analyst") as connection:
        assert connection.execute("select array_agg(run_id order by publication_id) from publication").fetchone() == (["night-1", "night-2"],)
        assert connection.execute("select sum(value), count(distinct publication_id) from figures").fetchone() == (0, 1)


def _three_nights() -> list[int]:
    """Publications 1 to 3: values as given, one changed, one removed and one new."""
    ids = [_publish("night-1").publication_id]
    _change("update candidate.figures set value = 700 where figure_id = '7'")
    _judged("night-2")
    ids.append(_publish("night-2").publication_id)
    _change("delete from candidate.figures where figure_id = '8'")
    _change("insert into candidate.figures values ('new', 1)")
    _change("update candidate.staffing set value = 9 where as_of_date is null")
    _judged("night-3")
    ids.append(_publish("night-3").publication_id)
    return [publication for publication in ids if publication]


def _digests() -> dict[str, tuple[int, str]]:
    with db.connect("gate", autocommit=True) as connection:
        return {table: publishing.digest(connection, table) for table in ("figures", "staffing")}


def _rollback(publication: int) -> publishing.Publication:
    with db.connect("gate", autocommit=True) as connection:
        return publishing.rollback(connection, publication, by="phòng thống kê", why="số liệu đêm qua sai")


def test_every_publication_says_what_it_came_from_and_what_it_holds(candidate: str) -> None:
    first, _, third = _three_nights()
    with db.connect("analyst") as connection:
        (code, inputs, gates, marts), last = (
            connection.execute("select code_version, inputs, gates, marts from publication where publication_id = %s", (number,)).fetchone()
            for number in (first, third)
        )  # type: ignore[misc]
    assert code
    assert inputs == {}
    assert gates == {"decisions": {}, "held": {}, "waivers": []}
    assert marts["figures"]["rows"] == 100
    assert marts["figures"]["columns"] == ["figure_id", "value"]
    assert last[3]["figures"]["digest"] != marts["figures"]["digest"]
    assert _digests()["figures"] == (100, last[3]["figures"]["digest"])


def test_marts_answer_as_published_at_any_kept_publication(candidate: str) -> None:
    first, second, third = _three_nights()
    query = "select sum(value)::int from figures_as_published where publication_id <= %(p)s and (until_publication_id is null or until_publication_id > %(p)s)"
    with db.connect("analyst") as connection:
        assert [connection.execute(query, {"p": number}).fetchone() for number in (first, second, third)] == [(5050,), (5743,), (5736,)]


def test_rollback_brings_back_exactly_what_was_published_and_lasts(candidate: str) -> None:
    with db.connect("owner") as connection:
        connection.execute("create role of_another_office")
    digests = [_publish("night-1").publication_id, _digests()]
    with db.connect("owner") as connection:
        connection.execute("create view public.of_an_office as select sum(value) as total from marts.figures")
        connection.execute("grant select on marts.figures to of_another_office")
    _change("update candidate.figures set value = 0")
    _change("delete from candidate.staffing")
    _judged("night-2")
    _publish("night-2")
    assert digests[0]
    restored = _rollback(int(digests[0]))  # type: ignore[call-overload]
    assert restored.changed["figures"] == 100
    assert restored.inserted["staffing"] == 2
    assert _digests() == digests[1]
    with db.connect("owner") as connection:
        assert connection.execute("select total from public.of_an_office").fetchone() == (5050,)
        assert connection.execute("select has_table_privilege('of_another_office', 'marts.figures', 'select')").fetchone() == (True,)
    _judged("night-3")
    with pytest.raises(publishing.PublishRefused, match="phòng thống kê rolled back"):
        _publish("night-3")
    assert _digests() == digests[1]
    with db.connect("gate", autocommit=True) as connection:
        assert publishing.resume(connection, by="phòng thống kê") == restored.publication_id
        with pytest.raises(publishing.PublishRefused, match="no rollback"):
            publishing.resume(connection, by="phòng thống kê")
    assert _publish("night-3").changed["figures"] == 100
    with db.connect("owner") as connection:
        connection.execute("drop owned by of_another_office; drop role of_another_office")


def test_a_rollback_can_be_rolled_back_and_one_to_the_present_is_nothing(candidate: str) -> None:
    first, second, third = _three_nights()
    newest = _digests()
    assert _rollback(third).publication_id is None
    _rollback(first)
    _rollback(second)
    _rollback(third)
    assert _digests() == newest


def test_a_rollback_that_is_killed_changes_nothing(candidate: str) -> None:
    first, _, _ = _three_nights()
    newest = _digests()

    def roll_back_and_die() -> None:
        def die(_: str) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        with db.connect("gate", autocommit=True) as connection:
            publishing.rollback(connection, first, by="x", why="y", progress=die)

    child = multiprocessing.get_context("fork").Process(target=roll_back_and_die)
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert _digests() == newest


def test_a_history_that_was_tampered_with_is_not_brought_back(candidate: str) -> None:
    first, _, _ = _three_nights()
    newest = _digests()
    with db.connect("owner") as connection:
        connection.execute("update history.figures set value = value + 1")
    with pytest.raises(publishing.PublishRefused, match="not what its manifest says"):
        _rollback(first)
    assert _digests() == newest


def _md5_sums(rows: list[str]) -> str:
    """The digest as the first releases wrote it: two sums, of the halves of the MD5 of each row as text."""
    hashes = [hashlib.md5(row.encode(), usedforsecurity=False).digest() for row in rows]
    return ":".join(str(sum(int.from_bytes(half, "big", signed=True) for half in halves)) for halves in ([h[:8] for h in hashes], [h[8:] for h in hashes]))


@pytest.mark.parametrize("is_sound", [True, False])
def test_a_publication_of_the_first_releases_is_brought_back_and_proved(candidate: str, is_sound: bool) -> None:
    first = _publish("night-1").publication_id
    stated = _md5_sums([f"({n},{n if is_sound or n != 7 else 8})" for n in range(1, 101)])
    with db.connect("gate") as connection:
        connection.execute("update marts.publication set marts = jsonb_set(marts, '{figures, digest}', to_jsonb(%s::text))", (stated,))
    _change("update candidate.figures set value = 0 where figure_id = '5'")
    _judged("night-2")
    second = _publish("night-2").publication_id
    with db.connect("gate") as connection:
        row = connection.execute("select marts -> 'figures' ->> 'digest' from marts.publication where publication_id = %s", (second,)).fetchone()
    assert row == (_digests()["figures"][1],)
    assert first
    if is_sound:
        assert _rollback(first).changed["figures"] == 1
    else:
        with pytest.raises(publishing.PublishRefused, match="not what its manifest says"):
            _rollback(first)


def test_rows_that_exchange_a_value_have_another_digest(candidate: str) -> None:
    _publish("night-1")
    before = _digests()["figures"]
    _change("update candidate.figures set value = 15 - value where figure_id in ('7', '8')")
    _judged("night-2")
    assert _publish("night-2").changed["figures"] == 2
    # Not even in 64 bits: sums of hashes that are sums themselves differ by what overflowed.
    assert (int(_digests()["figures"][1]) - int(before[1])) % 2**64
    _change("update candidate.figures set value = 15 - value where figure_id in ('7', '8')")
    _judged("night-3")
    _publish("night-3")
    assert _digests()["figures"] == before


@pytest.mark.parametrize("gone", [["12"], ["63"], ["12", "63"]])
def test_what_is_gone_is_found_in_units_that_were_written_anew_and_in_others(candidate: str, gone: list[str]) -> None:
    _change("alter table candidate.figures add column unit_code text")
    _change("update candidate.figures set unit_code = case when figure_id::int <= 50 then '05986' else '14815' end")
    _change("alter table candidate.figures alter column figure_id set not null")
    _publish("night-1")
    _change("update candidate.figures set value = -1 where figure_id in ('1', '2')")  # of 05986
    _change(f"delete from candidate.figures where figure_id in ({', '.join(map(repr, gone))})")
    _judged("night-2")
    second = _publish("night-2")
    assert (second.inserted["figures"], second.changed["figures"], second.removed["figures"]) == (0, 2, len(gone))
    with db.connect("gate") as connection:
        assert connection.execute("select figure_id from history.figures where value > 2 order by 1").fetchall() == [(name,) for name in gone]
        stated = connection.execute("select marts -> 'figures' ->> 'digest' from marts.publication order by publication_id desc limit 1").fetchone()
    assert stated is not None
    assert _digests()["figures"] == (100 - len(gone), stated[0])


def test_rows_before_the_kept_publications_are_forgotten_and_manifests_stay(candidate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "KEPT_PUBLICATIONS", 2)
    first, second, _ = _three_nights()
    with pytest.raises(publishing.PublishRefused, match=f"{first} is not kept"):
        _rollback(first)
    with db.connect("owner") as connection:
        assert connection.execute("select count(*) from marts.publication").fetchone() == (3,)
        assert connection.execute("select min(until_publication_id) > %s from history.figures", (second,)).fetchone() == (True,)
    _rollback(second)


def test_a_column_that_came_later_does_not_stand_in_the_way_of_a_rollback(candidate: str) -> None:
    first = _publish("night-1").publication_id
    _change("alter table candidate.figures add column note text default 'x'")
    _judged("night-2")
    _publish("night-2")
    assert first
    assert _rollback(first).changed["figures"] == 100
    with db.connect("analyst") as connection:
        assert connection.execute("select count(note), sum(value)::int from figures").fetchone() == (0, 5050)
