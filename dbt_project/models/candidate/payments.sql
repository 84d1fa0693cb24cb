{{ wide_performance(['fees_vnd', 'online_payment_rate_pct']) }}
