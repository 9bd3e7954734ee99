import { Snippet } from "../../ui/snippet.tsx";
import { preferenceCookies } from "../frame/preferences.ts";

export interface FirstPushProps {
  /** The public host and port, as clients name it. */
  readonly host: string;
  /** Where the image goes: `mia/my-app`. */
  readonly repository: string;
  readonly userName: string | undefined;
  /** Whether the public address is plain HTTP. */
  readonly isPlainHttp: boolean;
  readonly client: string;
}

/** The lines that log in, tag and push, with this host and name filled in. */
export function FirstPush({ host, repository, userName, isPlainHttp, client }: FirstPushProps) {
  const image = `${host}/${repository}:latest`;
  const user = userName === undefined ? "" : ` -u ${userName}`;
  const insecure = isPlainHttp ? " --tls-verify=false" : "";
  const toInsecure = isPlainHttp ? " --dest-tls-verify=false" : "";
  return (
    <Snippet
      label="Push an image"
      chosen={client}
      rememberAs={preferenceCookies.client}
      variants={[
        {
          id: "docker",
          label: "docker",
          text: `docker login${user} ${host}\ndocker tag my-app ${image}\ndocker push ${image}`,
        },
        {
          id: "podman",
          label: "podman",
          text: `podman login${insecure}${user} ${host}\npodman tag my-app ${image}\npodman push${insecure} ${image}`,
        },
        {
          id: "skopeo",
          label: "skopeo",
          text: `skopeo login${insecure}${user} ${host}\nskopeo copy --all${toInsecure} oci:./my-app docker://${image}`,
        },
        {
          id: "buildah",
          label: "buildah",
          text: `buildah login${insecure}${user} ${host}\nbuildah build -t ${image} .\nbuildah push${insecure} ${image}`,
        },
      ]}
    />
  );
}
