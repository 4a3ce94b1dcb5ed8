/** How a variable's name may look. */

/** A name, or an element of an array by its subscript (bash). */
export const namePattern: RegExp = /^[A-Za-z_]\w{0,200}(?:\[[^\]]{1,60}\])?$/;
export const plainName: RegExp = /^[A-Za-z_]\w{0,200}$/;
