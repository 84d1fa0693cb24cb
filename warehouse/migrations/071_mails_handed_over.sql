-- Between a server's "accepted" and our record of it a process can die: what may have been sent is known as such.

alter table reporting.mail add column handed_over_at timestamptz;
comment on column reporting.mail.handed_over_at is 'When it was first handed to a server; without sent_at it may have arrived: it is sent again byte for byte and never changed';
update reporting.mail set handed_over_at = sent_at where sent_at is not null;
