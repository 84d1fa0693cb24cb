-- What is older than TTHC_HISTORY_DAYS is let go of; what was held back, decided, told and published stays known.

grant delete on quality.evaluation, quality.finding to tthc_gate;
grant delete on reporting.answer, reporting.told_at_the_door to tthc_mailer;
