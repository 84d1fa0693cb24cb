"""What goes out: mails and marked-up reports, in Vietnamese. Queries only `marts` and `quality`; writes only the outbox."""
