// The document: shows the chat's state and owns every element.
//
// Whatever came over the network is put in as text, never as markup, and never becomes part of a selector.

const kFramesMax = 200;
const kFrameShown = 2_000; // characters of one protocol message
const kEntriesShown = 500;
const kStateNames = { connecting: "Connecting…", online: "Connected", waiting: "Reconnecting", refused: "Refused" };
const kSameSpeaker = 5 * 60_000; // milliseconds within which lines by one person share one name

/** The element of index.html with this id. */
export const byId = (id) => document.getElementById(id);
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export class View {
  #channel = null; // the one whose log is shown
  #waiting = new Map(); // id -> list item, of our own lines that have not come back
  #last = null; // the newest line in the log
  #timer = 0; // of the countdown to the next attempt
  #onSelect;

  /** `onSelect(channel)` is called for a click on a channel. */
  constructor(onSelect) {
    this.#onSelect = onSelect;
  }

  /** Whether somebody may be looking. */
  get watched() {
    return !document.hidden;
  }

  showState(state) {
    const when = element("span", { ariaHidden: true }); // a screen reader need not count along
    const tick = () => {
      when.textContent = countdown(state.until);
    };
    clearInterval(this.#timer);
    if (state.name === "waiting") this.#timer = setInterval(tick, 1000);
    tick();
    byId("status").dataset.state = state.name;
    byId("status").firstElementChild.replaceChildren(kStateNames[state.name], when, reasonOf(state));
    byId("retry").hidden = state.name !== "waiting" && state.name !== "refused";
  }

  showChannels({ channels, selected }) {
    const all = [...channels.values()];
    const unread = all.reduce((sum, channel) => sum + channel.unread, 0);
    byId("channels").replaceChildren(...all.map((channel) => this.#channelItem(channel, channel === selected)));
    byId("channels").querySelector("[aria-current]").scrollIntoView({ block: "nearest", inline: "nearest" });
    byId("leave").hidden = all.length < 2;
    document.title = `${unread ? `(${unread}) ` : ""}#${selected.name} · sentix`;
  }

  #channelItem(channel, selected) {
    const button = element("button", { type: "button", onclick: () => this.#onSelect(channel) });
    button.append(element("span", { className: "name" }, channel.name));
    if (selected) button.setAttribute("aria-current", "page");
    if (channel.unread) {
      const label = `${channel.unread} unread`;
      button.append(element("span", { className: "unread", ariaLabel: label }, `${channel.unread}`));
    }
    return element("li", {}, button);
  }

  /** Shows all of this channel from now on; the text being written stays with the channel that it was written for. */
  showLog(channel) {
    if (this.#channel) this.#channel.draft = byId("text").value;
    this.#channel = channel;
    byId("text").value = channel.draft;
    byId("text").placeholder = `Message #${channel.name}`;
    byId("title").textContent = channel.name;
    byId("log").replaceChildren();
    this.#waiting.clear();
    this.#last = null;
    for (const entry of [...channel.entries, ...channel.outgoing.values()]) this.#append(entry);
    byId("log").scrollTop = byId("log").scrollHeight;
    this.showMembers(channel);
    this.showTyping(channel);
  }

  addEntry(channel, entry) {
    if (channel === this.#channel) keepAtEnd(byId("log"), kEntriesShown, () => this.#append(entry));
  }

  // What waits stands at the end; when it comes back it takes the place that the server's order gives it.
  #append(entry) {
    const log = byId("log");
    const item = entryItem(entry, this.#last);
    this.#waiting.get(entry.id)?.remove();
    this.#waiting.delete(entry.id);
    if (entry.state === "waiting") {
      this.#waiting.set(entry.id, item);
      log.append(item);
    } else {
      log.insertBefore(item, this.#waiting.values().next().value ?? null);
      this.#last = entry;
    }
  }

  showMembers(channel) {
    if (channel !== this.#channel) return;
    const members = channel.members ? [...channel.members.values()] : [];
    byId("members").textContent = members.length ? `${members.length} here` : "";
    byId("members").title = members.map(({ user }) => user).join(", ");
  }

  showTyping(channel) {
    if (channel !== this.#channel) return;
    const nicks = [...channel.typing.values()].map(({ nick }) => nick.slice(0, 40));
    const some = nicks.length > 3 ? "Several people" : nicks.join(", ");
    byId("typing").textContent = nicks.length ? `${some} ${nicks.length > 1 ? "are" : "is"} typing…` : "";
  }

  /** Shows one protocol message as it travels; direction is "in" or "out". */
  addFrame(direction, text) {
    const shown = text.slice(0, kFrameShown);
    const [, before, type, after] = /^(\{"type":")([a-z]+)(".*)$/s.exec(shown) ?? [shown, shown, "", ""];
    const item = element("li", { className: direction }, before, element("b", {}, type), after);
    keepAtEnd(byId("frames"), kFramesMax, () => byId("frames").append(item));
  }
}

/** An element with the given properties and children; a child may be a text. */
function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

function entryItem(entry, previous) {
  if (entry.kind === "notice" || entry.kind === "error") {
    return element("li", { className: `remark ${entry.kind}` }, entry.text);
  }
  const item = element("li", { className: `entry ${entry.kind} ${entry.state ?? ""}` });
  item.classList.toggle("own", Boolean(entry.own));
  item.classList.toggle("follows", sameSpeaker(entry, previous));
  if (entry.own) item.ariaLive = "off"; // who wrote it need not hear it
  item.style.setProperty("--hue", hue(entry.nick));
  item.append(
    element("bdi", { className: "who", title: entry.nick }, entry.nick),
    element(entry.kind === "data" ? "pre" : "p", { className: "what", dir: "auto" }, entry.text),
  );
  if (entry.at !== null) {
    const time = new Date(entry.at);
    item.append(element("time", { dateTime: time.toISOString(), title: calendar.format(time) }, clock.format(time)));
  }
  if (entry.state === "waiting") item.append(element("small", {}, "waiting for the server"));
  if (entry.state === "failed") item.append(element("small", {}, `not sent: ${entry.problem}`));
  return item;
}

function sameSpeaker(entry, previous) {
  if (!previous || previous.nick !== entry.nick || previous.own !== entry.own) return false;
  return Math.abs((entry.at ?? 0) - (previous.at ?? 0)) < kSameSpeaker;
}

/** A person's colour: the same on every screen, whoever looks. */
function hue(nick) {
  return [...nick].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
}

function countdown(until) {
  const seconds = Math.ceil((until - Date.now()) / 1000);
  return seconds > 0 ? ` in ${seconds} s` : "";
}

function reasonOf({ name, reason }) {
  const known = name === "waiting" && !navigator.onLine ? "offline" : reason;
  return known ? ` (${known})` : "";
}

/** Changes a scrolling list, drops its oldest items over the maximum, and stays at its end if it was there. */
function keepAtEnd(list, itemsMax, change) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  change();
  while (list.childElementCount > itemsMax) list.firstElementChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}
