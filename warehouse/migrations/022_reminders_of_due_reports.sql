-- Reports that are due or missing: which reminder was told to whom. Deadlines are data of the marts (seed reporting_obligations).

create table reporting.reminder_stage (
    offset_days integer primary key,
    note text not null
);
comment on table reporting.reminder_stage is 'One row per agreed reminder of a report that has not come: days after its due date, negative before it';
insert into reporting.reminder_stage (offset_days, note) values
(-2, 'assumed 21/11/2026, to be agreed with the province: before the due date'),
(1, 'assumed 21/11/2026, to be agreed with the province: the day after it'),
(7, 'assumed 21/11/2026, to be agreed with the province: the last one, also told as such');

create table reporting.reminder (
    mail_id bigint not null references reporting.mail,
    unit_code text not null,
    unit_valid_from date not null,
    unit_name_vi text not null,
    province_code text not null,
    obligation text not null,
    period_key text not null,
    due_on date not null,
    offset_days integer not null,
    primary key (mail_id, unit_code, unit_valid_from, obligation, period_key, offset_days)
);
comment on table reporting.reminder is 'One row per report reminded of in a mail; that stage of it is not told again';
create index on reporting.reminder (unit_code, unit_valid_from, obligation, period_key);
grant select on reporting.reminder_stage to tthc_mailer;
grant select, insert on reporting.reminder to tthc_mailer;
