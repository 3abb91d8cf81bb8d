// A chat with rooms, a history, who is here, who is typing, and rooms that are not for everybody.

import { SentixClient } from "./sentix-client.js";

const kTypingTime = 3000; // milliseconds that somebody counts as typing after a key
const at = (id) => document.getElementById(id);
const element = (tag, ...content) => {
  const made = document.createElement(tag);
  made.append(...content); // text stays text: nothing that a stranger wrote becomes markup
  return made;
};

const account = JSON.parse(sessionStorage.getItem("account")) ?? undefined; // {username, token}; a guest has none
const server = new URLSearchParams(location.search).get("server");
const client = new SentixClient(server, { credentials: account });
const rooms = new Map();
let current;

// A guest is known by the name of its connection, as the server lists it among the members.
const nameOf = (user) => (/^c[0-9a-f]{16}$/.test(user) ? `guest ${user.slice(-4)}` : user);
const myName = () => account?.username ?? nameOf(client.state.connection ?? "nobody");

class Room {
  lines = new Map(); // by offset: what is heard and what the history brings may overlap
  typing = new Map(); // names, and when they last touched a key
  unread = 0;

  constructor(name) {
    this.name = name;
    this.channel = client.subscribe(name);
    this.channel.on("message", (data, { offset, user }) => this.hear(offset, data, user));
    this.channel.on("event:typing", (name) => this.seeTyping(name));
    this.channel.on("members", () => this === current && showMembers());
    this.channel.on("gap", () => this.readBack()); // the server could not send all that was missed
    this.channel.on("end", (error) => error && this.leave(error.message));
    this.channel.ready.then(() => this.readBack(), () => {});
  }

  async readBack() {
    const { messages } = await this.channel.history({ limit: 100 });
    for (const { offset, data } of messages) if (!this.lines.has(offset)) this.lines.set(offset, data);
    this.lines = new Map([...this.lines].sort(([a], [b]) => a - b));
    if (this === current) showRoom();
  }

  hear(offset, { name, text }, user) {
    this.lines.set(offset, { name: user ?? name, text }); // `user` is what the server knows, `name` a guest's word
    this.typing.delete(name);
    if (this === current) showLine(this.lines.get(offset));
    else this.unread += 1;
    showRooms();
  }

  seeTyping(name) {
    this.typing.set(`${name}`, Date.now());
    showTyping();
    setTimeout(showTyping, kTypingTime);
  }

  leave(reason) {
    rooms.delete(this.name);
    if (this === current) enter([...rooms.keys()][0] ?? "general");
    showLine({ name: `#${this.name}`, text: reason });
  }
}

function enter(name) {
  if (!rooms.has(name)) rooms.set(name, new Room(name));
  current = rooms.get(name);
  current.unread = 0;
  showRoom();
  showRooms();
}

function showRoom() {
  at("room").textContent = `#${current.name}`;
  at("log").replaceChildren();
  for (const line of current.lines.values()) showLine(line);
  showMembers();
  showTyping();
}

function showLine({ name, text }) {
  at("log").append(element("li", element("b", `${name}`), ` ${text}`));
  at("log").lastChild.scrollIntoView();
}

function showRooms() {
  const buttons = [...rooms.values()].map((room) => {
    const button = element("button", `#${room.name}${room.unread ? ` (${room.unread})` : ""}`);
    if (room === current) button.setAttribute("aria-current", "page");
    button.onclick = () => enter(room.name);
    return element("li", button);
  });
  at("rooms").replaceChildren(...buttons);
}

function showMembers() {
  at("members").replaceChildren(...[...current.channel.members.keys()].map((user) => element("li", nameOf(user))));
}

function showTyping() {
  const since = Date.now() - kTypingTime;
  const names = [...current.typing].filter(([, when]) => when > since).map(([name]) => name);
  at("typing").textContent = names.length ? `${names.join(", ")} …` : "";
}

// Calls `act` with what was typed into the form, and stays on the page.
function onSubmit(id, act) {
  at(id).onsubmit = (event) => {
    event.preventDefault();
    act(Object.fromEntries(new FormData(event.target)));
    event.target.reset();
  };
}

onSubmit("join", ({ room }) => enter(room));
onSubmit("say", ({ text }) => {
  const notSent = (error) => showLine({ name: "Not sent:", text: error.message });
  current.channel.publish({ name: myName(), text }).catch(notSent);
});
onSubmit("sign-in", (given) => {
  sessionStorage.setItem("account", JSON.stringify(given));
  location.reload(); // another person is another connection
});

let lastTold = 0;
at("text").oninput = () => {
  if (Date.now() - lastTold < kTypingTime / 2) return;
  lastTold = Date.now();
  current.channel.send("typing", myName()).catch(() => {}); // for now or not at all
};

client.on("state", (state) => {
  at("state").textContent = state.name === "online" ? `online as ${myName()}` : (state.reason ?? state.name);
  if (state.name === "refused") sessionStorage.removeItem("account");
});
at("sign-in").hidden = account !== undefined;
client.connect().catch(() => {}); // the state tells it
enter("general");
