// A board that several people draw on, and see each other's pointers move.

import { SentixClient } from "./sentix-client.js";

const kStep = 8; // pixels that an arrow key moves
const at = (id) => document.getElementById(id);
const board = at("board");
const client = new SentixClient(new URLSearchParams(location.search).get("server"));
const channel = client.subscribe("board");

// Every connection has a colour, the same on all screens and dark enough for the white name on it. Neighbours in number
// are far apart in hue.
const colourOf = (connection) => `hsl(${(parseInt(connection.slice(-4), 16) * 137.5) % 360} 65% 42%)`;
const nameOf = (connection) => connection.slice(-4);

// --- Pointers: events, which are for now. Only the newest place counts, so one a frame is enough. ---

const cursors = new Map(); // by connection
let place; // ours, where it is not told yet

function moveTo(point) {
  if (!place) requestAnimationFrame(tell);
  place = point;
}

function tell() {
  channel.send("move", place).catch(() => {}); // without a connection: never mind, the next one tells
  place = undefined;
}

channel.on("event:move", ([x, y], { from }) => {
  let cursor = cursors.get(from);
  if (!cursor) {
    cursor = document.createElement("div");
    cursor.className = "cursor";
    cursor.textContent = nameOf(from);
    cursor.style.background = colourOf(from);
    cursors.set(from, cursor);
    board.append(cursor);
  }
  cursor.style.transform = `translate(${Number(x)}px, ${Number(y)}px)`;
});

// --- Lines: publications, which are kept. Whoever comes later gets them from the history. ---

const lines = new Map(); // by offset: the history and what is heard may overlap
let drawing; // our line until it is published: {points, shape}

function showLine(points, colour) {
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  shape.setAttribute("points", points.map(([x, y]) => `${Number(x)},${Number(y)}`).join(" "));
  shape.style.stroke = colour;
  at("lines").append(shape);
  return shape;
}

function addLine(offset, { points, by }) {
  if (!lines.has(offset)) lines.set(offset, showLine(points, colourOf(`${by}`)));
}

function begin(point) {
  drawing = { points: [point], shape: showLine([point], "currentColor") };
}

function extend(point) {
  if (!drawing) return;
  drawing.points.push(point);
  drawing.shape.setAttribute("points", drawing.points.join(" "));
}

async function finish() {
  if (!drawing) return;
  const { points, shape } = drawing;
  drawing = undefined;
  // It waits for a connection, if need be, and is published once, even where the answer is lost on the way.
  await channel.publish({ points, by: client.state.connection ?? "0000" }).catch(() => {});
  shape.remove(); // what everybody sees has come by then, or comes now, as a message
}

channel.on("message", (data, { offset }) => addLine(offset, data));
async function readBack() {
  for (const { offset, data } of (await channel.history({ limit: 1000 })).messages) addLine(offset, data);
}
channel.on("gap", readBack);
channel.ready.then(readBack);

// --- People ---

channel.on("members", (members) => {
  at("news").textContent = members.size === 1 ? "You are alone here." : `There are ${members.size} of you here.`;
  at("state").textContent = `${members.size} here`;
  for (const [connection, cursor] of cursors) {
    if (members.has(connection)) continue;
    cursor.remove();
    cursors.delete(connection);
  }
});
client.on("state", ({ name }) => name !== "online" && (at("state").textContent = name));

// --- Our hand: a pointer, or the keys ---

const pointOf = (event) => [event.clientX, event.clientY - board.offsetTop].map(Math.round);
board.onpointerdown = (event) => {
  board.setPointerCapture(event.pointerId);
  begin(pointOf(event));
};
board.onpointermove = (event) => {
  moveTo(pointOf(event));
  extend(pointOf(event));
};
board.onpointerup = board.onpointercancel = finish;

const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
let hand = [100, 100];
board.onkeydown = (event) => {
  if (!arrows[event.key]) return;
  event.preventDefault();
  if (event.shiftKey && !drawing) begin(hand);
  hand = hand.map((value, axis) => Math.max(0, value + arrows[event.key][axis] * kStep));
  moveTo(hand);
  extend(hand);
};
board.onkeyup = (event) => event.key === "Shift" && finish();

client.connect().catch(() => {});
