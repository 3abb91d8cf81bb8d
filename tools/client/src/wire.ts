// What travels: the messages of sentix protocol 1, as far as more than one module knows them.

export const kSubprotocol = "sentix.v1";

/** A message as it was parsed. Its reader knows what its type carries. */
export type WireMessage = { type: string; id?: number | string } & Record<string, any>;

/** A place in the history of a channel. Another epoch is another history. */
export interface Position {
  epoch: string;
  offset: number;
}

/** One user in a channel, however many connections it has. */
export interface Member<Info = unknown> {
  user: string;
  info?: Info;
  connections: number;
}

/** A publication. */
export interface Message<Data = unknown> {
  type: "message";
  channel: string;
  data: Data;
  /** Its place in the channel's history, where there is one. */
  offset?: number;
  /** The publisher, where it was authenticated. */
  user?: string;
}

/** What another subscriber sent to the channel; it is never stored, and never comes back to its sender. */
export interface ChannelEvent<Data = unknown, Name extends string = string> {
  type: "event";
  event: Name;
  channel: string;
  data: Data;
  /** The sender's connection. */
  from: string;
}

/** Something may be missing here, between what was heard before and what will be heard after. */
export interface Gap {
  type: "gap";
  channel: string;
  /**
   * - `no_history`: the connection was lost, and the channel keeps nothing to recover from
   * - `not_recovered`: the server no longer has what was missed, or the channel began anew
   * - `server`: the server says so
   * - `skipped`: an offset was left out
   * - `overflow`: an iterator was not read for too long, and dropped what was oldest
   */
  reason: "no_history" | "not_recovered" | "server" | "skipped" | "overflow";
  /** The last that was heard, where there is a history. */
  after?: Position | undefined;
  /** Where the channel is now, where there is a history. */
  now?: Position | undefined;
}

/** Without what must not be read over somebody's shoulder: credentials and tokens. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/"credentials":.*/s, '"credentials":…}')
    .replace(/"token":"(?:[^"\\]|\\.)*"/g, '"token":"…"')
    .replace(/([?&]token=)[^&\s"]*/g, "$1…");
}
