// What the types allow, and what they do not: compiled by `npm test`, never run.

import { WebSocket } from "ws";

import { ChatClusterClient, type Gap, SentixClient, SentixError } from "../dist/esm/index.js";

interface Channels {
  general: { data: { nick: string; text: string }; events: { typing: { nick: string } }; info: { colour: string } };
  [score: `score:${string}`]: { data: number };
}

const client = new SentixClient<Channels>(["a:1", { host: "b", port: 2, secure: true }], {
  WebSocket,
  strategy: (urls, attempt) => urls[attempt % urls.length] ?? "",
  discovery: async () => ["ws://c/ws"],
  credentials: async ({ renew }) => (renew ? "token" : { username: "ada" }),
  debug: (line) => line.length,
});

const general = client.subscribe("general");
general.on("message", ({ nick, text }, { offset }) => [nick.length, text.length, offset?.toFixed()]);
general.on("event:typing", ({ nick }, { event, from }) => [nick.length, event === "typing", from.length]);
general.on("event", ({ event, data }) => [event.length, data]);
general.on("join", ({ user, info }) => [user.length, info?.colour.length]);
general.on("gap", ({ reason }: Gap) => reason === "overflow");
general.on("end", (error) => error?.code === "forbidden");
void general.publish({ nick: "Ada", text: "Hello" });
void general.send("typing", { nick: "Ada" });
void general.members.get("ada")?.info?.colour;
client.subscribe("score:1").on("message", (score) => score.toFixed());
void client.publish("score:2", 3).then(({ offset }) => offset?.toFixed());
void client.history("general").then(({ messages }) => messages[0]?.data.text);

export async function read(): Promise<void> {
  for await (const item of general) {
    if (item.type === "message") item.data.text.length;
    else item.reason.length;
  }
}

// @ts-expect-error a channel that nobody named
client.subscribe("other");
// @ts-expect-error not what the channel carries
void general.publish("Hello");
// @ts-expect-error not what the channel carries
void client.publish("score:1", "three");
// @ts-expect-error an event that nobody named
void general.send("waving");
// @ts-expect-error nothing of that name happens
general.on("mesage", () => {});
// @ts-expect-error nothing of that name happens
client.on("mesage", () => {});
// @ts-expect-error internal
general.enter({ type: "subscribed" });
// @ts-expect-error no code of ours
new SentixError("forbiden", "");

const chat = new ChatClusterClient([{ host: "h", port: 1 }], "JohnDoe");
chat.on("message", (channel, data) => [channel.length, data.text]);
void chat.sendMessage("general", "Hello").then(({ channel }) => channel.length);

// Without types of its own, any channel carries anything.
new SentixClient("h").subscribe("any").on("message", (data) => data.whatever);
new SentixClient("h").subscribe("any").on("event:any", (data) => data.whatever);
