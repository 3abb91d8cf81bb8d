// Joins the parts: which view is shown, what is asked for how often, and what happens when the server refuses.

import { Api } from "./api.js";
import { Channels } from "./channels.js";
import { Closes } from "./closes.js";
import { Connections } from "./connections.js";
import { byId, say } from "./dom.js";
import { Login } from "./login.js";
import { Overview } from "./overview.js";
import { Settings } from "./settings.js";
import { Tap } from "./tap.js";

const kInterval = 1_000; // of the numbers
const kViewInterval = 3; // of the other views, in intervals of the numbers

const api = new Api();
const login = new Login(api, () => start());
const overview = new Overview();
const tap = new Tap(api);
const views = {
  channels: new Channels(api, attempt, (channel) => tap.open(channel)),
  connections: new Connections(api, attempt),
  closes: new Closes(api),
  settings: new Settings(api),
};
let info = null; // of the node; null: the server has not let us in, or is away
let turn = 0;

/** Does what may be refused; says why at `place`, which a screen reader watches. */
async function attempt(act, place = byId("state")) {
  try {
    await act();
  } catch (error) {
    say(place, error.message, true);
    if (place === byId("state")) place.dataset.state = "failed";
    const unknown = error.status === 401 || (error.status === 403 && info === null);
    if (unknown) login.ask(error.message);
    if (unknown || error.status === 0) info = null;
  }
}

function selectedView() {
  const name = location.hash.slice(1);
  return Object.hasOwn(views, name) ? name : "overview";
}

function showView() {
  const selected = selectedView();
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== selected;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${selected}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${byId(`${selected}-title`).textContent} · sentix`;
  scrollTo(0, 0);
  if (info) attempt(() => views[selected]?.refresh());
}

/** From the beginning: with another token, or after the server was away. */
async function start() {
  info = null;
  await attempt(async () => {
    await look();
    await views[selectedView()]?.refresh();
  });
}

async function look() {
  const paths = ["/api/info", "/api/stats", "/api/nodes"];
  const [node, stats, cluster] = await Promise.all(paths.map((path) => api.get(path)));
  info = node;
  byId("read-only").hidden = !info.read_only;
  for (const form of ["publish", "disconnect"]) byId(form).hidden = info.read_only;
  overview.add(stats, info, cluster);
  byId("state").dataset.state = stats.ready ? "ready" : "draining";
  say(byId("state"), stats.ready ? "Ready" : "Not ready for new clients");
}

function tick() {
  if (byId("login").open) return;
  if (info === null) {
    start();
    return;
  }
  turn += 1;
  attempt(look);
  const view = views[selectedView()];
  if (view !== views.settings && turn % kViewInterval === 0) attempt(() => view?.refresh());
}

byId("skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address names the view
  byId("main").focus();
});
addEventListener("hashchange", showView);
showView();
start();
setInterval(tick, kInterval);
