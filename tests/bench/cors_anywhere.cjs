/** cors-anywhere as its own README starts it. @module */
const proxy = require("cors-anywhere").createServer({
  originWhitelist: [],
  requireHeader: [],
  removeHeaders: ["cookie", "cookie2"],
});
proxy.listen(Number(process.argv[2]), "127.0.0.1");
