-- Rows that were published once: publish moves them here when a publication changes or removes them.

create schema history;
comment on schema history is 'Rows that were published before, with the publications between which they stood. Written by publish (tthc_gate); read through views in marts.';
grant usage, create on schema history to tthc_gate;
