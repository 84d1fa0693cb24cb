"""Judgement: identities over figures, gates, quarantine and publishing. Parses nothing and sends no mail."""
