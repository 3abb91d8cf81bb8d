// Publishes how busy this machine is, ten times a second: {"cpu":[0.31,0.07],"memory":0.42,"load":1.8}
// Usage: feed.mjs HOST:PORT

import { cpus, freemem, loadavg, totalmem } from "node:os";
import { WebSocket } from "ws"; // Node 22 has one of its own

import { SentixClient } from "sentix-client";

const kInterval = 100; // milliseconds

const client = new SentixClient(process.argv[2], { WebSocket });
await client.connect();
const machine = await client.subscribe("machine").ready; // by default only subscribers may publish

// Since the system started, in milliseconds, for each processor.
const sum = (values) => values.reduce((a, b) => a + b);
const times = () => cpus().map(({ times }) => ({ idle: times.idle, all: sum(Object.values(times)) }));

let before = times();
setInterval(() => {
  const now = times();
  const busy = (after, i) => {
    const passed = after.all - before[i].all;
    return passed > 0 ? 1 - (after.idle - before[i].idle) / passed : 0;
  };
  const cpu = now.map((after, i) => Math.round(busy(after, i) * 100) / 100);
  before = now;
  const memory = Math.round((1 - freemem() / totalmem()) * 1000) / 1000;
  // A number that comes late is of no use: it is not repeated after a reconnect.
  machine.publish({ cpu, memory, load: loadavg()[0], at: Date.now() }, { retry: false }).catch(() => {});
}, kInterval);
