# One image for web, worker, ringer and migrations; docker-compose.yml gives each its command.
FROM python:3.12-slim AS packages
COPY requirements.txt /
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /requirements.txt

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/srv/static MEDIA_ROOT=/srv/media TROVA_DATA=/srv/data
RUN useradd --system --uid 10001 trova && install -d -o trova -g trova /srv/media /srv/data
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
RUN python -m compileall -q . && TROVA_DEMO=1 python manage.py collectstatic --noinput --verbosity 0
USER trova
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--blocking-threads", "4", \
     "--workers-kill-timeout", "15", "--respawn-failed-workers", "trova.wsgi:application"]
