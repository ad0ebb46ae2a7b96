/**
 * What a kind of feature is worth: the value of a policy that has it live, beside that of the same
 * policy without it, on the demo's readers.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.waggle.benchmarks.value;

import org.jspecify.annotations.NullMarked;
