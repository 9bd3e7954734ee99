import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** What a step found out. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** The tests that did not run, each with its reason in its title. */
  readonly skipped: readonly string[];
  readonly output: string;
}

/** One thing that must hold, and how to find out. */
export interface Step {
  readonly name: string;
  readonly run: () => Promise<Outcome>;
}

const root = path.join(import.meta.dirname, "..");
const running = new Set<ChildProcess>();

/** Ends the commands that run. */
export function endCommands(): void {
  for (const child of running) child.kill("SIGTERM");
}

/** A step that passes when the command ends with 0. */
export function command(name: string, program: string, ...args: string[]): Step {
  return {
    name,
    async run() {
      const { code, output } = await execute(program, args, {});
      return code === 0 ? { passed: 1, failed: 0, skipped: [], output } : { passed: 0, failed: 1, skipped: [], output };
    },
  };
}

/** A step that counts vitest's tests. No test at all is a failure. */
export function vitest(name: string, ...args: string[]): Step {
  return {
    name,
    run: () =>
      withReport(async (report) => {
        const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
        const { code, output } = await execute("vitest", ["run", ...args, ...reporters], {});
        return judge(code, output, fs.existsSync(report) ? countVitest(fs.readFileSync(report, "utf8")) : undefined);
      }),
  };
}

/** A step that counts Playwright's tests. No test at all is a failure. */
export function playwright(name: string, config: string): Step {
  return {
    name,
    run: () =>
      withReport(async (report) => {
        const { code, output } = await execute(
          "e2e/node_modules/.bin/playwright",
          ["test", `--config=${config}`, "--reporter=list,json"],
          {
            PLAYWRIGHT_JSON_OUTPUT_NAME: report,
          },
        );
        return judge(
          code,
          output,
          fs.existsSync(report) ? countPlaywright(fs.readFileSync(report, "utf8")) : undefined,
        );
      }),
  };
}

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

/** A runner that failed without a failed test (a file that does not load, no test found) has failed once. */
function judge(code: number | null, output: string, count: Count | undefined): Outcome {
  const { passed, failed, skipped } = count ?? { passed: 0, failed: 0, skipped: [] };
  const isBroken = failed === 0 && (code !== 0 || passed === 0);
  return { passed, failed: isBroken ? 1 : failed, skipped, output };
}

/** Reads vitest's JSON report. */
export function countVitest(text: string): Count {
  const report: { testResults: { status: string; assertionResults: { status: string; fullName: string }[] }[] } =
    JSON.parse(text);
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const having = (...statuses: string[]) => tests.filter(({ status }) => statuses.includes(status));
  const unloaded = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
  );
  return {
    passed: having("passed").length,
    failed: having("failed").length + unloaded.length,
    skipped: having("skipped", "pending", "disabled").map(({ fullName }) => fullName),
  };
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly { readonly title: string; readonly tests: readonly { readonly status: string }[] }[];
}

/** Reads Playwright's JSON report. A test that passed only when repeated has failed. */
export function countPlaywright(text: string): Count {
  const report: { suites: PlaywrightSuite[]; errors: unknown[] } = JSON.parse(text);
  const specs = (suite: PlaywrightSuite): { title: string; status: string }[] => [
    ...(suite.specs ?? []).flatMap(({ title, tests }) => tests.map(({ status }) => ({ title, status }))),
    ...(suite.suites ?? []).flatMap(specs),
  ];
  const tests = report.suites.flatMap(specs);
  return {
    passed: tests.filter(({ status }) => status === "expected").length,
    failed: tests.filter(({ status }) => status === "unexpected" || status === "flaky").length + report.errors.length,
    skipped: tests.filter(({ status }) => status === "skipped").map(({ title }) => title),
  };
}

const failureLines = 50;

/** The part of a tool's output that tells of its first failure, or else its end; 50 lines at most. */
export function firstFailure(output: string): string {
  const lines = output.trimEnd().split("\n");
  // Playwright numbers its failures, vitest has a heading above them.
  const start = lines.findIndex((line) => /^\s*1\) \[|Failed (?:Tests|Suites) \d/.test(line));
  return (start === -1 ? lines.slice(-failureLines) : lines.slice(start, start + failureLines)).join("\n");
}

async function withReport(use: (report: string) => Promise<Outcome>): Promise<Outcome> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "layerport-report-"));
  try {
    return await use(path.join(directory, "report.json"));
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

function execute(program: string, args: readonly string[], env: Record<string, string>) {
  return new Promise<{ code: number | null; output: string }>((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, LAYERPORT_PARENT_PID: undefined, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    let output = "";
    const collect = (text: string) => {
      output += text;
    };
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    child.once("error", (error) => {
      running.delete(child);
      resolve({ code: 1, output: `${program} does not start: ${error.message}` });
    });
    child.once("close", (code) => {
      running.delete(child);
      resolve({ code, output });
    });
  });
}
