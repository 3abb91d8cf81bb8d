// A chat on three nodes, of which any may be killed: who was there goes to another, and misses nothing.

import { SentixClient } from "./sentix-client.js";

const kLookEvery = 500; // milliseconds
const at = (id) => document.getElementById(id);
const element = (tag, ...content) => {
  const made = document.createElement(tag);
  made.append(...content); // text stays text: nothing that a stranger wrote becomes markup
  return made;
};

// One node is enough to begin with: it tells the others.
const first = new URLSearchParams(location.search).get("server");
const client = new SentixClient(first, { discovery: true, strategy: "random" });
const me = `guest ${Math.random().toString(16).slice(2, 6)}`;
let nodes = [];

const chat = client.subscribe("chat");
const operator = client.subscribe("operator");

const show = (...content) => {
  at("log").append(element("li", ...content));
  at("log").lastChild.scrollIntoView();
};
chat.on("message", ({ name, text }) => show(element("b", `${name}`), ` ${text}`));
chat.on("gap", ({ reason }) => show(`Something may be missing here: ${reason}`));

at("say").onsubmit = (event) => {
  event.preventDefault();
  // Without a connection it waits, and is sent once, by whichever node is next.
  chat.publish({ name: me, text: at("text").value }).catch((error) => show(`Not sent: ${error.message}`));
  at("say").reset();
};

const hostOf = (url) => new URL(url).host;

function showNodes() {
  const { state } = client;
  const here = state.url && hostOf(state.url);
  const home = nodes.find((node) => hostOf(node.url) === here)?.id ?? here;
  at("state").textContent = state.name === "online" ? `online as ${me}, on ${home}` : state.name;
  const rows = nodes.map((node) => {
    const button = element("button", "Kill");
    button.onclick = () => operator.send("kill", node.id);
    const row = element("li", element("b", node.id), ` ${node.state}, ${node.connections} connected `, button);
    if (hostOf(node.url) === here) row.setAttribute("aria-current", "true");
    return row;
  });
  at("nodes").replaceChildren(...rows);
}

// Any node tells all of them; the one that we are on is there for sure.
async function look() {
  const { state } = client;
  if (state.name !== "online") return;
  const answer = await fetch(`http://${hostOf(state.url)}/nodes`);
  ({ nodes } = await answer.json());
  showNodes();
}
setInterval(() => look().catch(() => {}), kLookEvery); // a node that was killed does not answer: then the next one

client.on("state", showNodes);
client.connect().catch(() => {}); // the state tells it
