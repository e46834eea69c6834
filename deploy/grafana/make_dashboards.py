#!/usr/bin/env python3
"""Writes dashboards/*.json, the Grafana dashboards, from the short description below.

    deploy/grafana/make_dashboards.py            # writes them
    deploy/grafana/make_dashboards.py --check    # exit 1 if what is there is something else

A panel is a title, a unit of Grafana's, its queries with their legends, and what it is good for.
"""

import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).parent / "dashboards"
DATASOURCE = {"type": "prometheus", "uid": "dyna-prometheus"}
COLUMNS = 24


def target(number, query, legend, instant=False):
    return {"refId": chr(ord("A") + number), "datasource": DATASOURCE, "expr": query,
            "legendFormat": legend, "instant": instant, "range": not instant}


def panel(kind, title, unit, queries, about, width, height, instant=False, **options):
    return {"type": kind, "title": title, "description": about, "datasource": DATASOURCE,
            "gridPos": {"w": width, "h": height},
            "targets": [target(i, query, legend, instant)
                        for i, (query, legend) in enumerate(queries)],
            "fieldConfig": {"defaults": {"unit": unit, **options.pop("defaults", {})},
                            "overrides": []},
            "options": options}


def lines(title, unit, queries, about, width=12, height=8, stacked=False, least=None):
    custom = {"lineWidth": 2, "fillOpacity": 60 if stacked else 0, "showPoints": "never",
              "spanNulls": False, "stacking": {"mode": "normal" if stacked else "none"}}
    defaults = {"custom": custom, "color": {"mode": "palette-classic"}}
    if least is not None:
        defaults["min"] = least
    return panel("timeseries", title, unit, queries, about, width, height, defaults=defaults,
                 legend={"displayMode": "list", "placement": "bottom"},
                 tooltip={"mode": "multi", "sort": "desc"})


def number(title, unit, query, about, width=4, height=4):
    return panel("stat", title, unit, [(query, "")], about, width, height, instant=True,
                 reduceOptions={"calcs": ["lastNotNull"]}, colorMode="none", graphMode="none")


def curve(title, across, up, about, width=12, height=10):
    """One quantity against another: both queries are of the same instants."""
    made = panel("xychart", title, "none", [(across[0], across[1]), (up[0], up[1])], about, width,
                 height, mapping="manual",
                 series=[{"x": {"matcher": {"id": "byName", "options": across[1]}},
                          "y": {"matcher": {"id": "byName", "options": up[1]}}}],
                 legend={"showLegend": False})
    made["fieldConfig"]["defaults"]["custom"] = {"show": "lines+points", "pointSize": {"fixed": 4}}
    made["transformations"] = [{"id": "joinByField", "options": {"byField": "Time",
                                                                 "mode": "inner"}}]
    return made


def dashboard(uid, title, about, panels):
    x = y = row_height = 0
    for i, placed in enumerate(panels):
        place = placed["gridPos"]
        if x + place["w"] > COLUMNS:
            x, y, row_height = 0, y + row_height, 0
        place.update(x=x, y=y)
        x, row_height = x + place["w"], max(row_height, place["h"])
        placed["id"] = i + 1
    return {"uid": f"dyna-{uid}", "title": title, "description": about, "tags": ["opendyna"],
            "schemaVersion": 39, "version": 1, "editable": False, "refresh": "5s",
            "time": {"from": "now-30m", "to": "now"}, "timezone": "browser",
            "graphTooltip": 1, "panels": panels, "templating": {"list": []},
            "links": [{"type": "dashboards", "tags": ["opendyna"], "title": "OpenDyna",
                       "asDropdown": True, "keepTime": True}]}


REAL_STEPS = 'max(dyna_learner_replay_items{table="real"})'
RETURN = "max(dyna_learner_evaluation_return)"
STATES = "sum by (state) (instance_state:dyna_role_seconds:ratio1m{role=\"%s\"}) " \
         "/ scalar(count(count by (instance) " \
         "(instance_state:dyna_role_seconds:ratio1m{role=\"%s\"})))"


def who_waits(role, width=12):
    return lines(f"Time of {role} by state", "percentunit", [(STATES % (role, role), "{{state}}")],
                 "Mean over its instances. waiting_for_* is time lost to others; the limit is at "
                 "the role's /healthz and in `dyna top`.", width=width, stacked=True, least=0)


UPDATE_RATIO = lines(
    "Updates per real step", "none",
    [("run:dyna_learner_updates_per_env_step:ratio5m", "measured, 5 minutes"),
     ("max(dyna_learner_updates_per_env_step_limit)", "learner.updates_per_step")],
    "P4. Below the limit at the start (random steps come before updates) and when the learner "
    "cannot keep up with what was collected; never above for long.", least=0)
SYNTHETIC_RATIO = lines(
    "Imagined rows per real row", "none",
    [("run:dyna_imagination_steps_per_env_step:ratio5m", "measured, 5 minutes"),
     ('max(dyna_learner_replay_items{table="synthetic"}) '
      '/ max(dyna_learner_replay_items{table="real"})', "since the start")],
    "What the rollout schedule asks for, at any number of workers.", least=0)

DASHBOARDS = {
    "overview": dashboard("overview", "OpenDyna: Overview", "Does it learn, how fast, who waits?", [
        number("Evaluation return", "short", RETURN, "Mean of the newest evaluation."),
        number("Real steps", "short", REAL_STEPS, "Rows in the real table, over all shards."),
        number("Real steps per second", "short", "run:dyna_actor_env_steps:rate1m", "One minute."),
        number("Updates per second", "short", "run:dyna_learner_updates:rate1m", "One minute."),
        number("Imagined rows per second", "short", "run:dyna_imagination_steps:rate1m",
               "One minute."),
        number("Processes up", "none", "count(up{job=~\"dyna.*\"} == 1)",
               "That Prometheus reaches."),
        lines("Return", "short", [(RETURN, "evaluation"),
                                  ("max(dyna_learner_episode_return)", "newest training episode")],
              "Evaluations play the policy without exploration noise."),
        lines("Rates", "short",
              [("run:dyna_actor_env_steps:rate1m", "real steps/s"),
               ("run:dyna_learner_updates:rate1m", "updates/s"),
               ("run:dyna_imagination_steps:rate1m", "imagined rows/s")],
              "They move together: pacing ties them.", least=0),
        who_waits("learner", 8), who_waits("actor", 8), who_waits("imagination", 8),
        UPDATE_RATIO, SYNTHETIC_RATIO,
    ]),
    "learning": dashboard("learning", "OpenDyna: Learning", "Curves and what drives them.", [
        curve("Return against real steps",
              ("max(dyna_learner_evaluation_steps)", "real steps"), (RETURN, "return"),
              "The learning curve: what runs are compared by."),
        lines("Critic and actor loss", "short",
              [('max by (loss) (dyna_learner_loss{loss=~".*_loss"})', "{{loss}}")],
              "A critic loss that grows without end is divergence.", height=10),
        lines("Entropy, temperature, Q", "short",
              [('max by (loss) (dyna_learner_loss{loss!~".*_loss"})', "{{loss}}")],
              "q_mean far above any return that was seen is overestimation."),
        lines("Updates per second", "short", [("run:dyna_learner_updates:rate1m", "updates/s")],
              "", least=0),
        lines("Waiting for a batch", "s",
              [("histogram_quantile(0.5, sum by (le) "
                "(rate(dyna_learner_batch_wait_seconds_bucket[5m])))", "median"),
               ("histogram_quantile(0.99, sum by (le) "
                "(rate(dyna_learner_batch_wait_seconds_bucket[5m])))", "99 %")],
              "Batches are fetched ahead: more than a millisecond means replay is the limit."),
        lines("Part of the time spent waiting for batches", "percentunit",
              [("run:dyna_learner_batch_wait_seconds:ratio5m", "waiting")], "", least=0),
        lines("Rows, and rows allowed", "short",
              [("max by (table) (dyna_learner_replay_items)", "{{table}}"),
               ("max by (table) (dyna_learner_allowed_items)", "{{table}}, allowed")],
              "The distance is how far collection may still run ahead.", least=0),
        lines("Real part of a batch", "percentunit", [("max(dyna_learner_real_ratio)", "real")],
              "learner.real_fraction; the rest is imagined.", least=0),
        UPDATE_RATIO, SYNTHETIC_RATIO,
    ]),
    "model": dashboard("model", "OpenDyna: Model quality", "Can its imagination be trusted?", [
        lines("Hold-out error by member", "short",
              [("max by (member) (dyna_model_holdout_loss)", "member {{member}}")],
              "Mean squared error, after each training. It falls as rows come in; one member that "
              "stays above the others is not among the elites."),
        lines("Disagreement of the members", "short",
              [("avg(dyna_imagination_disagreement)", "mean over the workers")],
              "Standard deviation of their means at the first imagined step. It grows where the "
              "policy goes to places with few rows.", least=0),
        lines("Rollout length", "none", [("max(dyna_imagination_rollout_length)", "steps")],
              "imagination.rollout_schedule.", least=0),
        lines("Trainings per minute", "none",
              [("60 * sum(rate(dyna_model_trainings_total[5m]))", "trainings/min")], "", least=0),
        lines("Versions", "none", [("max(dyna_model_version)", "model"),
                                   ("max(dyna_policy_version)", "policy")], "", least=0),
        lines("Age of imagined rows in a batch", "none",
              [("histogram_quantile(0.5, sum by (le) "
                "(rate(dyna_imagination_model_age_versions_bucket[5m])))", "median"),
               ("run:dyna_imagination_model_age_versions:p99_5m", "99 %")],
              "P5. Model versions behind the newest, of the oldest row.", least=0),
        lines("Imagined rows held and real rows held", "short",
              [("sum by (table) (dyna_replay_items)", "{{table}}")], "", least=0),
        SYNTHETIC_RATIO, who_waits("model-server"), who_waits("imagination"),
    ]),
    "replay": dashboard("replay", "OpenDyna: Replay", "The tables and their logs.", [
        lines("Rows appended per second", "short",
              [('sum by (table) (table_outcome:dyna_replay_inserts:rate1m{outcome="appended"})',
                "{{table}}")], "", least=0),
        lines("Rows not taken at once per second", "short",
              [('table_outcome:dyna_replay_inserts:rate1m{outcome!="appended"}',
                "{{table}}, {{outcome}}")],
              "waiting: pacing holds the producer back, which then asks again. refused: a fault.",
              least=0),
        lines("Rows sampled per second", "short", [("table:dyna_replay_samples:rate1m",
                                                    "{{table}}")], "", least=0),
        lines("Rows held", "short", [("dyna_replay_items", "{{instance}} {{table}}")],
              "Producers spread over the shards by episode.", least=0),
        lines("Memory of the rows", "bytes", [("dyna_replay_bytes", "{{instance}} {{table}}")], "",
              least=0),
        lines("Rows that may still come", "short",
              [("dyna_replay_granted_items", "{{instance}} {{table}}")],
              "Granted by the learner. 0: producers wait for it."),
        lines("Time of a sync", "s",
              [("histogram_quantile(0.5, sum by (instance, le) "
                "(rate(dyna_replay_wal_fsync_seconds_bucket[5m])))", "{{instance}}, median"),
               ("instance:dyna_replay_wal_fsync_seconds:p99_5m", "{{instance}}, 99 %")],
              "A durable acknowledgement waits for one.", least=0),
        lines("Syncs per second", "short",
              [("rate(dyna_replay_wal_fsync_seconds_count[1m])", "{{instance}}")], "", least=0),
        lines("Bytes waiting for the disk", "bytes", [("dyna_replay_wal_waiting_bytes",
                                                       "{{instance}}")], "", least=0),
        lines("Rows found on the disk at the start", "short",
              [("dyna_replay_recovered_items_total", "{{instance}} {{table}}")], "", least=0),
        who_waits("replay"),
    ]),
    "workers": dashboard("workers", "OpenDyna: Workers", "Actors and imagination workers.", [
        lines("Real steps per second", "short",
              [("sum by (instance) (rate(dyna_actor_env_steps_total[1m]))", "{{instance}}")], "",
              least=0),
        lines("Imagined rows per second", "short",
              [("rate(dyna_imagination_steps_total[1m])", "{{instance}}")], "", least=0),
        lines("Age of the actors' policies", "none",
              [("instance:dyna_actor_policy_age:versions", "{{instance}}")],
              "P5. Updates behind the newest policy.", least=0),
        lines("Late steps per second", "short",
              [("rate(dyna_actor_missed_deadlines_total[1m])", "{{instance}} late"),
               ("rate(dyna_actor_dropped_rows_total[1m])", "{{instance}} rows dropped")],
              "Real-time environments only.", least=0),
        lines("Blocked for", "s",
              [("(time() - dyna_role_blocked_since_timestamp_seconds) "
                "* (dyna_role_blocked_since_timestamp_seconds > bool 0)",
                "{{role}} {{instance}}, {{state}}")],
              "P10. Since when a role has done nothing but wait.", least=0),
        lines("Sockets", "short",
              [("sum by (event) (rate(dyna_transport_events_total[1m]))", "{{event}}")],
              "Connections made, lost and refused, per second.", least=0),
        lines("Refused for their key or role", "short",
              [("sum by (reason) (increase(dyna_transport_refusals_total[5m]))", "{{reason}}")],
              "In five minutes.", least=0),
        who_waits("actor"), who_waits("imagination"), who_waits("evaluator"),
    ]),
    "hosts": dashboard("hosts", "OpenDyna: Hosts", "What the processes take from their machines.", [
        lines("Processes up", "none", [("sum by (service) (up{service!=\"\"})", "{{service}}")],
              "", least=0),
        lines("Processor time", "percentunit",
              [("rate(process_cpu_seconds_total{service!=\"\"}[1m])", "{{service}} {{instance}}")],
              "1 is one core.", least=0),
        lines("Memory", "bytes",
              [("process_resident_memory_bytes{service!=\"\"}", "{{service}} {{instance}}")],
              "Resident.", least=0),
        lines("Files and sockets open", "none",
              [("process_open_fds{service!=\"\"}", "{{service}} {{instance}}")], "", least=0),
        lines("Age of the process", "s",
              [("time() - process_start_time_seconds{service!=\"\"}", "{{service}} {{instance}}")],
              "Falls to 0 when it starts again.", least=0),
        lines("Programs", "none",
              [("count by (version, revision) (dyna_build_info)", "{{version}} {{revision}}")],
              "More than one line: a rolling upgrade, or something forgotten.", least=0),
        lines("Scrape time", "s", [("scrape_duration_seconds{service!=\"\"}",
                                    "{{service}} {{instance}}")],
              "A /metrics that takes long shows a process without processor time.", least=0),
    ]),
}


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        print(__doc__, file=sys.stderr)
        return 2
    wanted = {name + ".json": json.dumps(made, indent=1) + "\n" for name, made in DASHBOARDS.items()}
    if not check:
        FOLDER.mkdir(exist_ok=True)
        for name, text in wanted.items():
            (FOLDER / name).write_text(text)
        return 0
    there = {path.name: path.read_text() for path in FOLDER.glob("*.json")}
    wrong = sorted(name for name in {*wanted, *there} if wanted.get(name) != there.get(name))
    for name in wrong:
        print(f"dashboards/{name} is not what make_dashboards.py writes: run it", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
