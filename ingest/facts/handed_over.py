"""Dossiers that the units which were merged, or the districts, handed over unfinished: carried over by the new unit.

What was handed over is told beside what came in ("nhận mới 21.480 hồ sơ, nhận bàn giao từ các phường cũ 316 hồ sơ") or behind
its number ("thêm 63 hồ sơ do các xã cũ bàn giao qua"). Nothing is said of those that a report keeps out of its statistics, of
what became of them later, and of archives.
"""

from __future__ import annotations

import re

OF_OLD_UNITS = "of-old-units"
"""The flag of a reading of dossiers that are the unit's now, whoever is named with them."""
_UNIT = r"(?:các |cấp |ubnd |ủy ban nhân dân )*(?:xã|phường|thị trấn|huyện|quận|thị xã|thành phố|đơn vị|địa phương|bộ phận)"
_RUN = rf"(?:[^.;:,()\d]|,(?=\s(?:và )?{_UNIT}\b)|\d+(?=\s{_UNIT}\b)|\((?=cũ\))|(?<=\(cũ)\))"
"""Words of one statement: commas only in a list of units, digits only before them ("của 06 phường cũ")."""
_GIVEN = r"\b(?:bàn giao|chuyển giao|chuyển (?:về|qua|sang|lên|đến|tiếp|lại)|tiếp quản|để lại|mang sang)\b"
_OLD = rf"(?:\b{_UNIT}\b{_RUN}{{0,40}}?(?:\bcũ\b|\btrước (?:đây|(?:khi )?(?:sắp xếp|sáp nhập|hợp nhất)))|\bhuyện\b|\bhệ thống cũ\b)"
_DOSSIERS = r"(?:bộ )?(?:hồ sơ|hs)\b"

_BEFORE = re.compile(rf"(?:^|[.;:,(\n])(?P<said>{_RUN}*)(?P<colon>:?)\s*(?:là )?\Z")
_BEHIND = re.compile(rf"\s*{_DOSSIERS}(?P<said>{_RUN}*)")
_BARE = re.compile(r"\s*(?:[.;,)\n]|\Z)")
_BECAME = re.compile(r"(?<!chưa )(?<!đang )(?<!còn )\b(?:giải quyết|xử lý|trả)\b|\b(?:quá hạn|trễ|chậm|rà soát|số hóa|chỉnh lý|(?:hiện|vẫn|chỉ) còn)\b")
_ARCHIVE = re.compile(rf"\s*{_DOSSIERS}[^,.;]{{0,12}}\b(?:lưu trữ|tài liệu|địa chính|cán bộ|viên chức|đảng viên)\b")
_PART = re.compile(rf"\b(?:gồm|kể cả|chưa kể|ngoài)\b|\b{_DOSSIERS}")
_APART = re.compile(r"\briêng\b(?! lĩnh vực)|\bkhông (?:được )?(?:tính|thống kê|tổng hợp|đưa|cộng) (?:vào|trong)\b")
_REASON = re.compile(r"\b(?:nguyên nhân|lý do|vướng mắc|khó khăn)\b")
_REACH = 160


def is_handed_over(view: str, start: int, end: int) -> bool:
    """Whether the number from `start` to `end` counts dossiers that the old units handed over."""
    left, right = view[max(0, start - _REACH) : start], view[end : end + _REACH]
    if "cũ" not in left + right and "huyện" not in left + right and "trước s" not in right:
        return False
    before = _BEFORE.search(left)
    behind = _BEHIND.match(right)
    said = before["said"] if before is not None else ""
    after = behind["said"] if behind is not None else ""
    if _ARCHIVE.match(right):
        return False
    of_dossiers = re.search(
        rf"\b{_DOSSIERS}", left if before is not None and before["colon"] else said
    )  # "Hồ sơ nhận mới: 3.482; nhận bàn giao từ … cũ chuyển qua: 137"
    if behind is None and not (_BARE.match(right) and of_dossiers):
        return False
    if _APART.search(re.split(r"[.;\n](?!\d)", right)[0]) or _REASON.search(left) or _BECAME.search(said):
        return False
    if re.search(_GIVEN, said):  # "nhận bàn giao từ các phường cũ 316 hồ sơ", "nhận bàn giao 214 hồ sơ dở dang của cấp huyện cũ"
        return bool(re.search(_OLD, f"{said} {after}"))
    given = re.search(_GIVEN, after)
    if given is None or _PART.search(after[: given.end()]) or _BECAME.search(after[: given.end() + len(" chưa số hóa")]):
        return False
    return bool(re.search(_OLD, after))
