"""What a mail says: incidents of one recipient as a subject, a text and an HTML page, in Vietnamese.

Everything that comes from a report, a file name or a source passes `one_line`: one line, no control or bidi characters, names
of people covered. HTML is escaped by the template engine.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from reporting.contacts import Contacts, Role
from reporting.templating import templates
from warehouse.numbers import number_vi
from warehouse.text import MASK, fold, mask_names, nfc

ToldAs = Literal["opening", "reminder", "recovery"]
Page = Callable[[int], str | None]
"""The marked-up report of a submission as HTML; None where none can be made."""

_MOST_OVERVIEW = 200
_MOST_SUBMISSIONS = 15
_MOST_FINDINGS = 10
_MOST_QUOTES = 3
_MOST_FAILURES = 20
_MOST_REASONS = 12
_LONGEST_QUOTE = 400
_LONGEST_REASON = 600
_LONGEST_LINE = 160
_LONGEST_SUBJECT = 150
_MOST_ATTACHED = 4_000_000
"""Characters of all marked-up reports of a mail together: servers refuse larger ones."""

_OPERATIONAL_VI = {
    "source-unreachable": (
        "Không kết nối được nguồn dữ liệu",
        "Kiểm tra đường truyền và địa chỉ nguồn. Hệ thống tự thử lại ở đợt nạp sau; số liệu đã công bố không thay đổi.",
    ),
    "source-refused": (
        "Nguồn dữ liệu từ chối trả lời",
        "Không gọi lại dồn dập. Nếu đợt sau vẫn bị từ chối, đề nghị liên hệ đơn vị quản lý nguồn.",
    ),
    "source-unexpected": (
        "Dữ liệu trả về khác cấu trúc đã biết",
        "Mở bản gốc đã lưu, đối chiếu với cấu trúc đang đọc; nếu nguồn đã đổi cấu trúc thì phải cập nhật bộ đọc.",
    ),
    "source-empty": (
        "Nguồn không có dữ liệu",
        "Kiểm tra thư mục tiếp nhận hoặc nguồn. Nếu đúng là chưa có báo cáo nào thì không cần làm gì.",
    ),
    "file-unreadable": (
        "Tệp không đọc được",
        "Mở thử tệp; nếu hỏng hoặc sai định dạng, đề nghị đơn vị gửi lại bản gốc (docx, xlsx, pdf).",
    ),
    "gate-blocked": (
        "Đợt nạp bị chặn, không công bố",
        "Xem lý do dưới đây, xử lý rồi chạy lại đợt nạp (tthc nightly). Số liệu đã công bố được giữ nguyên.",
    ),
    "audited": (
        "Báo cáo chưa kiểm tra được",
        "Báo cáo bị giữ lại vì bộ kiểm tra gặp lỗi, không phải lỗi của đơn vị: xem nhật ký bước gate_submissions và báo người bảo trì.",
    ),
    "reconciliation-dossiers": (
        "Dữ liệu hồ sơ chưa đồng bộ đủ",
        "Khác biệt này đã biết nguyên nhân và chỉ báo một lần cho tới khi hết: kho mới nhận được một phần hồ sơ của các đơn vị dưới đây."
        " Số liệu in trong báo cáo và biểu vẫn được công bố; đề nghị hệ thống một cửa của tỉnh đồng bộ đủ hồ sơ của kỳ.",
    ),
    "night-failed": (
        "Đợt nạp không hoàn thành",
        "Xem nhật ký của bước bị lỗi, xử lý rồi chạy lại đợt nạp (tthc nightly); chạy lại không làm trùng số liệu.",
    ),
}
_DOUBT_VI = (
    "Số liệu cần đối chiếu",
    "Số liệu vẫn được công bố. Đối chiếu các trường hợp dưới đây giữa các nguồn hoặc các kỳ; nếu đúng là sai, đề nghị đơn vị sửa và gửi lại.",
)
_OTHER_OPERATIONAL_VI = (
    "Bản ghi của nguồn bị giữ lại",
    "Các bản ghi này chưa được công bố, phần còn lại của nguồn vẫn được công bố. Đề nghị đối chiếu với đơn vị quản lý nguồn.",
)
_KEPT_HELD = "Số liệu của báo cáo này chưa được công bố; số liệu đã công bố trước đó của đơn vị được giữ nguyên."
_KEPT_DOUBTED = "Số liệu của báo cáo vẫn được công bố; các điểm dưới đây chỉ để đơn vị xem lại."
_GREETING_VI: Mapping[Role, str] = {
    "dau_moi": "Đầu mối kiểm soát thủ tục hành chính",
    "tinh": "Đầu mối kiểm soát thủ tục hành chính cấp tỉnh",
    "van_hanh": "Bộ phận vận hành kho dữ liệu thủ tục hành chính",
}
_FORWARD_VI: Mapping[Role, str] = {
    "dau_moi": "",
    "tinh": "Danh bạ chưa có đầu mối của đơn vị này: đề nghị chuyển nội dung này tới đơn vị và bổ sung danh bạ.",
    "van_hanh": "Danh bạ chưa có đầu mối của đơn vị và của tỉnh: đề nghị chuyển nội dung này tới đơn vị và bổ sung danh bạ.",
}


@dataclass(frozen=True)
class Told:
    """One incident as one recipient is told it; `role` is what the recipient is written to as."""

    rule: str
    severity: str
    unit_name_vi: str
    province_code: str
    subject_vi: str
    detail: Mapping[str, Any]
    role: Role
    told_as: ToldAs = "opening"
    opened_on: date | None = None
    deadline: date | None = None
    """Until when a correction is asked for; told only of what is held back."""


@dataclass(frozen=True)
class Missing:
    """One report that is due or missing, as one recipient is reminded of it."""

    unit_name_vi: str
    province_code: str
    title_vi: str
    due_on: date
    days_late: int
    """Negative before the due date."""
    is_last: bool
    role: Role


@dataclass(frozen=True)
class Attachment:
    """A marked-up report as a file of its own."""

    file_name: str
    body_html: str


@dataclass(frozen=True)
class Letter:
    """A mail's words; the subject is one line of at most 150 characters."""

    subject_vi: str
    body_text: str
    body_html: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class _Quote:
    text: str
    where: str


@dataclass(frozen=True)
class _Point:
    is_error: bool
    rule: str
    message: str
    quotes: tuple[_Quote, ...]
    more_quotes: int
    sides: tuple[str, str, str] | None


@dataclass(frozen=True)
class _Report:
    unit: str
    title: str
    file_name: str
    held: bool
    kept: str
    forward: str
    errors: int
    warnings: int
    points: tuple[_Point, ...]
    reminds_of: str
    """Since when it is known, where the unit was told before: `18/11/2026`; empty otherwise."""
    deadline: str
    submission_id: int | None
    attachment: str = ""

    @property
    def more_points(self) -> int:
        return self.errors + self.warnings - len(self.points)

    @property
    def count_vi(self) -> str:
        """`2 điểm phải sửa, 1 điểm cần xem lại`."""
        parts = [f"{self.errors} điểm phải sửa"] if self.errors else []
        return ", ".join(parts + ([f"{self.warnings} điểm cần xem lại"] if self.warnings else []))


@dataclass(frozen=True)
class _Failure:
    what: str
    origin: str
    reasons: tuple[str, ...]
    more_reasons: int


@dataclass(frozen=True)
class _Recovery:
    what: str
    since: str
    points: int


@dataclass(frozen=True)
class _Due:
    unit: str
    title: str
    due_on: str
    days_late: int
    is_last: bool
    forward: str


@dataclass(frozen=True)
class _FailureGroup:
    title: str
    remedy: str
    failures: tuple[_Failure, ...]
    more: int


def compose(
    told: Sequence[Told], recipient: str, contacts: Contacts, run_id: str, page: Page | None = None, link: str = "", missing: Sequence[Missing] = ()
) -> Letter:
    """The mail to one recipient about everything new to that recipient in one run.

    Args:
        told: incidents; those about one submission are told together.
        page: makes the marked-up reports to attach, for the submissions whose details the mail shows.
        link: address of the run's validation page; empty where there is none to show this recipient.
        missing: reports to remind of.

    Raises:
        ValueError: there is nothing to tell.
    """
    if not told and not missing:
        raise ValueError("a mail needs at least one incident")
    lasting = [item for item in told if item.told_as != "recovery"]
    failures = [item for item in lasting if not _is_report(item)]
    reports = [_report(items) for items in _by_submission([item for item in lasting if _is_report(item)])]
    reports.sort(key=lambda report: (not report.held, report.unit, report.title))
    shown, attachments = _attach(reports[:_MOST_SUBMISSIONS], page)
    recoveries = [_recovery(items) for items in _by_submission([item for item in told if item.told_as == "recovery"])]
    overdue = [_due(item) for item in missing if item.days_late > 0]
    upcoming = [_due(item) for item in missing if item.days_late <= 0]
    is_reminder = bool(lasting) and all(item.told_as == "reminder" for item in lasting)
    subject = _subject(reports, failures, recoveries, is_reminder, overdue, upcoming)
    people: list[Told | Missing] = [*told, *missing]
    asked = {email for item in people for email in contacts.provinces.get(item.province_code, ()) if item.role == "dau_moi"}
    context = {
        "subject": subject,
        "greeting": _greeting({item.role for item in people}, {report.unit for report in reports} | {item.unit for item in overdue + upcoming}),
        "due_groups": [
            (title, items[:_MOST_OVERVIEW], max(0, len(items) - _MOST_OVERVIEW))
            for title, items in (("Báo cáo quá hạn chưa nhận được", overdue), ("Báo cáo sắp đến hạn", upcoming))
            if items
        ],
        "is_reminder": is_reminder,
        "held": sum(report.held for report in reports),
        "doubted": sum(not report.held for report in reports),
        "failed": len(failures),
        "overview": reports[:_MOST_OVERVIEW] if len(reports) > 1 else [],
        "more_overview": max(0, len(reports) - _MOST_OVERVIEW),
        "reports": shown,
        "more_reports": max(0, len(reports) - _MOST_SUBMISSIONS),
        "groups": _failure_groups(failures),
        "recoveries": recoveries[:_MOST_OVERVIEW],
        "more_recoveries": max(0, len(recoveries) - _MOST_OVERVIEW),
        "provinces": sorted(asked - {recipient}),
        "operators": [email for email in contacts.operators if email != recipient],
        "is_masked": any(MASK in quote.text for report in shown for point in report.points for quote in point.quotes),
        "link": link,
        "run_id": one_line(run_id, _LONGEST_LINE),
    }
    text, html = (templates.get_template(name).render(context) for name in ("mail.txt.j2", "mail.html.j2"))
    return Letter(subject, text, html, attachments)


def _is_report(item: Told) -> bool:
    return bool(item.detail.get("findings"))


def _by_submission(items: Sequence[Told]) -> list[list[Told]]:
    """Incidents of one submission are one matter to the person who corrects it: one list a submission, in order."""
    groups: dict[object, list[Told]] = {}
    for number, item in enumerate(items):
        # The same file read anew has another submission, but is the same matter.
        file = item.detail.get("sha256") or item.detail.get("submission_id")
        groups.setdefault(number if file is None else f"file {file}", []).append(item)
    return list(groups.values())


def _report(items: Sequence[Told]) -> _Report:
    first = items[0]
    findings = sorted((finding for item in items for finding in item.detail["findings"]), key=lambda finding: finding["severity"] != "error")
    errors = sum(finding["severity"] == "error" for finding in findings)
    held = any(item.detail.get("held") for item in items)
    unit = one_line(first.unit_name_vi, _LONGEST_LINE) or "Đơn vị chưa xác định"
    known = [item.opened_on for item in items if item.opened_on]
    deadlines = [item.deadline for item in items if item.deadline and held]
    return _Report(
        unit=_upper(unit),
        title=one_line(first.subject_vi, _LONGEST_LINE) or "Báo cáo",
        file_name=one_line(first.detail.get("file_name", ""), _LONGEST_LINE),
        held=held,
        kept=one_line(first.detail.get("kept_vi", ""), _LONGEST_QUOTE) or (_KEPT_HELD if held else _KEPT_DOUBTED),
        forward=_FORWARD_VI[first.role],
        errors=errors,
        warnings=len(findings) - errors,
        points=tuple(point(finding) for finding in findings[:_MOST_FINDINGS]),
        reminds_of=_day(min(known)) if known and all(item.told_as == "reminder" for item in items) else "",
        deadline=_day(min(deadlines)) if deadlines else "",
        submission_id=first.detail.get("submission_id"),
    )


def _recovery(items: Sequence[Told]) -> _Recovery:
    first = items[0]
    unit, title = _upper(one_line(first.unit_name_vi, _LONGEST_LINE)), one_line(first.subject_vi, _LONGEST_LINE)
    known = [item.opened_on for item in items if item.opened_on]
    points = sum(len(item.detail.get("findings", ())) for item in items)
    return _Recovery(f"{unit}: {title}" if unit else title, _day(min(known)) if known else "", points)


def _attach(reports: Sequence[_Report], page: Page | None) -> tuple[list[_Report], tuple[Attachment, ...]]:
    """The reports, with the name of the file where their marked-up page is attached, and these files."""
    shown: list[_Report] = []
    attachments: list[Attachment] = []
    size = 0
    for report in reports:
        html = page(report.submission_id) if page and report.submission_id is not None else None
        if html and size + len(html) <= _MOST_ATTACHED:
            size += len(html)
            name = f"{len(attachments) + 1}-{slug(f'{report.unit} {report.title}')}.html"
            attachments.append(Attachment(name, html))
            report = replace(report, attachment=name)
        shown.append(report)
    return shown, tuple(attachments)


def slug(text: str) -> str:
    """A file name's stem of letters, digits and hyphens, at most 80 characters: `phuong-ky-lua-quy-i-2026`."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text))[:80].strip("-") or "bao-cao"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def point(finding: Mapping[str, Any]) -> _Point:
    """A finding as mails print it: `rule`, `severity`, `message_vi`, `places` (each `quote` and `locator`), `values`."""
    places: dict[str, list[str]] = {}
    for place in finding.get("places", ()):
        where = places.setdefault(one_line(place["quote"], _LONGEST_QUOTE), [])
        cell = _cell_vi(place.get("locator", ""))
        if cell and cell not in where:
            where.append(cell)
    quotes = tuple(_Quote(text, ", ".join(where)) for text, where in places.items())
    message = one_line(finding["message_vi"], _LONGEST_REASON)
    return _Point(
        is_error=finding["severity"] == "error",
        rule=one_line(finding["rule"], _LONGEST_LINE),
        message=message,
        quotes=quotes[:_MOST_QUOTES],
        more_quotes=max(0, len(quotes) - _MOST_QUOTES),
        sides=_sides(finding.get("values", {}), message),
    )


def _cell_vi(locator: str) -> str:
    """`ô C7, trang tính Bieu 06`; empty for a span of text, where the quote itself is the place to look for."""
    sheet, separator, cell = locator.rpartition("!")
    return one_line(f"ô {cell}, trang tính {sheet}", _LONGEST_LINE) if separator else ""


def _sides(values: Mapping[str, Any], message: str) -> tuple[str, str, str] | None:
    """Both sides of a sum and how far they are apart; None where no numbers are compared, or the message has them already."""
    try:
        left, right = Decimal(str(values["left"])), Decimal(str(values["right"]))
    except (KeyError, InvalidOperation):
        return None
    sides = number_vi(left), number_vi(right), number_vi(abs(left - right))
    is_told = sides[0] in message and sides[1] in message
    return None if is_told or sides[0] == sides[1] else sides


def _failure_groups(items: Sequence[Told]) -> list[_FailureGroup]:
    """Failures by kind, the worst first, each group with one remedy."""
    by_kind: dict[tuple[str, str], list[Told]] = {}
    for item in sorted(items, key=lambda item: (item.severity != "error", item.rule)):
        by_kind.setdefault(_operational(item), []).append(item)
    groups = []
    for (title, remedy), members in by_kind.items():
        failures = tuple(_failure(item) for item in members[:_MOST_FAILURES])
        groups.append(_FailureGroup(title, remedy, failures, len(members) - len(failures)))
    return groups


def _operational(item: Told) -> tuple[str, str]:
    """What kind of trouble it is and the remedy; a warning holds nothing back."""
    return _OPERATIONAL_VI.get(item.rule, _OTHER_OPERATIONAL_VI if item.severity == "error" else _DOUBT_VI)


def _failure(item: Told) -> _Failure:
    reasons = [line for line in (one_line(line, _LONGEST_REASON) for line in item.detail.get("reason", "").splitlines()) if line]
    origin = one_line(item.detail.get("origin", ""), _LONGEST_LINE)
    return _Failure(one_line(item.subject_vi, _LONGEST_LINE), origin, tuple(reasons[:_MOST_REASONS]), max(0, len(reasons) - _MOST_REASONS))


def _due(item: Missing) -> _Due:
    return _Due(
        _upper(one_line(item.unit_name_vi, _LONGEST_LINE)),
        one_line(item.title_vi, _LONGEST_LINE),
        _day(item.due_on),
        item.days_late,
        item.is_last,
        _FORWARD_VI[item.role],
    )


def _subject(
    reports: Sequence[_Report],
    failures: Sequence[Told],
    recoveries: Sequence[_Recovery],
    is_reminder: bool,
    overdue: Sequence[_Due],
    upcoming: Sequence[_Due],
) -> str:
    """What and where, and how many: `[TTHC] Phường X: Báo cáo … bị giữ lại, 2 điểm phải sửa`."""
    parts = []
    if len(reports) == 1:
        report = reports[0]
        state = "bị giữ lại, " if report.held else "có "
        parts.append(f"{_cut(report.unit, 50)}: {_cut(report.title, 60)} {state}{report.count_vi}")
    elif reports:
        units = {report.unit for report in reports}
        held = sum(report.held for report in reports)
        counts = [f"{held} báo cáo bị giữ lại"] if held else []
        if held < len(reports):
            counts.append(f"{len(reports) - held} báo cáo có điểm cần xem lại")
        parts.append(f"{_cut(next(iter(units)), 50) if len(units) == 1 else f'{len(units)} đơn vị'}: {', '.join(counts)}")
    if len(failures) == 1:
        parts.append(_cut(one_line(failures[0].subject_vi, _LONGEST_LINE), 60 if reports else 130))
    elif reports and failures:
        parts.append(f"{len(failures)} việc của bộ phận vận hành")
    elif failures:
        kinds = Counter(_operational(item)[0] for item in failures)
        told = ", ".join(f"{kind[:1].lower()}{kind[1:]}: {count}" for kind, count in kinds.most_common())
        parts.append(f"{len(failures)} {'sự cố' if any(item.severity == 'error' for item in failures) else 'việc'} vận hành ({told})")
    if len(recoveries) == 1:
        parts.append(f"{_cut(recoveries[0].what, 60 if parts else 110)} đã xử lý xong")
    elif recoveries:
        parts.append(f"{len(recoveries)} việc đã xử lý xong")
    for items, state in ((overdue, "quá hạn"), (upcoming, "sắp đến hạn")):
        if len(items) == 1:
            parts.append(f"{_cut(items[0].unit, 40)}: {_cut(items[0].title, 60)} {state} ({items[0].due_on})")
        elif items:
            parts.append(f"{len(items)} báo cáo {state}")
    return _cut(f"[TTHC] {'Nhắc lại: ' if is_reminder else ''}{'; '.join(parts)}", _LONGEST_SUBJECT)


def _greeting(roles: Set[Role], units: Set[str]) -> str:
    role: Role = "dau_moi" if "dau_moi" in roles else "tinh" if "tinh" in roles else "van_hanh"
    return _GREETING_VI[role] + (f", {next(iter(units))}" if role == "dau_moi" and len(units) == 1 else "")


def one_line(text: str, longest: int) -> str:
    """One harmless line: NFC, no line ends, control, bidi or other invisible characters; names of people covered."""
    text = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in nfc(text))
    text = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cs", "Co"))
    return _cut(mask_names(nfc(" ".join(text.split()))), longest)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
