// What the subscribers of one channel get, as it goes by. A flood is shown in part, and how much was left out is told.

import { byId, count, element, say } from "./dom.js";

const kShownMax = 200; // messages
const kTextMax = 2_000; // characters of one
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export class Tap {
  #api;
  #list = byId("tap-log").firstElementChild;
  #abort = null; // of the channel that is tapped
  #waiting = []; // for the next picture
  #seen = 0;
  #dropped = 0;

  constructor(api) {
    this.#api = api;
    byId("tap-stop").addEventListener("click", () => {
      this.#abort?.abort();
      byId("tap-log").focus();
    });
  }

  /** Taps this channel from now on, in place of another. Resolves when that is over. */
  async open(channel) {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    this.#seen = this.#dropped = 0;
    this.#waiting = [];
    this.#list.replaceChildren();
    byId("tap-title").textContent = `Tap of ${channel}`;
    byId("tap-stop").hidden = false;
    byId("publish-channel").value = channel;
    say(byId("tap-state"), "Waiting for messages");
    try {
      for await (const event of this.#api.tap(channel, abort.signal)) this.#take(event);
      if (abort === this.#abort) this.#end("The server has ended it", true);
    } catch (error) {
      if (abort !== this.#abort) return;
      if (error.name === "AbortError") this.#end("Stopped");
      else this.#end(error.message, true);
    }
  }

  #end(text, isError = false) {
    this.#abort = null;
    byId("tap-stop").hidden = true;
    say(byId("tap-state"), `${text}. ${this.#counts()}`, isError);
  }

  #counts() {
    const dropped = this.#dropped ? `, ${count(this.#dropped)} left out` : "";
    return `${count(this.#seen)} ${this.#seen === 1 ? "message" : "messages"}${dropped}`;
  }

  #take({ name, data }) {
    if (name === "dropped") {
      this.#dropped += Number(data);
    } else {
      this.#seen += 1;
    }
    if (this.#waiting.length === 0) requestAnimationFrame(() => this.#draw());
    this.#waiting.push({ name, data, at: new Date() });
    if (this.#waiting.length > kShownMax) this.#waiting.shift();
  }

  #draw() {
    const log = byId("tap-log");
    const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 8;
    this.#list.append(...this.#waiting.map(itemOf));
    this.#waiting = [];
    while (this.#list.childElementCount > kShownMax) this.#list.firstElementChild.remove();
    if (atEnd) log.scrollTop = log.scrollHeight;
    if (this.#abort) say(byId("tap-state"), this.#counts());
  }
}

function itemOf({ name, data, at }) {
  const when = element("time", {}, clock.format(at));
  if (name === "dropped") {
    return element("li", { className: "dropped" }, when, element("i", {}, `${data} were too many, and were left out`));
  }
  const { type, user, what } = shown(data);
  const head = element("span", { className: "head" }, when, element("b", {}, type));
  if (user) head.append(element("span", { className: "who" }, user));
  return element("li", {}, head, element("code", {}, what.length > kTextMax ? `${what.slice(0, kTextMax)}…` : what));
}

// The text as it travelled, but for what stands in front of it already.
function shown(text) {
  const { type, channel, user, ...rest } = JSON.parse(text);
  const only = Object.keys(rest).length === 1 && "data" in rest;
  return { type, user, what: JSON.stringify(only ? rest.data : rest) };
}
