// npm's ws, one process, no compression:  node ws_server.js echo|fanout PORT
// As fanout, whatever one client sends goes to all clients of the same path.
import { WebSocketServer } from "ws";

const [what, port] = process.argv.slice(2);
const server = new WebSocketServer({
  host: "127.0.0.1",
  port: Number(port),
  perMessageDeflate: false,
  maxPayload: 64 * 1024 * 1024,
});
const rooms = new Map();

server.on("connection", (socket, request) => {
  socket.on("error", () => {});
  if (what === "echo") {
    socket.on("message", (data, binary) => socket.send(data, { binary }));
    return;
  }
  const room = rooms.get(request.url) ?? new Set();
  rooms.set(request.url, room.add(socket));
  socket.on("close", () => room.delete(socket));
  socket.on("message", (data, binary) => {
    for (const each of room) each.send(data, { binary });
  });
});
