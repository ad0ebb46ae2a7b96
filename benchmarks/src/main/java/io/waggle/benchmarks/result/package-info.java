/**
 * Result files: what every one says of where it was made, and two of them beside each other.
 *
 * <p>May depend on: the command line's reports.
 */
@NullMarked
package io.waggle.benchmarks.result;

import org.jspecify.annotations.NullMarked;
