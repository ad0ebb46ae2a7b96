/**
 * Vowpal Wabbit's model bytes as plain values and arrays: read, checked, written, compared, merged;
 * no native code.
 *
 * <p>May depend on: the JDK.
 */
@NullMarked
package io.waggle.core.codec;

import org.jspecify.annotations.NullMarked;
