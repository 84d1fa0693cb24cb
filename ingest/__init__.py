"""The outside world comes in: sources, landing, documents, figures. No Airflow, no SQL transformation, no judgement."""
