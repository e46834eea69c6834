// How figures are written, and what state a process is in.

export const known = (x) => x !== null && x !== undefined && Number.isFinite(x);

/** 1234567 -> "1,234,567"; small numbers with the digits that matter. */
export function number(x) {
  if (!known(x)) return "–";
  const size = Math.abs(x);
  const digits = size >= 100 || Number.isInteger(x) ? 0 : size >= 10 ? 1 : size >= 0.01 ? 2 : 0;
  if (size > 0 && size < 0.01) return x.toExponential(1).replace("-", "−");
  return x.toLocaleString("en-US", { maximumFractionDigits: digits }).replace("-", "−");
}

/** For arrows: "12.3 k". */
export function short(x) {
  if (!known(x)) return "–";
  if (Math.abs(x) >= 1e6) return `${(x / 1e6).toPrecision(3)} M`;
  if (Math.abs(x) >= 1e4) return `${(x / 1e3).toPrecision(3)} k`;
  return number(x);
}

export const percent = (x) => (known(x) ? `${Math.round(100 * x)} %` : "–");

export function bytes(x) {
  if (!known(x)) return "–";
  return x >= 1e9 ? `${(x / 1e9).toFixed(1)} GB` : `${Math.round(x / 1e6)} MB`;
}

export function seconds(x) {
  if (!known(x)) return "–";
  if (x < 120) return `${Math.floor(x)} s`;
  if (x < 7200) return `${Math.floor(x / 60)} min`;
  return `${Math.floor(x / 3600)} h ${Math.floor((x % 3600) / 60)} min`;
}

const LOST_SECONDS = 3; // one late answer is no news
const BLOCKED_SECONDS = 5;

/** "working", "waiting" (most of its time), "blocked" (it has only waited), "lost" or "absent". */
export function condition(member) {
  if (!known(member.silent_seconds)) return "absent";
  if (member.silent_seconds > LOST_SECONDS || !member.healthy) return "lost";
  if (member.blocked_seconds >= BLOCKED_SECONDS) return "blocked";
  return member.waiting_share > 0.5 ? "waiting" : "working";
}

const SEVERITY = ["working", "waiting", "absent", "blocked", "lost"];
export const worse = (a, b) => (SEVERITY.indexOf(a) > SEVERITY.indexOf(b) ? a : b);

/** The state in words. */
export function stateText(member) {
  const state = (member.state || "").replaceAll("_", " ");
  switch (condition(member)) {
    case "absent": return "no answer yet";
    case "lost":
      return member.silent_seconds > LOST_SECONDS
        ? `no contact for ${seconds(member.silent_seconds)}` : "unhealthy";
    case "blocked": return `blocked for ${seconds(member.blocked_seconds)}`;
    case "waiting": return `waits ${percent(member.waiting_share)} of its time`;
    default: return state;
  }
}

/** An element with text and class; no text of a process is ever read as HTML. */
export function element(tag, text = "", className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}
