"""When things run: wiring only. Each module is one DAG; its docstring is its runbook."""
