"use client";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { Button } from "./button.tsx";

/** Asks the server for the page's contents again, in place. `reset` first clears an error boundary. */
export function RetryButton({ reset }: { reset?: () => void }) {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  return (
    <Button
      isLoading={isPending}
      onClick={() =>
        startTransition(() => {
          router.refresh();
          reset?.();
        })
      }
    >
      Retry
    </Button>
  );
}
