// The learning curve, drawn by uPlot. Evaluations as a line with a band, training episodes as points.
/* global uPlot */

const POINTS_MAX = 4000;

/** Merges neighbours so that a long run stays quick to draw: means of pairs. */
function thin(points) {
  const half = [];
  for (let i = 0; i + 1 < points.length; i += 2) {
    half.push([points[i + 1][0], (points[i][1] + points[i + 1][1]) / 2]);
  }
  return half;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export class Curve {
  constructor(place) {
    this.place = place;
    this.clear();
    new ResizeObserver(() => this.resize()).observe(place);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.build());
  }

  clear() {
    this.evaluations = []; // [real steps, mean, standard deviation, ...]
    this.episodes = []; // [real steps of all episodes up to its end, return]
    this.merged = 1; // episodes per point
    this.pending = [];
    this.steps = 0;
  }

  /** Takes an answer of /api/curve. */
  add(answer) {
    if (answer.reset) this.clear();
    this.evaluations.push(...answer.evaluations);
    for (const [steps, value] of answer.episodes) {
      this.steps += steps || 0;
      if (value === null) continue;
      this.pending.push(value);
      if (this.pending.length < this.merged) continue;
      this.episodes.push([this.steps, this.pending.reduce((a, b) => a + b) / this.merged]);
      this.pending = [];
      if (this.episodes.length > POINTS_MAX) {
        this.episodes = thin(this.episodes);
        this.merged *= 2;
      }
    }
    while (this.evaluations.length > POINTS_MAX) {
      this.evaluations = this.evaluations.filter((_, i, all) => i % 2 === 1 || i === all.length - 1);
    }
    this.draw();
  }

  last() { return this.evaluations.at(-1); }

  data() {
    const of = (i) => this.evaluations.map(i);
    const evaluations = [of((e) => e[0]), of((e) => e[1]), of((e) => e[1] - (e[2] || 0)),
                         of((e) => e[1] + (e[2] || 0))];
    const episodes = [this.episodes.map((p) => p[0]), this.episodes.map((p) => p[1])];
    if (evaluations[0].length === 0 && episodes[0].length === 0) return [[0, 1], [null, null], [null, null], [null, null], [null, null]];
    return uPlot.join([evaluations, episodes]);
  }

  size() {
    const width = this.place.clientWidth;
    return { width, height: width < 640 ? 200 : 215 };
  }

  build() {
    if (this.plot) this.plot.destroy();
    const line = { stroke: colour("--blue"), spanGaps: true };
    const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 },
                   ticks: { stroke: colour("--line"), width: 1 } };
    const orange = colour("--orange");
    this.plot = new uPlot({
      ...this.size(),
      scales: { x: { time: false } },
      legend: { show: false },
      cursor: { drag: { x: true, y: false } },
      axes: [{ ...axis, size: 34 }, { ...axis, size: 62 }],
      bands: [{ series: [3, 2], fill: colour("--blue-soft") }],
      series: [
        {},
        { ...line, width: 2.5, points: { show: true, size: 6, fill: colour("--card") } },
        { ...line, width: 0, points: { show: false } },
        { ...line, width: 0, points: { show: false } },
        { stroke: orange, paths: () => null, points: { show: true, size: 5, fill: orange, width: 0 } },
      ],
    }, this.data(), this.place);
  }

  draw() {
    if (!this.plot) this.build();
    else this.plot.setData(this.data());
  }

  resize() {
    if (this.plot && this.size().width !== this.plot.width) this.plot.setSize(this.size());
  }
}
