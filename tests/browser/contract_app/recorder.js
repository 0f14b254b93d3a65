/** Records which members of the contract a page touches: nothing is listed by hand. @module */

/** Every `Definition.member` that was touched. */
export const touched = new Set();

const touch = (name, key) => {
  if (typeof key === "string") touched.add(`${name}.${key}`);
};

/** An object of the SDK, seen as the interface `name`: its attributes count when they are read, its operations when called. */
export function seen(name, object) {
  return new Proxy(object, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (typeof value !== "function") {
        touch(name, key);
        return value;
      }
      return (...given) => {
        touch(name, key === Symbol.asyncIterator ? "iterable" : key);
        return value.apply(target, given);
      };
    },
  });
}

/** What the app gives to the SDK as the dictionary `name`: a member counts when the SDK reads it. */
export function given(name, members) {
  return new Proxy(members, {
    get(target, key) {
      if (key in target) touch(name, key);
      return target[key];
    },
  });
}

/** What the SDK gives to the app as the dictionary `name`: the members that are there count. */
export function told(name, members) {
  for (const key of Object.keys(members)) touch(name, key);
  return members;
}

/** Makes an object of the interface `name`. */
export function made(name, constructor, ...args) {
  touch(name, "constructor");
  return seen(name, new constructor(...args));
}
