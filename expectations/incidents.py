"""Incidents: a fault from its first night to its recovery, so that the same fault is told once.

What opens one: a submission held back or doubted, an attempt that failed, a night that is blocked or broken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

_ATTEMPT_RULES = {
    "unreachable": ("source-unreachable", "error"),
    "refused": ("source-refused", "error"),
    "unexpected": ("source-unexpected", "error"),
    "unreadable": ("file-unreadable", "error"),
    "deferred": ("file-unreadable", "error"),
    "empty": ("source-empty", "warning"),
}


@dataclass(frozen=True)
class IncidentChanges:
    """How many incidents this run opened, saw again and saw recovered."""

    opened: int
    continuing: int
    recovered: int


def update(connection: psycopg.Connection, run_id: str, failed_tasks: Sequence[str] = ()) -> IncidentChanges:
    """Bring `quality.incident` up to what the database shows now.

    Args:
        failed_tasks: tasks of this run that ended in failure, each `name: what it said`.
    """
    with connection.transaction():
        current = {fault["fingerprint"]: fault for fault in [*_submissions(connection), *_rows(connection), *_attempts(connection), *_night(connection, run_id, failed_tasks)]}
        open_now: dict[str, int] = dict(connection.execute("select fingerprint, incident_id from quality.incident where recovered_at is null").fetchall())
        recovered = [incident_id for fingerprint, incident_id in open_now.items() if fingerprint not in current]
        connection.execute("update quality.incident set recovered_at = now(), recovered_run_id = %s where incident_id = any(%s)", (run_id, recovered))
        continuing = [incident_id for fingerprint, incident_id in open_now.items() if fingerprint in current]
        connection.execute("update quality.incident set last_seen_at = now(), last_seen_run_id = %s where incident_id = any(%s)", (run_id, continuing))
        opened = [fault for fingerprint, fault in current.items() if fingerprint not in open_now]
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into quality.incident (fingerprint, rule, severity, source, unit_code, unit_name_vi, province_code, subject_vi, detail, opened_run_id, last_seen_run_id)"
                " values (%(fingerprint)s, %(rule)s, %(severity)s, %(source)s, %(unit_code)s, %(unit_name_vi)s, %(province_code)s, %(subject_vi)s, %(detail)s, %(run)s, %(run)s)",
                [{**fault, "detail": Jsonb(fault["detail"]), "run": run_id} for fault in opened],
            )
    return IncidentChanges(len(opened), len(continuing), len(recovered))


def _submissions(connection: psycopg.Connection) -> list[dict[str, Any]]:
    """Submissions held back or doubted, unless a newer one of the same unit, kind and period has taken their place."""
    rows = connection.cursor(row_factory=dict_row).execute(
        """
        with held as (
            select submission_id, jsonb_agg(jsonb_build_object('rule', rule, 'reason', reason_vi) order by rule) as reasons
            from quality.quarantine where released_at is null and submission_id is not null group by submission_id
        ),
        found as (
            select submission_id, jsonb_agg(
                jsonb_build_object('rule', rule, 'severity', severity, 'message_vi', message_vi, 'places', places, 'values', compared)
                order by array_position(array['error', 'warning'], severity), finding_id) as findings
            from quality.judged_finding where severity <> 'info' group by submission_id
        )
        select submission.*, held.reasons, found.findings,
            exists (
                select from quality.judged_submission as good
                where (good.source, good.unit_code, good.kind) = (submission.source, submission.unit_code, submission.kind)
                    and good.period_key <> '' and good.period_end < submission.period_end
                    and not exists (select from held as h where h.submission_id = good.submission_id)
            ) as has_earlier_good
        from quality.judged_submission as submission
        left join held on held.submission_id = submission.submission_id
        left join found on found.submission_id = submission.submission_id
        where (held.submission_id is not null or found.submission_id is not null)
            and not exists (
                select from quality.judged_submission as newer
                where submission.unit_code <> '' and submission.period_key <> ''
                    and (newer.source, newer.unit_code, newer.kind, newer.period_key)
                        = (submission.source, submission.unit_code, submission.kind, submission.period_key)
                    and newer.landing_id > submission.landing_id
            )
        order by submission.landing_id
        """
    )
    faults = []
    for row in rows:
        reasons, findings = row["reasons"] or [], row["findings"] or []
        told = {finding["rule"] for finding in findings if finding["severity"] == "error"}
        findings = [
            *({"rule": r["rule"], "severity": "error", "message_vi": r["reason"], "places": [], "values": {}} for r in reasons if r["rule"] not in told),
            *findings,
        ]
        kept = ""
        if reasons:
            kept = (
                "Số liệu các kỳ trước của đơn vị vẫn được giữ nguyên trên kho dữ liệu; số liệu của báo cáo này chưa được công bố."
                if row["has_earlier_good"]
                else "Số liệu của báo cáo này chưa được công bố."
            )
        faults.append(
            {
                "fingerprint": f"submission:{row['sha256'][:16]}:{'+'.join(sorted({finding['rule'] for finding in findings}))}",
                "rule": findings[0]["rule"],
                "severity": "error" if reasons else "warning",
                "source": row["source"],
                "unit_code": row["unit_code"],
                "unit_name_vi": row["unit_name_vi"],
                "province_code": _province_of(connection, row["unit_code"], row["unit_valid_from"]),
                "subject_vi": f"{_KIND_VI.get(row['kind'], 'Báo cáo')} {row['period_label_vi']}".strip(),
                "detail": {
                    "file_name": row["file_name"],
                    "origin": row["origin"],
                    "period_label_vi": row["period_label_vi"],
                    "held": bool(reasons),
                    "findings": findings,
                    "reason": "",
                    "kept_vi": kept,
                },
            }
        )
    return faults


_KIND_VI = {
    "kstthc": "Báo cáo kiểm soát TTHC",
    "cchc": "Báo cáo cải cách hành chính",
    "two-level-government": "Báo cáo vận hành chính quyền địa phương 2 cấp",
    "party-review": "Báo cáo của Đảng ủy",
    "socio-economic": "Báo cáo kinh tế - xã hội",
    "form-06": "Biểu II.06/VPCP/KSTT",
}


def _province_of(connection: psycopg.Connection, unit_code: str, valid_from: Any) -> str:
    if not unit_code:
        return ""
    exists = connection.execute("select to_regclass('candidate.dim_unit') is not null").fetchone()
    if not exists or not exists[0]:
        return ""
    row = connection.execute("select province_code from candidate.dim_unit where unit_code = %s and unit_valid_from = %s", (unit_code, valid_from)).fetchone()
    return str(row[0]) if row else ""


def _rows(connection: psycopg.Connection) -> list[dict[str, Any]]:
    """Rows held back out of a landing (a portal row, a dossier), told together by landing and rule."""
    return [
        _operational(
            f"rows:{sha}:{rule}", rule, "error", source, f"{count} bản ghi của {origin} bị giữ lại ({rule})", origin,
            reason if count == 1 else f"{reason} (và {count - 1} bản ghi khác cùng lỗi)",
        )
        for source, rule, count, origin, sha, reason in connection.execute(
            "select q.source, q.rule, count(*), l.origin, left(l.sha256, 16), min(q.reason_vi) from quality.quarantine q join raw.landing l using (landing_id)"
            " where q.released_at is null and q.row_key <> '' group by q.source, q.rule, l.origin, l.sha256 order by min(q.quarantine_id)"
        )
    ]  # fmt: skip


def _attempts(connection: psycopg.Connection) -> list[dict[str, Any]]:
    """What the last attempt at the same thing (land or parse, source, origin, scope) failed at."""
    faults = []
    for stage, source, origin, scope, edition, outcome, reason, sha in connection.execute(
        """
        select distinct on (stage, source, origin, scope, case when stage = 'land' then edition end)
            stage, source, origin, scope, edition, outcome, reason, coalesce(left(sha256, 16), '')
        from raw.attempt
        where stage = 'land' or landing_id in (select max(landing_id) from raw.landing group by source, scope, edition, origin)
        order by stage, source, origin, scope, case when stage = 'land' then edition end, attempt_id desc
        """
    ):
        if outcome in _ATTEMPT_RULES:
            rule, severity = _ATTEMPT_RULES[outcome]
            place = origin or source
            subject = {
                "source-unreachable": f"Không kết nối được nguồn {place}",
                "source-refused": f"Nguồn {place} từ chối trả số liệu",
                "source-unexpected": f"Dữ liệu của {place} không đúng cấu trúc đã thỏa thuận",
                "file-unreadable": f"Không đọc được tệp {place}",
                "source-empty": f"Nguồn {place} không có dữ liệu",
            }[rule]
            faults.append(_operational(f"attempt:{stage}:{source}:{origin}:{scope}:{edition if stage == 'land' else sha}:{outcome}", rule, severity, source, subject, origin, reason))
    return faults


def _night(connection: psycopg.Connection, run_id: str, failed_tasks: Sequence[str]) -> list[dict[str, Any]]:
    faults = []
    verdict = connection.execute("select verdict, reasons from quality.run where run_id = %s", (run_id,)).fetchone()
    if verdict and verdict[0] == "blocked":
        rules = sorted({reason.split(" ")[0] for reason in verdict[1]})
        faults.append(
            _operational(
                f"night:blocked:{'+'.join(rules)}", "gate-blocked", "error", "nightly_load",
                "Đợt nạp dữ liệu đêm bị chặn, số liệu đã công bố trước đó được giữ nguyên", run_id, "\n".join(verdict[1]),
            )
        )  # fmt: skip
    elif failed_tasks:
        names = sorted(task.split(":")[0] for task in failed_tasks)
        faults.append(
            _operational(
                f"night:failed:{'+'.join(names)}", "night-failed", "error", "nightly_load",
                f"Đợt nạp dữ liệu đêm không hoàn thành (bước {', '.join(names)})", run_id, "\n".join(failed_tasks),
            )
        )  # fmt: skip
    return faults


def _operational(fingerprint: str, rule: str, severity: str, source: str, subject_vi: str, origin: str, reason: str) -> dict[str, Any]:
    return {
        "fingerprint": fingerprint, "rule": rule, "severity": severity, "source": source, "unit_code": "", "unit_name_vi": "", "province_code": "",
        "subject_vi": subject_vi,
        "detail": {"file_name": origin.rsplit("/", 1)[-1], "origin": origin, "period_label_vi": "", "held": False, "findings": [], "reason": reason, "kept_vi": ""},
    }  # fmt: skip
