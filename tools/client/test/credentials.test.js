// Where credentials come from, and when a token should be renewed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CredentialSource, renewalDelay } from "../dist/modules/credentials.js";

const kNow = 1_700_000_000_000;
const token = (claims) =>
  `${btoa("{}")}.${btoa(JSON.stringify(claims)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "")}.x`;

test("an object, a token, a callback of either kind, or nothing", async () => {
  assert.equal(await new CredentialSource(undefined).ask(false), undefined);
  assert.deepEqual(await new CredentialSource({ username: "a" }).ask(false), { username: "a" });
  assert.deepEqual(await new CredentialSource("t").ask(false), { token: "t" });
  assert.deepEqual(await new CredentialSource(() => "t").ask(false), { token: "t" });
  assert.deepEqual(await new CredentialSource(async ({ renew }) => ({ renew })).ask(true), { renew: true });
  await assert.rejects(new CredentialSource(() => Promise.reject(new Error("no"))).ask(false), /no/);
});

test("only a callback can bring something else", () => {
  assert.equal(new CredentialSource("t").renewable, false);
  assert.equal(new CredentialSource(() => "t").renewable, true);
});

test("a JSON Web Token is renewed after nine tenths of what is left to it", () => {
  assert.equal(renewalDelay({ token: token({ exp: kNow / 1000 + 100 }) }, kNow), 90_000);
  assert.equal(
    renewalDelay({ token: token({ exp: kNow / 1000 + 100, name: "ÿ~?>" + "\u00ff".repeat(9) }) }, kNow),
    90_000,
  );
  assert.equal(renewalDelay({ token: token({ exp: 1e12 }) }, kNow), 2 ** 31 - 1, "the longest that a timer can");
});

test("what does not tell is not renewed", () => {
  const expired = token({ exp: kNow / 1000 });
  const odd = [undefined, 7, "", "a", "a.b", "a.!.c", `a.${btoa("7")}.c`, `a.${btoa("null")}.c`, token({}), expired];
  for (const each of odd) assert.equal(renewalDelay({ token: each }, kNow), undefined, each);
  assert.equal(renewalDelay({ token: token({ exp: "soon" }) }, kNow), undefined);
});
