import { openRegistryClient } from "@layerport/registry-client";
import { registryContract } from "@layerport/testkit";
import { sharedLayerport } from "../stack.ts";
import { sharedPeople } from "./people.ts";

registryContract(
  "Layerport over HTTP",
  async () => {
    const { administrator, stranger } = sharedPeople();
    const client = openRegistryClient({
      url: sharedLayerport().url,
      credentials: { name: administrator.username, secret: administrator.password },
      allowPrivateAddresses: true,
    });
    return {
      registry: () => client,
      organizations: [administrator.username, stranger.username, "library"],
      close: () => client.close(),
    };
  },
  {
    actors: "a client is one actor, that of its credentials",
    mayOverwrite: "the protocol cannot say it: the client looks before it pushes, and holds no lock",
    mayRead: "the protocol cannot ask back, and a token is for the repositories that it names",
    codesWithoutBody: "an answer to HEAD has no body to carry a code",
  },
);
