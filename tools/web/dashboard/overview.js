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

const kNodeColumns = ["Node", "State", "Version", "Up for", "Load", "Clients", "Workers", "Channels"];
const kUnknown = "–"; // of another node, which tells less

export class Overview {
  #plots = kPlots.map(([title, lines, format, roundUp]) => ({
    series: new Series(Object.values(lines)),
    plot: new Plot(title, Object.keys(lines), format, roundUp),
  }));
  #nodes = new Table(byId("nodes"), kNodeColumns, (node) => [
    node.name,
    node.state,
    node.version,
    duration(node.uptime_seconds),
    node.load === undefined ? kUnknown : `${Math.round(100 * node.load)} %`,
    count(node.clients),
    node.workers === undefined ? kUnknown : count(node.workers),
    node.channels === undefined ? kUnknown : count(node.channels),
  ]);

  constructor() {
    byId("plots").append(...this.#plots.map(({ plot }) => plot.element));
  }

  /** What /api/stats, /api/info and /api/nodes said just now. */
  add(stats, info, cluster) {
    for (const { series, plot } of this.#plots) {
      series.add(stats);
      plot.show(series);
    }
    this.#nodes.show(nodesOf(stats, info, cluster), (node) => node.key);
  }
}

// This node knows most of itself; the others are as Redis told of them.
function nodesOf({ ready, clients, channels }, info, { nodes, self, stale }) {
  const here = { ...info, key: "here", name: location.host, state: ready ? "ready" : "not ready", clients, channels };
  if (!nodes.length) return [here];
  return nodes.map((node) =>
    node.id === self
      ? { ...here, name: `${node.id} (this one)`, load: node.load }
      : {
          ...node,
          key: `node ${node.id} ${node.started_at}`,
          name: node.id,
          state: stale ? "unknown" : node.state === "up" ? "ready" : node.state,
          uptime_seconds: Math.max(0, (Date.now() - Date.parse(node.started_at)) / 1000),
          clients: node.connections,
        },
  );
}
