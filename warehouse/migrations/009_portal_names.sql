-- The later row of the same unit is looked for by its printed name: departments have no code of ours.
create index on raw.portal_index (report, period_start, (coalesce(payload ->> 'TEN_COQUAN', payload ->> 'departmentName')));
drop index raw.portal_index_interface_report_period_start_period_end_idx;
