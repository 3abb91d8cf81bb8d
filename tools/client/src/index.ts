export { SentixClient } from "./client.js";
export { ChatClusterClient, type ChatMessage } from "./cluster.js";
export { SentixError, type ErrorCode } from "./errors.js";
export type { SocketConstructor, SocketLike } from "./link.js";
export type { Discovery, NodeAddress, Strategy } from "./nodes.js";
export { Subscription } from "./subscription.js";
export type * from "./types.js";
export type { ChannelEvent, Gap, Member, Message, Position } from "./wire.js";
