"""Hand-annotated commune reports that score the reader and the auditor (`README.md` tells the format)."""
