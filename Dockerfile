# Everything in one image: `docker build --tag sparsebench .`, then
# `docker run --rm --volume "$PWD/results:/opt/sparsebench/results" sparsebench`.
# The environment is the Makefile's, with the same pins, and the Kubernetes plugins.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}

# On Kubernetes, Snakemake asks git for the sources, and its storage plugin copies with rsync.
RUN apt-get update && apt-get install --yes --no-install-recommends git rsync \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/sparsebench
COPY requirements.lock requirements-kubernetes.txt ./
# PyTorch's build without CUDA, which the lock then accepts; without that index, the main index's.
RUN python3 -m venv /opt/venv \
    && (/opt/venv/bin/pip install --no-cache-dir --index-url https://download.pytorch.org/whl/cpu \
        --no-deps --retries 0 --timeout 15 "$(grep '^torch==' requirements.lock)" || true) \
    && /opt/venv/bin/pip install --no-cache-dir -r requirements.lock \
    && /opt/venv/bin/pip install --no-cache-dir --no-deps -r requirements-kubernetes.txt
ENV PATH=/opt/venv/bin:$PATH OMP_NUM_THREADS=1

COPY . .
# sim, models and workflow are found from any folder: a Kubernetes job starts in an empty one.
RUN echo /opt/sparsebench > "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/sparsebench.pth"

CMD ["snakemake", "--cores", "all", "--workflow-profile", "workflow/profiles/default"]
