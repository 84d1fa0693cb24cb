-- Exclusion constraints over a code (equality) and its days (overlap) need the operators of btree_gist; dbt adds them to the seeds and dim_unit.
create schema if not exists extensions;
comment on schema extensions is 'What extensions of PostgreSQL bring: operators for constraints. Written by nobody.';
create extension if not exists btree_gist with schema extensions;
revoke all on schema extensions from public;
revoke execute on all functions in schema extensions from public;
