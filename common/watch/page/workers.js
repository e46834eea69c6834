// The table of processes and the list of who waits for what.
import { bytes, condition, element, known, number, seconds, stateText } from "./text.js";

const ROLES = ["learner", "replay", "model-server", "imagination", "actor", "evaluator"];
const WAITS_MAX = 8;

/** In the order of the flow; numbers by value. */
export function ordered(members) {
  const place = (m) => (ROLES.includes(m.role) ? ROLES.indexOf(m.role) : ROLES.length);
  return [...members].sort((a, b) => place(a) - place(b) || (a.index ?? 0) - (b.index ?? 0) ||
                                     a.instance.localeCompare(b.instance));
}

function cell(text, label, className) {
  const made = element("td", text, className);
  if (label) made.dataset.label = label;
  return made;
}

function row(member, reasons) {
  const state = condition(member);
  const made = element("tr", "", state);
  const name = element("td");
  name.append(element("span", "", `mark ${state}`), element("span", member.instance));
  name.title = `${member.role} at ${member.address}`;
  const waits = state === "blocked" || state === "waiting";
  const none = (x) => (known(x) ? "n" : "n none");
  made.append(
    name,
    element("td", stateText(member), "what"),
    cell(known(member.rate) ? `${number(member.rate)} ${member.unit}` : "", "", none(member.rate)),
    cell(known(member.version) ? number(member.version) : "", "version", none(member.version)),
    cell(bytes(member.memory_bytes), "", none(member.memory_bytes)),
    cell(known(member.silent_seconds)
      ? member.silent_seconds < 2 ? "now" : `${seconds(member.silent_seconds)} ago` : "never",
         "contact", "n"),
    element("td", waits ? reasons.get(member.instance) || "" : state === "lost" ? member.reason : "", "why"));
  return made;
}

/** The last limit that each process has named: one that waits most of its time may just work. */
export function rememberReasons(reasons, members) {
  for (const member of members) {
    if (member.reason && member.state.startsWith("waiting_for_")) reasons.set(member.instance, member.reason);
  }
}

export function drawWorkers(body, members, reasons) {
  body.replaceChildren(...ordered(members).map((member) => row(member, reasons)));
}

export function drawWaits(list, members, reasons) {
  const severity = { lost: 0, blocked: 1, waiting: 2 };
  const waiting = ordered(members).filter((m) => condition(m) in severity)
    .sort((a, b) => severity[condition(a)] - severity[condition(b)]);
  const items = waiting.slice(0, WAITS_MAX).map((member) => {
    const state = condition(member);
    const made = element("li", "", state);
    made.append(element("b", member.instance), element("span", ` ${stateText(member)}`));
    const why = state === "lost" ? (member.healthy ? "" : member.reason) : reasons.get(member.instance);
    if (why) made.append(element("span", `: ${why}`));
    return made;
  });
  if (waiting.length > WAITS_MAX) items.push(element("li", `and ${waiting.length - WAITS_MAX} more`));
  list.replaceChildren(...items);
}
