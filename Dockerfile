# One image for every service of docker-compose.yml: the project at /opt/tthc with the environment of requirements.lock.
FROM python:3.11-slim

# What is the same in every service; all other settings come from docker-compose.yml.
ENV PYTHONUNBUFFERED=1 \
    PYTHONPATH=/opt/tthc \
    LANG=C.UTF-8 \
    AIRFLOW_HOME=/var/lib/airflow \
    TTHC_STATE_DIR=/var/lib/tthc

# A named volume takes the owner of the folder it is mounted on, so the folders are made here.
RUN useradd --uid 10001 --user-group --create-home --home-dir /home/tthc tthc \
    && install -d -o tthc -g tthc /opt/tthc /var/lib/airflow /var/lib/tthc /mails

WORKDIR /opt/tthc
# The environment is a layer of its own: it is built again only when the lock changes. The lock is complete, hence --no-deps:
# resolving, pip would refuse `mashumaro[msgpack]`, whose pin in the lock carries no extra. `pip check` shows that nothing is missing.
COPY requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --requirement requirements.lock && pip check

COPY pyproject.toml cli.py ./
COPY warehouse warehouse
COPY ingest ingest
COPY expectations expectations
COPY reporting reporting
COPY dags dags
COPY dbt_project dbt_project
COPY sample sample
# Editable, as in a clone: the code finds dags/, dbt_project/ and sample/ beside itself.
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation --editable .

USER tthc
CMD ["tthc", "status"]
