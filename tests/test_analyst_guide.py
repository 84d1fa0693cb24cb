"""The analyst's guide: every query runs as the analyst and its answer is what the sample's first night published.

`UPDATE_GUIDE=1 make test TESTS=tests/test_analyst_guide.py` writes the answers anew; read the difference before you commit it.
"""

from __future__ import annotations

import os
import re

import pytest

from tests.nights import ROOT, FirstNight

GUIDE = ROOT / "docs/analyst-guide.md"
pytestmark = pytest.mark.slow

_QUESTION = re.compile(r"```sql\n(.*?)\n```\n```text\n(.*?)```", re.DOTALL)


def _questions() -> list[tuple[str, str]]:
    return _QUESTION.findall(GUIDE.read_text())


def _answer(first: FirstNight, query: str) -> str:
    printed = first.installation.tthc("sql", query, COLUMNS="150")
    return "".join(line.rstrip() + "\n" for line in printed.splitlines())


def test_there_are_twenty_five_questions_each_with_an_answer() -> None:
    assert len(_questions()) == 25
    assert len(re.findall(r"^## \d+\. ", GUIDE.read_text(), re.MULTILINE)) == 25
    assert [query for query, answer in _questions() if answer.count("\n") < 5] == []


@pytest.mark.parametrize("number", range(25))
def test_an_answer_is_what_the_query_gives(first: FirstNight, number: int) -> None:
    query, answer = _questions()[number]
    found = _answer(first, query)
    if os.environ.get("UPDATE_GUIDE"):
        GUIDE.write_text(GUIDE.read_text().replace(f"{query}\n```\n```text\n{answer}```", f"{query}\n```\n```text\n{found}```"))
        answer = _questions()[number][1]
    assert answer == found


def test_every_table_and_function_that_the_guide_names_exists(first: FirstNight) -> None:
    table = GUIDE.read_text().split("| ask | in |")[1].split("\n\n")[0]
    named = set(re.findall(r"`(\w+)(?:\(|`)", table)) - {"tthc"}
    known = (
        "select relname as name from pg_class where relnamespace = 'marts'::regnamespace"
        " union select proname from pg_proc where pronamespace = 'marts'::regnamespace"
    )
    assert named - {str(row["name"]) for row in first.installation.sql(known)} == set()
