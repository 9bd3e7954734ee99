import type { SnippetVariant } from "../../ui/snippet.tsx";

/** What signs in where. */
export interface LoginCredential {
  /** The public host and port, as clients name it. */
  readonly host: string;
  /** A person's name, or a robot's `acme+ci`. */
  readonly loginName: string;
  readonly secret: string;
  /** Whether the public address is plain HTTP, of which clients must be told. */
  readonly isPlainHttp: boolean;
}

/** How each client is given a secret: never as an argument, where others on the machine would see it. */
export function loginSnippets(credential: LoginCredential): readonly SnippetVariant[] {
  const { host, loginName, secret, isPlainHttp } = credential;
  const login = `-u ${loginName} --password-stdin ${host}`;
  const noTls = isPlainHttp ? "--tls-verify=false " : "";
  const plainHttp = isPlainHttp ? "--plain-http " : "";
  return [
    { id: "docker", label: "docker", text: `echo '${secret}' | docker login ${login}` },
    { id: "podman", label: "podman", text: `echo '${secret}' | podman login ${noTls}${login}` },
    { id: "github", label: "GitHub Actions", text: githubSteps(credential), isFile: true },
    { id: "gitlab", label: "GitLab CI", text: gitlabJob(credential), isFile: true },
    { id: "kubernetes", label: "Kubernetes secret", text: kubernetesSecret(credential), isFile: true },
    { id: "helm", label: "Helm", text: `echo '${secret}' | helm registry login ${plainHttp}${login}` },
  ];
}

function githubSteps({ host, loginName, secret }: LoginCredential): string {
  return `# Once, in a checkout of the repository:
#   echo '${secret}' | gh secret set LAYERPORT_TOKEN
- uses: docker/login-action@v3
  with:
    registry: ${host}
    username: ${loginName}
    password: \${{ secrets.LAYERPORT_TOKEN }}`;
}

function gitlabJob({ host, loginName, secret, isPlainHttp }: LoginCredential): string {
  const daemon = isPlainHttp
    ? `services:
  - name: docker:dind
    command: ["--insecure-registry=${host}"]`
    : `services: [docker:dind]`;
  return `# Once, as a masked variable of the project (Settings, CI/CD, Variables):
#   LAYERPORT_TOKEN  ${secret}
image: docker:cli
${daemon}
before_script:
  - echo "$LAYERPORT_TOKEN" | docker login -u ${loginName} --password-stdin ${host}`;
}

/** Pods name it under `imagePullSecrets`. */
function kubernetesSecret({ host, loginName, secret }: LoginCredential): string {
  const auths = { [host]: { username: loginName, password: secret } };
  return `# kubectl apply -f layerport-secret.yaml
# and in each pod: imagePullSecrets: [{ name: layerport }]
apiVersion: v1
kind: Secret
metadata:
  name: layerport
type: kubernetes.io/dockerconfigjson
stringData:
  .dockerconfigjson: '${JSON.stringify({ auths })}'`;
}
