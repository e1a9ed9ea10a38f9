// The proof, in a thread of its own: Python and SymPy are loaded from live/, beside this
// file, and every message is a question that tools/in_page.py answers.

const LIVE = new URL("live/", import.meta.url);

// Report how much of the files named in the manifest has arrived.
function countBytes(total) {
  const plain = self.fetch;
  let loaded = 0;
  self.fetch = async (...request) => {
    const response = await plain(...request);
    const counted = new TransformStream({
      transform(chunk, controller) {
        loaded += chunk.length;
        postMessage({ loaded: Math.min(loaded, total), total });
        controller.enqueue(chunk);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(counted), { status, statusText, headers });
  };
}

async function get(name, options) {
  const response = await fetch(new URL(name, LIVE), options);
  if (!response.ok) throw new Error(`${name}: ${response.status} ${response.statusText}`);
  return response;
}

async function load() {
  const manifest = await (await get("manifest.json", { cache: "no-cache" })).json();
  const fetched = Object.entries(manifest.sizes).filter(([name]) => !name.endsWith(".mjs"));
  countBytes(fetched.reduce((sum, [, size]) => sum + size, 0));
  const packed = manifest.archives.map(async (name) => (await get(name)).arrayBuffer());
  const core = new URL(`${manifest.core}/`, LIVE).href;
  const { loadPyodide } = await import(`${core}pyodide.mjs`);
  const python = await loadPyodide({ indexURL: core });
  for (const archive of packed) {
    python.unpackArchive(await archive, "zip", { extractDir: "/lib/live" });
  }
  python.runPython(`
    import sys
    sys.dont_write_bytecode = True
    sys.path.append("/lib/live")
    import w2v.claims
  `);
  return python.pyimport("in_page").answer;
}

try {
  const answer = await load();
  self.onmessage = ({ data }) => {
    try {
      postMessage({ answer: JSON.parse(answer(JSON.stringify(data))) });
    } catch (error) {
      postMessage({ broken: String(error.message || error).trim().split("\n").pop() });
    }
  };
  postMessage({ ready: true });
} catch (error) {
  postMessage({ failed: String(error.message || error) });
}
