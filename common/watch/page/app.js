// Asks the learner again and again and draws what it says. Nothing here comes from anywhere else.
import { Curve } from "./chart.js";
import { drawDiagram } from "./diagram.js";
import { bytes, element, known, number, seconds } from "./text.js";
import { drawWaits, drawWorkers, rememberReasons } from "./workers.js";

const STATUS_MS = 1000;
const CURVE_MS = 3000;
const PATIENCE_MS = 5000;
const LOST_SECONDS = 4;

const at = (id) => document.getElementById(id);
const curve = new Curve(at("chart"));
const reasons = new Map();
let next = "";
let life = "";
let status = null;
let answeredAt = null;
const openedAt = performance.now();

async function ask(path) {
  const answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok) throw new Error(`${path}: HTTP status ${answer.status}`);
  return answer.json();
}

function drawTiles({ totals, flows, steps, members }) {
  const last = curve.last();
  const tile = (name, value, more) => {
    const made = element("div", "", "tile");
    made.append(element("span", name), element("b", value), element("i", more || "\u00a0"));
    return made;
  };
  const share = (a, b) => (known(a) && known(b) && b > 0 ? number(a / b) : "–");
  at("tiles").replaceChildren(
    tile("real steps", number(totals.real_rows), `of ${number(steps)}, ${number(flows.env_steps)}/s`),
    tile("return", last ? number(last[1]) : "–", last ? `± ${number(last[2])} at step ${number(last[0])}` : "no evaluation yet"),
    tile("updates", number(totals.updates), `${number(flows.updates)}/s`),
    tile("updates per real step", share(flows.updates, flows.env_steps), "over ten seconds"),
    tile("imagined rows", number(totals.synthetic_rows), `${number(flows.synthetic_rows)}/s`),
    tile("model error", number(totals.holdout_mse), "mean square, held out"),
    tile("processes", number(members.length), `${bytes(members.reduce((sum, m) => sum + (m.memory_bytes || 0), 0))} in all`));
}

function drawLags({ totals, flows, members }) {
  const actors = members.filter((m) => m.role === "actor" && known(m.version));
  const behind = actors.map((m) => Math.max(totals.policy_version - m.version, 0));
  const room = (rows, allowed) => (known(rows) && known(allowed)
    ? `${number(rows)} of ${number(allowed)} allowed; room for ${number(Math.max(allowed - rows, 0))}` : "–");
  const lines = [
    ["policy", `version ${number(totals.policy_version)}`],
    ["actors act with", actors.length === 0 ? "–"
      : `${number(Math.min(...behind))} to ${number(Math.max(...behind))} versions behind`],
    ["model", known(totals.model_version) ? `version ${number(totals.model_version)}` : "none"],
    ["oldest model in a batch", known(totals.model_age)
      ? `${number(totals.model_age)} versions behind, on average` : "–"],
    ["real rows", room(totals.real_rows, totals.real_allowed)],
    ["imagined rows", room(totals.synthetic_rows, totals.synthetic_allowed)],
    ["imagined rows per real row, now", known(flows.synthetic_rows) && flows.real_rows > 0
      ? number(flows.synthetic_rows / flows.real_rows) : "–"],
    ["replay holds", `${bytes(totals.replay_bytes)}`],
  ];
  at("lags").replaceChildren(...lines.map(([name, text]) => {
    const pair = element("div");
    pair.append(element("dt", name), element("dd", text));
    return pair;
  }));
}

function draw() {
  document.title = `${status.run} – OpenDyna`;
  at("run").textContent = status.run;
  at("environment").textContent = status.environment;
  at("count").textContent = [status.left_out > 0 ? `${status.left_out} more are not shown` : "",
                             status.problem].filter(Boolean).join("; ");
  rememberReasons(reasons, status.members);
  drawTiles(status);
  drawDiagram(at("diagram"), status);
  drawWaits(at("waits"), status.members, reasons);
  drawLags(status);
  drawWorkers(document.querySelector("#workers tbody"), status.members, reasons);
}

function drawContact() {
  const silent = (performance.now() - (answeredAt ?? openedAt)) / 1000;
  const lost = silent > LOST_SECONDS;
  at("contact").textContent = answeredAt === null ? "no answer yet"
    : silent < 2 ? "last contact now" : `last contact ${seconds(silent)} ago`;
  at("lost").hidden = !lost;
  at("lost").textContent = answeredAt === null
    ? `The learner has not answered for ${seconds(silent)}.`
    : `No contact with the learner: last contact ${seconds(silent)} ago. What is below is as it was then.`;
  document.body.classList.toggle("old", lost && answeredAt !== null);
}

async function pollStatus() {
  if (!document.hidden) {
    try {
      status = await ask("api/status");
      answeredAt = performance.now();
      if (status.life !== life) next = ""; // the learner was started again
      life = status.life;
      draw();
    } catch (error) {
      console.warn(String(error)); // the page says for how long
    }
    drawContact();
  }
  setTimeout(pollStatus, STATUS_MS);
}

async function pollCurve() {
  let more = false;
  if (!document.hidden) {
    try {
      const answer = await ask(`api/curve?since=${encodeURIComponent(next)}`);
      curve.add(answer);
      ({ next, more } = answer);
      const last = curve.last();
      at("last").textContent = last ? `last evaluation at ${seconds(last[3])}` : "";
    } catch (error) {
      console.warn(String(error));
    }
  }
  setTimeout(pollCurve, more ? 50 : CURVE_MS);
}

addEventListener("resize", () => status && drawDiagram(at("diagram"), status));
setInterval(drawContact, 500);
pollStatus();
pollCurve();
