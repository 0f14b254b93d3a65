import { define } from "../define.ts";

export default define.page(({ Component }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>Site</title>
    </head>
    <body>
      <Component />
    </body>
  </html>
));
