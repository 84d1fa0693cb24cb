"""Who answers for what: the contacts file and the way from an incident to its recipients."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

Role = Literal["dau_moi", "tinh", "van_hanh"]
"""`dau_moi`: the unit's officer; `tinh`: the province's control officer; `van_hanh`: the warehouse's operator."""

_COLUMNS = ("unit_code", "province_code", "role", "email")
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_OPERATIONAL = frozenset({"source-unreachable", "source-refused", "source-unexpected", "source-empty", "file-unreadable", "gate-blocked", "night-failed"})


class ContactsError(Exception):
    """The contacts file cannot be used: one line for each fault, with file, line and remedy."""


@dataclass(frozen=True)
class Contacts:
    """The contacts by what they answer for: unit code, province code, the warehouse itself. E-mail addresses, in file order."""

    units: dict[str, tuple[str, ...]]
    provinces: dict[str, tuple[str, ...]]
    operators: tuple[str, ...]

    def route(self, rule: str, unit_code: str, province_code: str) -> tuple[tuple[str, Role], ...]:
        """The recipients of an incident, and as what each is written to; never empty.

        Doubts about a submission go to the unit's officer, else to the province, else to the operator; what only the
        operator can mend goes there, an unreadable file also to its unit or province where that is known.
        """
        nearest: tuple[tuple[str, Role], ...] = ()
        if unit_code in self.units:
            nearest = tuple((email, "dau_moi") for email in self.units[unit_code])
        elif province_code in self.provinces:
            nearest = tuple((email, "tinh") for email in self.provinces[province_code])
        operators: tuple[tuple[str, Role], ...] = tuple((email, "van_hanh") for email in self.operators)
        if rule not in _OPERATIONAL:
            return nearest or operators
        return (*operators, *nearest) if rule == "file-unreadable" else operators


def load_contacts(path: Path) -> Contacts:
    """Read the contacts: CSV in UTF-8 with the columns `unit_code,province_code,role,email`.

    Raises:
        ContactsError: the file is missing, or some of its lines cannot be used; every such line is named.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ContactsError(f"{path} does not exist: make it with the columns {','.join(_COLUMNS)}, or point TTHC_CONTACTS to it") from None
    except UnicodeDecodeError as error:
        raise ContactsError(f"{path}: not UTF-8 (byte {error.start}): save it as CSV UTF-8") from None
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != _COLUMNS:
        raise ContactsError(f"{path}, line 1: expected the columns {','.join(_COLUMNS)}, separated by commas")
    units: dict[str, dict[str, None]] = {}
    provinces: dict[str, dict[str, None]] = {}
    operators: dict[str, None] = {}
    faults = []
    for row in reader:
        cells = [row[name] for name in _COLUMNS]
        fault = _fault(cells, extra=None in row)
        if fault:
            faults.append(f"{path}, line {reader.line_num}: {fault}")
            continue
        unit_code, province_code, role, email = (cell.strip() for cell in cells)
        # One person in two spellings would get two mails.
        email = email.lower()
        match cast(Role, role):
            case "dau_moi":
                units.setdefault(unit_code, {})[email] = None
            case "tinh":
                provinces.setdefault(province_code, {})[email] = None
            case "van_hanh":
                operators[email] = None
    if not operators and not faults:
        faults.append(f"{path}: nobody has the role van_hanh: add the operator, to whom everything goes that has no nearer contact")
    if faults:
        raise ContactsError("\n".join(faults))
    return Contacts({key: tuple(value) for key, value in units.items()}, {key: tuple(value) for key, value in provinces.items()}, tuple(operators))


def _fault(cells: list[str], *, extra: bool) -> str:
    if extra or any(cell is None for cell in cells):
        return f"expected {len(_COLUMNS)} cells"
    unit_code, province_code, role, email = (cell.strip() for cell in cells)
    if role not in ("dau_moi", "tinh", "van_hanh"):
        return f"role {role!r} is none of dau_moi, tinh, van_hanh"
    if role == "dau_moi" and not re.fullmatch(r"[0-9]{5}", unit_code):
        return f"unit_code {unit_code!r} is not five digits (spreadsheets drop leading zeros: format the column as text)"
    if role == "tinh" and not re.fullmatch(r"[0-9]{2}", province_code):
        return f"province_code {province_code!r} is not the statistics office's two digits (spreadsheets drop leading zeros: format the column as text)"
    if not EMAIL.fullmatch(email):
        return f"email {email!r} is no address of the form name@domain"
    return ""
