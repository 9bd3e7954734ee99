import { describe, expect, it } from "vitest";
import { type LoginCredential, loginSnippets } from "./login-snippets.ts";

const robot: LoginCredential = {
  host: "reg.example.com",
  loginName: "acme+ci",
  secret: "lp_rob_secret",
  isPlainHttp: false,
};
const textOf = (id: string, credential: LoginCredential = robot) =>
  loginSnippets(credential).find((variant) => variant.id === id)?.text ?? "";

describe("the lines with which clients are given a secret", () => {
  it("are there for each of the six", () => {
    expect(loginSnippets(robot).map(({ label }) => label)).toEqual([
      "docker",
      "podman",
      "GitHub Actions",
      "GitLab CI",
      "Kubernetes secret",
      "Helm",
    ]);
  });

  it("name host, login name and secret, every one of them", () => {
    for (const { text } of loginSnippets(robot)) {
      expect(text).toContain("reg.example.com");
      expect(text).toContain("acme+ci");
      expect(text).toContain("lp_rob_secret");
    }
  });

  it("never pass it as an argument", () => {
    for (const { text } of loginSnippets(robot)) expect(text).not.toMatch(/(?:-p|--password)[ =]/);
    for (const id of ["docker", "podman", "helm"]) expect(textOf(id)).toContain("--password-stdin");
  });

  it("tell clients of plain HTTP, and only then", () => {
    const plain = { ...robot, isPlainHttp: true };
    expect(textOf("podman", plain)).toContain("--tls-verify=false");
    expect(textOf("helm", plain)).toContain("--plain-http");
    expect(textOf("gitlab", plain)).toContain('"--insecure-registry=reg.example.com"');
    for (const { text } of loginSnippets(robot)) expect(text).not.toMatch(/tls-verify|plain-http|insecure/);
  });

  it("give Kubernetes the file that it reads", () => {
    const json = /dockerconfigjson: '(.*)'/.exec(textOf("kubernetes"))?.[1] ?? "";
    expect(JSON.parse(json)).toEqual({
      auths: { "reg.example.com": { username: "acme+ci", password: "lp_rob_secret" } },
    });
  });
});
