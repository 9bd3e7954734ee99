import type { Viewer } from "@layerport/accounts";
import { rooms } from "../../server/rooms.ts";
import { catalogForViewer } from "../../server/viewer.ts";
import { Snippet } from "../../ui/snippet.tsx";
import { readPreferences } from "../frame/read-preferences.ts";
import { FirstPushCard } from "../live/first-push-card.tsx";
import type { LivePush } from "../live/live-refresh.tsx";
import { FirstPush } from "./first-push.tsx";

/** The three lines that push, and a dot that listens until the image is there. */
export async function FirstPushStep({ viewer }: { readonly viewer: Viewer }) {
  const url = new URL(rooms().environment.publicUrl);
  const { client } = await readPreferences();
  const isPlainHttp = url.protocol === "http:";
  const isLoopback = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  return (
    <div className="flex flex-col gap-4">
      <FirstPush
        host={url.host}
        repository={`${viewer.name}/my-app`}
        userName={viewer.name}
        isPlainHttp={isPlainHttp}
        client={client}
      />
      {isPlainHttp && !isLoopback ? (
        <div className="flex flex-col gap-2">
          <p>
            This address is plain HTTP, which Docker refuses unless its host is listed. Add this to{" "}
            <code className="text-sm">/etc/docker/daemon.json</code> and restart Docker:
          </p>
          <Snippet
            label="Docker daemon configuration"
            variants={[
              {
                id: "json",
                label: "daemon.json",
                text: JSON.stringify({ "insecure-registries": [url.host] }, null, 2),
                isFile: true,
              },
            ]}
          />
        </div>
      ) : null}
      <FirstPushCard known={await newestPush()} />
    </div>
  );
}

/** What was pushed before this page began to listen. */
async function newestPush(): Promise<LivePush | undefined> {
  const { entries } = await (await catalogForViewer()).listActivity({ limit: 1 });
  const [newest] = entries;
  if (newest?.digestAfter === undefined) return undefined;
  return {
    repository: newest.repository,
    digest: newest.digestAfter,
    mediaType: "",
    tags: [newest.tag],
    at: newest.at.toISOString(),
    by: newest.by,
  };
}
