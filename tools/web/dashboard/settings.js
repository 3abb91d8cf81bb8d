// The settings in force, what they are for, and where each came from.

import { byId, element } from "./dom.js";
import { Table } from "./table.js";

export class Settings {
  #api;
  #settings = [];
  #table = new Table(byId("settings-table"), ["Setting", "Value", "From"], (setting, isNew) => [
    isNew ? headOf(setting) : null,
    valueOf(setting),
    setting.source,
  ]);

  constructor(api) {
    this.#api = api;
    byId("settings-search").addEventListener("input", () => this.#show());
    byId("changed-only").addEventListener("change", () => this.#show());
  }

  async refresh() {
    this.#settings = (await this.#api.get("/api/settings")).settings;
    this.#show();
  }

  #show() {
    const wanted = byId("settings-search").value.toLowerCase();
    const changedOnly = byId("changed-only").checked;
    const matches = ({ key, help, group, source }) =>
      `${key} ${help} ${group}`.toLowerCase().includes(wanted) && !(changedOnly && source === "default");
    this.#table.show(this.#settings.filter(matches), (setting) => setting.key);
  }
}

function headOf({ key, help, live }) {
  const text = live ? help : `${help} A change needs a restart.`;
  return element("div", {}, element("code", {}, key), element("p", { className: "help" }, text));
}

function valueOf({ value, secret }) {
  if (secret) return "••••••••";
  return value === undefined ? "not set" : value;
}
