// Channels with how many clients each has; one of them can be tapped, and published to.

import { byId, count, element, onTyped, say } from "./dom.js";
import { PagedList } from "./paged.js";
import { Table } from "./table.js";

export class Channels {
  #api;
  #list = new PagedList((after, limit) => this.#fetch(after, limit), (items, hasMore) => this.#show(items, hasMore));
  #table;

  /** `onTap(channel)` is called when one is chosen. */
  constructor(api, attempt, onTap) {
    this.#api = api;
    this.#table = new Table(byId("channel-table"), ["Channel", "Clients", "Action"], (item, isNew) => [
      item.channel,
      count(item.clients),
      isNew ? tapButton(item.channel, onTap) : null,
    ]);
    onTyped(byId("prefix"), () => attempt(() => this.#list.restart()));
    byId("more-channels").addEventListener("click", () => attempt(() => this.#list.more()));
    byId("publish").addEventListener("submit", (event) => {
      event.preventDefault();
      attempt(() => this.#publish(), byId("publish-state"));
    });
  }

  refresh() {
    return this.#list.refresh();
  }

  async #fetch(after, limit) {
    const { channels, next } = await this.#api.get("/api/channels", { prefix: byId("prefix").value, after, limit });
    return { items: channels, next };
  }

  #show(items, hasMore) {
    this.#table.show(items, (item) => item.channel);
    byId("no-channels").hidden = items.length > 0;
    byId("more-channels").hidden = !hasMore;
  }

  async #publish() {
    const channel = byId("publish-channel").value;
    const answer = await this.#api.post("/api/publish", { channel, data: dataOf(byId("publish-data").value) });
    say(byId("publish-state"), answer.offset ? `Published, with offset ${count(answer.offset)}.` : "Published.");
  }
}

// What is no JSON is a text.
function dataOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function tapButton(channel, onTap) {
  const button = element("button", { type: "button", className: "quiet", onclick: () => onTap(channel) }, "Tap");
  button.setAttribute("aria-label", `Tap ${channel}`);
  return button;
}
