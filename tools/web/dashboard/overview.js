// The overview: six pictures of the last five minutes, and the nodes.

import { amount, byId, bytes, count, duration, time } from "./dom.js";
import { niceBytes, Plot } from "./plot.js";
import { quantile, rate, Series } from "./series.js";
import { Table } from "./table.js";

const rateOf = (name) => (before, after) => rate(before, after, (stats) => stats.totals[name]);
const quantileOf = (name, share) => (before, after) => quantile(before, after, (stats) => stats[name], share);
const perSecond = (value) => `${amount(value)}/s`;
const bytesPerSecond = (value) => `${bytes(value)}/s`;

// Each picture: its title, its lines by their names, how a value is written, and how its top is found.
const kPlots = [
  ["Connections", { connected: (_, after) => after.clients }, count],
  ["Messages", { in: rateOf("messages"), out: rateOf("deliveries") }, perSecond],
  ["Traffic", { in: rateOf("received_bytes"), out: rateOf("sent_bytes") }, bytesPerSecond, niceBytes],
  ["Delivery latency", { "99 %": quantileOf("delivery", 0.99), "half": quantileOf("delivery", 0.5) }, time],
  ["Loop lag", { "99 %": quantileOf("loop_lag", 0.99) }, time],
  ["Memory", { resident: (_, after) => after.resident_bytes }, bytes, niceBytes],
];

const kNodeColumns = ["Node", "State", "Version", "Up for", "Workers", "Clients", "Channels"];

export class Overview {
  #plots = kPlots.map(([title, lines, format, roundUp]) => ({
    series: new Series(Object.values(lines)),
    plot: new Plot(title, Object.keys(lines), format, roundUp),
  }));
  #nodes = new Table(byId("nodes"), kNodeColumns, (node) => [
    node.name,
    node.ready ? "ready" : "not ready",
    node.version,
    duration(node.uptime_seconds),
    count(node.workers),
    count(node.clients),
    count(node.channels),
  ]);

  constructor() {
    byId("plots").append(...this.#plots.map(({ plot }) => plot.element));
  }

  /** What /api/stats and /api/info said just now. */
  add(stats, info) {
    for (const { series, plot } of this.#plots) {
      series.add(stats);
      plot.show(series);
    }
    const { ready, clients, channels } = stats;
    this.#nodes.show([{ ...info, name: location.host, ready, clients, channels }], (node) => node.name);
  }
}
