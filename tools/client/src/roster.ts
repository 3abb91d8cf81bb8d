import type { Member } from "./wire.js";

/** What became of the members of a channel. */
export interface Change<Info> {
  joined: Member<Info>[];
  left: Member<Info>[];
}

/** The members of a channel by user: a live set, kept from the list at the beginning and from each coming and going. */
export class Roster<Info> {
  #members = new Map<string, Member<Info>>();
  #known = false;

  get members(): ReadonlyMap<string, Member<Info>> {
    return this.#members;
  }

  /**
   * A whole new list, or none where the channel does not tell. The first says who is there, and is no change; a later
   * one tells who came and went while nobody looked. Returns undefined where there is nothing to tell.
   */
  replace(list: Member<Info>[] | undefined): Change<Info> | undefined {
    if (!list && !this.#known) return undefined;
    const before = this.#members;
    this.#members = new Map((list ?? []).map((member) => [member.user, member]));
    const change = this.#known
      ? {
          joined: [...this.#members.values()].filter(({ user }) => !before.has(user)),
          left: [...before.values()].filter(({ user }) => !this.#members.has(user)),
        }
      : { joined: [], left: [] };
    this.#known = list !== undefined;
    return change;
  }

  join(member: Member<Info>): Change<Info> {
    this.#members.set(member.user, member);
    return { joined: [member], left: [] };
  }

  leave(member: Member<Info>): Change<Info> {
    this.#members.delete(member.user);
    return { joined: [], left: [member] };
  }
}
