import { redirect } from "next/navigation";

/** Settings begin with who one is. */
export default function SettingsPage() {
  redirect("/settings/profile");
}
