-- Who mailed a submission, apart from what it says: no other role than the loader's sees it, and it holds no address.

create table raw.sender (
    landing_id bigint not null references raw.landing,
    sender_key text not null,
    sender_domain text not null,
    message_key text not null,
    sent_at timestamptz,
    run_id text not null,
    primary key (landing_id, sender_key, message_key)
);
comment on table raw.sender is 'One row per mail that brought a landing: keyed hashes of the sender''s address and of the message''s id, and the domain';
grant select, insert on raw.sender to tthc_loader;
