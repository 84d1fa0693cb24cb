"""The gate at the submission: identities, periods, dates, and what earlier versions and periods of the same unit say."""

from __future__ import annotations

from datetime import date

from expectations.checks import Check, band, simple
from warehouse.catalogue import identities
from warehouse.model import Severity

_SINCE = date(2026, 11, 21)

_DOCUMENT_RULES = {"period-order", "period-legal", "document-date", "stale-paragraph", "impossible-date", "future-date", "heading-number-missing"}
"""Rules of the catalogue that have no two sides to compare: the auditor's finding is the evaluation."""
_ACROSS_SUBMISSIONS = {"form-roll-forward"}
_AT_THE_SOURCE = {"index-sum"}

_SUBMISSION_ROWS = "select source, landing_id, submission_id, '' as row_key, {reason} as reason_vi from quality.judged_submission where {condition}"

_STATED = "select distinct on (submission_id, measure, scope, subject, period_key, as_of_date) * from facts.figure {where} order by submission_id, measure, scope, subject, period_key, as_of_date, span_start"
"""The first print of each fact; a repeat that differs is a finding of its own."""

_RESTATED = f"""
    select newest.source, newest.landing_id, newest.unit_code, newest.unit_name_vi, newest.period_key, newest.sha256 as row_key,
        coalesce(changes.changed_figures, 0) as changed_figures,
        format('Bản gửi lại (%s) thay thế bản trước (%s)%s; %s số liệu thay đổi: %s.', newest.file_name, newest.earlier_file,
            case when newest.earlier_is_held then ', bản trước đang bị giữ lại' else '' end, changes.changed_figures, changes.told_vi) as reason_vi
    from (
        select judged.*,
            lag(submission_id) over versions as earlier_id,
            lag(file_name) over versions as earlier_file,
            lag(is_held) over versions as earlier_is_held,
            lead(submission_id) over versions as later_id
        from (
            select submission.*, exists (
                select from quality.quarantine as held where held.landing_id = submission.landing_id and held.row_key = '' and held.released_at is null
            ) as is_held
            from quality.judged_submission as submission where unit_code <> '' and period_key <> ''
        ) as judged
        window versions as (partition by source, unit_code, kind, period_key order by landing_id)
    ) as newest
    left join lateral (
        select count(*) as changed_figures,
            string_agg(format('%s %s → %s', measure, coalesce(was::text, 'không có'), coalesce(now_is::text, 'không có')), '; ' order by measure, scope, subject)
                filter (where place <= 5) || case when count(*) > 5 then '; …' else '' end as told_vi
        from (
            select coalesce(n.measure, e.measure) as measure, coalesce(n.scope, e.scope) as scope, coalesce(n.subject, e.subject) as subject,
                e.value as was, n.value as now_is, row_number() over (order by coalesce(n.measure, e.measure), coalesce(n.scope, e.scope)) as place
            from ({_STATED.format(where="where submission_id = newest.submission_id")}) as n
            full join ({_STATED.format(where="where submission_id = newest.earlier_id")}) as e
                on (n.measure, n.scope, n.subject, n.period_key) = (e.measure, e.scope, e.subject, e.period_key)
                    and coalesce(n.as_of_date, '-infinity') = coalesce(e.as_of_date, '-infinity')
            where n.value is distinct from e.value or n.bound is distinct from e.bound
        ) as differing
    ) as changes on newest.earlier_id is not null
    where newest.later_id is null"""

_ROLL_FORWARD = """
    with form as (
        select distinct on (submission.unit_code, submission.unit_valid_from, submission.kind, submission.period_key)
            submission.*, opening.value as opening, closing.value as closing
        from quality.judged_submission as submission
        left join facts.figure as opening
            on opening.submission_id = submission.submission_id and (opening.measure, opening.scope, opening.subject, opening.bound) = ('tthc_carried_over', '', '', '=')
        left join facts.figure as closing
            on closing.submission_id = submission.submission_id and (closing.measure, closing.scope, closing.subject, closing.bound) = ('tthc_in_progress_total', '', '', '=')
        where submission.source = 'statutory_forms' and submission.unit_code <> '' and submission.period_key <> ''
            and not exists (
                select from quality.quarantine as held where held.landing_id = submission.landing_id and held.row_key = '' and held.released_at is null
            )
        order by submission.unit_code, submission.unit_valid_from, submission.kind, submission.period_key, submission.landing_id desc
    )

    select form.source, form.landing_id, form.unit_code, form.unit_name_vi, form.period_key, form.sha256 as row_key,
        form.opening - before.closing as roll_gap,
        format('Số hồ sơ từ kỳ trước chuyển qua, cột (6), là %s nhưng biểu của kỳ trước (%s) còn %s hồ sơ đang giải quyết, cột (11); đề nghị kiểm tra lại.',
            form.opening, before.period_label_vi, before.closing) as reason_vi
    from form
    inner join form as before
        on before.unit_code = form.unit_code and before.unit_valid_from = form.unit_valid_from and before.kind = form.kind
            and before.period_end + 1 = form.period_start
            -- A quarter follows a quarter: the opening of a year is not the closing of its last month.
            and abs((before.period_end - before.period_start) - (form.period_end - form.period_start)) <= 5"""

_PERIOD_MISSING = """
    select source, landing_id, unit_code, unit_name_vi, period_key, sha256 as row_key, length(period_key) as period_length,
        'Không xác định được kỳ báo cáo; số liệu không ghi rõ kỳ sẽ không so sánh được với các kỳ khác.' as reason_vi
    from quality.judged_submission"""


_JUDGED = "judged as materialized (select source, landing_id, submission_id, audit_version from quality.judged_submission)"
"""The view is worked out once a query: the planner would run it anew for every failing row."""


def submission_checks() -> list[Check]:
    """The gate before the marts: what holds back a submission, and what is only told."""
    numeric, document, judged_as = [], [], []
    for code, identity in identities().items():
        if code in _DOCUMENT_RULES:
            document.append(_finding(code, identity.statement))
        elif code not in _AT_THE_SOURCE | _ACROSS_SUBMISSIONS:
            severities: tuple[Severity, ...] = ("error", "warning") if identity.severity == "error" else ("warning",)
            numeric += [_identity(code, severity, identity.statement) for severity in severities]
            judged_as += [f"{code}/{severity}" for severity in severities]
    return [
        simple(
            "unit-resolved", "error", "quality.judged_submission", "reporting unit", "figures of a unit that is not known cannot be placed", _SINCE,
            "ExpectColumnValueLengthsToBeBetween", {"column": "unit_code", "min_value": 5},
            failing_sql=_SUBMISSION_ROWS.format(
                reason="format('Không xác định được đơn vị báo cáo «%s» trong danh mục đơn vị hành chính tại thời điểm của kỳ báo cáo; đề nghị ghi đúng tên xã,"
                " phường và tên tỉnh, thành phố ở phần đầu báo cáo.', unit_name_vi)",
                condition="length(unit_code) < 5",
            ),
        ),
        simple(
            "has-figures", "error", "quality.judged_submission", "reporting unit",
            "a submission from which nothing was read is no answer: a person must look at it", _SINCE,
            "ExpectColumnValuesToBeBetween", {"column": "figure_count", "min_value": 1},
            failing_sql=_SUBMISSION_ROWS.format(
                reason="'Không đọc được số liệu nào trong tệp; đề nghị kiểm tra lại nội dung tệp đã gửi.'", condition="figure_count < 1"
            ),
        ),
        simple(
            "audited", "error", "quality.judged_submission", "warehouse", "nothing unjudged is published", _SINCE,
            "ExpectColumnValuesToNotBeNull", {"column": "audit_version"},
            failing_sql=_SUBMISSION_ROWS.format(
                reason="'Chưa kiểm tra được báo cáo này do lỗi của hệ thống; bộ phận vận hành đang xử lý, đơn vị không cần gửi lại.'",
                condition="audit_version is null",
            ),
        ),
        *numeric,
        *document,
        _other_evaluations(judged_as),
        _other_findings([*_DOCUMENT_RULES, *(code for code, identity in identities().items() if identity.severity == "error")]),
        band(
            "form-roll-forward", "warning", "forms and the forms before", "reporting unit", identities()["form-roll-forward"].statement, _SINCE,
            _ROLL_FORWARD, "roll_gap", 0, 0, gate="submissions",
        ),
        band(
            "restated", "info", "submissions and the versions before", "reporting unit",
            "the same unit, kind and period sent again with other numbers is a correction: the newest counts and the change is told", _SINCE,
            _RESTATED, "changed_figures", None, 0, gate="submissions",
        ),
        band(
            "period-missing", "warning", "periods of submissions", "reporting unit", "figures without a period can be compared with nothing", _SINCE,
            _PERIOD_MISSING, "period_length", 1, None, gate="submissions",
        ),
    ]  # fmt: skip


def _identity(rule: str, severity: Severity, why: str) -> Check:
    # Our own query: the one that Great Expectations 1.24 returns forgets the row condition.
    failing = f"""
        with {_JUDGED},
        told as materialized (
            select finding.submission_id, string_agg(distinct finding.message_vi, ' ') as reason_vi
            from quality.finding as finding
            inner join judged on judged.submission_id = finding.submission_id and judged.audit_version = finding.audit_version
            where finding.rule = '{rule}' and finding.severity = '{severity}'
            group by finding.submission_id
        )
        select judged.source, judged.landing_id, judged.submission_id, '' as row_key, coalesce(told.reason_vi, '{rule}') as reason_vi
        from quality.evaluation as evaluation
        inner join judged on judged.submission_id = evaluation.submission_id and judged.audit_version = evaluation.audit_version
        left join told on told.submission_id = evaluation.submission_id
        where evaluation.rule = '{rule}' and evaluation.severity = '{severity}' and evaluation.excess > 0"""
    return simple(
        rule, severity, "quality.judged_evaluation", "reporting unit", why, _SINCE, "ExpectColumnValuesToBeBetween", {"column": "excess", "max_value": 0},
        failing_sql=failing if severity == "error" else "", where=("judged_as", f"{rule}/{severity}"),
    )  # fmt: skip


_FINDING_ROWS = f"""
        with {_JUDGED}
        select judged.source, judged.landing_id, judged.submission_id, '' as row_key, finding.message_vi as reason_vi
        from quality.finding as finding
        inner join judged on judged.submission_id = finding.submission_id and judged.audit_version = finding.audit_version
        where finding.severity = 'error' and """


def _finding(rule: str, why: str) -> Check:
    """Document checks have no two sides to compare: a finding of severity error is what must not be there."""
    return simple(
        rule, "error", "quality.judged_finding", "reporting unit", why, _SINCE, "ExpectColumnValuesToBeInSet",
        {"column": "severity", "value_set": ["warning", "info"]}, failing_sql=f"{_FINDING_ROWS} finding.rule = '{rule}'", where=("rule", rule),
    )  # fmt: skip


def _other_evaluations(known: list[str]) -> Check:
    """An identity that fails as an error under a name that no check above looks at."""
    names = ", ".join(f"'{name}'" for name in known)
    query = f"""
        select submission.source, submission.landing_id, submission.submission_id, '' as row_key, evaluation.excess,
            'Số liệu không khớp theo quy tắc ' || evaluation.rule || '.' as reason_vi
        from quality.judged_evaluation as evaluation
        inner join quality.judged_submission as submission on submission.submission_id = evaluation.submission_id
        where evaluation.severity = 'error' and evaluation.judged_as not in ({names})"""
    why = "whatever the auditor calls an error holds back its submission, listed or not"
    return band("auditor-evaluation", "error", "evaluations of other rules", "reporting unit", why, _SINCE, query, "excess", None, 0, gate="submissions")


def _other_findings(known: list[str]) -> Check:
    """An error of the auditor under a rule that the catalogue does not list must not slip through."""
    names = ", ".join(f"'{rule}'" for rule in known)
    query = f"select * from quality.judged_finding where rule not in ({names})"
    return simple(
        "auditor-finding", "error", "findings of other rules", "reporting unit", "whatever the auditor calls an error holds back its submission", _SINCE,
        "ExpectColumnValuesToBeInSet", {"column": "severity", "value_set": ["warning", "info"]},
        failing_sql=f"{_FINDING_ROWS} finding.rule not in ({names})", query=query,
    )  # fmt: skip
