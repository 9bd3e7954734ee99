import type { SnippetVariant } from "../../ui/snippet.tsx";

/** The name a client is told: `host/repository:tag` or `host/repository@sha256:…`. */
export function pullName(image: { host: string; repository: string; reference: string }): string {
  // A digest has a colon and a tag never has.
  const mark = image.reference.includes(":") ? "@" : ":";
  return `${image.host}/${image.repository}${mark}${image.reference}`;
}

/** How each client pulls an image, in the order in which they are offered. */
export function pullVariants(image: { host: string; repository: string; reference: string }): SnippetVariant[] {
  const name = pullName(image);
  return [
    { id: "docker", label: "docker", text: `docker pull ${name}` },
    { id: "podman", label: "podman", text: `podman pull ${name}` },
    { id: "nerdctl", label: "nerdctl", text: `nerdctl pull ${name}` },
    { id: "crane", label: "crane", text: `crane pull ${name} image.tar` },
    { id: "kubernetes", label: "k8s", text: `image: ${name}`, isFile: true },
    { id: "compose", label: "compose", text: `image: ${name}`, isFile: true },
  ];
}
