import { KeyRound, ShieldCheck, UserRound } from "lucide-react";
import type { ReactNode } from "react";
import { RailLayout } from "../frame/rail-layout.tsx";
import { ViewerFrame } from "../frame/viewer-frame.tsx";

const pages = [
  { href: "/settings/profile", label: "Profile", icon: <UserRound size={16} aria-hidden /> },
  { href: "/settings/security", label: "Security", icon: <ShieldCheck size={16} aria-hidden /> },
  { href: "/settings/tokens", label: "Access tokens", icon: <KeyRound size={16} aria-hidden /> },
];

/** The frame of the pages about oneself, with the rail that leads from one to the other. */
export function SettingsFrame({ path, children }: { readonly path: string; readonly children: ReactNode }) {
  return (
    <ViewerFrame path={path} breadcrumb={[{ label: "Settings" }]}>
      <RailLayout label="Settings" groups={[{ label: "You", items: pages }]}>
        {children}
      </RailLayout>
    </ViewerFrame>
  );
}
