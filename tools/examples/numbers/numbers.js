// Numbers that change faster than anybody can look: heard as they come, drawn once a frame.

import { SentixClient } from "./sentix-client.js";

const kShown = 600; // numbers in a curve: a minute
const kPercent = (value) => `${Math.round(value * 100)} %`;
const at = (id) => document.getElementById(id);

/** One number, with its last minute as a curve. */
class Tile {
  #section = at("tile").content.cloneNode(true).firstElementChild;
  #values = [];
  #top;
  #format;

  /** `top` is the value at the upper edge; without one, the curve scales with what it shows. */
  constructor(title, format, top) {
    this.#format = format;
    this.#top = top;
    this.#section.querySelector("h2").textContent = title;
    at("tiles").append(this.#section);
  }

  push(value) {
    this.#values.push(Number(value) || 0);
    if (this.#values.length > kShown) this.#values.shift();
  }

  draw() {
    const canvas = this.#section.querySelector("canvas");
    const text = this.#format(this.#values.at(-1) ?? 0);
    this.#section.querySelector(".number").textContent = text;
    canvas.setAttribute("aria-label", `${this.#values.length} numbers, the last is ${text}`);

    const { width, height } = canvas;
    const top = this.#top ?? Math.max(1, ...this.#values);
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, width, height);
    pen.strokeStyle = pen.fillStyle = getComputedStyle(canvas).color; // of the style sheet, by day and by night
    pen.lineWidth = 3;
    pen.beginPath();
    this.#values.forEach((value, i) => {
      const x = width - (this.#values.length - 1 - i) * (width / kShown);
      pen.lineTo(x, height - 3 - (value / top) * (height - 6));
    });
    pen.stroke();
    pen.lineTo(width, height);
    pen.lineTo(width - (this.#values.length - 1) * (width / kShown), height);
    pen.globalAlpha = 0.15;
    pen.fill();
    pen.globalAlpha = 1;
  }
}

const tiles = { memory: new Tile("Memory in use", kPercent, 1), load: new Tile("Load", (value) => value.toFixed(2)) };
const processors = [];
const arrivals = []; // when the messages of the last second came
let newest = 0; // offset: what the history brings may have been heard already
let paused = false;
let changed = false;

function take({ cpu, memory, load }) {
  cpu.forEach((busy, i) => {
    processors[i] ??= new Tile(`Processor ${i + 1}`, kPercent, 1);
    processors[i].push(busy);
  });
  tiles.memory.push(memory);
  tiles.load.push(load);
}

function hear(data, { offset }) {
  newest = offset;
  arrivals.push(performance.now());
  at("delay").textContent = Math.max(0, Date.now() - data.at);
  take(data);
  changed = true;
}

// A message costs a few numbers in memory. Drawing is for when the screen can show it, however many have come since.
function frame() {
  while (arrivals[0] < performance.now() - 1000) arrivals.shift();
  if (changed && !paused) {
    at("rate").textContent = arrivals.length;
    for (const tile of [...Object.values(tiles), ...processors]) tile.draw();
    changed = false;
  }
  requestAnimationFrame(frame);
}

at("pause").onclick = ({ target }) => {
  paused = !paused;
  target.setAttribute("aria-pressed", `${paused}`);
};

const client = new SentixClient(new URLSearchParams(location.search).get("server"));
client.on("state", ({ name }) => (at("state").textContent = name));
client.connect().catch(() => {});
const machine = await client.subscribe("machine").ready;
const { messages } = await machine.history({ limit: kShown });
for (const { data } of messages) take(data);
newest = messages.at(-1)?.offset ?? 0;
changed = true;
machine.on("message", (data, message) => message.offset > newest && hear(data, message));
requestAnimationFrame(frame);
