/** Where the broker is; the test writes its own address here. */
export const broker = "http://gatehouse.localhost:8737";
