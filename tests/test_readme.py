"""The README's commands run and its answers are what they print.

`UPDATE_README=1 make test TESTS=tests/test_readme.py` writes the answers anew; read the difference before you commit it.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.nights import ROOT, FirstNight

README = ROOT / "README.md"
pytestmark = pytest.mark.slow

_QUESTION = re.compile(r'```sh\n(\.venv/bin/tthc sql "[^`]*")\n```\n```text\n(.*?)```', re.DOTALL)
_NIGHTLY = re.compile(r"(<!-- nightly -->\n```text\n)(.*?)(```)", re.DOTALL)


def _questions() -> list[tuple[str, str]]:
    return _QUESTION.findall(README.read_text())


def test_there_are_five_questions() -> None:
    assert len(_questions()) == 5


@pytest.mark.parametrize("number", range(5))
def test_an_answer_is_what_the_command_prints(first: FirstNight, number: int) -> None:
    command, answer = _questions()[number]
    printed = first.installation.tthc(*shlex.split(command)[1:], COLUMNS="150")
    if os.environ.get("UPDATE_README"):
        text = README.read_text()
        README.write_text(text.replace(f"{command}\n```\n```text\n{answer}```", f"{command}\n```\n```text\n{_plain(printed)}```"))
        answer = _questions()[number][1]
    assert _plain(printed) == answer


def _plain(printed: str) -> str:
    return "".join(line.rstrip() + "\n" for line in printed.splitlines())


def test_the_nightly_output_names_the_same_steps_and_counts(first: FirstNight) -> None:
    if os.environ.get("UPDATE_README"):
        told = first.printed.split("\nNext:")[0].replace(str(first.installation.state), ".run")
        README.write_text(_NIGHTLY.sub(lambda block: block[1] + _plain(told) + block[3], README.read_text()))
    found = _NIGHTLY.search(README.read_text())
    assert found

    def counts(text: str) -> list[list[str]]:
        """The cells of the tables of what came in and what was published; times and ids differ from run to run."""
        rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in text.splitlines() if line.startswith("│")]
        return sorted(row for row in rows if len(row) in (5, 6) and row[1].isdigit())

    assert counts(found[2]) == counts(first.printed)
    assert counts(found[2])


@pytest.mark.parametrize("verb", ["read", "check"])
def test_the_commands_before_signing_run(tmp_path: Path, verb: str) -> None:
    found = re.search(rf"^\.venv/bin/tthc {verb} .*$", README.read_text(), re.MULTILINE)
    assert found
    arguments = [argument.replace("build/", f"{tmp_path}/") for argument in shlex.split(found[0])[1:]]
    done = subprocess.run([ROOT / ".venv/bin/tthc", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "1.492" in done.stdout


def test_as_json_the_own_measures_are_told_of_and_printed_when_asked_for(tmp_path: Path) -> None:
    report = tmp_path / "bao-cao.txt"
    report.write_text("UBND phường có mặt 40 cán bộ, công chức. Trong kỳ có 02 công chức nghỉ hưu.\n", encoding="utf-8")

    def read(*more: str) -> tuple[set[str], str]:
        done = subprocess.run([ROOT / ".venv/bin/tthc", "read", report, "--json", *more], cwd=ROOT, capture_output=True, text=True, check=True)
        return {json.loads(line)["measure"] for line in done.stdout.splitlines()}, done.stderr

    shared, told = read()
    assert shared == {"staff_present"}
    assert "left out: 1; --all-measures" in told
    assert read("--all-measures") == ({"staff_present", "staff_left_retired"}, "")


def test_every_link_and_make_target_exists() -> None:
    text = README.read_text()
    for link in re.findall(r"\]\(([\w/.]+)\)", text):
        assert (ROOT / link).exists(), link
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make (\w+)", text)) - {"a"} <= targets
