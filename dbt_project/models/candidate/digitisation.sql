{{ wide_performance(['digitised_inputs', 'digitised_results']) }}
