import type { Viewer } from "@layerport/accounts";
import { Building2, KeyRound, MailPlus, Users } from "lucide-react";
import type { ReactNode } from "react";
import type { Crumb } from "../frame/breadcrumb.tsx";
import { RailLayout } from "../frame/rail-layout.tsx";
import { ViewerFrame } from "../frame/viewer-frame.tsx";

const users = { href: "/admin/users", label: "Users", icon: <Users size={16} aria-hidden />, isPrefix: true };
const invitations = { href: "/admin/invitations", label: "Invitations", icon: <MailPlus size={16} aria-hidden /> };
const organizations = { href: "/admin/orgs", label: "Organizations", icon: <Building2 size={16} aria-hidden /> };
const tokens = { href: "/admin/tokens", label: "Unused tokens", icon: <KeyRound size={16} aria-hidden /> };

/** The frame of the pages about the whole instance. An auditor's rail leaves out what only changes something. */
export function AdministrationFrame(props: {
  readonly viewer: Viewer;
  readonly path: string;
  readonly crumbs?: readonly Crumb[];
  readonly children: ReactNode;
}) {
  const { viewer, path, crumbs = [], children } = props;
  const items = viewer.isAdministrator ? [users, invitations, organizations, tokens] : [users, organizations, tokens];
  return (
    <ViewerFrame path={path} width="full" breadcrumb={[{ label: "Administration", href: "/admin" }, ...crumbs]}>
      <RailLayout label="Administration" groups={[{ label: "People", items }]}>
        {children}
      </RailLayout>
    </ViewerFrame>
  );
}
