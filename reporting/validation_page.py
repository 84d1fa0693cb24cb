"""The validation page of a run: what was judged, by which rules, and what followed; in Vietnamese, kept with an index.

Made from `quality.gate_result`, the quarantine and the findings. It shows counts and keys (landing, submission, pointer) and no
sentence of a report, so it can be opened by everybody who may know that a report was held back. No script, no outside host.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from reporting.deadlines import HANOI
from reporting.letter import one_line
from reporting.templating import templates
from warehouse.settings import settings

_MOST_HELD = 300
_MOST_KEYS = 5
INDEX = "index.html"
_IS_PAGE = 'name="generator" content="tthc validation page"'
_HEAD = 1000

GATES_VI = {"source": "Tại nguồn", "submissions": "Tại báo cáo", "marts": "Trước khi công bố"}
SEVERITIES_VI = {"error": "Lỗi", "warning": "Cảnh báo", "info": "Lưu ý"}
DECISIONS_VI = {"pass": "Đạt", "warn": "Nhắc, không chặn", "hold": "Giữ lại dòng sai", "block": "Chặn cả đợt"}
OWNERS_VI = {"reporting unit": "đơn vị báo cáo", "source owner": "đơn vị quản lý nguồn", "warehouse": "bộ phận vận hành", "": ""}
SOURCES_VI = {
    "portal_index": "Cổng Dịch vụ công",
    "dossiers": "Dữ liệu hồ sơ",
    "statutory_forms": "Biểu mẫu báo cáo",
    "narrative_reports": "Báo cáo bằng lời",
    "onestop_statistics": "Thống kê một cửa",
    "procedures": "Danh mục thủ tục",
    "nightly_load": "Đợt nạp",
}
OUTCOMES_VI = {
    "landed": "mới nhận",
    "seen_again": "đã có, không đổi",
    "outside_band": "mới nhận, số lượng khác thường",
    "parsed": "đã đọc",
    "empty": "không có dữ liệu",
    "unreachable": "không kết nối được",
    "refused": "nguồn từ chối",
    "unexpected": "sai cấu trúc",
    "held": "chờ sửa cấu trúc",
    "unreadable": "không đọc được",
    "deferred": "để đợt sau",
    "exhausted": "quá giới hạn bộ nhớ hoặc thời gian",
}
TARGETS_VI = {
    "quality.judged_submission": "báo cáo và biểu",
    "quality.judged_evaluation": "phép cân đối của báo cáo và biểu",
    "quality.judged_finding": "điểm nghi vấn của báo cáo",
    "quality.judged_portal_score": "điểm trên Cổng",
    "quality.judged_dossier": "hồ sơ",
    "evaluations of other rules": "phép cân đối theo quy tắc khác",
    "findings of other rules": "điểm nghi vấn theo quy tắc khác",
    "landings": "lượt nhận dữ liệu",
    "landing volumes": "số dòng của lượt nhận",
    "last answered": "lần trả lời gần nhất của nguồn",
    "last landed": "lần nhận dữ liệu mới gần nhất",
    "portal codes": "mã cơ quan trên Cổng",
    "one-stop counts": "số liệu một cửa",
    "one-stop totals": "dòng tổng một cửa",
    "forms and the forms before": "biểu và biểu kỳ trước",
    "submissions and the versions before": "bản gửi và bản gửi trước",
    "periods of submissions": "kỳ của báo cáo",
    "submitters expected": "đơn vị thường gửi",
    "report and form": "báo cáo và biểu",
    "printed and counted": "số in và dữ liệu hồ sơ",
    "counts and the periods before": "số liệu và các kỳ trước",
    "index and the period before": "chỉ số và kỳ trước",
    "agencies of dossiers": "cơ quan trong dữ liệu hồ sơ",
    "procedures of dossiers": "thủ tục trong dữ liệu hồ sơ",
    "sources of figures": "nguồn của số liệu",
    "counts of dossiers": "số đếm hồ sơ",
    "figures and their landings": "số liệu và lượt nhận của nó",
    "figures not judged or held": "số liệu chưa kiểm tra hoặc bị giữ lại",
    "units of submitted figures": "đơn vị của số liệu",
}
_MART = re.compile(r"candidate\.(\w+)|keys that (\w+) has twice")


@dataclass(frozen=True)
class _Run:
    """A line of the index."""

    run_id: str
    file_name: str
    began_at: datetime
    verdict: str | None
    held: int


def page_name(run_id: str) -> str:
    """`manual__2026-11-21T00_30_00_00_00.html`: the run's page in its folder."""
    return re.sub(r"[^A-Za-z0-9.-]+", "_", run_id).strip("._")[:150] + ".html"


def target_vi(target: str) -> str:
    """What a check looks at, in Vietnamese; a mart by its name."""
    mart = _MART.fullmatch(target)
    if mart:
        return f"bảng {mart[1]}" if mart[1] else f"khóa của bảng {mart[2]}"
    return TARGETS_VI.get(target, target)


def link(run_id: str, folder: Path, base_url: str) -> str:
    """Where a reader of a mail finds the page: an address if the folder is served, else its path on this machine."""
    return f"{base_url}/{page_name(run_id)}" if base_url else str(folder / page_name(run_id))


def write(connection: psycopg.Connection, run_id: str, folder: Path) -> Path:
    """Write the run's page, again if it is there, and the index of all pages kept; let go of those past TTHC_HISTORY_DAYS.

    Args:
        connection: as role mailer (`quality` and `marts` only).

    Returns:
        The page's path.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / page_name(run_id)
    _replace(path, render(connection, run_id))
    _forget(folder, datetime.now(HANOI) - timedelta(days=settings().tthc_history_days))
    kept = {file.name for file in folder.glob("*.html")}
    runs = [run for run in _runs(connection) if run.file_name in kept]
    _replace(folder / INDEX, templates.get_template("validation_index.html.j2").render(runs=runs, when=_when))
    return path


def _forget(folder: Path, before: datetime) -> None:
    """Delete the pages that were written before; another's file in the folder stays."""
    for file in folder.glob("*.html"):
        if file.name != INDEX and file.stat().st_mtime < before.timestamp() and _IS_PAGE in file.read_text(encoding="utf-8", errors="replace")[:_HEAD]:
            file.unlink(missing_ok=True)


def render(connection: psycopg.Connection, run_id: str) -> str:
    """The page as HTML."""

    def rows(query: str, *parameters: object) -> list[dict[str, Any]]:
        return connection.cursor(row_factory=dict_row).execute(query, parameters).fetchall()

    results = rows(
        "select * from quality.gate_result where run_id = %s order by success, array_position(array['block', 'hold', 'warn', 'pass'], decision), rule", run_id
    )
    verdicts = rows("select verdict, reasons, judged_at from quality.run where run_id = %s", run_id)
    has_publications = rows("select to_regclass('marts.publication') is not null as found")[0]["found"]
    publications = rows("select publication_id, published_at from marts.publication where run_id = %s", run_id) if has_publications else []
    held = rows(
        "select source, rule, unit_name_vi, period_label_vi, landing_id, bool_or(held_run_id = %s) as is_new, count(*) as count,"
        " (array_agg(row_key order by quarantine_id) filter (where row_key <> ''))[1:%s] as keys"
        " from quality.held_submission group by source, rule, unit_name_vi, period_label_vi, landing_id"
        " order by bool_or(held_run_id = %s) desc, landing_id, rule",
        run_id, _MOST_KEYS, run_id,
    )  # fmt: skip
    movements = rows(
        "select count(*) filter (where held_run_id = %s) as held, count(*) filter (where released_run_id = %s) as released,"
        " count(*) filter (where corrected_run_id = %s) as corrected,"
        " count(*) filter (where released_run_id = %s and waiver_id is not null) as waived from quality.quarantine",
        run_id, run_id, run_id, run_id,
    )[0]  # fmt: skip
    return templates.get_template("validation_page.html.j2").render(
        run_id=one_line(run_id, 160),
        verdict=verdicts[0]["verdict"] if verdicts else None,
        judged_at=_when(verdicts[0]["judged_at"]) if verdicts else "",
        # A reason begins with its rule (expectations.gate); the rest is for whoever repairs it.
        reasons=[(str(reason).split(maxsplit=1)[0], one_line(str(reason), 400)) for reason in verdicts[0]["reasons"] if str(reason).strip()] if verdicts else [],
        publication=publications[0] if publications else None,
        published_at=_when(publications[0]["published_at"]) if publications else "",
        attempts=_attempts(rows("select source, outcome, count(*) as count from quality.night_attempt where run_id = %s group by source, outcome", run_id)),
        gates=[(GATES_VI[gate], [row for row in results if row["gate"] == gate]) for gate in GATES_VI if any(row["gate"] == gate for row in results)],
        judged=len(results),
        failed=sum(not row["success"] for row in results),
        findings=rows(
            "select rule, severity, count(*) as count, count(distinct submission_id) as submissions from quality.finding where run_id = %s"
            " group by rule, severity order by array_position(array['error', 'warning', 'info'], severity), rule",
            run_id,
        ),
        doubts=rows("select rule, count(*) as count from quality.doubt where cleared_at is null group by rule order by rule"),
        movements=movements,
        held=held[:_MOST_HELD],
        more_held=max(0, len(held) - _MOST_HELD),
        incidents=rows(
            "select count(*) filter (where opened_run_id = %s) as opened, count(*) filter (where recovered_run_id = %s) as recovered,"
            " count(*) filter (where recovered_at is null) as open from quality.incident",
            run_id, run_id,
        )[0],
        one_line=one_line, target_vi=target_vi, number=_number, severities=SEVERITIES_VI, decisions=DECISIONS_VI, owners=OWNERS_VI, sources=SOURCES_VI, index=INDEX,
    )  # fmt: skip


def _attempts(counts: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """`("Cổng Dịch vụ công", "8 mới nhận, 8 đã đọc")`, in the order of the sources."""
    told: dict[str, list[str]] = {}
    for outcome, label in OUTCOMES_VI.items():
        for row in counts:
            if row["outcome"] == outcome:
                told.setdefault(row["source"], []).append(f"{_number(row['count'])} {label}")
    return [(SOURCES_VI[source], ", ".join(told[source])) for source in SOURCES_VI if source in told]


def _runs(connection: psycopg.Connection) -> list[_Run]:
    """Every run that tried something or was judged, the newest first."""
    return [
        _Run(run_id, page_name(run_id), began_at, verdict, held)
        for run_id, began_at, verdict, held in connection.execute(
            """
            select seen.run_id, min(seen.began_at), max(run.verdict), coalesce(max(held.count), 0)
            from (
                select run_id, min(started_at) as began_at from quality.night_attempt group by run_id
                union all
                select run_id, min(checked_at) from quality.gate_result group by run_id
            ) as seen
            left join quality.run as run on run.run_id = seen.run_id
            left join (select held_run_id, count(distinct landing_id) as count from quality.quarantine group by held_run_id) as held
                on held.held_run_id = seen.run_id
            group by seen.run_id
            order by 2 desc
            """
        )
    ]


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}".replace(",", ".")


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(HANOI):%d/%m/%Y %H:%M}"


def _replace(path: Path, text: str) -> None:
    """The old page or the new one, never half of one."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).chmod(0o644)
    Path(name).replace(path)
