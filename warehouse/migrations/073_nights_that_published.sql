-- A night that the gate passed may still fail to publish: the dead-man switch looks for those that did.

alter table quality.run add column published_at timestamptz;
comment on column quality.run.published_at is 'When publish brought the marts up to this run, even if nothing differed; null: it did not';
update quality.run set published_at = judged_at where verdict = 'publish';
