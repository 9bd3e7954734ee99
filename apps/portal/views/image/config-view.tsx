import type { ImageConfig } from "@layerport/registry-core";
import type { ReactNode } from "react";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { Section } from "../frame/page-header.tsx";
import { VisibleText } from "./visible-text.tsx";

/** The configuration as tables: how it runs, its environment, its labels. */
export function ConfigView({ config }: { readonly config: ImageConfig }) {
  const environment = config.environment.map((line): [string, string] => {
    const equals = line.indexOf("=");
    return equals === -1 ? [line, ""] : [line.slice(0, equals), line.slice(equals + 1)];
  });
  return (
    <>
      <Section title="How it runs">
        <Facts
          facts={[
            ["Entrypoint", <ShellWords key="" words={config.entrypoint} />],
            ["Command", <ShellWords key="" words={config.command} />],
            [
              "User",
              config.user === undefined ? (
                "root, unless the client says otherwise"
              ) : (
                <VisibleText key="" text={config.user} most={100} />
              ),
            ],
            ["Working directory", <VisibleText key="" text={config.workingDirectory ?? "/"} most={400} />],
            ["Exposed ports", <VisibleText key="" text={config.exposedPorts.join(", ") || "none"} most={400} />],
            ["Volumes", <VisibleText key="" text={config.volumes.join(", ") || "none"} most={400} />],
            ["Stop signal", <VisibleText key="" text={config.stopSignal ?? "SIGTERM"} most={100} />],
          ]}
        />
      </Section>
      <Section title="Environment">
        <Pairs label="Environment" names={["Variable", "Value"]} pairs={environment} none="No variables are set." />
      </Section>
      <Section title="Labels">
        <Pairs
          label="Labels"
          names={["Label", "Value"]}
          pairs={Object.entries(config.labels)}
          none="There are no labels."
        />
      </Section>
    </>
  );
}

/** Facts by name, in two columns. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-6 gap-y-1.5">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-fg-muted">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The words of a command as the exec form writes them. */
export function ShellWords({ words }: { readonly words: readonly string[] }) {
  if (words.length === 0) return <span className="text-fg-subtle">none</span>;
  return (
    <code className="text-sm">
      <VisibleText text={JSON.stringify(words)} most={400} />
    </code>
  );
}

function Pairs(props: {
  readonly label: string;
  readonly names: readonly [string, string];
  readonly pairs: readonly (readonly [string, string])[];
  readonly none: string;
}) {
  if (props.pairs.length === 0) return <p className="text-fg-muted">{props.none}</p>;
  return (
    <Table
      label={props.label}
      isStacked
      head={
        <>
          <HeadCell>{props.names[0]}</HeadCell>
          <HeadCell>{props.names[1]}</HeadCell>
          <HeadCell>
            <span className="sr-only">Copy</span>
          </HeadCell>
        </>
      }
    >
      {props.pairs.map(([name, value]) => (
        <Row key={name}>
          <Cell isRowHeading line="first" className="max-w-80 break-words font-mono text-sm">
            <VisibleText text={name} most={200} />
          </Cell>
          <Cell line="second" className="break-all font-mono text-sm">
            <VisibleText text={value} most={1000} />
          </Cell>
          <Cell line="first-end" className="w-10">
            {value.length > 100_000 ? null : (
              <CopyButton text={value} label={`Copy the value of ${name.slice(0, 80)}`} />
            )}
          </Cell>
        </Row>
      ))}
    </Table>
  );
}
