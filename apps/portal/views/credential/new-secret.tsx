"use client";
import { useEffect, useRef } from "react";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Snippet } from "../../ui/snippet.tsx";
import { type LoginCredential, loginSnippets } from "./login-snippets.ts";

export interface NewSecretProps extends LoginCredential {
  /** What it is, as the region's name: "Your new token". */
  readonly label: string;
  /** Whose it is and that it is shown once, as a sentence. */
  readonly sentence: string;
  /** The page to go on to. */
  readonly doneHref: string;
  /** Called instead of leaving for `doneHref`, where the page takes the secret away by itself. */
  readonly onStored?: () => void;
}

/**
 * A secret that nobody can read again, with the lines that give it to a client. It stays until "I stored it" is
 * ticked, which the browser itself asks for; leaving the page by other ways is asked about.
 */
export function NewSecret({ label, sentence, doneHref, onStored, ...credential }: NewSecretProps) {
  const isStored = useRef(false);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (!isStored.current) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, []);
  return (
    <section aria-label={label} className="flex max-w-180 flex-col gap-4 rounded-md border border-accent p-4">
      <p role="status" className="font-medium">
        {sentence}
      </p>
      <Snippet label="Secret" variants={[{ id: "secret", label: "Secret", text: credential.secret, isFile: true }]} />
      <Snippet label="Log in with it" isTabbed variants={loginSnippets(credential)} />
      <form
        action={doneHref}
        className="flex flex-wrap items-center gap-4"
        onSubmit={(event) => {
          isStored.current = true;
          if (onStored === undefined) return;
          event.preventDefault();
          onStored();
        }}
      >
        <Button type="submit" variant="primary" className="order-last">
          Done
        </Button>
        <Checkbox label="I stored it" required />
      </form>
    </section>
  );
}
