import { redirect } from "next/navigation";
import { requireOverseer } from "../../server/overseer.ts";

/** Administration begins with the people. */
export default async function AdministrationPage() {
  await requireOverseer();
  redirect("/admin/users");
}
