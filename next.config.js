// How Next builds and serves the pages. Knows nothing of labs: link and keeper are not its business.

/** @type {import('next').NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  compress: true,
  // Native modules and worker threads break when bundled; the server's own code runs unbundled.
  serverExternalPackages: ['koffi', 'node-pty', 'pino'],
  typescript: {
    // `npm run check` holds the types; a learner's first start should neither wait for nor fail on them.
    ignoreBuildErrors: true,
  },
  // The root layout is below [lang], so addresses that lead nowhere need a document of their own.
  experimental: { globalNotFound: true },
  turbopack: {
    // Without it a lock file in a folder above the checkout would become the root.
    root: import.meta.dirname,
  },
};

export default config;
