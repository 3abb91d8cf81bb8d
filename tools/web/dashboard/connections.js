// The clients that are connected: found, inspected, sent away.

import { byId, bytes, count, duration, element, onTyped, say } from "./dom.js";
import { PagedList } from "./paged.js";
import { Table } from "./table.js";

export class Connections {
  #api;
  #list = new PagedList((after, limit) => this.#fetch(after, limit), (items, hasMore) => this.#show(items, hasMore));
  #table;
  #inspected = "";

  constructor(api, attempt) {
    this.#api = api;
    const inspect = (id) => attempt(() => this.#inspect(id));
    const columns = ["Connection", "User", "Address", "Channels", "Connected", "Waiting", "Action"];
    this.#table = new Table(byId("connection-table"), columns, (item, isNew) => [
      item.connection,
      item.user ?? "",
      item.address,
      count(item.channels),
      duration(item.connected_seconds),
      bytes(item.waiting_bytes),
      isNew ? inspectButton(item.connection, inspect) : null,
    ]);
    onTyped(byId("search"), () => attempt(() => this.#list.restart()));
    byId("more-connections").addEventListener("click", () => attempt(() => this.#list.more()));
    byId("details-close").addEventListener("click", () => byId("details").close());
    byId("disconnect").addEventListener("submit", (event) => {
      event.preventDefault();
      attempt(() => this.#disconnect(), byId("details-state"));
    });
  }

  refresh() {
    return this.#list.refresh();
  }

  async #fetch(after, limit) {
    const search = byId("search").value;
    const { connections, next } = await this.#api.get("/api/connections", { search, after, limit });
    return { items: connections, next };
  }

  #show(items, hasMore) {
    this.#table.show(items, (item) => item.connection);
    byId("no-connections").hidden = items.length > 0;
    byId("more-connections").hidden = !hasMore;
  }

  async #inspect(id) {
    const details = await this.#api.get("/api/connection", { id });
    this.#inspected = id;
    byId("details-title").textContent = id;
    byId("details-list").replaceChildren(...rowsOf(details).flatMap(([name, value]) => [
      element("dt", {}, name),
      element("dd", {}, value),
    ]));
    say(byId("details-state"), "");
    byId("details").showModal();
  }

  async #disconnect() {
    const reason = byId("disconnect-reason").value;
    const code = Number(byId("disconnect-code").value);
    await this.#api.post("/api/disconnect", { connection: this.#inspected, code, reason });
    say(byId("details-state"), "Disconnected.");
    await this.refresh();
  }
}

function rowsOf(details) {
  const yes = (truth) => (truth ? "yes" : "no");
  return [
    ["User", details.user ?? "not authenticated"],
    ...(details.info === undefined ? [] : [["Info", JSON.stringify(details.info)]]),
    ...(details.expires_at ? [["Token ends", details.expires_at]] : []),
    ["Address", details.address],
    ["Connected for", duration(details.connected_seconds)],
    ["Quiet for", duration(details.quiet_seconds)],
    ["Waiting for it", bytes(details.waiting_bytes)],
    ["Read from", details.read_from ? "yes" : "no: back-pressure, or a rate"],
    ["TLS, compressed", `${yes(details.tls)}, ${yes(details.compressed)}`],
    [`Channels (${count(details.channels)})`, details.subscriptions.join(", ") || "none"],
  ];
}

function inspectButton(id, inspect) {
  const button = element("button", { type: "button", className: "quiet", onclick: () => inspect(id) }, "Inspect");
  button.setAttribute("aria-label", `Inspect ${id}`);
  return button;
}
