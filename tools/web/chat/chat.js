// The chat: which channels, what was said in them, and the protocol commands behind each action.
//
// It holds all state and touches no document. After every change it calls the view, which has showState,
// showChannels, showLog, showMembers, showTyping, addEntry, addFrame, and `watched`: does anybody look?

import { Connection } from "./connection.js";
import { compose, isChannelName, read, remark } from "./message.js";

const kEntriesMax = 500; // per channel; older ones leave the page
const kTypingShown = 4_000; // milliseconds
const kTypingEvery = 2_500;

class Channel {
  entries = []; // lines in the server's order
  outgoing = new Map(); // id -> our own line that has not come back yet
  unread = 0;
  draft = "";
  epoch = null; // with offset: the position in a channel that keeps history
  offset = -1;
  members = null; // a Map by user, where the channel has presence
  typing = new Map(); // connection -> { nick, timer }

  constructor(name) {
    this.name = name;
  }

  add(entry) {
    this.entries.push(entry);
    if (this.entries.length > kEntriesMax) this.entries.shift();
  }
}

export class Chat {
  channels = new Map();
  selected = null;
  nick;
  #view;
  #connection;
  #ownIds; // of what we wrote, also before a reload
  #typingSentAt = 0;

  constructor(url, view, nick, ownIds) {
    this.#view = view;
    this.nick = nick;
    this.#ownIds = ownIds;
    this.#connection = new Connection(url, {
      onState: (state) => this.#enter(state),
      onMessage: (message) => this.#receive(message),
      onFrame: (direction, text) => view.addFrame(direction, text),
    });
  }

  connect() {
    this.#connection.open();
  }

  /** The network may be back. */
  hurry() {
    this.#connection.hurry();
  }

  // --- What the person does ----------------------------------------------------------------------------

  /** Joins the channel, if need be, and shows it. */
  open(name) {
    if (!isChannelName(name)) {
      const rule = "use letters, digits and _ = @ , . ; : / # -";
      return this.#say(this.selected, "error", `“${name}” cannot be a channel: ${rule}`);
    }
    let channel = this.channels.get(name);
    if (!channel) {
      channel = new Channel(name);
      this.channels.set(name, channel);
      this.#subscribe(channel);
    }
    this.select(channel);
  }

  select(channel) {
    this.selected = channel;
    this.#view.showLog(channel);
    this.seen();
  }

  /** What the selected channel shows has been looked at. */
  seen() {
    this.selected.unread = 0;
    this.#view.showChannels(this);
  }

  /** Leaves the selected channel for its neighbour; the last channel stays. */
  leave() {
    if (this.channels.size < 2) return;
    const names = [...this.channels.keys()];
    const index = names.indexOf(this.selected.name);
    this.channels.delete(names[index]);
    this.#connection.request("unsubscribe", { channel: names[index] }).catch(() => {});
    this.select(this.channels.get(names[index + 1] ?? names[index - 1]));
  }

  /** Sends now, or as soon as the server is back. */
  say(text) {
    const data = compose(this.nick, text);
    const entry = { ...read({ data }), data, own: true, state: "waiting" };
    this.#ownIds.add(data.id);
    this.selected.outgoing.set(data.id, entry);
    this.#view.addEntry(this.selected, entry);
    this.#publish(this.selected, entry);
    this.#typingSentAt = 0;
  }

  /** Tells the others that we are typing, now and then. */
  type() {
    if (Date.now() - this.#typingSentAt < kTypingEvery) return;
    this.#typingSentAt = Date.now();
    const event = { event: "typing", channel: this.selected.name, data: { nick: this.nick } };
    this.#connection.request("event", event).catch(() => {}); // a hint that is lost is no loss
  }

  // --- What the server is asked -------------------------------------------------------------------------

  async #subscribe(channel) {
    if (!this.#connection.online) return; // #enter subscribes all of them
    const since = channel.epoch === null ? undefined : { epoch: channel.epoch, offset: channel.offset };
    try {
      const reply = await this.#connection.request("subscribe", { channel: channel.name, since });
      channel.members = reply.members ? new Map(reply.members.map((member) => [member.user, member])) : null;
      this.#view.showMembers(channel);
      for (const entry of channel.outgoing.values()) this.#publish(channel, entry);
      if (reply.epoch !== undefined && !reply.recovered) this.#catchUp(channel, reply.epoch, reply.offset);
    } catch (error) {
      this.#explain(channel, "Could not join", error);
    }
  }

  // Fetches what is missing up to `offset`; everything newer arrives by itself. Lines that arrive meanwhile stay
  // below those fetched.
  async #catchUp(channel, epoch, offset) {
    const after = epoch === channel.epoch ? channel.offset : -1;
    if (channel.epoch !== null) this.#say(channel, "notice", "Messages may be missing here.");
    const last = channel.entries.at(-1);
    Object.assign(channel, { epoch, offset });
    try {
      const reply = await this.#connection.request("history", { channel: channel.name });
      const missed = reply.messages.filter((message) => message.offset > after && message.offset <= offset);
      const lines = missed.map((message) => this.#entryOf(channel, message));
      channel.entries.splice(channel.entries.indexOf(last) + 1, 0, ...lines);
      if (channel === this.selected) this.#view.showLog(channel);
    } catch (error) {
      this.#explain(channel, "Could not fetch older messages", error);
    }
  }

  // The id is the idempotency key too: publishing again after a lost connection cannot say a thing twice.
  async #publish(channel, entry) {
    if (!this.#connection.online || entry.underWay) return; // #subscribe sends what waits
    entry.underWay = true;
    try {
      await this.#connection.request("publish", { channel: channel.name, data: entry.data, key: entry.id });
    } catch (error) {
      const tooLarge = error.closeCode === 1009;
      if ((error.code === "lost" || error.code === "timeout") && !tooLarge) return; // it waits for the next connection
      channel.outgoing.delete(entry.id);
      const problem = tooLarge ? "too large for this server" : error.message;
      channel.add(Object.assign(entry, { state: "failed", problem }));
      this.#view.addEntry(channel, entry);
    } finally {
      entry.underWay = false;
    }
  }

  // --- What the server says ------------------------------------------------------------------------------

  #enter(state) {
    this.#view.showState(state);
    if (state.name === "online") this.channels.forEach((channel) => this.#subscribe(channel));
  }

  #receive(message) {
    const channel = this.channels.get(message.channel);
    if (message.type === "error") this.#say(this.selected, "error", message.message);
    if (!channel) return;
    if (message.type === "message") this.#heard(channel, message);
    if (message.type === "event" && message.event === "typing") this.#seenTyping(channel, message);
    if (message.type === "join") this.#moved(channel, (members) => members.set(message.member.user, message.member));
    if (message.type === "leave") this.#moved(channel, (members) => members.delete(message.member.user));
    if (message.type === "gap") this.#catchUp(channel, message.epoch, message.offset);
  }

  #heard(channel, message) {
    if (message.offset !== undefined) {
      if (message.offset <= channel.offset) return;
      channel.offset = message.offset;
    }
    const entry = this.#entryOf(channel, message, Date.now());
    channel.add(entry);
    for (const [connection, { nick }] of channel.typing) if (nick === entry.nick) this.#stopTyping(channel, connection);
    this.#view.addEntry(channel, entry);
    if (channel === this.selected && this.#view.watched) return;
    channel.unread += 1;
    this.#view.showChannels(this);
  }

  #entryOf(channel, message, receivedAt) {
    const entry = read(message, receivedAt);
    channel.outgoing.delete(entry.id);
    return { ...entry, own: this.#ownIds.has(entry.id) };
  }

  #seenTyping(channel, { from, data }) {
    this.#stopTyping(channel, from);
    const nick = typeof data?.nick === "string" ? data.nick : "Someone";
    channel.typing.set(from, { nick, timer: setTimeout(() => this.#stopTyping(channel, from), kTypingShown) });
    this.#view.showTyping(channel);
  }

  #stopTyping(channel, connection) {
    clearTimeout(channel.typing.get(connection)?.timer);
    if (channel.typing.delete(connection)) this.#view.showTyping(channel);
  }

  #moved(channel, change) {
    channel.members ??= new Map();
    change(channel.members);
    this.#view.showMembers(channel);
  }

  #explain(channel, what, error) {
    if (error.code !== "lost") this.#say(channel, "error", `${what}: ${error.message}`);
  }

  #say(channel, kind, text) {
    const entry = remark(kind, text);
    channel.add(entry);
    this.#view.addEntry(channel, entry);
  }
}
