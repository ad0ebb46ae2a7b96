/**
 * Names, keys and clean-up of the topics that connect the parts of the loop.
 *
 * <p>May depend on: the JDK.
 */
@NullMarked
package io.waggle.state.topic;

import org.jspecify.annotations.NullMarked;
