import type { Metadata } from "next";
import { headers } from "next/headers";
import { NotFoundPage } from "../views/frame/failure-pages.tsx";
import { Frame } from "../views/frame/frame.tsx";

export const metadata: Metadata = { title: "Not found" };

export default async function NotFound() {
  const requestId = (await headers()).get("x-request-id") ?? undefined;
  return (
    <Frame>
      <NotFoundPage requestId={requestId} />
    </Frame>
  );
}
