import type { Transporter } from "nodemailer";

/** A mail of plain text to one person. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Hands mails to whoever delivers them. */
export interface Mailer {
  /** Whether the mail was taken; `false` where there is no mail server, or it refused. Never throws. */
  send(mail: Mail): Promise<boolean>;
}

/** Where mails go, and from whom they come. */
export interface MailerOptions {
  /** `smtp://user:password@host:587`, or `smtps:` for TLS from the first byte; absent where there is none. */
  readonly url: string | undefined;
  readonly from: string;
  /** Told why a mail was not sent; the mail itself is in the hands of whoever has its link. */
  readonly onError: (error: Error) => void;
}

const waitMs = 10_000;

/** A mail server, or none. Nothing is connected before the first mail. */
export function openMailer({ url, from, onError }: MailerOptions): Mailer {
  if (url === undefined) return { send: async () => false };
  let transport: Promise<Transporter> | undefined;
  return {
    async send({ to, subject, text }) {
      try {
        transport ??= openTransport(url);
        await (await transport).sendMail({ from, to: { name: "", address: to }, subject, text });
        return true;
      } catch (error) {
        onError(new Error("a mail could not be sent", { cause: error }));
        return false;
      }
    },
  };
}

/** Loaded for the first mail: a process that sends none starts without it. */
async function openTransport(url: string): Promise<Transporter> {
  const { createTransport } = await import("nodemailer");
  return createTransport({
    url,
    connectionTimeout: waitMs,
    greetingTimeout: waitMs,
    socketTimeout: waitMs,
    // A mail is made of what people have typed: it never reads a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** Tells somebody of an invitation. */
export function invitationMail(invitation: {
  readonly to: string;
  readonly organization: string | undefined;
  readonly invitedBy: string;
  readonly link: string;
}): Mail {
  const { to, organization, invitedBy, link } = invitation;
  const where = organization === undefined ? "Layerport" : `${organization} on Layerport`;
  return {
    to,
    subject: `${invitedBy} invites you to ${where}`,
    text: `${invitedBy} invites you to ${where}.

To accept, open this link within seven days:

${link}

It works once. Whoever has it can accept, so do not pass it on. If you do not know ${invitedBy}, do nothing.
`,
  };
}

/** Tells somebody how to set a new password. */
export function passwordResetMail({
  to,
  name,
  link,
}: {
  readonly to: string;
  readonly name: string;
  readonly link: string;
}): Mail {
  return {
    to,
    subject: "Set a new password for Layerport",
    text: `An administrator lets you set a new password for ${name} on Layerport.

Open this link within a day:

${link}

It works once, and ends every session of ${name} when it is used.
`,
  };
}
