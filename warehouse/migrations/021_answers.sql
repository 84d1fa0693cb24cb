-- Answer-back: which mails were answered, so that each is answered once.

create table reporting.answer (
    answer_key text primary key check (length(answer_key) = 64),
    outcome text not null check (outcome in ('answered', 'ignored')),
    reason text not null default '',
    mail_id bigint references reporting.mail,
    seen_at timestamptz not null default now(),
    check ((outcome = 'answered') = (mail_id is not null)),
    check ((outcome = 'ignored') = (reason <> ''))
);
comment on table reporting.answer is 'One row per submission that came by mail or into the inbox: answered by which mail, or why not';
comment on column reporting.answer.answer_key is 'SHA-256 of sender and Message-ID, or of the bytes of an inbox file; names nobody';
grant select, insert on reporting.answer to tthc_mailer;
