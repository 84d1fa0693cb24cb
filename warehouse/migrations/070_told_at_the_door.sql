-- What an answer told its recipient, so that the night's mail does not tell it again.

create table reporting.told_at_the_door (
    mail_id bigint not null references reporting.mail,
    sha256 text not null check (length(sha256) = 64),
    rule text not null,
    primary key (mail_id, sha256, rule)
);
comment on table reporting.told_at_the_door is 'One row per doubt about a file that an answer told its recipient before the night';
comment on column reporting.told_at_the_door.sha256 is 'Of the file as it came, as raw.landing has it';
create index on reporting.told_at_the_door (sha256, rule);
grant select, insert on reporting.told_at_the_door to tthc_mailer;
