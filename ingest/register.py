"""The administrative units, read once a process."""

from __future__ import annotations

from functools import cache

from warehouse.units import UnitRegister


@cache
def unit_register() -> UnitRegister:
    """The register that printed names and portal codes are resolved with."""
    return UnitRegister.load()
