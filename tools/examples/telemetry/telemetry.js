// The newest summary of all devices. Their own reports, many more, do not come here at all.

import { SentixClient } from "./sentix-client.js";

const at = (id) => document.getElementById(id);
const cell = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

function show(summary) {
  const rows = Object.entries(summary).map(([device, { reports, least, mean, most }]) => {
    const row = document.createElement("tr");
    const name = cell("th", device);
    name.scope = "row";
    row.append(name, cell("td", reports), ...[least, mean, most].map((celsius) => cell("td", celsius.toFixed(1))));
    return row;
  });
  at("devices").replaceChildren(...rows);
}

const client = new SentixClient(new URLSearchParams(location.search).get("server"));
client.on("state", ({ name }) => (at("state").textContent = name));
client.subscribe("summary").on("message", show);
client.connect().catch(() => {}); // the state tells it
