// Eight devices that report five times a second. Usage: feed.mjs HOST:PORT

import { WebSocket } from "ws"; // Node 22 has one of its own

import { SentixClient } from "sentix-client";

const kInterval = 200; // milliseconds
const kUsual = { attic: 26, bath: 23, cellar: 12, freezer: -18, garage: 15, kitchen: 21, oven: 120, porch: 9 };

for (const [username, usual] of Object.entries(kUsual)) {
  const device = new SentixClient(process.argv[2], { WebSocket, credentials: { username, token: "device-token" } });
  await device.connect();
  let celsius = usual;
  setInterval(() => {
    celsius += (Math.random() - 0.5) / 2 + (usual - celsius) / 50;
    device.publish(`device/${username}`, Math.round(celsius * 10) / 10, { retry: false }).catch(() => {});
  }, kInterval);
}
