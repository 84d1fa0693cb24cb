"""The measures and the identities: the two seeds of `dbt_project`, read once into frozen objects for everybody.

dbt loads the same files into PostgreSQL, so SQL and Python cannot disagree about a code, a unit or a severity.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import cast

from warehouse.model import Severity

SEEDS = Path(__file__).resolve().parent.parent / "dbt_project" / "seeds"
_MEASURE_COLUMNS = ("measure", "family", "label_vi", "unit", "aggregation", "form_06_column", "note")
_IDENTITY_COLUMNS = ("identity", "severity", "statement", "tolerance", "note")
_SEVERITIES = ("error", "warning", "info")


class CatalogueError(ValueError):
    """A seed cannot be used: names the file, the line, the fault and what is expected."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of `measures.csv`."""

    code: str
    family: str
    """`dossiers`, `rates`, `digitisation`, `procedures`, `staffing`, `feedback`, `satisfaction`, `index`, `payments`, `unit`."""
    label_vi: str
    unit: str
    aggregation: str
    """How periods or units combine: `sum`, `latest`, `recompute`, `opening balance`, `closing balance`."""
    form_06_column: int | None
    """Column (3) to (13) of statutory form II.06, or None where the form has none."""
    note: str

    @property
    def shared(self) -> bool:
        """Whether other programs of the house know the code too; the project's own ones say in their note that they do not."""
        return not self.note.startswith("not in the shared vocabulary")


@dataclass(frozen=True, slots=True)
class Identity:
    """One row of `identities.csv`: a rule of the auditor or of the gate."""

    code: str
    severity: Severity
    """The highest severity a finding of this rule may have."""
    statement: str
    tolerance: Decimal | None
    """Largest gap that still holds; None where the rule is no sum or sets its own interval."""
    note: str


@cache
def measures() -> Mapping[str, Measure]:
    """All measures by code, in the order of the file. Raises CatalogueError."""
    return read_measures(SEEDS / "measures.csv")


@cache
def identities() -> Mapping[str, Identity]:
    """All identities by code, in the order of the file. Raises CatalogueError."""
    return read_identities(SEEDS / "identities.csv")


def read_measures(path: Path) -> Mapping[str, Measure]:
    """Read a measures seed; `measures()` is the one everybody uses."""
    found: dict[str, Measure] = {}
    for line, row in _rows(path, _MEASURE_COLUMNS):
        column = row["form_06_column"]
        if column and not (column.isdigit() and 3 <= int(column) <= 13):
            raise CatalogueError(f"{path.name} line {line}: form_06_column {column!r} is not one of 3 to 13; correct it or leave it blank")
        _once(found, row["measure"], path, line)
        found[row["measure"]] = Measure(
            row["measure"], row["family"], row["label_vi"], row["unit"], row["aggregation"], int(column) if column else None, row["note"]
        )
    return MappingProxyType(found)


def read_identities(path: Path) -> Mapping[str, Identity]:
    """Read an identities seed; `identities()` is the one everybody uses."""
    found: dict[str, Identity] = {}
    for line, row in _rows(path, _IDENTITY_COLUMNS):
        if row["severity"] not in _SEVERITIES:
            raise CatalogueError(f"{path.name} line {line}: severity {row['severity']!r} is none of {', '.join(_SEVERITIES)}")
        try:
            tolerance = Decimal(row["tolerance"]) if row["tolerance"] else None
        except InvalidOperation as error:
            raise CatalogueError(f"{path.name} line {line}: tolerance {row['tolerance']!r} is not a number; correct it or leave it blank") from error
        _once(found, row["identity"], path, line)
        found[row["identity"]] = Identity(row["identity"], cast(Severity, row["severity"]), row["statement"], tolerance, row["note"])
    return MappingProxyType(found)


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != columns:
            raise CatalogueError(f"{path.name}: the columns are {reader.fieldnames}, expected {list(columns)}")
        count = 0
        for row in reader:
            if None in row or None in row.values():
                raise CatalogueError(f"{path.name} line {reader.line_num}: expected {len(columns)} cells; quote cells that contain commas")
            count += 1
            yield reader.line_num, row
        if not count:
            raise CatalogueError(f"{path.name} has no rows; restore the file from the repository")


def _once(found: Mapping[str, object], code: str, path: Path, line: int) -> None:
    if not code or code in found:
        raise CatalogueError(f"{path.name} line {line}: the code {code!r} is blank or stands there twice; every code is used once")


SCOPE_LABELS_VI: Mapping[str, str] = MappingProxyType(
    {
        "": "",
        "party-front": "khối Đảng, Mặt trận và đoàn thể",
        "party": "khối Đảng",
        "front": "Mặt trận và đoàn thể",
        "government": "khối chính quyền",
        "military-command": "Ban Chỉ huy Quân sự",
        "public-service": "đơn vị sự nghiệp",
        "education": "sự nghiệp giáo dục",
        "health": "sự nghiệp y tế",
        "service-centre": "Trung tâm dịch vụ",
        "one-stop-centre": "Trung tâm Phục vụ hành chính công",
        "all": "toàn đơn vị",
        "field:land": "lĩnh vực đất đai",
        "field:civil-status": "lĩnh vực hộ tịch",
        "field:certification": "lĩnh vực chứng thực",
        "field:household-business": "lĩnh vực hộ kinh doanh",
        "field:construction": "lĩnh vực xây dựng",
        "field:social": "lĩnh vực bảo trợ xã hội, người có công",
        "field:education": "lĩnh vực giáo dục",
        "field:health": "lĩnh vực y tế",
        "field:culture": "lĩnh vực văn hóa",
        "field:finance": "lĩnh vực tài chính",
        "field:agriculture": "lĩnh vực nông nghiệp",
        "field:environment": "lĩnh vực môi trường",
        "field:justice": "lĩnh vực tư pháp",
        "field:home-affairs": "lĩnh vực nội vụ",
        "field:residence": "lĩnh vực cư trú",
        "field:transport": "lĩnh vực giao thông",
        "field:other": "lĩnh vực khác",
    }
)
"""What people call each scope; the keys are all scopes that a figure may have."""


_SUBJECTS_VI = {"other": "cấp, đơn vị khác", "school": "từng trường", "department": "từng phòng, ban"}
ONE_OF_MANY = frozenset(_SUBJECTS_VI)
"""Subjects that say "not the unit itself" and not which: two figures of one such subject need not speak of one thing."""


def subject_label_vi(subject: str) -> str:
    """What a figure speaks of, as people read it; the reader's own words for "one of many" in Vietnamese."""
    return _SUBJECTS_VI.get(subject, subject)


def scope_label_vi(scope: str) -> str:
    """The scope in Vietnamese; empty for the unit as a whole. Raises KeyError for a scope the project does not know."""
    return SCOPE_LABELS_VI[scope]


RULES_VI: Mapping[str, str] = MappingProxyType(
    {
        "form-received": "Biểu II.06: cột (3) = (4) + (5) + (6)",
        "form-resolved": "Biểu II.06: cột (7) = (8) + (9) + (10)",
        "form-in-progress": "Biểu II.06: cột (11) = (12) + (13)",
        "form-flow": "Biểu II.06: cột (3) = (7) + (11)",
        "form-total-row": "Dòng tổng cộng bằng tổng các dòng",
        "form-roll-forward": "Biểu II.06: cột (6) bằng cột (11) của kỳ trước",
        "report-flow": "Cân đối hồ sơ: tiếp nhận, giải quyết và còn lại",
        "report-received": "Hồ sơ tiếp nhận bằng mới tiếp nhận và kỳ trước chuyển qua",
        "report-resolved": "Hồ sơ đã giải quyết bằng trước hạn, đúng hạn và quá hạn",
        "report-in-progress": "Hồ sơ đang giải quyết bằng trong hạn và quá hạn",
        "report-channels": "Hồ sơ tiếp nhận bằng tổng các hình thức nộp",
        "resolved-over-received": "Đã giải quyết không nhiều hơn tiếp nhận",
        "digitised-over-resolved": "Số hóa kết quả không nhiều hơn số đã giải quyết",
        "claimed-percentage": "Tỷ lệ in khớp với các số của nó",
        "rate-complement": "Tỷ lệ đúng hạn và quá hạn cộng lại bằng 100%",
        "procedures-online": "TTHC toàn trình và một phần không nhiều hơn tổng số TTHC",
        "procedures-one-stop": "TTHC một cửa và một cửa liên thông bằng tổng số TTHC",
        "staff-vacancy": "Số còn thiếu bằng số được giao trừ số hiện có",
        "staff-parts": "Tổng số người bằng các phần được liệt kê",
        "petitions-flow": "Đơn thư tiếp nhận bằng đã giải quyết và đang giải quyết",
        "satisfaction-parts": "Số lượt đánh giá bằng tổng các mức",
        "same-fact": "Cùng một số liệu chỉ in một giá trị",
        "index-sum": "Điểm tổng của Cổng bằng tổng sáu nhóm chỉ tiêu",
        "index-maximum": "Điểm không vượt mức tối đa của Quyết định 766/QĐ-TTg",
        "index-number": "Điểm của Cổng là số đọc được",
        "index-jump": "Chỉ số tăng, giảm bất thường so với kỳ trước",
        "period-order": "Ngày bắt đầu kỳ không sau ngày kết thúc",
        "period-legal": "Kỳ số liệu đúng với kỳ nêu ở tiêu đề",
        "period-missing": "Báo cáo ghi rõ kỳ",
        "document-date": "Ngày văn bản phù hợp với kỳ báo cáo",
        "stale-paragraph": "Không còn đoạn văn của kỳ trước",
        "impossible-date": "Ngày in có trong lịch và không ở tương lai",
        "heading-number": "Đánh số mục liền nhau",
        "ambiguous-magnitude": "Số tiền chỉ đọc được một cách",
        "unit-resolved": "Xác định được đơn vị báo cáo",
        "has-figures": "Đọc được số liệu trong tệp",
        "audited": "Báo cáo đã được kiểm tra",
        "auditor-evaluation": "Phép cân đối khác của bộ kiểm tra",
        "auditor-finding": "Điểm nghi vấn khác của bộ kiểm tra",
        "restated": "Bản gửi lại thay đổi số liệu",
        "source-contract": "Dữ liệu đúng cấu trúc đã quy định",
        "source-volume": "Số dòng như thường lệ",
        "source-stale": "Nguồn có dữ liệu mới đúng nhịp",
        "source-unreachable": "Kết nối được nguồn",
        "source-refused": "Nguồn trả lời",
        "source-unexpected": "Câu trả lời đúng cấu trúc đã biết",
        "source-empty": "Nguồn có dữ liệu",
        "file-unreadable": "Tệp đọc được",
        "portal-code": "Mã cơ quan trên Cổng đúng dạng",
        "onestop-identity": "Số liệu một cửa cân đối",
        "onestop-total": "Dòng tổng của hệ thống một cửa bằng các dòng thành phần",
        "dossier-status": "Mã trạng thái hồ sơ có trong danh mục",
        "dossier-channel": "Mã kênh thực hiện có trong danh mục",
        "procedure-in-force": "Thủ tục đang có hiệu lực và có trong danh mục",
        "unit-placed": "Số liệu gắn với một đơn vị",
        "unit-unplaced": "Cơ quan gắn được với đơn vị hành chính",
        "volume": "Bảng công bố không rỗng, không hụt quá nửa",
        "grain": "Mỗi dòng có một khóa, không trùng, không trống",
        "provenance": "Mỗi số liệu có nguồn gốc",
        "judged": "Số liệu công bố đã được kiểm tra, không bị giữ lại",
        "measure-known": "Chỉ tiêu có trong danh mục",
        "count-not-negative": "Số liệu không âm",
        "reconciliation": "Báo cáo và biểu II.06 khớp nhau",
        "reconciliation-dossiers": "Dữ liệu hồ sơ khớp với số in trong báo cáo",
        "jump": "Số liệu tăng, giảm bất thường so với các kỳ trước",
        "completeness": "Các đơn vị thường gửi đã gửi báo cáo",
        "gate-blocked": "Đợt nạp được phép công bố",
        "night-failed": "Đợt nạp chạy hết các bước",
    }
)
"""What each rule looks for, as people are told; the codes stand in the suites, the quarantine and the mails."""


def rule_vi(code: str) -> str:
    """The rule in Vietnamese; its code where it has no words (a rule of an earlier version on a page that is written again)."""
    return RULES_VI.get(code, code)
