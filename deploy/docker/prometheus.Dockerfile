# Debian's Prometheus with nothing of it as root, for the `monitoring` profile of deploy/compose.yaml.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
RUN apt-get update -q && apt-get install -qy --no-install-recommends prometheus \
 && rm -rf /var/lib/apt/lists/* && install -d -o prometheus -g prometheus /prometheus
USER prometheus
ENTRYPOINT ["prometheus", "--config.file=/etc/prometheus/prometheus.yml", \
            "--storage.tsdb.path=/prometheus", "--storage.tsdb.retention.time=30d"]
