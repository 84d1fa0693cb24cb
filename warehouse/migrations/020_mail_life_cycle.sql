-- Mails follow an incident from its opening over the agreed reminders to its recovery, in one thread, with the marked-up report.

alter table reporting.mail_item
    add column told_as text not null default 'opening' check (told_as in ('opening', 'reminder', 'recovery')),
    add column after_days integer not null default 0,
    drop constraint mail_item_pkey,
    add primary key (mail_id, incident_id, told_as);
comment on table reporting.mail_item is 'One row per thing told in a mail: an incident''s opening, one of its agreed reminders, or its recovery; it is not told again';
comment on column reporting.mail_item.after_days is 'Which agreed reminder (quality.reminder_schedule); 0 otherwise';

-- What recovered before this migration is history and no news.
insert into reporting.mail_item (mail_id, incident_id, told_as)
select item.mail_id, item.incident_id, 'recovery'
from reporting.mail_item as item
inner join quality.incident as incident using (incident_id)
where incident.recovered_at is not null;

alter table reporting.mail add column reference_ids text[] not null default '{}';
comment on column reporting.mail.reference_ids is 'Message-IDs of the earlier mails to this recipient about the same incidents, oldest first: the thread';

create table reporting.mail_attachment (
    mail_id bigint not null references reporting.mail,
    position integer not null,
    file_name text not null,
    body_html text not null,
    primary key (mail_id, position)
);
comment on table reporting.mail_attachment is 'One row per marked-up report of a mail that waits; deleted with the sending, so that no second copy of reports is kept';
grant select, insert, delete on reporting.mail_attachment to tthc_mailer;
