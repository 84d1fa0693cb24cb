"""Text to facts: what a report is (header) and every figure it prints (measure, scope, value, span)."""

from __future__ import annotations

from ingest.facts.figures import read_figures
from ingest.facts.header import read_header

EXTRACTOR_VERSION = "1.7.0"
"""Changes whenever the same document could give other figures; old documents are then read again."""

__all__ = ["EXTRACTOR_VERSION", "read_figures", "read_header"]
