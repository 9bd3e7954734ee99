import { clsx } from "clsx";
import { Monitor, Moon, Sun } from "lucide-react";
import { cardProps } from "../../ui/card.ts";
import { chooseTheme } from "./choose-theme.ts";
import type { Theme } from "./preferences.ts";

const choices = [
  { theme: "system", label: "System", Icon: Monitor },
  { theme: "light", label: "Light", Icon: Sun },
  { theme: "dark", label: "Dark", Icon: Moon },
] as const;

/** Three buttons of a form, so the theme changes without a script too. */
export function ThemeSwitch({ theme }: { theme: Theme }) {
  return (
    <form action={chooseTheme}>
      <fieldset className="inline-flex rounded-md border border-border-strong">
        <legend className="sr-only">Theme</legend>
        {choices.map((choice) => (
          <button
            key={choice.theme}
            type="submit"
            name="theme"
            value={choice.theme}
            aria-label={`${choice.label} theme`}
            aria-pressed={choice.theme === theme}
            className={clsx(
              "inline-flex h-7 w-8 items-center justify-center border-e last:border-e-0 -outline-offset-2! pointer-coarse:h-11 pointer-coarse:w-11",
              choice.theme === theme ? "bg-selected text-fg" : "text-fg-muted hover:bg-hover hover:text-fg",
            )}
            {...cardProps({ kind: "text", text: `${choice.label} theme` })}
          >
            <choice.Icon size={14} aria-hidden />
          </button>
        ))}
      </fieldset>
    </form>
  );
}
