/** What a person is told when Layerport is ready. */
export function formatWelcome(publicUrl: string, setupToken: string | undefined, logs: string): string {
  const host = new URL(publicUrl).host;
  const setup = setupToken
    ? `  Set it up first; this link works once:\n\n    ${publicUrl}/setup?token=${setupToken}\n\n`
    : "";
  return `
Layerport is ready: ${publicUrl}

${setup}  Push an image:

    docker login ${host}
    docker tag alpine ${host}/<organization>/alpine
    docker push ${host}/<organization>/alpine

  Logs are in ${logs}. Ctrl-C stops everything.
`;
}
