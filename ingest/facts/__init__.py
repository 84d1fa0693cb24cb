"""Text to facts: what a report is (header) and every figure it prints (measure, scope, value, span).

`header` reads the head of a report, with `issuer` and `reported_period`. `figures` dresses what the `Reader` finds. A reader is a
chain of classes, each of which asks the ones below it:

| from words to a clause | `sentences` (elements), `labels` (features), `doubts` (why it may be no figure), `clauses` |
| what a clause leaves unsaid | `totals`, `scopes`, `enumerations`, `implied`, `neighbours`, `families`, `settled`, `inheritance` |
| from a frame to readings | `rules` |
| tables | `tables` (cells), `columns`, `table_reader`, `move_tables` |
| prose | `titles`, `all_of_it`, `asides`, `prose` (a sentence), `reader` (the lines of a report), `wholes` (totals told apart at the end) |

`subjects` says whom a figure is of, `moves` who left and came, `handed_over` what the old units left unfinished. Phrases, cue words and rules are data in `language/`, which `lexicon` reads.
"""

from __future__ import annotations

from ingest.facts.figures import read_figures
from ingest.facts.header import read_header

EXTRACTOR_VERSION = "1.9.0"
"""Changes whenever the same document could give other figures; old documents are then read again."""

__all__ = ["EXTRACTOR_VERSION", "read_figures", "read_header"]
