# docker build -t wellposed . && docker run --rm -v "$PWD/results:/work/results" wellposed study wave
FROM python:3.11-slim
RUN apt-get update && apt-get install --yes --no-install-recommends make && rm -rf /var/lib/apt/lists/*
COPY . /wellposed
RUN make -C /wellposed .venv/installed && useradd --create-home asker && install -d -o asker /work
ENV PATH=/wellposed/.venv/bin:$PATH
USER asker
WORKDIR /work
ENTRYPOINT ["wellposed"]
CMD ["--help"]
