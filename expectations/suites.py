"""The suites of the three gates, every expectation with its rule id, severity, owner, reason and date."""

from __future__ import annotations

from expectations.checks import Check, Gate, Owner
from expectations.mart_suite import DOSSIER_COUNTS, MART_KEYS, mart_checks
from expectations.source_suite import SOURCE_POLICIES, SourcePolicy, source_checks
from expectations.submission_suite import submission_checks

__all__ = ["DOSSIER_COUNTS", "MART_KEYS", "SOURCE_POLICIES", "Check", "Gate", "Owner", "SourcePolicy", "mart_checks", "source_checks", "submission_checks"]
