"""Incidents: a fault from its first night to its recovery, so that the same fault is told once.

The same fault is the same rule for the same unit and period (or source). What opens one: a submission held back or
doubted, a doubt that only the whole shows, rows or landings of a source held back, an attempt that failed, a night that
is blocked or broken. `quality.incident_event` says what is to be told of it: one opening, agreed reminders, one recovery.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from warehouse.periods import label_of

_ATTEMPT_RULES = {
    "unreachable": ("source-unreachable", "error"),
    "refused": ("source-refused", "error"),
    "unexpected": ("source-unexpected", "error"),
    "unreadable": ("file-unreadable", "error"),
    "deferred": ("file-unreadable", "error"),
    "exhausted": ("file-unreadable", "error"),
    "empty": ("source-empty", "warning"),
}
_NOT_TOLD = {"completeness"}
"""Doubts that open no incident: missing submitters are reminded one by one, by their own deadlines."""
_STANDING = ["reconciliation-dossiers"]
"""Doubts about a source as a whole: one incident as long as any case stands, not a new one for each period and pair of sources."""
_TOLD_BY_THE_ATTEMPT = {"source-contract"}
_OURS = {"audited"}
"""Rules by which a submission is held for a fault of ours: the operator is told, not the unit."""
_MOST_EXAMPLES = 12


@dataclass(frozen=True)
class IncidentChanges:
    """How many incidents this run opened, saw again and saw recovered."""

    opened: int
    continuing: int
    recovered: int


def update(connection: psycopg.Connection, run_id: str, failed_tasks: Sequence[str] = ()) -> IncidentChanges:
    """Bring `quality.incident` up to what the database shows now, and write what is to be told of it.

    Args:
        failed_tasks: tasks of this run that ended in failure, each `name: what it said`.
    """
    with connection.transaction():
        faults = [*_submissions(connection), *_doubts(connection), *_rows(connection), *_attempts(connection), *_night(connection, run_id, failed_tasks)]
        _place(connection, faults)
        current = {fault["fingerprint"]: fault for fault in faults}
        open_now: dict[str, int] = dict(connection.execute("select fingerprint, incident_id from quality.incident where recovered_at is null").fetchall())
        recovered = [incident_id for fingerprint, incident_id in open_now.items() if fingerprint not in current]
        connection.execute("update quality.incident set recovered_at = now(), recovered_run_id = %s where incident_id = any(%s)", (run_id, recovered))
        continuing = [fault for fingerprint, fault in current.items() if fingerprint in open_now]
        opened = [fault for fingerprint, fault in current.items() if fingerprint not in open_now]
        with connection.cursor() as cursor:
            # What a reminder tells is what stands there now, not what stood there on the first night.
            cursor.executemany(
                "update quality.incident set last_seen_at = now(), last_seen_run_id = %(run)s, severity = %(severity)s, subject_vi = %(subject_vi)s,"
                " unit_name_vi = %(unit_name_vi)s, province_code = %(province_code)s, detail = %(detail)s"
                " where fingerprint = %(fingerprint)s and recovered_at is null",
                [_row(fault, run_id) for fault in continuing],
            )
            cursor.executemany(
                "insert into quality.incident"
                " (fingerprint, rule, severity, source, unit_code, unit_name_vi, province_code, subject_vi, detail, opened_run_id, last_seen_run_id)"
                " values (%(fingerprint)s, %(rule)s, %(severity)s, %(source)s, %(unit_code)s, %(unit_name_vi)s, %(province_code)s, %(subject_vi)s, %(detail)s,"
                " %(run)s, %(run)s)",
                [_row(fault, run_id) for fault in opened],
            )
        _tell(connection, run_id)
    return IncidentChanges(len(opened), len(continuing), len(recovered))


def _row(fault: dict[str, Any], run_id: str) -> dict[str, Any]:
    return {**fault, "detail": Jsonb(fault["detail"]), "run": run_id}


def _tell(connection: psycopg.Connection, run_id: str) -> None:
    """Openings and recoveries that have no event yet, and the agreed reminders that are due; what was missed while nothing ran is told as one."""
    connection.execute(
        """
        insert into quality.incident_event (incident_id, told_as, run_id)
        select incident_id, 'opening', %(run)s from quality.incident as incident
        where not exists (select from quality.incident_event as e where e.incident_id = incident.incident_id and e.told_as = 'opening')
        order by incident_id
        """,
        {"run": run_id},
    )
    connection.execute(
        """
        insert into quality.incident_event (incident_id, told_as, run_id)
        select incident_id, 'recovery', %(run)s from quality.incident as incident
        where recovered_at is not null
            and not exists (select from quality.incident_event as e where e.incident_id = incident.incident_id and e.told_as = 'recovery')
        order by incident_id
        """,
        {"run": run_id},
    )
    connection.execute(
        """
        insert into quality.incident_event (incident_id, told_as, after_days, run_id)
        select incident.incident_id, 'reminder', max(agreed.after_days), %(run)s
        from quality.incident as incident
        inner join quality.reminder_schedule as agreed
            on agreed.severity = incident.severity
                and agreed.after_days <= (now() at time zone 'Asia/Ho_Chi_Minh')::date - (incident.opened_at at time zone 'Asia/Ho_Chi_Minh')::date
        where incident.recovered_at is null and agreed.after_days > (
            select coalesce(max(e.after_days), 0) from quality.incident_event as e where e.incident_id = incident.incident_id
        )
        group by incident.incident_id
        order by incident.incident_id
        """,
        {"run": run_id},
    )


def _submissions(connection: psycopg.Connection) -> list[dict[str, Any]]:
    """One fault per rule that a submission breaks, unless a newer one of the same unit, kind and period took its place or a waiver admits it."""
    rows = connection.cursor(row_factory=dict_row).execute(
        """
        with judged as materialized (
            select submission.*, coalesce(admission.waived_rules, '{}') as waived_rules, admission.corrected_by_landing_id
            from quality.judged_submission as submission
            left join quality.admission as admission on admission.landing_id = submission.landing_id
        ),
        held as materialized (
            select submission_id, jsonb_object_agg(rule, reason_vi) as reasons
            from quality.quarantine
            where released_at is null and corrected_at is null and row_key = '' and submission_id is not null group by submission_id
        ),
        found as materialized (
            select submission_id, jsonb_agg(
                jsonb_build_object('rule', rule, 'severity', severity, 'message_vi', message_vi, 'places', places, 'values', compared)
                order by array_position(array['error', 'warning'], severity), finding_id) as findings
            from quality.judged_finding where severity <> 'info' group by submission_id
        ),
        newest as materialized (
            select source, unit_code, kind, period_key, max(landing_id) as landing_id from judged
            where unit_code <> '' and period_key <> '' group by source, unit_code, kind, period_key
        ),
        -- The end of the earliest period whose figures stand, by unit and kind of report.
        good as materialized (
            select judged.source, judged.unit_code, judged.kind, min(judged.period_end) as period_end from judged
            left join held on held.submission_id = judged.submission_id
            where held.submission_id is null and judged.period_key <> '' group by judged.source, judged.unit_code, judged.kind
        )
        select judged.*, held.reasons, found.findings, coalesce(good.period_end < judged.period_end, false) as has_earlier_good
        from judged
        left join held on held.submission_id = judged.submission_id
        left join found on found.submission_id = judged.submission_id
        left join newest on (newest.source, newest.unit_code, newest.kind, newest.period_key) = (judged.source, judged.unit_code, judged.kind, judged.period_key)
        left join good on (good.source, good.unit_code, good.kind) = (judged.source, judged.unit_code, judged.kind)
        where (held.submission_id is not null or found.submission_id is not null)
            and judged.corrected_by_landing_id is null
            and (newest.landing_id is null or newest.landing_id = judged.landing_id)
        order by judged.landing_id
        """
    )
    faults = []
    for row in rows:
        reasons: dict[str, str] = row["reasons"] or {}
        by_rule: dict[str, list[dict[str, Any]]] = {}
        for finding in row["findings"] or []:
            if finding["rule"] not in row["waived_rules"]:
                by_rule.setdefault(finding["rule"], []).append(finding)
        for rule, reason in reasons.items():
            if not any(finding["severity"] == "error" for finding in by_rule.get(rule, ())):
                by_rule.setdefault(rule, []).insert(0, {"rule": rule, "severity": "error", "message_vi": reason, "places": [], "values": {}})
        whose = row["unit_code"] or row["unit_name_vi"] or row["sha256"][:16]
        for rule, findings in sorted(by_rule.items()):
            fingerprint = f"submission|{rule}|{row['source']}|{row['kind']}|{whose}|{row['period_key'] or row['sha256'][:16]}"
            if rule in _OURS:
                subject = f"Chưa kiểm tra được {row['file_name']}"
                faults.append(_operational(fingerprint, rule, "error", row["source"], subject, row["origin"], reasons.get(rule, "")))
                continue
            kept = ""
            if reasons:
                kept = (
                    "Số liệu các kỳ trước của đơn vị vẫn được giữ nguyên trên kho dữ liệu; số liệu của báo cáo này chưa được công bố."
                    if row["has_earlier_good"]
                    else "Số liệu của báo cáo này chưa được công bố."
                )
            faults.append(
                {
                    "fingerprint": fingerprint,
                    "rule": rule,
                    "severity": "error" if rule in reasons else "warning",
                    "source": row["source"],
                    "unit_code": row["unit_code"],
                    "unit_valid_from": row["unit_valid_from"],
                    "unit_name_vi": row["unit_name_vi"],
                    "province_code": "",
                    "subject_vi": f"{_KIND_VI.get(row['kind'], 'Báo cáo')} {row['period_label_vi']}".strip(),
                    "detail": {
                        "file_name": row["file_name"],
                        "origin": row["origin"],
                        "sha256": row["sha256"],
                        "submission_id": row["submission_id"],
                        "kind": row["kind"],
                        "period_key": row["period_key"],
                        "period_label_vi": row["period_label_vi"],
                        "held": bool(reasons),
                        "findings": findings,
                        "reason": "",
                        "kept_vi": kept,
                    },
                }
            )
    return faults


def _doubts(connection: psycopg.Connection) -> list[dict[str, Any]]:
    """Doubts of the whole: to the unit where the unit can settle them, else one list by rule, source and period to the operator."""
    faults = []
    for rule, severity, _owner, source, unit_code, unit_name_vi, period_key, label, messages in connection.execute(
        """
        select doubt.rule, min(doubt.severity), doubt.owner, told.source, told.unit_code, min(told.unit_name_vi), told.period_key,
            case when told.period_key <> '' then min(submission.period_label_vi) end,
            array_agg(
                case when told.unit_code = '' and doubt.unit_name_vi <> '' then doubt.unit_name_vi
                    || case when told.is_standing then coalesce(', ' || submission.period_label_vi, '') else '' end || ': ' else '' end
                || doubt.message_vi order by doubt.doubt_id
            )
        from quality.doubt as doubt
        cross join lateral (
            select case when owner = 'reporting unit' then doubt.unit_code else '' end as unit_code,
                case when owner = 'reporting unit' then doubt.unit_name_vi else '' end as unit_name_vi,
                doubt.rule = any(%s) as is_standing,
                case when doubt.rule = any(%s) then '' else doubt.period_key end as period_key,
                case when doubt.rule = any(%s) then split_part(doubt.source, '+', 1) else doubt.source end as source
        ) as told
        left join (select period_key, min(period_label_vi) as period_label_vi from facts.submission group by period_key) as submission
            on submission.period_key = doubt.period_key and doubt.period_key <> ''
        where doubt.cleared_at is null
        group by doubt.rule, doubt.owner, told.source, told.unit_code, told.period_key
        order by min(doubt.doubt_id)
        """,
        (_STANDING, _STANDING, _STANDING),
    ):
        if rule in _NOT_TOLD:
            continue
        fingerprint = f"doubt|{rule}|{source}|{unit_code}|{period_key}"
        label = label or label_of(period_key)
        subject = f"{_DOUBT_VI.get(rule, 'Số liệu cần đối chiếu')} {label}".strip()
        if not unit_code:
            told = "\n".join(messages[:_MOST_EXAMPLES]) + (f"\n… và {len(messages) - _MOST_EXAMPLES} trường hợp khác" if len(messages) > _MOST_EXAMPLES else "")
            faults.append(_operational(fingerprint, rule, severity, source, f"{subject}: {len(messages)} trường hợp", "", told))
            continue
        findings = [{"rule": rule, "severity": severity, "message_vi": message, "places": [], "values": {}} for message in messages]
        faults.append(
            {
                "fingerprint": fingerprint, "rule": rule, "severity": severity, "source": source, "unit_code": unit_code, "unit_name_vi": unit_name_vi,
                "province_code": "", "unit_valid_from": None, "subject_vi": subject,
                "detail": {
                    "file_name": "", "origin": "", "period_key": period_key, "period_label_vi": label, "held": False, "findings": findings, "reason": "",
                    "kept_vi": "",
                },
            }
        )  # fmt: skip
    return faults


_DOUBT_VI = {
    "form-roll-forward": "Biểu II.06 hai kỳ liền nhau",
    "restated": "Bản gửi lại của báo cáo",
    "period-missing": "Báo cáo không rõ kỳ",
    "reconciliation": "Đối chiếu báo cáo và biểu II.06",
    "reconciliation-dossiers": "Dữ liệu hồ sơ chưa đồng bộ đủ so với số đơn vị báo cáo",
    "jump": "Số liệu tăng, giảm bất thường",
    "index-jump": "Chỉ số tăng, giảm bất thường",
    "source-stale": "Nguồn lâu không có dữ liệu mới",
    "onestop-total": "Dòng tổng của hệ thống một cửa",
    "procedure-in-force": "Thủ tục hết hiệu lực hoặc ngoài danh mục",
    "unit-unplaced": "Cơ quan chưa gắn với đơn vị hành chính",
}
_KIND_VI = {
    "kstthc": "Báo cáo kiểm soát TTHC",
    "cchc": "Báo cáo cải cách hành chính",
    "two-level-government": "Báo cáo vận hành chính quyền địa phương 2 cấp",
    "party-review": "Báo cáo của Đảng ủy",
    "socio-economic": "Báo cáo kinh tế - xã hội",
    "form-06": "Biểu II.06/VPCP/KSTT",
}


def _place(connection: psycopg.Connection, faults: Sequence[dict[str, Any]]) -> None:
    """Put the province of each fault's unit beside it, where the units are loaded: mails go there if the unit has no contact."""
    codes = sorted({fault["unit_code"] for fault in faults if fault["unit_code"]})
    exists = connection.execute("select to_regclass('candidate.dim_unit') is not null").fetchone()
    if not codes or not exists or not exists[0]:
        return
    rows = connection.execute(
        "select unit_code, unit_valid_from, province_code from candidate.dim_unit where unit_code = any(%s) order by unit_valid_from", (codes,)
    ).fetchall()
    exactly = {(code, valid_from): province for code, valid_from, province in rows}
    newest = {code: province for code, _, province in rows}
    for fault in faults:
        if fault["unit_code"]:
            fault["province_code"] = exactly.get((fault["unit_code"], fault["unit_valid_from"]), newest.get(fault["unit_code"], ""))


def _rows(connection: psycopg.Connection) -> list[dict[str, Any]]:
    """Rows or whole landings of a source held back, told together by what was asked for and rule."""
    faults = []
    for source, rule, count, rows, origin, scope, edition, reason in connection.execute(
        "select q.source, q.rule, count(*), count(*) filter (where q.row_key <> ''), l.origin, l.scope, l.edition, min(q.reason_vi)"
        " from quality.quarantine q join raw.landing l using (landing_id)"
        " where q.released_at is null and q.corrected_at is null and (q.row_key <> '' or q.submission_id is null)"
        " group by q.source, q.rule, l.origin, l.scope, l.edition order by min(q.quarantine_id)"
    ):
        if rule in _TOLD_BY_THE_ATTEMPT:
            continue
        place = " ".join(part for part in (scope, edition) if part) or origin
        subject = f"{count} bản ghi của {place} bị giữ lại ({rule})" if rows else f"Dữ liệu {place} bị giữ lại ({rule})"
        told = reason if count == 1 else f"{reason} (và {count - 1} trường hợp khác cùng lỗi)"
        faults.append(_operational(f"rows|{rule}|{source}|{origin}|{scope}|{edition}", rule, "error", source, subject, origin, told))
    return faults


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
            faults.append(
                _operational(
                    f"attempt:{stage}:{source}:{origin}:{scope}:{edition if stage == 'land' else sha}:{outcome}",
                    rule,
                    severity,
                    source,
                    subject,
                    origin,
                    reason,
                )
            )
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
        "fingerprint": fingerprint, "rule": rule, "severity": severity, "source": source, "unit_code": "", "unit_valid_from": None, "unit_name_vi": "",
        "province_code": "", "subject_vi": subject_vi,
        "detail": {"file_name": origin.rsplit("/", 1)[-1], "origin": origin, "period_label_vi": "", "held": False, "findings": [], "reason": reason, "kept_vi": ""},
    }  # fmt: skip
