// The flow diagram: roles as boxes, what flows between them as arrows with rates.
import { condition, known, number, percent, seconds, short, worse } from "./text.js";

const SVG = "http://www.w3.org/2000/svg";

const BOXES = [
  { id: "actors", role: "actor", title: "Actors" },
  { id: "real", role: "replay", title: "Replay “real”", brief: "Replay real" },
  { id: "model", role: "model-server", title: "Model server" },
  { id: "imagination", role: "imagination", title: "Imagination" },
  { id: "synthetic", role: "replay", title: "Replay “synthetic”", brief: "Synthetic" },
  { id: "learner", role: "learner", title: "Learner" },
  { id: "evaluator", role: "evaluator", title: "Evaluator" },
];

// Where boxes and arrows are; labels: [x, y, class].
const WIDE = {
  name: "wide", policy: "policy", size: [1100, 318], box: [200, 82],
  at: { actors: [105, 102], real: [395, 102], model: [695, 102], imagination: [990, 102],
        evaluator: [105, 268], learner: [395, 268], synthetic: [990, 268] },
  arrows: {
    steps: ["M205 102H287", 247, 92], model_rows: ["M495 102H587", 542, 92],
    model: ["M795 102H882", 840, 92], starts: ["M440 61C480 12 900 12 950 54", 695, 16],
    imagined: ["M990 143V219", 998, 186, "start"], synthetic: ["M890 276H503", 695, 296],
    learned: ["M395 143V219", 403, 186, "start"], policy: ["M320 227L196 149", 236, 202, "end"],
    policy_imagined: ["M495 252L882 149", 672, 218, "start"], evaluated: ["M295 276H213", 253, 296],
  },
};
const NARROW = {
  name: "narrow", policy: "", size: [350, 588], box: [132, 80],
  at: { actors: [84, 46], evaluator: [282, 46], real: [84, 200], model: [282, 200],
        imagination: [282, 360], learner: [84, 530], synthetic: [282, 530] },
  arrows: {
    steps: ["M84 86V152", 90, 124, "start"], model_rows: ["M150 200H208", 183, 152],
    model: ["M282 240V312", 276, 282, "end"], starts: ["M128 240L210 322", 168, 300],
    imagined: ["M282 400V482", 276, 446, "end"], synthetic: ["M216 545H158", 183, 584],
    learned: ["M60 240V482", 66, 372, "start"], policy: ["M18 512H6V46H10", 12, 124, "start"],
    policy_imagined: ["M150 510L210 400", 170, 452, ""],
  },
};

const make = (tag, attributes, text) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
};

/** What each arrow says: [text, whether something flows]. */
function arrowTexts(status, layout) {
  const { flows, totals } = status;
  const rate = (x, unit) => [known(x) ? `${short(x)} ${unit}` : "–", x > 0];
  const version = (x, name) => (known(x) ? `${name} ${number(x)}` : name);
  const perMinute = known(flows.trainings) ? 60 * flows.trainings : null;
  return {
    steps: rate(flows.real_rows, "rows/s"),
    model_rows: rate(flows.model_rows, "rows/s"),
    model: [perMinute > 0 ? `${short(perMinute)}/min` : version(totals.model_version, "model"), perMinute > 0],
    starts: rate(flows.start_states, "starts/s"),
    imagined: rate(flows.synthetic_rows, "rows/s"),
    synthetic: rate(flows.learned_synthetic, "rows/s"),
    learned: rate(flows.learned_real, "rows/s"),
    policy: [known(flows.policies) ? `${layout.policy} ${short(flows.policies)}/s` : "policy", flows.policies > 0],
    policy_imagined: ["policy", flows.policies > 0],
    evaluated: ["policy", flows.policies > 0],
  };
}

function figureOf(box, members, { flows, totals }) {
  switch (box.id) {
    case "actors": return `${short(flows.env_steps)} steps/s`;
    case "real": return `${short(totals.real_items)} rows held`;
    case "synthetic": return `${short(totals.synthetic_items)} rows held`;
    case "model": return known(totals.model_version) ? `model ${number(totals.model_version)}` : "";
    case "imagination": return `${short(members.reduce((sum, m) => sum + (m.rate || 0), 0))} rows/s`;
    case "learner": return `${short(flows.updates)} updates/s`;
    default: return "";
  }
}

/** The role's worst condition and what to say of it. */
function summary(members) {
  if (members.length === 0) return ["absent", "none here"];
  const conditions = members.map(condition);
  const worst = conditions.reduce(worse);
  const bad = members.filter((m, i) => conditions[i] === worst);
  const some = bad.length < members.length ? `${bad.length} of ${members.length} ` : "";
  const most = (key) => Math.max(...bad.map((m) => m[key] || 0));
  switch (worst) {
    case "lost": {
      const silent = most("silent_seconds");
      return [worst, `${some}${silent > 3 ? `silent ${seconds(silent)}` : "unhealthy"}`];
    }
    case "blocked": return [worst, `${some}blocked ${seconds(most("blocked_seconds"))}`];
    case "absent": return [worst, `${some}no answer yet`];
    case "waiting": return [worst, `${some}waiting ${percent(most("waiting_share"))}`];
    default: return [worst, (members[0].state || "").startsWith("waiting_for_")
      ? "working" : (members[0].state || "").replaceAll("_", " ")];
  }
}

function drawBox(layout, box, members, status) {
  const [x, y] = layout.at[box.id];
  const [width, height] = layout.box;
  const [state, words] = summary(members);
  const group = make("g", { class: `box ${state}` });
  const title = layout === NARROW && box.brief ? box.brief : box.title;
  group.append(
    make("rect", { x: x - width / 2, y: y - height / 2, width, height, rx: 9 }),
    make("text", { x, y: y - 18, class: "title" },
         members.length > 1 ? `${title} × ${members.length}` : title),
    make("text", { x, y: y + 4, class: "state" }, words),
    make("text", { x, y: y + 26, class: "figure" }, figureOf(box, members, status)));
  return group;
}

/** Draws `status` into `place`, for a narrow or a wide screen. */
export function drawDiagram(place, status) {
  const layout = place.clientWidth < 640 ? NARROW : WIDE;
  const [width, height] = layout.size;
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, class: layout.name, role: "img",
                            "aria-label": "How data flows between the roles, with rates" });
  const heads = make("defs", {});
  for (const kind of ["", "still"]) {
    const head = make("marker", { id: `head${kind}`, viewBox: "0 0 10 10", refX: 2, refY: 5,
                                  markerWidth: 5, markerHeight: 5, orient: "auto-start-reverse" });
    head.append(make("path", { d: "M0 0 10 5 0 10z", class: `head ${kind}` }));
    heads.append(head);
  }
  svg.append(heads);
  const texts = arrowTexts(status, layout);
  const imagines = status.members.some((m) => m.role === "model-server" || m.role === "imagination");
  const ofModel = ["model_rows", "model", "starts", "imagined", "synthetic", "policy_imagined"];
  for (const [id, [path, x, y, anchor]] of Object.entries(layout.arrows)) {
    if (!imagines && ofModel.includes(id)) continue;
    const [text, flowing] = texts[id];
    const kind = flowing ? "" : "still";
    const group = make("g", { class: `arrow ${kind}` });
    group.append(make("path", { d: path, "marker-end": `url(#head${kind})` }),
                 make("text", { x, y, class: anchor || "" }, text));
    svg.append(group);
  }
  for (const box of BOXES) {
    if (!imagines && ["model", "imagination", "synthetic"].includes(box.id)) continue;
    svg.append(drawBox(layout, box, status.members.filter((m) => m.role === box.role), status));
  }
  place.replaceChildren(svg);
}


