import type { Metadata } from "next";
import { headers } from "next/headers";
import { currentPath } from "../server/viewer.ts";
import { NotFoundPage } from "../views/frame/failure-pages.tsx";
import { ViewerFrame } from "../views/frame/viewer-frame.tsx";

export const metadata: Metadata = { title: "Not found" };

export default async function NotFound() {
  const requestId = (await headers()).get("x-request-id") ?? undefined;
  return (
    <ViewerFrame path={await currentPath()}>
      <NotFoundPage requestId={requestId} />
    </ViewerFrame>
  );
}
