"""When things run: wiring only. Each module is one DAG; its docstring is its runbook. Here stands what they share."""

from __future__ import annotations

from email.message import EmailMessage


def send_by_airflow(message: EmailMessage) -> None:
    """Hand one message to the server of the connection `smtp_default`.

    Raises:
        OSError: it did not take it, or there is none.
    """
    from airflow.providers.smtp.hooks.smtp import SmtpHook
    from airflow.sdk.exceptions import AirflowException

    try:
        with SmtpHook("smtp_default") as hook:
            hook._smtp_client.send_message(message)
    except AirflowException as error:  # how the hook says that it found no server
        raise ConnectionError(str(error)) from error
