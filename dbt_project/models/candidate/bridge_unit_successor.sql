{{ config(materialized='kept') }}
select
    move.predecessor_code,
    move.predecessor_valid_from,
    move.successor_code,
    move.successor_valid_from,
    move.share,
    -- Nobody published how the communes that were split are shared out: any part from nothing to all.
    case when move.is_partial and move.share is null then 0 else move.share end as share_low,
    case when move.is_partial and move.share is null then 1 else move.share end as share_high,
    move.is_partial,
    coalesce(move.legal_basis, '') as legal_basis
from {{ ref('unit_successors') }} as move
