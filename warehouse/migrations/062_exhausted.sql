-- A file that took all the memory or time it was given is not tried again until its reader or the limits change.

alter table raw.attempt add column limits text not null default '';
comment on column raw.attempt.limits is 'What reading was limited to, where it ran into it: seconds and memory; with other limits the file is tried again';

alter table raw.attempt drop constraint attempt_outcome_check;
alter table raw.attempt add check (
    outcome in (
        'landed', 'seen_again', 'outside_band', 'parsed', 'empty', 'unreachable', 'refused', 'unexpected', 'held', 'unreadable', 'deferred', 'exhausted'
    )
);
