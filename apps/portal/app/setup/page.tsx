import { notFound, redirect } from "next/navigation";
import { firstValue, type SearchParameters } from "../../server/parameters.ts";
import { rooms } from "../../server/rooms.ts";
import { findViewer } from "../../server/viewer.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { PlainFrame } from "../../views/frame/plain-frame.tsx";
import { FirstPushStep } from "../../views/repository/first-push-step.tsx";
import { finishSetup } from "../../views/setup/actions.ts";
import { AdministratorForm } from "../../views/setup/administrator-form.tsx";
import { SetupSteps } from "../../views/setup/setup-steps.tsx";

export const metadata = { title: "Set up" };

/** Is this healthy, and how do I push? Gone once set-up is finished. */
export default async function SetupPage({ searchParams }: { readonly searchParams: SearchParameters }) {
  const { accounts } = rooms();
  const state = await accounts.setupState();
  if (state === "completed") notFound();
  if (state === "administrator-made") {
    const viewer = await findViewer();
    if (!viewer?.isAdministrator) redirect("/login?callbackUrl=%2Fsetup");
    return (
      <PlainFrame width="reading">
        <SetupSteps current={3} />
        <h1 className="mb-1 font-semibold text-2xl">Push your first image</h1>
        <p className="mb-6 text-fg-muted">
          Any image will do. The password is the one you just chose; for machines, create an access token later.
        </p>
        <FirstPushStep viewer={viewer} />
        <form action={finishSetup} className="mt-6">
          <SubmitButton>Finish</SubmitButton>
        </form>
      </PlainFrame>
    );
  }
  const token = firstValue((await searchParams).token);
  const isRight = token !== undefined && (await accounts.checkSetupToken(token));
  if (!isRight) return <TokenStep wasWrong={token !== undefined} />;
  return (
    <PlainFrame width="reading">
      <SetupSteps current={2} />
      <h1 className="mb-1 font-semibold text-2xl">Create the administrator</h1>
      <p className="mb-6 text-fg-muted">The first person of this Layerport, who can invite the others.</p>
      <AdministratorForm setupToken={token} />
    </PlainFrame>
  );
}

function TokenStep({ wasWrong }: { wasWrong: boolean }) {
  return (
    <PlainFrame width="reading">
      <SetupSteps current={1} />
      <h1 className="mb-1 font-semibold text-2xl">Set up Layerport</h1>
      <p className="mb-6 text-fg-muted">
        Layerport printed a link with a setup token when it started. Open that link, or paste the token here.
      </p>
      <form className="flex max-w-96 flex-col gap-4">
        <TextField
          name="token"
          label="Setup token"
          autoComplete="off"
          spellCheck={false}
          required
          {...(wasWrong ? { error: "This is not the token that Layerport printed when it started last." } : {})}
        />
        <div>
          <Button type="submit" variant="primary">
            Continue
          </Button>
        </div>
      </form>
    </PlainFrame>
  );
}
