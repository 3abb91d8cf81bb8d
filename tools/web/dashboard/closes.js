// Why connections ended or were refused: how often by reason, and the last of them.

import { byId, count, element } from "./dom.js";
import { Table } from "./table.js";

const kAsked = 500;
const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "medium" });

export class Closes {
  #api;
  #closes = [];
  #table = new Table(byId("closes-table"), ["When", "Reason", "Code", "User", "Address", "What was said"], (close) => [
    clock.format(new Date(close.at)),
    close.reason,
    close.code ?? "",
    close.user ?? "",
    close.address,
    close.setting && close.limit ? `${close.message} (${close.limit})` : close.message,
  ]);

  constructor(api) {
    this.#api = api;
    byId("closes-search").addEventListener("input", () => this.#show());
  }

  async refresh() {
    const [{ closes }, { ended }] = await Promise.all([
      this.#api.get("/api/closes", { limit: kAsked }),
      this.#api.get("/api/stats"),
    ]);
    const reasons = Object.entries(ended).sort(([, a], [, b]) => b - a);
    const item = ([reason, number]) => element("li", {}, element("b", {}, count(number)), ` ${reason}`);
    byId("reasons").replaceChildren(...reasons.map(item));
    this.#closes = closes;
    this.#show();
  }

  #show() {
    const wanted = byId("closes-search").value.toLowerCase();
    const text = (close) => Object.values(close).join(" ").toLowerCase();
    const matching = this.#closes.filter((close) => text(close).includes(wanted));
    this.#table.show(matching, (close) => `${close.connection} ${close.at}`);
    byId("no-closes").hidden = matching.length > 0;
  }
}
