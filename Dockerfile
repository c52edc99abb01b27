# One image for the service, the workers and the beat; the command tells them apart.
FROM python:3.13-slim-trixie AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev libgomp1 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
RUN python -m venv /venv
COPY requirements/pinned.txt requirements/pinned.txt
RUN /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements/pinned.txt
COPY . .
RUN /venv/bin/pip install --no-cache-dir --editable '.[fast]'

FROM python:3.13-slim-trixie
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 travelbuddy \
    && install --directory --owner travelbuddy /state
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
# What a large feed needs beside the memory goes to the volume, not to a /tmp that is memory itself.
ENV PATH=/venv/bin:$PATH STATE_DIR=/state TMPDIR=/state PYTHONUNBUFFERED=1 LOG_JSON=true
USER travelbuddy
EXPOSE 8000
CMD ["travelbuddy", "serve", "--host", "0.0.0.0"]
