/**
 * Compacts the history of a real API server's etcd, through etcd's JSON gateway
 * (https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/). The API server must run with ListFromCacheSnapshot=false: else its own
 * snapshots serve old versions until its compactor comes round (5 min).
 */
export async function compactEtcd(url: string): Promise<void> {
  const ask = async (path: string, body: unknown): Promise<{ header: { revision: string } }> => {
    const answer = await fetch(`${url}/v3/kv/${path}`, { method: "POST", body: JSON.stringify(body) });
    return (await answer.json()) as { header: { revision: string } };
  };
  const { header } = await ask("range", { key: Buffer.from("x").toString("base64") });
  await ask("compaction", { revision: header.revision, physical: true });
}
