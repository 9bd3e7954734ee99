import { describe, expect, it } from "vitest";
import { checkPassword, openPasswords } from "./password.ts";

const person = { name: "administrator-one", email: "ada@example.test" };

describe("a password", () => {
  it.each(["a long quiet river", "ten chars!", "日本語のパスワードです", `${"x".repeat(252)}abc1`])(
    "may be %j",
    (password) => {
      expect(() => checkPassword(password, person)).not.toThrow();
    },
  );

  it.each([
    ["nine char", "PASSWORD_TOO_SHORT"],
    ["🔑🔑🔑🔑🔑", "PASSWORD_TOO_SHORT"],
    ["abcd".repeat(65), "PASSWORD_TOO_LONG"],
    ["Password123", "PASSWORD_TOO_EASY"],
    ["aaaaaaaaaaaaaaaa", "PASSWORD_TOO_EASY"],
    ["abababababab", "PASSWORD_TOO_EASY"],
    ["Administrator-One", "PASSWORD_TOO_EASY"],
    ["ada@example.test", "PASSWORD_TOO_EASY"],
  ])("may not be %j (%s)", (password, code) => {
    expect(() => checkPassword(password, person)).toThrow(expect.objectContaining({ code }));
  });

  it("is stored as argon2id, and never the same twice", async () => {
    const passwords = openPasswords();
    const [first, second] = await Promise.all([
      passwords.hash("a long quiet river"),
      passwords.hash("a long quiet river"),
    ]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
    expect(await passwords.verify(first, "a long quiet river")).toBe(true);
    expect(await passwords.verify(first, "a long quiet rivers")).toBe(false);
  });

  it("is the same from every keyboard: composed and decomposed letters are alike", async () => {
    const passwords = openPasswords();
    const stored = await passwords.hash("caf\u00e9 au lait");
    expect(await passwords.verify(stored, "cafe\u0301 au lait")).toBe(true);
  });

  it("is remembered as verified for its stored hash only", async () => {
    const passwords = openPasswords();
    const stored = await passwords.hash("a long quiet river");
    expect(passwords.isVerified(stored, "a long quiet river")).toBe(false);
    await passwords.verify(stored, "a long quiet river");
    expect(passwords.isVerified(stored, "a long quiet river")).toBe(true);
    expect(passwords.isVerified(stored, "another long river")).toBe(false);
    expect(passwords.isVerified(await passwords.hash("a long quiet river"), "a long quiet river")).toBe(false);
    expect(passwords.isVerified(undefined, "a long quiet river")).toBe(false);
  });

  it("T16: of nobody is hashed as well, and is never right", async () => {
    const passwords = openPasswords();
    expect(await passwords.verify(undefined, "a long quiet river")).toBe(false);
  });
});
