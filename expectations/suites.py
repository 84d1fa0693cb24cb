"""The suites: every expectation with its rule id, severity, owner, reason and date.

A check is data until a gate runs it; Great Expectations is imported only then (it costs seconds).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from warehouse.catalogue import identities
from warehouse.model import Severity

if TYPE_CHECKING:
    from great_expectations.expectations import Expectation

Owner = Literal["reporting unit", "source owner", "warehouse"]

GX_SEVERITY: dict[Severity, str] = {"error": "critical", "warning": "warning", "info": "info"}


@dataclass(frozen=True)
class Check:
    """One expectation on one table, and what follows when it fails.

    A failing `error` with `failing_sql` holds back exactly those rows; without it the night is blocked. A failing
    `warning` is told and never excludes anything. What cannot be evaluated blocks.
    """

    rule: str
    severity: Severity
    table: str
    """`schema.name` of the table or view judged."""
    owner: Owner
    why: str
    since: date
    expectation: Callable[[], Expectation]
    failing_sql: str = ""
    """Selects `source, landing_id, submission_id, row_key, reason_vi`, one row per failing row of `table`."""


def _meta(check_rule: str, severity: Severity) -> dict[str, object]:
    return {"severity": GX_SEVERITY[severity], "meta": {"rule": check_rule}}


def _identity(rule: str, severity: Severity, why: str) -> Check:
    def expectation() -> Expectation:
        from great_expectations.expectations import ExpectColumnValuesToBeBetween
        from great_expectations.expectations.row_conditions import Column

        return ExpectColumnValuesToBeBetween(
            column="excess",
            max_value=0,
            row_condition=Column("judged_as") == f"{rule}/{severity}",
            **_meta(rule, severity),
        )

    # Our own query: the one that Great Expectations 1.24 returns forgets the row condition.
    failing = f"""
        select submission.source, submission.landing_id, submission.submission_id, '' as row_key,
            coalesce((select string_agg(distinct finding.message_vi, ' ') from quality.judged_finding as finding
                where finding.submission_id = submission.submission_id and finding.rule = '{rule}' and finding.severity = '{severity}'),
                '{rule}') as reason_vi
        from quality.judged_evaluation as evaluation
        inner join quality.judged_submission as submission on submission.submission_id = evaluation.submission_id
        where evaluation.judged_as = '{rule}/{severity}' and evaluation.excess > 0"""
    return Check(rule, severity, "quality.judged_evaluation", "reporting unit", why, date(2026, 11, 21), expectation, failing if severity == "error" else "")


def _finding(rule: str, why: str) -> Check:
    """Document checks have no two sides to compare: a finding of severity error is what must not be there."""

    def expectation() -> Expectation:
        from great_expectations.expectations import ExpectColumnValuesToBeInSet
        from great_expectations.expectations.row_conditions import Column

        return ExpectColumnValuesToBeInSet(
            column="severity",
            value_set=["warning", "info"],
            row_condition=Column("rule") == rule,
            **_meta(rule, "error"),
        )

    failing = f"""
        select submission.source, submission.landing_id, submission.submission_id, '' as row_key, finding.message_vi as reason_vi
        from quality.judged_finding as finding
        inner join quality.judged_submission as submission on submission.submission_id = finding.submission_id
        where finding.rule = '{rule}' and finding.severity = 'error'"""
    return Check(rule, "error", "quality.judged_finding", "reporting unit", why, date(2026, 11, 21), expectation, failing)


def _simple(
    rule: str, severity: Severity, table: str, owner: Owner, why: str, kind: str, arguments: dict[str, object], failing_sql: str = ""
) -> Check:
    def expectation() -> Expectation:
        import great_expectations.expectations as gxe

        return getattr(gxe, kind)(**arguments, **_meta(rule, severity))

    return Check(rule, severity, table, owner, why, date(2026, 11, 21), expectation, failing_sql)


_SUBMISSION_ROWS = "select source, landing_id, submission_id, '' as row_key, {reason} as reason_vi from quality.judged_submission where {condition}"


def submission_checks() -> list[Check]:
    """The gate before the marts: what holds back a submission or a row, and what is only told."""
    numeric, document = [], []
    for code, identity in identities().items():
        if code in _DOCUMENT_RULES:
            document.append(_finding(code, identity.statement))
        elif code != "index-sum":
            severities: tuple[Severity, ...] = ("error", "warning") if identity.severity == "error" else ("warning",)
            numeric += [_identity(code, severity, identity.statement) for severity in severities]
    return [
        _simple(
            "unit-resolved", "error", "quality.judged_submission", "reporting unit",
            "figures of a unit that is not known cannot be placed",
            "ExpectColumnValueLengthsToBeBetween", {"column": "unit_code", "min_value": 5},
            _SUBMISSION_ROWS.format(
                reason="format('Không xác định được đơn vị báo cáo «%%s» trong danh mục đơn vị hành chính tại thời điểm của kỳ báo cáo; đề nghị ghi đúng tên xã,"
                " phường và tên tỉnh, thành phố ở phần đầu báo cáo.', unit_name_vi)",
                condition="length(unit_code) < 5",
            ),
        ),
        _simple(
            "has-figures", "error", "quality.judged_submission", "reporting unit",
            "a submission from which nothing was read is no answer: a person must look at it",
            "ExpectColumnValuesToBeBetween", {"column": "figure_count", "min_value": 1},
            _SUBMISSION_ROWS.format(
                reason="'Không đọc được số liệu nào trong tệp; đề nghị kiểm tra lại nội dung tệp đã gửi.'", condition="figure_count < 1"
            ),
        ),
        _simple(
            "audited", "error", "quality.judged_submission", "warehouse", "nothing unjudged is published",
            "ExpectColumnValuesToNotBeNull", {"column": "audit_version"},
        ),
        *numeric,
        *document,
        _simple(
            "index-sum", "error", "quality.judged_portal_score", "source owner",
            "TONG_SCORE is the sum of its six parts on every real row seen; another sum is a damaged answer",
            "ExpectColumnValuesToBeBetween", {"column": "gap", "max_value": 0.011},
            "select 'portal_index' as source, landing_id, null::bigint as submission_id, pointer as row_key,"
            " format('Tổng điểm %%s của %%s lệch %%s điểm so với tổng sáu nhóm chỉ tiêu.', total_score, unit_name_vi, gap) as reason_vi"
            " from quality.judged_portal_score where gap > 0.011",
        ),
        _simple(
            "dossier-status", "error", "quality.judged_dossier", "source owner", "TrangThaiHoSo is 1 to 10; another code cannot be counted",
            "ExpectColumnValuesToBeInSet", {"column": "status_code", "value_set": [str(n) for n in range(1, 11)]},
            "select 'dossiers' as source, landing_id, null::bigint as submission_id, pointer as row_key,"
            " format('Mã trạng thái hồ sơ «%%s» không có trong danh mục (1–10).', status_code) as reason_vi"
            " from quality.judged_dossier where status_code not in ('1', '2', '3', '4', '5', '6', '7', '8', '9', '10')",
        ),
        _simple(
            "dossier-channel", "error", "quality.judged_dossier", "source owner", "KenhThucHien is 1 to 3; another code cannot be counted",
            "ExpectColumnValuesToBeInSet", {"column": "channel_code", "value_set": ["1", "2", "3"]},
            "select 'dossiers' as source, landing_id, null::bigint as submission_id, pointer as row_key,"
            " format('Mã kênh thực hiện «%%s» không có trong danh mục (1–3).', channel_code) as reason_vi"
            " from quality.judged_dossier where channel_code not in ('1', '2', '3')",
        ),
    ]  # fmt: skip


def mart_checks(published_figures: int) -> list[Check]:
    """The gate before publishing: any failing error here blocks the night.

    Args:
        published_figures: how many figures the marts hold now; a new publication with fewer than half is a fault
            of the load until a person says otherwise.
    """

    def not_null(table: str, column: str) -> Check:
        return _simple(
            "provenance" if table == "candidate.figures" else "grain", "error", table, "warehouse",
            "a number without its source is not published" if table == "candidate.figures" else "the key of a mart is never blank",
            "ExpectColumnValuesToNotBeNull", {"column": column},
        )  # fmt: skip

    checks = [
        _simple(
            "volume", "error", "candidate.figures", "warehouse",
            "an empty or halved warehouse is a failed load, not news",
            "ExpectTableRowCountToBeBetween", {"min_value": max(1, published_figures // 2)},
        ),
        _simple("volume", "error", "candidate.dim_unit", "warehouse", "3,321 communes and those before", "ExpectTableRowCountToBeBetween", {"min_value": 3321}),
        _simple("grain", "error", "candidate.figures", "warehouse", "one row per figure", "ExpectColumnValuesToBeUnique", {"column": "figure_id"}),
        *[not_null("candidate.figures", column) for column in ("figure_id", "locator", "landing_sha256", "printed_text", "value", "unit_code")],
        _simple(
            "measure-known", "error", "candidate.figures", "warehouse", "a measure that is not in the catalogue has no unit and no meaning",
            "ExpectColumnValueLengthsToBeBetween", {"column": "measure", "min_value": 3},
        ),
    ]  # fmt: skip
    for table, key in MART_KEYS.items():
        if len(key) > 1:
            checks.append(
                _simple("grain", "error", f"candidate.{table}", "warehouse", "one row per key", "ExpectCompoundColumnsToBeUnique", {"column_list": list(key)})
            )
    for table in ("service_performance", "staffing", "service_quality_index"):
        checks += [not_null(f"candidate.{table}", column) for column in ("unit_code", "figure_id")]
    checks += [
        _simple(
            "share-in-range", "error", "candidate.service_quality_index", "source owner", "the index and its parts are 0 to 100 points",
            "ExpectColumnValuesToBeBetween", {"column": "score", "min_value": 0, "max_value": 100.011},
        ),
        _simple(
            "count-not-negative", "error", "candidate.figures", "warehouse", "no measure of the catalogue is below zero",
            "ExpectColumnValuesToBeBetween", {"column": "value", "min_value": 0},
        ),
    ]  # fmt: skip
    return checks


MART_KEYS: dict[str, tuple[str, ...]] = {
    "dim_unit": ("unit_code", "unit_valid_from"),
    "dim_period": ("period_key",),
    "dim_measure": ("measure",),
    "figures": ("figure_id",),
    "service_performance": ("unit_code", "unit_valid_from", "period_key", "scope", "subject", "measure", "source"),
    "staffing": ("unit_code", "unit_valid_from", "block", "category", "subject", "as_of_date", "source"),
    "service_quality_index": ("unit_code", "unit_valid_from", "period_key", "component", "source"),
    "submissions": ("submission_key",),
}
"""The published tables and the columns that name a row of each: what the gate proves and what publish compares by."""

_DOCUMENT_RULES = {"period-order", "period-legal", "document-date", "stale-paragraph", "impossible-date", "future-date", "heading-number-missing"}
