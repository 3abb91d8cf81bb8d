// The members of a channel as a live set.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Roster } from "../dist/modules/roster.js";

const member = (user, connections = 1) => ({ user, info: null, connections });
const names = (change) => ({
  joined: change.joined.map(({ user }) => user),
  left: change.left.map(({ user }) => user),
});

test("the first list is no change of who is there; a later one tells who came and went meanwhile", () => {
  const roster = new Roster();
  assert.deepEqual(names(roster.replace([member("ada"), member("bob")])), { joined: [], left: [] });
  assert.deepEqual([...roster.members.keys()], ["ada", "bob"]);
  assert.deepEqual(names(roster.replace([member("bob", 2), member("cyd")])), { joined: ["cyd"], left: ["ada"] });
  assert.equal(roster.members.get("bob").connections, 2);
});

test("each coming and going changes the set", () => {
  const roster = new Roster();
  roster.replace([]);
  assert.deepEqual(names(roster.join(member("ada"))), { joined: ["ada"], left: [] });
  assert.deepEqual(names(roster.leave(member("ada", 0))), { joined: [], left: ["ada"] });
  assert.equal(roster.members.size, 0);
});

test("a channel that does not tell has nothing to tell; one that stops telling is empty", () => {
  const roster = new Roster();
  assert.equal(roster.replace(undefined), undefined);
  roster.replace([member("ada")]);
  assert.deepEqual(names(roster.replace(undefined)), { joined: [], left: ["ada"] });
  assert.equal(roster.replace(undefined), undefined);
});
