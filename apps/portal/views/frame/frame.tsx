import { clsx } from "clsx";
import type { ReactNode } from "react";
import { LinkButton } from "../../ui/link-button.tsx";
import { AccountMenu, type AccountMenuProps } from "./account-menu.tsx";
import { Breadcrumb, type Crumb } from "./breadcrumb.tsx";
import { Footer } from "./footer.tsx";
import { readPreferences } from "./read-preferences.ts";
import { SearchField } from "./search-field.tsx";
import { SkipLink } from "./skip-link.tsx";
import { TopBar } from "./top-bar.tsx";

export interface FrameProps extends Omit<AccountMenuProps, "theme"> {
  readonly breadcrumb?: readonly Crumb[];
  /** What the search field shows, on the page that searches. */
  readonly query?: string;
  /** Where "Sign in" leads when there is no viewer; come back here after. Without it there is no such button. */
  readonly signInHref?: string;
  /** `reading` keeps lines short; `full` is for tables, files and drawings that need the whole screen. */
  readonly width?: "reading" | "full";
  readonly children: ReactNode;
}

/** What stands around each page: the bar, the one `<main>`, the footer. Pages put neither `<main>` nor `<header>`. */
export async function Frame({
  breadcrumb = [],
  query,
  signInHref,
  width = "reading",
  children,
  ...account
}: FrameProps) {
  const { theme } = await readPreferences();
  return (
    <div className="flex min-h-dvh flex-col">
      <SkipLink />
      <TopBar breadcrumb={breadcrumb.length > 0 ? <Breadcrumb crumbs={breadcrumb} /> : null}>
        <SearchField query={query} />
        {account.viewer === undefined && signInHref !== undefined ? (
          <LinkButton href={signInHref} prefetch={false}>
            Sign in
          </LinkButton>
        ) : null}
        <AccountMenu {...account} theme={theme} />
      </TopBar>
      <main
        id="main"
        tabIndex={-1}
        className={clsx("w-full px-4 pt-6 pb-12 outline-none lg:px-6", width === "reading" && "mx-auto max-w-360")}
      >
        {children}
      </main>
      <Footer />
    </div>
  );
}
