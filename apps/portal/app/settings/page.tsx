import { redirect } from "next/navigation";

/** Settings begin with the access tokens. */
export default function SettingsPage() {
  redirect("/settings/tokens");
}
