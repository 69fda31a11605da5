# One image for web, workers and beat; the command chooses which.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/tcma && /opt/tcma/bin/pip install --no-cache-dir uv
COPY requirements.lock ./
RUN /opt/tcma/bin/uv pip install --compile-bytecode --python /opt/tcma/bin/python --no-cache -r requirements.lock
COPY . .
RUN /opt/tcma/bin/uv pip install --compile-bytecode --python /opt/tcma/bin/python --no-cache --no-deps .

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 tcma && install -d -o tcma /var/lib/tcma
COPY --from=build /opt/tcma /opt/tcma
ENV PATH=/opt/tcma/bin:$PATH TCMA_INSTANCE=/var/lib/tcma PYTHONUNBUFFERED=1
USER tcma
VOLUME /var/lib/tcma
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s CMD ["python", "-c", "import os, urllib.parse as p, urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/healthz', headers={'Host': p.urlsplit(os.environ.get('TCMA_BASE_URL', 'http://127.0.0.1:8000')).netloc}), timeout=2)"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "tcma.wsgi:application"]
