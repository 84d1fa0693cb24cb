{# What two spellings of a name share: no case, accents or punctuation; as header_key of ingest/layouts. #}
{% macro folded(text) -%}
    trim(regexp_replace(regexp_replace(replace(normalize(lower({{ text }}), NFD), 'đ', 'd'), '[\u0300-\u036f]', '', 'g'), '[^[:alnum:]]+', ' ', 'g'))
{%- endmacro %}
