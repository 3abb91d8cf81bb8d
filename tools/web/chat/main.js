// Joins the parts: what the person does in the document becomes a call of the chat.

import { Chat } from "./chat.js";
import { isChannelName } from "./message.js";
import { recall, remember } from "./memory.js";
import { byId, View } from "./view.js";

const kOwnIdsMax = 500;

const pick = (words) => words[Math.floor(Math.random() * words.length)];
const guest = () =>
  `${pick(["Amber", "Brisk", "Calm", "Keen", "Mellow", "Quiet", "Swift", "Witty"])} ` +
  pick(["Badger", "Finch", "Heron", "Lynx", "Otter", "Raven", "Stoat", "Wren"]);

const ids = new Set(recall("ownIds", []));
const ownIds = {
  has: (id) => ids.has(id),
  add: (id) => remember("ownIds", [...ids.add(id)].slice(-kOwnIdsMax)),
};

// The page's query goes with the handshake, so /?token=... signs in.
const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws${location.search}`;
const view = new View((channel) => show(channel.name));
const chat = new Chat(url, view, recall("nick", null) ?? guest(), ownIds);

// --- The address: #name is the channel shown, so it can be shared --------------------------------------

function channelInAddress() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return location.hash.slice(1);
  }
}

function show(name) {
  chat.open(name);
  remember("channels", [...chat.channels.keys()]);
  history.replaceState(null, "", `#${chat.selected.name.replaceAll("#", "%23")}`);
}

// --- The form fields -------------------------------------------------------------------------------------

function send(event) {
  event.preventDefault();
  const text = byId("text").value.trim();
  if (!text) return;
  byId("text").value = "";
  chat.say(text);
}

byId("composer").addEventListener("submit", send);
byId("text").addEventListener("input", () => byId("text").value && chat.type());
byId("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
});

byId("join").addEventListener("submit", (event) => {
  event.preventDefault();
  show(byId("join-name").value.trim().replace(/^#/, ""));
  byId("join-name").value = "";
  byId("text").focus();
});

byId("leave").addEventListener("click", () => {
  chat.leave();
  show(chat.selected.name);
});

byId("nick").value = chat.nick;
byId("nick").addEventListener("change", () => {
  chat.nick = byId("nick").value.trim() || chat.nick;
  byId("nick").value = chat.nick;
  remember("nick", chat.nick, { forBrowser: true });
});

byId("retry").addEventListener("click", () => chat.connect());

function showWire(shown) {
  byId("wire").hidden = !shown;
  byId("wire-toggle").setAttribute("aria-expanded", shown);
  byId("frames").scrollTop = byId("frames").scrollHeight;
  remember("wire", shown);
}
byId("wire-toggle").addEventListener("click", () => showWire(byId("wire").hidden));

// --- The window ------------------------------------------------------------------------------------------

addEventListener("hashchange", () => show(channelInAddress()));
addEventListener("online", () => chat.hurry());
document.addEventListener("visibilitychange", () => view.watched && chat.seen());
document.addEventListener("keydown", (event) => {
  if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
  event.preventDefault();
  const names = [...chat.channels.keys()];
  const step = event.key === "ArrowUp" ? names.length - 1 : 1;
  show(names[(names.indexOf(chat.selected.name) + step) % names.length]);
});

remember("nick", chat.nick);
showWire(recall("wire", false));
for (const name of recall("channels", ["general"])) if (isChannelName(name)) chat.open(name);
show(channelInAddress() || chat.selected.name);
chat.connect();
byId("text").focus();
